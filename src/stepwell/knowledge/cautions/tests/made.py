"""Made-up people for the cautions: everything known and nothing wrong, but for what a test says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from stepwell.knowledge.cautions import (
    Dose,
    Findings,
    MedicineTaken,
    PersonFacts,
    Problem,
    Value,
    check,
    conditions,
)
from stepwell.knowledge.equivalence import Total
from stepwell.knowledge.medicines.model import MedicineClass as C
from stepwell.knowledge.medicines.model import Release

ON = date(2026, 11, 2)
_COVER = {"cover_from": date(2026, 10, 20), "cover_to": date(2026, 11, 17), "last_issued": date(2026, 10, 20)}


def medicine(
    name: str, *substances: str, classes: tuple[C, ...] = (), mg: float | None = None, **more: Any
) -> MedicineTaken:
    """A medicine covered on ON. ``mg`` is the daily dose of the first substance."""
    doses = (Dose(substances[0], Decimal(str(mg)), Decimal(str(mg))),) if mg is not None else ()
    held = MedicineTaken(
        name=name,
        rows=(f"issue of {name}",),
        substances=substances,
        classes=frozenset(classes),
        doses=doses,
        **{**_COVER, "release": Release.IMMEDIATE, "is_patch": False},
    )  # type: ignore[arg-type]
    return replace(held, **more)


def opioid(substance: str, mg: float | None = None, **more: Any) -> MedicineTaken:
    return medicine(substance, substance, classes=(C.OPIOID,), mg=mg, **more)


def slow(substance: str, **more: Any) -> MedicineTaken:
    known: dict[str, Any] = {"mr_interval_hours": 12, "times_a_day_max": Decimal(2)}
    return opioid(substance, **{"release": Release.MODIFIED, **known, **more})


def patch(substance: str, rate: float, **more: Any) -> MedicineTaken:
    hours = 72 if substance == "fentanyl" else 168
    known: dict[str, Any] = {"patch_interval_hours": hours, "newly_started": False, "is_patch": True}
    days: dict[str, Any] = {"change_days_min": Decimal(hours) / 24, "change_days_max": Decimal(hours) / 24}
    return opioid(
        substance,
        **{"release": Release.TRANSDERMAL, "patch_mcg_per_hour": Decimal(str(rate)), **known, **days, **more},
    )


CODEINE = opioid("codeine", 120)
MORPHINE = opioid("morphine", 30)
TRAMADOL = opioid("tramadol", 200)
OXYCODONE = opioid("oxycodone", 20)
FENTANYL_PATCH = patch("fentanyl", 25)
PREGABALIN = medicine("pregabalin", "pregabalin", classes=(C.GABAPENTINOID,), mg=150)
GABAPENTIN = medicine("gabapentin", "gabapentin", classes=(C.GABAPENTINOID,), mg=900)
DIAZEPAM = medicine("diazepam", "diazepam", classes=(C.BENZODIAZEPINE,), mg=2)
ZOPICLONE = medicine("zopiclone", "zopiclone", classes=(C.Z_DRUG,), mg=7.5)
IBUPROFEN = medicine("Ibuprofen 400mg tablets")
LAXATIVE = medicine("Senna 7.5mg tablets")


def named(name: str, **more: Any) -> MedicineTaken:
    """A medicine of which only the name on the screen is known."""
    return medicine(name, **more)


def ome(mg: float, *, at_least: bool = False) -> Total:
    return Total(
        Decimal(str(mg)),
        Decimal(str(mg)),
        at_least,
        ("Methadone is never converted.",) if at_least else (),
        "SW-DEFAULT-1",
    )


def had(code_list: str, on: date | None = date(2020, 1, 1)) -> Problem:
    return Problem(code_list, on, (f"entry of {code_list}",))


def value(name: str, number: float, on: date | None = date(2026, 9, 1)) -> Value:
    return Value(name, Decimal(str(number)), on, (f"result {name}",))


def person(*medicines: MedicineTaken, **more: Any) -> PersonFacts:
    """A man of 50 about whom everything is known: good kidneys, no problems, a treatment aim, an OME of 20."""
    wholly: dict[str, Any] = {
        "medicines": medicines, "medicines_complete": True, "lists_searched": conditions(), "age": 50, "sex": "male",
        "values": (value("egfr", 90), value("creatinine_clearance", 100), value("weight_kg", 80), value("audit", 2)),
        "flags": {"breastfeeding": False, "about_to_taper": False, "after_taper": False, "contraception_plan": True, "treatment_aim": True},
        "ome": ome(20), "opioid_history_known": True, "opioid_era_start": date(2026, 10, 20),
    }  # fmt: skip
    return PersonFacts(**{**wholly, **more})


def result(found: Findings, caution_id: str) -> str:
    """``stop``, ``warn`` or ``inform`` where it fires; ``not assessed``; ``clear``."""
    for each in found.fires:
        if each.caution_id == caution_id:
            return str(each.level)
    if caution_id in found.clear:
        return "clear"
    assert caution_id in {each.caution_id for each in found.not_assessed}
    return "not assessed"


def outcome(caution_id: str, facts: PersonFacts, on: date = ON) -> str:
    return result(check(facts, on), caution_id)
