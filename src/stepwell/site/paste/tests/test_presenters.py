"""What the page says of a pasted text."""

from __future__ import annotations

from datetime import date

import pytest

from stepwell.site.paste import presenters, tapers
from stepwell.site.paste.answer import answer

ON = date(2026, 11, 24)
MORPHINE = "Morphine 30mg modified-release capsules  1 bd  56 capsule"
CODEINE = "Co-codamol 30mg/500mg tablets  1-2 up to qds prn for back, max 8"
OXYCODONE = "Oxycodone 20mg modified-release tablets  take as instructed by pain team"
PATCH = "Buprenorphine 10micrograms/hour 7 day patches  1 every 7/7, dispense 4"
GABAPENTIN = "Gabapentin 300mg capsules  ii om i midday ii on"
METHADONE = "Methadone 1mg/ml oral solution  30ml daily"
RAMIPRIL = "Ramipril 5mg capsules  one daily"


@pytest.mark.parametrize(
    ("text", "units", "mg", "ome", "written"),
    [
        (MORPHINE, "2 capsules", "60mg morphine", "60mg", "2 capsules × 30mg × 1 = 60mg"),
        (CODEINE, "0 to 8 tablets", "0 to 240mg codeine", "0 to 24mg", "0 to 8 tablets × 30mg × 0.1 = 0 to 24mg"),
        (PATCH, "1 patch worn, changed every 7 days", "10 micrograms an hour", "24mg", "10 micrograms an hour × 2.4 = 24mg"),
        (GABAPENTIN, "5 capsules", "1,500mg gabapentin", "not an opioid", ""),
        (OXYCODONE, "not known", "not known", "not known", ""),
        (METHADONE, "30 ml", "30mg methadone", "not converted", ""),
        (RAMIPRIL, "1 unit", "not known", "not counted", ""),
    ],
)  # fmt: skip
def test_a_medicine_has_its_dose_and_its_sum_or_says_it_is_not_known(text, units, mg, ome, written):
    (line,) = presenters.lines(answer(text, ON))

    assert (line.units, line.mg, line.ome, line.sum) == (units, mg, ome, written)


def test_words_show_what_they_gave():
    (line,) = presenters.lines(answer(CODEINE, ON))

    assert [(part.text, part.label) for part in line.segments] == [
        ("1-2", "dose"),
        ("up to", ""),
        ("qds", "how often"),
        ("prn", "as needed"),
        ("for back,", ""),
        ("max 8", "the most"),
    ]


def test_a_refusal_has_its_words_and_its_question_and_no_code():
    (line,) = presenters.lines(answer(OXYCODONE, ON))

    assert [part.label for part in line.segments] == ["no dose read"]
    assert line.refused and "as_directed" not in line.refused
    assert line.question.endswith("?")


def test_what_is_not_converted_makes_the_total_at_least_and_is_named():
    total = presenters.the_sum(answer(f"{MORPHINE}\n{CODEINE}\n{OXYCODONE}\n{METHADONE}", ON))

    assert total.figure == "at least 60 to 84"
    assert [figure for figure, _ in total.parts] == ["60", "0 to 24", "?", "?"]
    assert len(total.missing) == 2
    assert not any("as_directed" in why for why in total.missing)


def test_nothing_converted_is_not_known_and_never_zero():
    assert presenters.the_sum(answer(METHADONE, ON)).figure == "not known"


def test_a_covered_line_with_a_medicine_makes_the_total_at_least():
    total = presenters.the_sum(answer(f"{MORPHINE}\nOxycodone 5mg capsules 1 bd for Mrs Alder", ON))

    assert total.figure == "at least 60"


def test_no_opioid_has_no_sum():
    assert presenters.the_sum(answer(GABAPENTIN, ON)) is None


def test_a_name_that_is_not_recognised_is_said_beside_the_total():
    assert presenters.the_sum(answer(f"{MORPHINE}\n{RAMIPRIL}", ON)).unknown == ("Ramipril 5mg capsules",)


def test_each_table_has_its_sum_or_says_why_not():
    total = presenters.the_sum(answer(f"{MORPHINE}\n{PATCH}", ON))
    by_id = {table.id: table for table in total.tables}

    assert by_id["SW-DEFAULT-1"].figure == "84"
    assert by_id["AU-ANZCA-2021"].figure == "80"
    assert by_id["US-CDC-2022"].figure == "at least 60"
    assert all(said for table in total.tables for _, said in table.sums)


def test_a_pair_that_slows_breathing_raises_its_caution_and_the_rest_is_not_assessed():
    found = answer(f"{MORPHINE}\n{GABAPENTIN}", ON)

    assert "S02" in [each.id for each in presenters.fired(found.findings)]
    assert found.findings.not_assessed


def test_a_taper_is_drawn_from_the_dose_as_written():
    (drawn,) = tapers.drawn(answer(MORPHINE, ON))

    assert drawn.headline.startswith("From 60mg to nothing in ")
    assert drawn.rows[-1].taken == "Nothing"
    assert tapers.as_csv(drawn.plan).count("\n") == len(drawn.rows) + 1


@pytest.mark.parametrize("text", [OXYCODONE, METHADONE, "Diazepam 5mg tablets  1 bd"])
def test_no_taper_where_none_may_be_made_and_why(text):
    (drawn,) = tapers.drawn(answer(text, ON))

    assert drawn.plan is None
    assert "Ask " in drawn.refused


def test_doses_are_spread_evenly_beside_what_slows_breathing():
    first, _ = tapers.drawn(answer(f"{MORPHINE}\n{GABAPENTIN}", ON))

    assert first.plan.constraints.spread.value == "even"


def test_a_taper_begins_with_each_dose_as_written_and_keeps_the_brand():
    (drawn,) = tapers.drawn(answer("Zomorph 10mg capsules  4 in the morning, 1 at night", ON))

    assert drawn.now == "Zomorph 10mg modified-release capsules: 4 morning, 1 night"
    assert drawn.rows[0].taken == (
        "Zomorph 30mg modified-release capsules: 1 morning; Zomorph 10mg modified-release capsules: 1 night"
    )
    assert "Zomorph 30mg modified-release capsules: 28" in tapers.as_csv(drawn.plan)


def test_a_taper_says_what_its_own_scripts_raise_and_not_again_what_the_medicines_did():
    found = answer("Morphine sulfate 10mg/5ml oral solution  5ml qds", ON)
    (drawn,) = tapers.drawn(found)

    assert any("large volume" in said and "504 ml" in said for said in drawn.said)
    assert "S13" in {each.caution_id for each in found.findings.fires}
    assert not any("Driving." in said for said in drawn.said)
