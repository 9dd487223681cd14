"""The tables behind the reader carry a source and a status in every row."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from stepwell.knowledge.dosage.tokens import fold, tokenize
from stepwell.knowledge.dosage.vocabulary import vocabulary


@pytest.mark.parametrize("name", ["dosage_vocabulary.csv", "usual_maximum_doses.csv"])
def test_every_row_has_a_source_and_a_status(name: str) -> None:
    table = resources.files("stepwell.knowledge").joinpath(f"data/{name}").read_text("utf-8")
    rows = list(csv.DictReader(table.splitlines()))

    assert rows
    assert all(row["source"] and row["status"] in ("verified", "unverified") for row in rows)


def test_folding_keeps_every_character_in_its_place() -> None:
    text = "1 BD \u0130 \u2013 \u00bd"

    assert fold(text) == "1 bd \u0130 - \u00bd"
    assert repr(tokenize("1 bd")[0]) == "[number:1, latin:bd]"


def test_no_word_has_two_meanings() -> None:
    table = resources.files("stepwell.knowledge").joinpath("data/dosage_vocabulary.csv").read_text("utf-8")
    words = [row["word"] for row in csv.DictReader(table.splitlines())]

    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("typed", "mended"),
    [
        ("tabelt", "tablet"),
        ("capsul", "capsule"),
        ("needde", "needed"),
        ("twcie", "twice"),
        ("thre", None),
        ("fuor", "four"),
        ("twelv", "twelve"),
        ("tab", None),
        ("morningsss", None),
        ("xapsule", None),
    ],
)
def test_slips_are_mended_to_one_word_and_to_a_number_only_when_it_is_plain(
    typed: str, mended: str | None
) -> None:
    assert vocabulary().mend(typed) == mended
