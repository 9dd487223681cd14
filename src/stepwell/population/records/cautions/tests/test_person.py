"""A person's record as the cautions see it: what fires, what does not, and what cannot be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import ibis
import pytest

from stepwell.knowledge import code_lists
from stepwell.knowledge.cautions.taken import active
from stepwell.population import engine
from stepwell.population.records.cautions import PersonCautions
from stepwell.population.records.cautions.tests.lake import (
    AS_OF,
    REPEATS,
    Life,
    asked,
    gaps,
    said,
    tables_of,
    tablets,
)
from stepwell.population.records.importing.tests.synthetic_reader import PRACTICE
from stepwell.population.records.person import person_record

FOUR = "Take one four times a day"
TWO = "Take one twice a day"
CODEINE, MORPHINE_MR = "Codeine 30mg tablets", "Morphine 30mg modified-release tablets"
DIAZEPAM, NAPROXEN = "Diazepam 2mg tablets", "Naproxen 500mg tablets"
PREGABALIN, OMEPRAZOLE = "Pregabalin 300mg capsules", "Omeprazole 20mg gastro-resistant capsules"
FENTANYL = "Fentanyl 25micrograms/hour transdermal patches"
CHANGE = "Apply one patch every 72 hours"
HOSPITAL = {"prescribed_here": False, "elsewhere_source": "hospital"}
EGFR, WEIGHT, CREATININE = "1011481000000105", "27113001", "1000731000000107"
LATELY = (AS_OF - timedelta(days=10),)


def code(name: str) -> str:
    return min(code_lists.code_list(name).codes)


def on_codeine(key: str) -> Life:
    return Life(key).takes(CODEINE, FOUR, quantity_value=tablets(112))


def on_naproxen(key: str) -> Life:
    return Life(key).takes(NAPROXEN, TWO, duration_days=28)


def on_pregabalin(key: str) -> Life:
    return Life(key).takes(PREGABALIN, TWO, quantity_value=tablets(56))


def measured(life: Life, code: str, number: float, unit: str | None, on: date = date(2026, 9, 1)) -> Life:
    return life.has(code, on, numeric_value=number, unit=unit)


LIVES = [
    Life("the load begins with somebody else").takes(CODEINE, FOUR, on=(date(2012, 1, 1),)),
    on_codeine("codeine and diazepam").takes(DIAZEPAM, "Take one at night", quantity_value=tablets(28)),
    on_codeine("codeine alone"),
    on_codeine("codeine and a hospital's diazepam").takes(DIAZEPAM, on=(), **HOSPITAL),
    on_codeine("diazepam that the hospital ended").takes(
        DIAZEPAM, on=(), template={"status": "ended", "end_date": date(2026, 6, 1)}, **HOSPITAL
    ),
    on_codeine("a hospital's diazepam, written once two years ago").takes(
        DIAZEPAM, "Take one at night", on=(date(2024, 10, 1),), **HOSPITAL
    ),
    on_codeine("diazepam long run out").takes(
        DIAZEPAM, "Take one at night", on=(date(2026, 3, 1),), quantity_value=tablets(28)
    ),
    on_codeine("issues without a template").takes(DIAZEPAM, TWO, on=REPEATS, template=None),
    on_codeine("withheld").about(withheld=True),
    on_codeine("not said whether whole").about(withheld=None),
    on_codeine("an issue without a date").takes("Ramipril 5mg capsules", on=(None,)),
    on_naproxen("naproxen at 70").about(birth_year=1956),
    on_naproxen("naproxen at 70 with omeprazole").about(birth_year=1956).takes(OMEPRAZOLE, duration_days=28),
    on_naproxen("naproxen turning 65 this month").about(birth_year=1961, birth_month=11),
    on_naproxen("naproxen at 64, the month not known").about(birth_year=1961, birth_month=None),
    on_naproxen("naproxen, age not known").about(birth_year=None, birth_month=None),
    on_naproxen("naproxen and ramipril and furosemide")
    .takes("Ramipril 5mg capsules", duration_days=28)
    .takes("Furosemide 40mg tablets", duration_days=28),
    measured(on_naproxen("naproxen, eGFR 45"), EGFR, 45, "ml/min/1.73m*2"),
    measured(on_naproxen("naproxen, eGFR 85"), EGFR, 85, "mL/min/1.73 m2"),
    measured(on_naproxen("naproxen, eGFR 85 without a unit"), EGFR, 85, None),
    measured(on_naproxen("naproxen, eGFR 85 of 2024"), EGFR, 85, "ml/min", date(2024, 9, 1)),
    measured(on_naproxen("naproxen, eGFR 85 and later words"), EGFR, 85, "ml/min").has(EGFR, date(2026, 10, 1)),
    measured(on_naproxen("naproxen, eGFR 85 by the older factor"), "996231000000108", 85, "ml/min"),
    measured(on_naproxen("naproxen, kidney disease coded"), EGFR, 85, "ml/min").has(code("ckd"), date(2021, 4, 5)),
    measured(on_naproxen("naproxen, kidney disease in words"), EGFR, 85, "ml/min").has(None, term="CKD stage 3"),
    measured(on_naproxen("naproxen, a code of another system"), EGFR, 85, "ml/min").has(None, ctv3="XaXXX", term="Seen"),
    measured(on_naproxen("naproxen, kidney disease after the day"), EGFR, 85, "ml/min").has(code("ckd"), date(2026, 11, 3)),
    measured(measured(on_pregabalin("pregabalin 600, clearance 27"), WEIGHT, 60, "kg"), CREATININE, 210, "umol/L"),
    measured(measured(on_pregabalin("pregabalin 600, clearance 98"), WEIGHT, 80, "kg"), CREATININE, 80, "µmol/l"),
    measured(on_pregabalin("pregabalin 600, no weight"), CREATININE, 210, "umol/L"),
    measured(measured(on_pregabalin("pregabalin 600, weight in stones"), WEIGHT, 11, "st"), CREATININE, 210, "umol/L"),
    measured(measured(on_pregabalin("pregabalin 600, sex not known").about(sex=None), WEIGHT, 60, "kg"), CREATININE, 210, "umol/L"),
    Life("a new patch, nothing before").takes(FENTANYL, CHANGE, on=LATELY, quantity_value=tablets(10)),
    Life("a new patch after codeine")
    .takes(CODEINE, FOUR, on=(AS_OF - timedelta(days=38),), quantity_value=tablets(112))
    .takes(FENTANYL, CHANGE, on=LATELY, quantity_value=tablets(10)),
    Life("a new patch after morphine")
    .takes(MORPHINE_MR, TWO, on=REPEATS[1:], quantity_value=tablets(56))
    .takes(FENTANYL, CHANGE, on=LATELY, quantity_value=tablets(10)),
    Life("a new patch, palliative").takes(FENTANYL, CHANGE, on=LATELY, quantity_value=tablets(10)).has(code("palliative")),
    Life("a new patch, palliative care ended")
    .takes(FENTANYL, CHANGE, on=LATELY, quantity_value=tablets(10))
    .has(code("palliative"), date(2026, 1, 5))
    .has(code("palliative_not_indicated"), date(2026, 3, 5)),
    Life("a new patch, palliative or not")
    .takes(FENTANYL, CHANGE, on=LATELY, quantity_value=tablets(10))
    .has(code("palliative"), None)
    .has(code("palliative_not_indicated"), date(2026, 3, 5)),
    Life("a new patch, newly registered")
    .registered(AS_OF - timedelta(days=20))
    .takes(MORPHINE_MR, TWO, on=(AS_OF - timedelta(days=9),), quantity_value=tablets(56))
    .takes(FENTANYL, CHANGE, on=LATELY, quantity_value=tablets(10)),
    Life("two products of morphine at once").takes(MORPHINE_MR, "Take two twice a day", quantity_value=tablets(112)),
    Life("a dose that cannot be read").takes(MORPHINE_MR, "As the pain team told you", on=LATELY, quantity_value=tablets(56)),
    Life("methadone from a drug service").takes(
        "Methadone 1mg/ml oral solution", on=(), prescribed_here=False, elsewhere_source="drug_service"
    ),
    Life("two instructions in one day")
    .takes("Pregabalin 150mg capsules", "Take one in the morning", quantity_value=tablets(28))
    .takes("Pregabalin 150mg capsules", "Take two at night", quantity_value=tablets(56)),
    Life("a brand beside its generic").takes("Zapain 30mg/500mg tablets", FOUR, on=REPEATS[1:2], quantity_value=tablets(112)).takes(
        "Co-codamol 30mg/500mg tablets", FOUR, on=REPEATS[:1], quantity_value=tablets(112)
    ),
    Life("a medicine nobody can place").takes("Qwertyzine 5mg tablets"),
    Life("tramadol, sertraline and warfarin")
    .takes("Tramadol 50mg capsules", FOUR, quantity_value=tablets(112))
    .takes("Sertraline 50mg tablets", duration_days=28)
    .takes("Tablets", bnf_code="0208020V0AAAAAA", duration_days=28),
    on_codeine("diazepam of which more was made than the load holds").takes(
        DIAZEPAM, "Take one at night", on=(date(2026, 3, 1),), quantity_value=tablets(28), template={"issues_made": 5}
    ),
    on_codeine("diazepam that ran out ten days ago").takes(
        DIAZEPAM,
        "Take one at night",
        on=(AS_OF - timedelta(days=38),),
        kind="acute",
        template=None,
        quantity_value=tablets(28),
    ),
    on_codeine("codeine and methadone from a drug service").takes(
        "Methadone 1mg/ml oral solution", on=(), prescribed_here=False, elsewhere_source="drug_service"
    ),
    Life("naproxen at 70, a repeat without a template")
    .about(birth_year=1956)
    .takes(NAPROXEN, TWO, on=(AS_OF - timedelta(days=40),), template=None, duration_days=28),
    Life("naproxen at 70, a course that ended")
    .about(birth_year=1956)
    .takes(NAPROXEN, TWO, on=(AS_OF - timedelta(days=40),), template=None, duration_days=28, kind="acute"),
    on_codeine("made and not in the load").takes("Ramipril 5mg capsules", on=(), template={"issues_made": 3}),
    on_codeine("made before the load begins").takes(
        "Ramipril 5mg capsules", on=(), template={"issues_made": 3, "start_date": date(2011, 1, 1)}
    ),
    on_codeine("made and ended long ago").takes(
        "Ramipril 5mg capsules", on=(), template={"issues_made": 3, "status": "ended", "end_date": date(2025, 1, 1)}
    ),
    Life("codeine 15 before codeine 30")
    .takes("Codeine 15mg tablets", FOUR, on=REPEATS[3:], quantity_value=tablets(112))
    .takes(CODEINE, FOUR, on=REPEATS[:2], quantity_value=tablets(112)),
    on_codeine("a hospital's course of 100 days ago").takes(
        "Amitriptyline 10mg tablets", on=(AS_OF - timedelta(days=100),), kind="acute", template=None, **HOSPITAL
    ),
    on_codeine("a hospital's course of 200 days ago").takes(
        "Amitriptyline 10mg tablets", on=(AS_OF - timedelta(days=200),), kind="acute", template=None, **HOSPITAL
    ),
    measured(
        measured(Life("pregabalin 600 by quantity").takes(PREGABALIN, "As the pain team told you", quantity_value=tablets(56)), WEIGHT, 60, "kg"),
        CREATININE, 210, "umol/l",
    ),
    measured(
        measured(Life("one issue of pregabalin, no dose").takes(PREGABALIN, "As the pain team told you", on=LATELY, quantity_value=tablets(56)), WEIGHT, 60, "kg"),
        CREATININE, 210, "umol/l",
    ),
    on_codeine("alcohol dependence").has("66590003", date(2019, 4, 5), term="Drinking as told"),
    on_codeine("a woman of 30 with a code of pregnancy").about(sex="female", birth_year=1996).has("77386006", date(2026, 7, 1), date_precision="month"),
]  # fmt: skip


Ask = Callable[[str], PersonCautions]


@pytest.fixture(scope="module")
def tables() -> Mapping[str, ibis.Table]:
    return tables_of(LIVES, engine.connect())


@pytest.fixture(scope="module")
def ask(tables: Mapping[str, ibis.Table]) -> Ask:
    """What is found of one of them, worked out once."""
    return cache(lambda who: asked(tables, who))


@pytest.mark.parametrize(
    ("who", "caution", "expected"),
    [
        ("codeine and diazepam", "S01", "warn"),
        ("codeine alone", "S01", "clear"),
        ("codeine and a hospital's diazepam", "S01", "warn"),
        ("a hospital's diazepam, written once two years ago", "S01", "warn"),
        ("diazepam that the hospital ended", "S01", "clear"),
        ("diazepam long run out", "S01", "clear"),
        ("issues without a template", "S01", "warn"),
        ("withheld", "S01", "not assessed"),
        ("not said whether whole", "S01", "not assessed"),
        ("an issue without a date", "S01", "not assessed"),
        ("diazepam of which more was made than the load holds", "S01", "not assessed"),
        ("diazepam that ran out ten days ago", "S01", "warn"),
        ("codeine and methadone from a drug service", "S16", "not assessed"),
        ("naproxen at 70, a repeat without a template", "S11C", "warn"),
        ("naproxen at 70, a course that ended", "S11C", "clear"),
        ("made and not in the load", "S01", "not assessed"),
        ("made before the load begins", "S01", "clear"),
        ("made and ended long ago", "S01", "clear"),
        ("pregabalin 600 by quantity", "S12B", "warn"),
        ("one issue of pregabalin, no dose", "S12B", "not assessed"),
        ("nobody of this key", "S01", "not assessed"),
        ("naproxen at 70", "S11C", "warn"),
        ("naproxen at 70 with omeprazole", "S11C", "clear"),
        ("naproxen turning 65 this month", "S11C", "not assessed"),
        ("naproxen at 64, the month not known", "S11C", "not assessed"),
        ("naproxen, age not known", "S11C", "not assessed"),
        ("naproxen and ramipril and furosemide", "S11F", "warn"),
        ("naproxen at 70", "S11F", "clear"),
        ("naproxen at 70", "S11D", "not assessed"),
        ("codeine alone", "S11D", "clear"),
        ("naproxen at 70", "S11E", "not assessed"),
        ("naproxen, eGFR 45", "S11E", "warn"),
        ("naproxen, eGFR 85", "S11E", "clear"),
        ("naproxen, eGFR 85 without a unit", "S11E", "not assessed"),
        ("naproxen, eGFR 85 of 2024", "S11E", "not assessed"),
        ("naproxen, eGFR 85 and later words", "S11E", "not assessed"),
        ("naproxen, eGFR 85 by the older factor", "S11E", "not assessed"),
        ("naproxen, kidney disease coded", "S11E", "warn"),
        ("naproxen, kidney disease in words", "S11E", "not assessed"),
        ("naproxen, a code of another system", "S11E", "not assessed"),
        ("naproxen, kidney disease after the day", "S11E", "clear"),
        ("pregabalin 600, clearance 27", "S12B", "warn"),
        ("pregabalin 600, clearance 98", "S12B", "clear"),
        ("pregabalin 600, no weight", "S12B", "not assessed"),
        ("pregabalin 600, weight in stones", "S12B", "not assessed"),
        ("pregabalin 600, sex not known", "S12B", "not assessed"),
        ("two instructions in one day", "S12B", "not assessed"),
        ("a new patch, nothing before", "S03", "stop"),
        ("a new patch after codeine", "S03", "stop"),
        ("a new patch after morphine", "S03", "clear"),
        ("a new patch, palliative", "S03", "clear"),
        ("a new patch, palliative care ended", "S03", "stop"),
        ("a new patch, palliative or not", "S03", "stop"),
        ("a new patch, newly registered", "S03", "not assessed"),
        ("codeine alone", "S03", "clear"),
        ("codeine alone", "S04", "inform"),
        ("two products of morphine at once", "S16", "warn"),
        ("codeine alone", "S16", "clear"),
        ("a dose that cannot be read", "S16", "clear"),  # 56 tablets of 30 mg over 28 days: 60
        ("methadone from a drug service", "S16", "not assessed"),
        ("methadone from a drug service", "S13", "inform"),
        ("tramadol, sertraline and warfarin", "S05", "warn"),
        ("tramadol, sertraline and warfarin", "S06", "warn"),
        ("alcohol dependence", "S14A", "warn"),
        ("codeine alone", "S14A", "not assessed"),
        ("a woman of 30 with a code of pregnancy", "S19A", "not assessed"),
        ("codeine alone", "S19A", "clear"),
    ],
)
def test_a_caution_of_a_record(ask: Ask, who: str, caution: str, expected: str) -> None:
    assert said(ask(who), caution) == expected


@pytest.mark.parametrize(
    ("who", "caution", "missing"),
    [
        ("naproxen at 70", "S11D", "No code list for heart failure is held here"),
        ("naproxen at 70", "S11E", "No eGFR is in this record."),
        ("naproxen, eGFR 85 without a unit", "S11E", "The eGFR in this record is not a number in a unit known here."),
        ("naproxen, eGFR 85 of 2024", "S11E", "No eGFR in 15 months."),
        ("naproxen, eGFR 85 and later words", "S11E", "A later eGFR cannot be read."),
        ("naproxen, eGFR 85 by the older factor", "S11E", "it may be lower"),
        ("naproxen, kidney disease in words", "S11E", "An entry in words may be of chronic kidney disease"),
        ("naproxen, a code of another system", "S11E", "1 entry has no SNOMED CT code"),
        ("naproxen turning 65 this month", "S11C", "Age is 64 or 65: the day of birth is not held."),
        ("pregabalin 600, no weight", "S12B", "Missing: weight."),
        ("pregabalin 600, sex not known", "S12B", "Missing: sex."),
        ("withheld", "S14A", "Part of the record is withheld, or not known to be whole."),
        ("nobody of this key", "S11D", "Not every medicine of this person is known."),
        ("codeine alone", "S14A", "eleven codes"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(ask: Ask, who: str, caution: str, missing: str) -> None:
    assert missing in gaps(ask(who), caution)


@pytest.mark.parametrize("who", [life.key for life in LIVES])
def test_all_that_the_page_shows_as_taken_now_is_asked_about(
    tables: Mapping[str, ibis.Table], ask: Ask, who: str
) -> None:
    record = person_record(tables, PRACTICE, who, AS_OF)
    shown = {(now.current.medicine.substance, now.current.own) for now in record.now}
    asked_about = {
        (name, not each.elsewhere) for each in active(ask(who).facts, AS_OF) for name in each.substances
    }
    assert shown <= asked_about


def test_of_somebody_the_extract_does_not_hold_nothing_is_clear(ask: Ask) -> None:
    found = ask("nobody of this key")
    assert (found.findings.fires, found.findings.clear) == ((), ())
    assert len(found.findings.not_assessed) == 38


def test_a_cause_names_the_medicine_the_code_and_the_day(ask: Ask) -> None:
    found = ask("alcohol dependence").findings
    (fired,) = [each for each in found.fires if each.caution_id == "S14A"]
    medicine, code = fired.because
    assert (medicine.what, medicine.on) == (CODEINE, REPEATS[0])
    assert (code.what, code.on) == (
        "alcohol dependence (code 66590003, Drinking as told)",
        date(2019, 4, 5),
    )


def test_a_sum_of_the_clearance_is_among_the_causes(ask: Ask) -> None:
    found = ask("pregabalin 600, clearance 27").findings
    (fired,) = [each for each in found.fires if each.caution_id == "S12B"]
    # By hand: (140 - 60) x 60 x 1.23 / 210 = 28.11
    assert "creatinine clearance 28.1 ml/min" in fired.because[1].what


def test_a_date_of_which_only_the_month_is_recorded_says_so(ask: Ask) -> None:
    found = ask("a woman of 30 with a code of pregnancy").facts
    assert found.problems[0].on == date(2026, 7, 31)
    assert found.problems[0].said.endswith("only the month is recorded")


@pytest.mark.parametrize(
    ("who", "taken"),
    [
        ("codeine 15 before codeine 30", ["Codeine 30mg tablets"]),
        ("a hospital's course of 100 days ago", ["Codeine 30mg tablets", "Amitriptyline 10mg tablets"]),
        ("a hospital's course of 200 days ago", ["Codeine 30mg tablets"]),
    ],
)
def test_what_is_taken(ask: Ask, who: str, taken: list[str]) -> None:
    assert [each.name for each in active(ask(who).facts, AS_OF)] == taken


def test_an_era_that_may_have_begun_before_the_load_does_is_not_known_to_be_short() -> None:
    only = Life("only").takes(CODEINE, FOUR, on=REPEATS[:3], quantity_value=tablets(112))  # 70 days
    found = asked(tables_of([only], engine.connect()), "only")
    assert said(found, "S04") == "not assessed"
    assert "How long opioids have been taken is not known." in gaps(found, "S04")
    # Nor does a load without any coded entry say that somebody has none.
    assert "This extract holds no coded entries of anybody." in gaps(found, "S14A")


def test_two_instructions_of_one_day_are_added(ask: Ask) -> None:
    (medicine,) = ask("two instructions in one day").facts.medicines
    assert medicine.doses[0].mg_max == Decimal(450)


def test_a_brand_and_its_generic_are_one_medicine(ask: Ask) -> None:
    (medicine,) = ask("a brand beside its generic").facts.medicines
    paracetamol = next(dose for dose in medicine.doses if dose.substance == "paracetamol")
    assert paracetamol.mg_max == Decimal(2000)


def test_a_medicine_nobody_can_place_is_listed(ask: Ask) -> None:
    found = ask("a medicine nobody can place").findings
    assert [each.name for each in found.unplaced] == ["Qwertyzine 5mg tablets"]


def test_an_opioid_that_is_not_in_the_sum_makes_it_at_least(ask: Ask) -> None:
    facts = ask("methadone from a drug service").facts
    assert facts.ome is not None
    assert (facts.ome.ome_max, facts.ome.unconverted) == (
        None,
        ("Not in the sum: Methadone 1mg/ml oral solution.",),
    )


def test_the_conditions_no_list_is_held_for_are_named(ask: Ask) -> None:
    assert ask("codeine alone").not_held == (
        "copd", "fall", "frailty", "heart_failure", "overdose", "peptic_ulcer", "respiratory_disease", "sleep_apnoea",
        "surgery", "tonsillectomy_for_sleep_apnoea",
    )  # fmt: skip
