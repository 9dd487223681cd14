"""Which presentations a measure counts, and what a dispensed unit of each is worth to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from stepwell.knowledge import bnf, supplied, tables
from stepwell.knowledge.medicines.groups import Group
from stepwell.knowledge.supplied import Supplied
from stepwell.population.prescribing.measures.model import Measure, Side, Weight

NUMERATOR, DENOMINATOR = "numerator", "denominator"
_OPIOIDS = "040702"


@dataclass(frozen=True, slots=True)
class Worth:
    """One presentation in one side of one measure. ``each`` is what a unit of the summed column is worth."""

    measure: str
    factor_table: str | None
    side: str
    presentation: str
    column: str
    each: float
    quantity_over: float | None


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A presentation a measure would count if more were known of it."""

    measure: str
    presentation: str
    why: str


def worths(
    measure: Measure, presentations: Iterable[Supplied], factor_table: str | None = None
) -> tuple[list[Worth], list[Unresolved]]:
    """What each presentation is worth to a measure, and those of which it cannot be said."""
    found: list[Worth] = []
    missing: list[Unresolved] = []
    sides = [(NUMERATOR, measure.numerator)]
    if measure.denominator is not None:
        sides.append((DENOMINATOR, measure.denominator))
    known = list(presentations)
    for name, side in sides:
        for each in known:
            answer = chooses(side.chosen, each)
            if answer is False:
                continue
            value = _each(side, each, factor_table) if answer else None
            if value is None:
                missing.append(
                    Unresolved(
                        measure.id, each.given, "class not known" if answer is None else "strength not known"
                    )
                )
            else:
                over = None if side.quantity_over is None else float(side.quantity_over)
                found.append(Worth(measure.id, factor_table, name, each.given, side.column, value, over))
    return found, missing


def chooses(chosen: Mapping[str, Any], presentation: Supplied) -> bool | None:
    """Whether a selector takes a presentation; None when what is known of it cannot say. All of a selector's parts must hold."""
    answers = [_PARTS[part](value, presentation) for part, value in chosen.items()]
    if False in answers:
        return False
    return None if None in answers else True


def _each(side: Side, presentation: Supplied, factor_table: str | None) -> float | None:
    if side.weight is None:
        return 1.0
    value = {
        Weight.OME_MG: lambda: supplied.ome_mg_per_unit(presentation, factor_table),
        Weight.MG: lambda: presentation.mg_per_unit,
        Weight.DDD: lambda: supplied.ddd_per_unit(presentation),
        Weight.ADQ: lambda: supplied.adq_per_unit(presentation),
    }[side.weight]()
    return None if value is None else float(value)


def _in_group(name: str, presentation: Supplied) -> bool | None:
    """A product whose brand would decide how long it lasts is taken as lasting half a day: so do the published measures."""
    found = presentation.found
    if name.startswith("high_dose"):
        found = replace(found, flags=found.flags - {"interval_set_by_brand"})
    return replace(presentation, found=found).in_group(Group(name))


def _by_bnf(patterns: list[str], presentation: Supplied) -> bool:
    included, excluded = _patterns(tuple(patterns))
    code = presentation.code
    return (not included or any(each.match(code) for each in included)) and not any(
        each.match(code) for each in excluded
    )


@cache
def _patterns(patterns: tuple[str, ...]) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
    """A prefix, ``%`` for anything between a prefix and an ending, ``~`` for leaving out."""
    included: list[re.Pattern[str]] = []
    excluded: list[re.Pattern[str]] = []
    for pattern in patterns:
        start, wild, end = pattern.removeprefix("~").partition("%")
        made = re.compile(re.escape(start) + (f".*{re.escape(end)}$" if wild else ""))
        (excluded if pattern.startswith("~") else included).append(made)
    return included, excluded


@cache
def _dependence_classes() -> Mapping[str, str]:
    return {row["chemical"]: row["class"] for row in tables.rows("dependence_classes")}


def _is_opioid(_: bool, presentation: Supplied) -> bool | None:
    """A code among the opioids whose substance nobody here knows may be one: a new medicine is never counted as none."""
    if supplied.is_opioid(presentation):
        return True
    told = presentation.substance or presentation.found.classes
    return None if not told and bnf.is_in(presentation.code, _OPIOIDS) else False


def _has(quantity: str, presentation: Supplied) -> bool | None:
    return (supplied.has_adq if quantity == "adq" else supplied.has_ddd)(presentation)


def _not(chosen: Mapping[str, Any], presentation: Supplied) -> bool | None:
    answer = chooses(chosen, presentation)
    return None if answer is None else not answer


def _any(alternatives: list[Mapping[str, Any]], presentation: Supplied) -> bool | None:
    answers = [chooses(each, presentation) for each in alternatives]
    if True in answers:
        return True
    return None if None in answers else False


def _among(read: Callable[[Supplied], str]) -> Callable[[list[str], Supplied], bool | None]:
    def part(values: list[str], presentation: Supplied) -> bool | None:
        value = read(presentation)
        return None if not value or value == "unknown" else value in values

    return part


_PARTS: Mapping[str, Callable[[Any, Supplied], bool | None]] = {
    "bnf": _by_bnf,
    "substance": _among(lambda each: each.substance),
    "route": _among(lambda each: each.route),
    "unit": _among(lambda each: each.unit),
    "release": _among(lambda each: each.release.value),
    "group": _in_group,
    "dependence_class": lambda name, each: _dependence_classes().get(bnf.chemical(each.code)) == name,
    "opioid": _is_opioid,
    "has": _has,
    "not": _not,
    "any": _any,
}
