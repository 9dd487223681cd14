"""The worked examples of the cautions, from the medicine's name and instruction to the finding."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from stepwell.knowledge.cautions import (
    Level,
    MedicineTaken,
    OpioidCover,
    check,
    medicine_from,
)
from stepwell.knowledge.cautions.tests.made import ON, named, ome, outcome, person, value
from stepwell.knowledge.dosage import parse
from stepwell.knowledge.medicines import identify

_DAYS = {"cover_from": date(2026, 10, 20), "cover_to": date(2026, 11, 17), "last_issued": date(2026, 10, 20)}


def read(name: str, instruction: str) -> MedicineTaken:
    found = identify(name=name)
    dosage = parse(instruction, product=found.product)
    return replace(medicine_from(found, dosage, name=name), rows=(name,), **_DAYS)


def test_example_1_codeine_and_diazepam() -> None:
    facts = person(
        read("Codeine 30mg tablets", "take two four times a day"),
        read("Diazepam 2mg tablets", "one at night"),
        ome=ome(24),
    )
    found = check(facts, ON)
    assert outcome("S01", facts) == "warn"
    assert outcome("S13", facts) == "inform"
    assert "S02" in found.clear
    s01 = next(each for each in found.fires if each.caution_id == "S01")
    assert {row for cause in s01.because for row in cause.rows} == {
        "Codeine 30mg tablets",
        "Diazepam 2mg tablets",
    }
    s13 = next(each for each in found.fires if each.caution_id == "S13")
    assert s13.detail == ("A medicine here has its own legal limit for driving.",)  # diazepam


def test_example_2_pregabalin_morphine_and_moderate_kidneys() -> None:
    facts = person(
        read("Pregabalin 300mg capsules", "one twice a day"),
        read("Morphine 30mg modified-release tablets", "one twice a day"),
        values=(value("egfr", 44), value("creatinine_clearance", 45)),
        ome=ome(60),
    )
    found = {each.caution_id: each for each in check(facts, ON).fires}
    assert found["S02"].detail == ("Stop and think: pregabalin is above 300 mg a day.",)
    assert found["S02"].status == "verified"
    assert found["S12B"].status == "unverified"
    assert any("usual most 300 mg a day" in cause.what for cause in found["S12B"].because)
    assert "S13" in found
    assert "S12A" not in found
    worse = replace(facts, values=(value("egfr", 29), value("creatinine_clearance", 45)))
    assert outcome("S12A", worse) == "warn"


def test_example_3_tramadol_sertraline_then_warfarin() -> None:
    tramadol = read("Tramadol 50mg capsules", "two four times a day")
    facts = person(tramadol, named("Sertraline 50mg tablets"), ome=ome(40))
    assert outcome("S06", facts) == "warn"
    assert outcome("S05", facts) == "clear"
    with_warfarin = replace(facts, medicines=(*facts.medicines, named("Warfarin 3mg tablets")))
    assert outcome("S05", with_warfarin) == "warn"


STARTED = date(2026, 3, 3)
FENTANYL_12 = replace(
    read("Fentanyl 12micrograms/hour transdermal patches", "change patch every 72 hours"),
    started_on=STARTED, newly_started=True, last_issued=STARTED, cover_from=STARTED, cover_to=date(2026, 3, 18),
)  # fmt: skip


def before(end: date, mg: float, *, least: float | None = None) -> OpioidCover:
    low = Decimal(str(mg if least is None else least))
    return OpioidCover(date(2025, 11, 1), end, low, Decimal(str(mg)), ("earlier",))


def s03(*covers: OpioidCover) -> str:
    return outcome("S03", person(FENTANYL_12, opioid_covers=covers), STARTED)


def test_example_4_a_fentanyl_patch_after_73_days_without() -> None:
    assert s03(before(date(2025, 12, 20), 120)) == "stop"


def test_example_4_a_fentanyl_patch_after_too_little_codeine() -> None:
    assert s03(before(date(2026, 3, 1), 24)) == "stop"


def test_example_4_a_fentanyl_patch_after_enough_morphine() -> None:
    assert s03(before(date(2026, 3, 2), 60)) == "clear"


def test_two_opioids_before_a_patch_are_added_up() -> None:
    assert s03(before(date(2026, 3, 1), 24), before(date(2026, 3, 1), 20)) == "clear"


def test_what_was_only_perhaps_taken_before_a_patch_settles_nothing() -> None:
    assert s03(before(date(2026, 3, 2), 60, least=0)) == "not assessed"
    assert s03(replace(before(date(2026, 3, 2), 0), ome_min=None, ome_max=None)) == "not assessed"


def test_a_cover_that_ended_exactly_14_days_before_reaches_no_day_of_the_window() -> None:
    assert s03(before(date(2026, 2, 17), 60)) == "stop"  # first day without supply: 14 days before the patch
    assert s03(before(date(2026, 2, 18), 60)) == "clear"


def test_a_patch_is_not_cleared_because_nobody_looked_for_palliative_care() -> None:
    facts = person(FENTANYL_12, lists_searched=frozenset())
    found = check(facts, STARTED)
    (stop,) = found.stops
    assert (stop.caution_id, stop.level) == ("S03", Level.STOP)
    assert "Whether there is a record of palliative is not known." in stop.gaps


def test_example_5_no_egfr_is_not_clear() -> None:
    facts = person(
        named("Ibuprofen 400mg tablets"), read("Morphine 10mg tablets", "one twice a day"), values=()
    )
    found = {each.caution_id: each for each in check(facts, ON).not_assessed}
    assert found["S11E"].gaps == ("No eGFR is known.",)
    assert found["S12A"].gaps == ("No eGFR is known.",)


def test_paracetamol_is_counted_in_every_product_that_holds_it() -> None:
    light = (value("weight_kg", 45),)
    regular = read("Co-codamol 30mg/500mg tablets", "two twice a day")  # 2,000 mg: 44 mg for each kg
    extra = read("Co-codamol 8mg/500mg tablets", "two twice a day")
    assert outcome("S14F", person(regular, values=light)) == "clear"
    assert outcome("S14F", person(regular, extra, values=light)) == "warn"
    as_needed = read("Co-codamol 8mg/500mg tablets", "one when needed")
    assert outcome("S14F", person(regular, as_needed, values=light)) == "not assessed"
