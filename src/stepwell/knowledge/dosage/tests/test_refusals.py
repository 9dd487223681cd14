"""What must be refused, and the one reason given. A refusal has no number."""

from __future__ import annotations

import pytest

from stepwell.knowledge.dosage import Status, parse

REFUSALS = [
    # nothing said
    (None, "empty"),
    ("", "empty"),
    ("   ", "empty"),
    ("No information available", "no_information"),
    ("n/a", "no_information"),
    ("not applicable", "no_information"),
    ("1 bd " * 120, "too_long"),
    # said elsewhere
    ("as directed", "as_directed"),
    ("take as directed by your doctor", "as_directed"),
    ("1 bd as directed", "as_directed"),
    ("mdu", "as_directed"),
    ("asd", "as_directed"),
    ("use as dir", "as_directed"),
    ("take as instructed by pain team", "as_directed"),
    ("Two To Be Taken Each Day And Then Increase Dose As Directed", "as_directed"),
    ("as before", "as_before"),
    ("no change", "as_before"),
    ("see chart", "per_chart"),
    ("1 tds as per chart", "per_chart"),
    ("as per hospital", "per_hospital"),
    ("as per hospital letter", "per_hospital"),
    ("hospital to advise", "per_hospital"),
    # half an instruction
    ("twice a day", "no_dose"),
    ("qds prn", "no_dose"),
    ("every 72 hours", "no_dose"),
    ("10mg/5ml bd", "no_dose"),
    ("1", "no_frequency"),
    ("one or two tablets", "no_frequency"),
    ("take 2 once", "no_frequency"),
    ("1 with each meal", "no_frequency"),
    # two readings
    ("2 bd (1 tab)", "conflict"),
    ("2 bd nocte", "conflict"),
    ("1 bd 1 tds", "conflict"),
    ("1 tab 2 caps bd", "conflict"),
    ("1 bd 4 hourly", "conflict"),
    ("1 daily bd", "conflict"),
    ("2 mane 2 nocte (total 5 daily)", "conflict"),
    ("1 bd and 1 bd", "ambiguous"),
    ("take 1 - 2 times a day", "ambiguous"),
    ("1-2-3 daily", "ambiguous"),
    ("1 or 2 at night or 1 bd", "ambiguous"),
    ("1 daily 1 at night", "ambiguous"),
    ("1/2 qds prn", "ambiguous"),
    ("1/2 tablets qds prn", "ambiguous"),
    ("1/2 cap bd", "ambiguous"),
    ("2 nocte weekly", "ambiguous"),
    ("1-2 prn daily max 8", "ambiguous"),
    ("10ml prn max 20 a day", "ambiguous"),
    ("1 bd up to 8 a day", "ambiguous"),
    ("5 mane 10ml nocte", "unit_conflict"),
    ("1 tablet mane 5ml nocte", "unit_conflict"),
    ("10-1 bd", "range_reversed"),
    ("1 tablet bd morphine and 2 tds paracetamol", "several_drugs"),
    ("two sprays in each nostril twice a day", "per_site"),
    # letters and words
    ("1 qd", "ambiguous_abbreviation"),
    ("1 q.d.", "ambiguous_abbreviation"),
    ("1 bd glorp", "unknown_word"),
    ("1foo bd", "unknown_word"),
    ("2 blobs bd", "unknown_word"),
    ("previously 1 bd", "not_understood"),
    ("stopped. 1 bd", "not_understood"),
    ("do not take 1 bd", "unknown_word"),
    ("1 bd?", "unknown_word"),
    ("one tablet every", "not_understood"),
    ("increase from 1 bd to 2 bd", "ambiguous"),
    ("1 bd increase from 1 to 2", "ambiguous"),
    # numbers that cannot be tablets
    ("30 bd", "mg_suspect"),
    ("300 tds", "mg_suspect"),
    ("28 tablets bd", "quantity_suspect"),
    # tapers with no beginning
    ("reduce by one tablet every fortnight", "taper_no_start"),
    ("reducing dose", "taper_no_start"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSALS)
def test_refused_with_one_reason_and_no_number(text: str | None, reason: str) -> None:
    dosage = parse(text)

    assert dosage.status is Status.REFUSED
    assert dosage.reason == reason
    numbers = (dosage.dose_min, dosage.dose_max, dosage.daily_min, dosage.daily_max, dosage.frequency_max)
    assert numbers == (None,) * 5
    assert dosage.steps == ()


@pytest.mark.parametrize("text", ["as directed", "1 bd as directed", "as per hospital letter"])
def test_as_directed_is_told_beside_the_reason(text: str) -> None:
    assert parse(text).as_directed


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("reducing dose", "taper"),
        ("30 bd", "mg_suspect"),
        ("28 tablets bd", "quantity_suspect"),
        ("mdu", "as_directed"),
    ],
)
def test_a_refusal_keeps_its_flag(text: str, flag: str) -> None:
    assert flag in parse(text).flags


def test_noise_is_told_of_a_refused_text_too() -> None:
    assert parse("as directed. dispense weekly").noise == ("dispense weekly",)


@pytest.mark.parametrize(
    "text", ["1 2 tabs 3 daily", "(", "5/", "/", "- -", "1 of", "half half", "a", "1 a", "one one"]
)
def test_fragments_are_refused(text: str) -> None:
    assert parse(text).status is Status.REFUSED
