"""Why somebody is on a list names the supply that met the definition, not another one they have."""

from datetime import date
from decimal import Decimal

import pytest

from stepwell.casefinding.record import chart, reasons
from stepwell.knowledge.exposure import DailyOme
from stepwell.population.records.person import PersonRecord
from stepwell.population.records.searches import search

OLD_OPIOID = {
    "opioid.open": True,
    "opioid.era_days": 748,
    "opioid.era_start": date(2024, 11, 2),
    "opioid.longest_gap": 3,
    "opioid.seen_before": True,
}
NEW_GABAPENTINOID = {
    "gabapentinoid.open": True,
    "gabapentinoid.era_days": 20,
    "gabapentinoid.era_start": date(2026, 10, 31),
    "gabapentinoid.longest_gap": 0,
    "gabapentinoid.seen_before": False,
}


def test_a_search_of_alternatives_names_the_one_that_holds():
    (kept,) = reasons.spells(search("newly-started"), OLD_OPIOID | NEW_GABAPENTINOID)
    assert reasons.short(kept) == "Gabapentinoid since October 2026 (20 days), with no gap."
    assert reasons.long(kept, date(2026, 11, 20)) == (
        "Gabapentinoid: supply since 31 October 2026, 20 days up to 20 November 2026, with no gap."
    )


def test_a_search_of_two_together_names_both():
    kept = reasons.spells(search("opioid-with-gabapentinoid"), OLD_OPIOID | NEW_GABAPENTINOID)
    assert [reasons.short(each) for each in kept] == [
        "Opioid since November 2024 (748 days), longest gap 3 days.",
        "Gabapentinoid since October 2026 (20 days), with no gap.",
    ]


def test_a_supply_that_ended_says_how_long_it_lasted_and_when_it_ended():
    known = {
        "opioid.open": False,
        "opioid.elsewhere": False,
        "opioid.closed_days": 1243,
        "opioid.closed_ago": 1,
    }
    (kept,) = reasons.spells(search("stopped"), known)
    assert reasons.short(kept) == "Opioid supply that ended had lasted 1,243 days and ended 1 day before."


def test_how_long_is_never_made_up():
    (kept,) = reasons.spells(search("long-term-opioids"), {"opioid.open": False, "opioid.undated_now": True})
    assert reasons.short(kept) == "Opioid: issues without a date, so how long is not known."


D = Decimal


@pytest.mark.parametrize(
    ("shares", "total", "at_least", "said"),
    [
        ([], (None, None), False, "No opioid supply is open."),
        ([(D(60), D(60))], (D(60), D(60)), False, "60mg, from one opioid."),
        ([(D(0), D(60)), (D(60), D(60))], (D(60), D(120)), False, "(0 to 60) + 60 = 60mg to 120mg."),
        ([(D(1200), D(1200)), (D(34), D(34))], (D(1234), D(1234)), False, "1,200 + 34 = 1,234mg."),
        (
            [(D(60), D(60)), (D(60), D(60))],
            (D(120), D(120)),
            True,
            (
                "60 + 60 = at least 120mg. At least, because part of the record is withheld or not known to be whole,"
                " or because what is recorded from elsewhere may not be all of it,"
                " or because one patch is assumed where no number is written."
            ),
        ),
        (
            [(D(60), D(60)), (None, None)],
            (D(60), D(60)),
            True,
            "at least 60mg, from one opioid. 1 of 2 opioids could not be counted, so the true figure is higher.",
        ),
        (
            [(None, None)],
            (None, None),
            False,
            "No opioid's dose is known, so there is no sum. This is not the same as zero.",
        ),
    ],
)
def test_the_sum_is_written_out_with_what_is_missing(shares, total, at_least, said):
    assert reasons.sum_of(shares, *total, at_least=at_least) == said


def test_only_what_is_known_to_make_it_a_lower_bound_is_said():
    said = reasons.sum_of([(D(12), D(12))], D(12), D(12), at_least=True, because=["withheld"])
    assert said == (
        "at least 12mg, from one opioid. At least, because part of the record is withheld or not known to be whole."
    )


def test_a_title_in_the_drawing_is_words_whatever_the_extract_calls_a_medicine():
    mark = '<path aria-label="&lt;script&gt;x&lt;/script&gt; &amp; co, issued 1 June 2026" d="M0"/>'
    drawn = chart._MARK.sub(chart._titled, mark)
    assert "<title>&lt;script&gt;x&lt;/script&gt; &amp; co, issued 1 June 2026</title></path>" in drawn
    assert "<script>" not in drawn


def test_the_title_of_the_drawing_dates_the_change_not_the_dose_before_it():
    def segment(since, until, mg):
        dose = D(mg) if mg is not None else None
        return chart.Segment(since, until, dose, dose, f"{mg}mg")

    now = DailyOme(D(120), D(120), D(120), at_least=False, missing=False)
    record = PersonRecord(date(2026, 11, 20), (), now, (), (), (), ())
    first = segment(date(2026, 3, 1), date(2026, 6, 1), 60)
    last = segment(date(2026, 9, 21), date(2026, 11, 20), 120)
    for between in ([], [segment(date(2026, 6, 1), date(2026, 9, 21), None)]):
        said = chart.title([first, *between, last], record)
        assert said == "Daily OME is 120mg since September 2026, up from 60mg"
