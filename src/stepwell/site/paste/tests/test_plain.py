"""The answer as text holds what the page says, and nothing of a line that was refused."""

from __future__ import annotations

from datetime import date

from stepwell.knowledge import equivalence
from stepwell.site.paste import presenters, tapers
from stepwell.site.paste.answer import answer
from stepwell.site.paste.forms import EXAMPLE
from stepwell.site.paste.plain import as_text

ON = date(2026, 11, 24)


def text_of(pasted: str) -> str:
    found = answer(pasted, ON)
    return as_text(found, tapers.drawn(found), {"parser": "1"})


def test_each_line_has_its_reading_its_dose_its_sum_and_its_check():
    text = text_of("Morphine 30mg modified-release capsules  1 bd  56 capsule  28 days")

    for said in (
        "1. Morphine 30mg modified-release capsules",
        "Instruction: 1 bd",
        "Read as: “1” dose, “bd” how often",
        "A day: 2 capsules; in all 60mg morphine",
        "OME a day: 60mg (2 capsules × 30mg × 1 = 60mg; ",
        "56 capsules for 28 days is 2 capsules a day",
        "Beside it, not read as a dose: 56 capsule, 28 days",
    ):
        assert said in text


def test_every_factor_table_has_its_figure_and_its_sums():
    text, total = text_of(EXAMPLE), presenters.the_sum(answer(EXAMPLE, ON))

    for table in total.tables:
        assert f"{table.id}: {table.figure}" in text
        assert table.source in text
        assert all(said in text for _, said in table.sums)
    assert equivalence.DEFAULT_TABLE in text


def test_what_is_missing_from_the_total_is_in_it():
    text = text_of(EXAMPLE)

    assert "at least 84" in text
    assert "Not in the total" in text
    assert "Not recognised: Ramipril 5mg capsules" in text


def test_cautions_and_what_was_not_assessed_are_in_it():
    text, found = text_of(EXAMPLE), answer(EXAMPLE, ON)

    for each in presenters.fired(found.findings):
        assert each.message in text and each.id in text
    assert f"not the same as clear ({len(found.findings.not_assessed)})" in text


def test_each_step_of_a_taper_is_in_it():
    text = text_of(EXAMPLE)

    for drawn in tapers.drawn(answer(EXAMPLE, ON)):
        assert (drawn.refused or drawn.headline) in text
        assert all(row.taken in text and row.dose in text for row in drawn.rows)


def test_a_refused_line_is_named_by_its_number_alone():
    text = text_of("Mrs Rowan Alder\nTramadol 50mg capsules 1 qds")

    assert "Alder" not in text and "Rowan" not in text
    assert "Line 1: refused, it looks as if it holds a name" in text


def test_without_an_opioid_there_is_no_sum():
    assert "ORAL MORPHINE" not in text_of("Gabapentin 300mg capsules  1 tds")
