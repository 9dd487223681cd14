"""Creatinine clearance, as recorded or worked out by the formula of Cockcroft and Gault. eGFR is never taken for it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from stepwell.knowledge import tables
from stepwell.knowledge.cautions.model import PersonFacts, Value
from stepwell.knowledge.cautions.person import latest

_NAME = "creatinine_clearance"
# Rounded down, so that rounding never lifts a clearance into a band that allows more.
_STEP = Decimal("0.1")


def cockcroft_gault(*, age: int, sex: str, weight_kg: Decimal, creatinine_umol_l: Decimal) -> Decimal:
    """ml/min: (140 - age) x weight x factor / creatinine. ``sex`` is female or male; creatinine is above zero."""
    return (140 - age) * weight_kg * _setting(f"factor_{sex}") / creatinine_umol_l


def clearance_of(facts: PersonFacts, on: date) -> Value | str:
    """The clearance to go by on the day, or a sentence saying what is missing.

    The later of a recorded one and one worked out; of one day, the lower. The age is the most it can be.
    """
    recorded, worked_out = latest(facts, on, _NAME), _worked_out(facts, on)
    if recorded is None:
        return worked_out
    if isinstance(worked_out, str):
        return recorded
    return min(recorded, worked_out, key=lambda each: (-(each.on or date.min).toordinal(), each.number))


def _worked_out(facts: PersonFacts, on: date) -> Value | str:
    weight, creatinine = latest(facts, on, "weight_kg"), latest(facts, on, "creatinine_umol_l")
    age, sex = facts.oldest, facts.sex
    missing = [
        *(["age"] if age is None else []),
        *(["sex"] if sex not in ("female", "male") else []),
        *(["weight"] if not _usable(weight, on) else []),
        *(["creatinine"] if not _usable(creatinine, on) else []),
    ]
    if missing or age is None or sex is None or weight is None or creatinine is None:
        within = int(_setting("window_days"))
        return (
            f"Creatinine clearance is not known. It needs age, sex, and weight and creatinine of the last {within} days; "
            f"eGFR is not enough. Missing: {', '.join(missing)}."
        )
    if (facts.age or 0) < _setting("age_from") or age >= 140:
        return "Creatinine clearance is not known: the formula is for adults."
    return _value(age, sex, weight, creatinine)


def _value(age: int, sex: str, weight: Value, creatinine: Value) -> Value:
    number = cockcroft_gault(
        age=age, sex=sex, weight_kg=weight.number, creatinine_umol_l=creatinine.number
    ).quantize(_STEP, ROUND_FLOOR)
    weighed = f"{weight.number.normalize():f} kg"
    of_weight = f" of {_day(weight)}" if weight.on != creatinine.on else ""
    said = (
        f"worked out by Cockcroft and Gault: (140 - {age}) x {weighed}{of_weight} x {_setting(f'factor_{sex}')} / "
        f"creatinine {creatinine.number.normalize():f} micromol/l"
    )
    heavy = weight.number > _setting("weight_sure_kg")
    doubt = (
        f"Worked out with a weight of {weighed}, height not known: the clearance may be lower."
        if heavy
        else ""
    )
    doubts = " ".join(each for each in (doubt, weight.doubt, creatinine.doubt) if each)
    return Value(_NAME, number, creatinine.on, (*creatinine.rows, *weight.rows), said, doubts)


def _usable(value: Value | None, on: date) -> bool:
    """Dated within the window, and above zero."""
    if value is None or value.on is None or value.number <= 0:
        return False
    return on - value.on <= timedelta(days=int(_setting("window_days")))


def _day(value: Value) -> str:
    return f"{value.on.day} {value.on:%B %Y}" if value.on else "no date"


def _setting(name: str) -> Decimal:
    return Decimal(str(tables.document("caution_rules")["clearance"][name]["value"]))
