"""A taper of a pasted medicine: steps as rows, a stair, and a CSV. A proposal to look at, and nothing more."""

from __future__ import annotations

import io
from dataclasses import dataclass

from stepwell.base import csv_files
from stepwell.base.errors import StepwellError
from stepwell.knowledge import tapers
from stepwell.knowledge.medicines.model import MedicineClass as C
from stepwell.knowledge.tapers import DoseUnit, Plan, Profile, Regimen, Spread
from stepwell.site.paste.answer import Answer, Medicine
from stepwell.site.paste.drawing import Stair, stair
from stepwell.site.paste.wording import number

_PLANNED = frozenset(
    {C.OPIOID, C.COMPOUND_ANALGESIC, C.GABAPENTINOID, C.BENZODIAZEPINE, C.Z_DRUG, C.DEPENDENCE_TREATMENT}
)
HEADER = (
    "starts_on",
    "days",
    "regimen",
    "daily_dose",
    "unit",
    "percent_change",
    "ome_before_mg",
    "ome_after_mg",
    "reason",
    "scripts",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One step for the table: ``day`` is when it begins; ``fall`` is in per cent of the dose before."""

    day: object
    days: int
    taken: str
    dose: str
    fall: str
    ome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One medicine's taper, or ``refused`` with whom to ask. ``now`` is what is taken at each time of day as written."""

    number: int
    name: str
    refused: str = ""
    now: str = ""
    headline: str = ""
    profile: Profile | None = None
    rows: tuple[Row, ...] = ()
    stair: Stair | None = None
    said: tuple[str, ...] = ()
    plan: Plan | None = None


def drawn(found: Answer) -> list[Drawn]:
    """A taper of each medicine that could have one, in the order pasted; or why there is none."""
    return [_drawn(found, each) for each in found.medicines if each.found.classes & _PLANNED]


def _drawn(found: Answer, each: Medicine) -> Drawn:
    try:
        return _planned(found, each)
    except StepwellError as error:
        return Drawn(each.number, each.entry.name, refused=f"{error.what} {error.next_step or ''}".strip())


def _planned(found: Answer, each: Medicine) -> Drawn:
    name = each.entry.name
    start = tapers.opening(each.found, each.entry.instruction)
    if start.regimen is None:
        return Drawn(each.number, name, refused=_refused(start.refusals))
    product = start.regimen.items[0].product
    profile = tapers.default_profile(product, daily_mg=each.read.daily_mg_max, months_of_use=None)
    constraints = tapers.Constraints(spread=Spread.EVEN if found.slowed else Spread.NIGHT)
    made = tapers.plan(
        start.regimen,
        profile or "",
        found.on,
        constraints,
        once_daily=start.once_daily,
        brand=start.brand,
        cautions=start.cautions,
    )
    if made.refusals:
        return Drawn(each.number, name, refused=_refused(made.refusals))
    return _of_plan(found, each.number, name, made)


def _refused(refusals: tuple[tapers.Refusal, ...]) -> str:
    return " ".join(f"{each.reason} Ask {each.ask}." for each in refusals)


def _of_plan(found: Answer, place: int, name: str, made: Plan) -> Drawn:
    unit = "mg" if made.starting.unit is DoseUnit.MG else " micrograms an hour"
    last = made.steps[-1]
    ends = made.stopped_on or last.review_on
    weeks = max(1, round((ends - made.start_on).days / 7))
    goal = "nothing" if made.stopped_on else f"{number(last.daily_dose)}{unit}"
    headline = f"From {number(made.starting.dose)}{unit} to {goal} in {len(made.steps)} steps over about {weeks} weeks"
    return Drawn(
        number=place,
        name=name,
        now=taken(made.starting, made.brand),
        headline=headline,
        profile=tapers.profiles()[made.profile],
        rows=tuple(_row(step, unit, made.brand) for step in made.steps),
        stair=stair(
            made.starting.dose,
            [(step.starts_on, step.daily_dose) for step in made.steps],
            ends,
            "mg" if unit == "mg" else "",
        ),
        said=tuple(each.message for each in tapers.cautions_of(made, told=_told(found))),
        plan=made,
    )


def _told(found: Answer) -> set[str]:
    """Cautions the page says of the medicines themselves already."""
    return {each.caution_id for each in found.findings.fires} if found.findings else set()


def _row(step: tapers.Step, unit: str, brand: str) -> Row:
    fall = f"{number(abs(step.percent_change))}% {'less' if step.percent_change >= 0 else 'more'}"
    ome = f"{number(step.ome_after)}mg" if step.ome_after is not None else step.ome_reason or "not known"
    return Row(
        step.starts_on,
        step.days,
        taken(step.regimen, brand),
        f"{number(step.daily_dose)}{unit}",
        fall,
        ome,
        step.reason,
    )


def taken(regimen: Regimen, brand: str = "") -> str:
    """What is taken in a day, product by product, by the brand a plan keeps to: "Morphine 10mg ...: 2 morning"."""
    if not regimen.items:
        return "Nothing"
    said = []
    for item in regimen.items:
        times = ", ".join(f"{number(units)} {time}" for time, units in item.units_by_time.items())
        said.append(f"{tapers.product_name(item.product, brand)}: {times}")
    return "; ".join(said)


def as_csv(made: Plan) -> str:
    """The plan as CSV, one row a step."""
    rows = []
    for step in made.steps:
        scripts = "; ".join(
            f"{s.name}: {s.quantity} ({s.quantity_words}), {s.instruction}, issue {s.issue_on.isoformat()}"
            for s in step.scripts
        )
        rows.append(
            (step.starts_on.isoformat(), step.days, taken(step.regimen, made.brand), format(step.daily_dose, "f"), made.starting.unit.value,
             step.percent_change, step.ome_before, step.ome_after, step.reason, scripts)
        )  # fmt: skip
    out = io.StringIO()
    csv_files.write(out, HEADER, rows)
    return out.getvalue()
