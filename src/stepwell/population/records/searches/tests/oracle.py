"""All nine searches in slow, plain Python, one person at a time, straight from decision 10.

Written from the decision and not from the code it checks. It takes canonical rows and the plain references of the
knowledge floor; it shares nothing with how searches are run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from stepwell.knowledge import code_lists
from stepwell.knowledge.exposure import Era
from stepwell.knowledge.medicines.model import MedicineClass
from stepwell.population.records.searches.tests.oracle_person import CLASSES, LONG, WINDOW, Person
from stepwell.population.records.searches.tests.oracle_rows import Row, medicine_issues
from stepwell.population.records.searches.tests.oracle_undated import first_day, missing

Tables = Mapping[str, Sequence[Row]]
Answer = tuple[str, frozenset[str]]  # outcome (in, check, out, none) and the ids of its reasons

ASKS_A_CLINICIAN = (
    "cancer",
    "palliative",
    "epilepsy",
    "opioid_dependence",
    "neuropathy",
    "post_herpetic_pain",
)


def answers(tables: Tables, as_of: date) -> dict[tuple[str, str], dict[str, Answer]]:
    """(practice, patient key) to search id to answer, for everybody in ``tables``."""
    mine = {name: _by_person(tables[name]) for name in tables}
    first = first_day(tables["issues"])
    telling = {row["practice"] for row in tables["events"]}
    found = {}
    for row in tables["patients"]:
        key = (str(row["practice"]), str(row["patient_key"]))
        person = Person(
            as_of=as_of,
            patient=row,
            registrations=mine["registrations"].get(key, []),
            events=mine["events"].get(key, []),
            issues=medicine_issues(mine["issues"].get(key, []), mine["templates"].get(key, [])),
            missing=missing(mine["issues"].get(key, []), mine["templates"].get(key, []), first, as_of),
            no_diagnoses=row["practice"] not in telling,
        )
        found[key] = {search: answer(search, person) for search in SEARCHES}
    return found


def _by_person(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((str(row["practice"]), str(row["patient_key"])), []).append(row)
    return found


def answer(search_id: str, person: Person) -> Answer:
    """Out if any out rule holds, else check if any check rule holds, else in; none where the base is not met."""
    base, checks = SEARCHES[search_id]
    if not base(person):
        return "none", frozenset()
    if out := _outs(person):
        return "out", frozenset(out)
    check = {name for name, holds in {**_common_checks(person), **checks(person)}.items() if holds}
    return ("check", frozenset(check)) if check else ("in", frozenset({"meets_definition"}))


# Out


def _outs(p: Person) -> set[str]:
    rules = {
        "under_18": _age(p) == "under_18",
        "not_registered": not _registered(p) and not _may_be_registered(p),
        "sensitive_record": p.patient["sensitive"] is True,
        "palliative": _palliative(p)[0] or _had(p, MedicineClass.END_OF_LIFE_INJECTABLE, recent=True),
        "active_cancer": any(d is not None and p.as_of - WINDOW < d for d in _dates(p, "cancer")),
        "dependence_treatment": _had(p, MedicineClass.DEPENDENCE_TREATMENT, recent=True)
        or bool(_dates(p, "opioid_dependence")),
    }
    return {name for name, holds in rules.items() if holds}


def _age(p: Person) -> str:
    """adult, under_18, or check where the year and month of birth do not settle it."""
    year, month = p.patient["birth_year"], p.patient["birth_month"]
    if not isinstance(year, int):
        return "check"
    turned = p.as_of.year - year
    if turned != 18:
        return "adult" if turned > 18 else "under_18"
    if not isinstance(month, int) or month == p.as_of.month:
        return "check"
    return "adult" if month < p.as_of.month else "under_18"


def _registered(p: Person) -> bool:
    return _alive(p) and bool(_covering(p, "regular"))


def _may_be_registered(p: Person) -> bool:
    """By a registration of a kind that is not known, and by no other."""
    return _alive(p) and bool(_covering(p, None)) and not _covering(p, "regular")


def _alive(p: Person) -> bool:
    year, month = p.patient["death_year"], p.patient["death_month"]
    if isinstance(year, int):
        earliest = (year, month if isinstance(month, int) else 1)
        if earliest <= (p.as_of.year, p.as_of.month):
            return False
    return True


def _covering(p: Person, kind: str | None) -> list[date | None]:
    """Starts of the registrations of a kind that cover as-of. The end is the first day no longer registered."""
    found: list[date | None] = []
    for row in p.registrations:
        start, end = row["start_date"], row["end_date"]
        begun = not isinstance(start, date) or start <= p.as_of
        if row["registration_type"] == kind and begun and not (isinstance(end, date) and end <= p.as_of):
            found.append(start if isinstance(start, date) else None)
    return found


def _dates(p: Person, condition: str) -> list[date | None]:
    """Dates of a condition's codes up to as-of; None for one without a date."""
    codes = _codes(condition)
    dates = [e["event_date"] for e in p.events if e["snomed_id"] in codes]
    return [d if isinstance(d, date) else None for d in dates if not isinstance(d, date) or d <= p.as_of]


@cache
def _codes(condition: str) -> frozenset[str]:
    return code_lists.code_list(condition).codes


def _palliative(p: Person) -> tuple[bool, bool]:
    """Whether a palliative code stands, and whether one was cancelled."""
    cancels = [d for d in _dates(p, "palliative_not_indicated") if d is not None]
    cancelled = [d is not None and any(c >= d for c in cancels) for d in _dates(p, "palliative")]
    return not all(cancelled), any(cancelled)


def _had(p: Person, of: MedicineClass, *, recent: bool) -> bool:
    """An issue of the class, own or elsewhere, in the 365 days up to as-of; or, not recent, before them."""
    return any(of in i.medicine.classes and (i.issue_date > p.as_of - WINDOW) is recent for i in p.past())


# Check


def _common_checks(p: Person) -> dict[str, bool]:
    return {
        "record_withheld": p.patient["withheld"] is not False,
        "registration_not_certain": _may_be_registered(p),
        "cancer_ever": bool(_dates(p, "cancer")),
        "palliative_cancelled": _palliative(p)[1],
        "epilepsy": bool(_dates(p, "epilepsy")),
        "neuropathy": bool(_dates(p, "neuropathy")),
        "post_herpetic_pain": bool(_dates(p, "post_herpetic_pain")),
        "older_dependence_treatment": _had(p, MedicineClass.DEPENDENCE_TREATMENT, recent=False)
        or any(MedicineClass.DEPENDENCE_TREATMENT in m.classes for m in p.missing),
        "treatment_undated": any(
            m.classes & {MedicineClass.DEPENDENCE_TREATMENT, MedicineClass.END_OF_LIFE_INJECTABLE}
            and m.last(p.as_of) > p.as_of - WINDOW
            for m in p.missing
        ),
        "no_diagnoses": p.no_diagnoses,
        "unmapped_condition": any(_looks_excluding(p, e) for e in p.events),
        "age_not_certain": _age(p) == "check",
    }


def _looks_excluding(p: Person, event: Row) -> bool:
    on, term = event["event_date"], event["term"]
    if event["snomed_id"] is not None or (isinstance(on, date) and on > p.as_of):
        return False
    return any(code_lists.code_list(c).looks_like(str(term or "")) for c in ASKS_A_CLINICIAN)


# The searches


def _long_term(group: str):
    def base(p: Person) -> bool:
        long = any(e.days >= LONG for e in p.open_eras(group))
        return long or p.may_be_longer(group) or p.may_be_open(group)

    def checks(p: Person) -> dict[str, bool]:
        return {
            f"{group}_dose_unclear": p.unclear(group),
            f"{group}_may_be_taken": p.may_be_open(group),
            f"{group}_may_be_longer": p.may_be_longer(group),
        }

    return base, checks


def _high_dose(line: int):
    def reached(value: Decimal | None) -> bool:
        return value is not None and round(value, 4) >= line  # a day's thirds are written to six decimals

    def base(p: Person) -> bool:
        told = reached(p.ome.own_high) or reached(p.ome.high) or p.ome.missing
        return (p.is_open("opioid") and told) or p.undated_now("opioid")

    def checks(p: Person) -> dict[str, bool]:
        return {
            "opioid_dose_unclear": p.unclear("opioid"),
            "only_with_elsewhere": reached(p.ome.high) and not reached(p.ome.own_high),
            "may_reach": p.ome.missing and not reached(p.ome.high),
            "issues_undated": p.undated_now("opioid")
            and (not p.is_open("opioid") or not reached(p.ome.own_high)),
        }

    return base, checks


def _opioid_with(group: str):
    def base(p: Person) -> bool:
        first = p.is_open("opioid") or p.undated_now("opioid")
        return first and (p.is_open(group) or p.elsewhere(group) or p.undated_now(group))

    def checks(p: Person) -> dict[str, bool]:
        return {
            "opioid_dose_unclear": p.unclear("opioid"),
            f"{group}_dose_unclear": p.unclear(group),
            "second_from_elsewhere": not p.is_open(group) and p.elsewhere(group),
            "opioid_may_be_taken": p.may_be_open("opioid"),
            f"{group}_may_be_taken": p.may_be_open(group),
        }

    return base, checks


def _new(p: Person, group: str) -> Era | None:
    """The era by which somebody is newly started on the group, if they are."""
    of = CLASSES[group]
    for era in p.open_eras(group):
        before = [i for i in p.past() if i.medicine.classes & of and i.issue_date < era.start]
        if era.days < LONG and not any(era.start - WINDOW <= i.issue_date for i in before):
            return era
    return None


def _newly_started():
    groups = ("opioid", "gabapentinoid")

    def started(p: Person) -> list[Era]:
        return [era for group in ("opioid", "gabapentinoid") if (era := _new(p, group))]

    def long_enough(p: Person, era: Era) -> bool:
        return any(start is not None and start <= era.start - WINDOW for start in _covering(p, "regular"))

    def checks(p: Person) -> dict[str, bool]:
        return {
            "opioid_dose_unclear": p.unclear("opioid"),
            "gabapentinoid_dose_unclear": p.unclear("gabapentinoid"),
            "history_too_short": bool(started(p)) and not any(long_enough(p, era) for era in started(p)),
            **{f"{group}_may_be_taken": p.may_be_open(group) for group in groups},
            **{f"{group}_may_be_longer": p.may_be_longer(group) for group in groups},
            **{f"{group}_may_be_older": p.may_be_older(group) for group in groups},
        }

    return lambda p: bool(started(p)) or any(p.may_be_open(group) for group in groups), checks


def _stopped():
    groups = ("opioid", "gabapentinoid")

    def stopped(p: Person, group: str) -> bool:
        found = p.eras(group)
        if not found or p.is_open(group) or p.elsewhere(group):
            return False
        last = found[-1]
        return (last.end - last.start).days >= LONG and last.end > p.as_of - WINDOW

    def base(p: Person, group: str) -> bool:
        return stopped(p, group) or (p.may_have_stopped(group) and not p.elsewhere(group))

    # No unclear dose: what somebody stopped has no current dose.
    def checks(p: Person) -> dict[str, bool]:
        return {
            **{f"{group}_may_be_taken": p.may_be_open(group) for group in groups},
            **{f"{group}_may_have_stopped": p.may_have_stopped(group) for group in groups},
        }

    return lambda p: any(base(p, group) for group in groups), checks


SEARCHES = {
    "long-term-opioids": _long_term("opioid"),
    "long-term-gabapentinoids": _long_term("gabapentinoid"),
    "long-term-tramadol": _long_term("tramadol"),
    "high-dose-90": _high_dose(90),
    "high-dose-120": _high_dose(120),
    "opioid-with-benzodiazepine": _opioid_with("sedative"),
    "opioid-with-gabapentinoid": _opioid_with("gabapentinoid"),
    "newly-started": _newly_started(),
    "stopped": _stopped(),
}
