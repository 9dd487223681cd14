"""Which points a chart's lines rest on: parts, a frozen baseline, and points left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from stepwell.base.errors import StepwellError
from stepwell.knowledge.spc import numbers


@dataclass(frozen=True, slots=True)
class Cell:
    """One point before any line is drawn. ``amount`` is what was counted or measured, ``value`` what is charted.

    ``size``: how many values a subgroup has; ``deviation``: their standard deviation. Both None outside subgroup charts.
    """

    label: str
    amount: float | None
    denominator: float | None
    value: float | None
    size: int | None = None
    deviation: float | None = None
    part: int = 1
    baseline: bool = True
    included: bool = True

    @property
    def counts(self) -> bool:
        """Whether lines rest on this point."""
        return self.baseline and self.included and self.value is not None


def planned(
    cells: Sequence[Cell], *, freeze: int | None, parts: Sequence[int], exclude: Collection[int]
) -> list[list[Cell]]:
    """The cells, part by part. All places count from 1.

    ``freeze``: lines rest on the points up to and with this one. ``parts``: the last point of each part but the last; lines are
    worked out anew after it. ``exclude``: points that stay on the chart, while no line or run rests on them.
    """
    count = len(cells)
    if count == 0:
        raise StepwellError("There are no values to chart.", next_step="Give at least one value.")
    if freeze is not None and parts:
        raise StepwellError(
            "A chart is either frozen or in parts.",
            next_step="Choose one: both answer where limits come from.",
        )
    _check_places("freeze", [] if freeze is None else [freeze], count)
    _check_places("part", parts, count - 1)
    _check_places("exclude", exclude, count)
    if sorted(set(parts)) != list(parts):
        raise StepwellError(
            "The parts are not in order.", next_step="Give the last point of each part, rising."
        )
    out = frozenset(exclude)
    found = [
        replace(
            cell,
            part=1 + sum(place > last for last in parts),
            baseline=freeze is None or place <= freeze,
            included=place not in out,
        )
        for place, cell in enumerate(cells, start=1)
    ]
    return [[cell for cell in found if cell.part == number] for number in range(1, len(parts) + 2)]


def _check_places(what: str, places: Collection[int], count: int) -> None:
    if any(not 1 <= place <= count for place in places):
        raise StepwellError(
            f"A place given to {what} is not one of the points.",
            next_step=f"Points count from 1; the last that can be given here is {count}.",
        )


def amounts(values: Sequence[float | None], what: str, *, least: float | None = None) -> list[float | None]:
    """Values as floats, None where one is not known. Raises StepwellError for what is not a number or is under ``least``."""
    found = [
        None if each is None else numbers.number(each, f"{what} of row {row}")
        for row, each in enumerate(values, start=1)
    ]
    for row, each in enumerate(found, start=1):
        if least is not None and each is not None and each < least:
            raise StepwellError(
                f"The {what} of row {row} is below {least:g}, which a count cannot be.",
                next_step="Mend it, or use an XmR chart, which takes any number.",
            )
    return found


def labels_of(labels: Sequence[str] | None, count: int) -> list[str]:
    """The labels, or the places from 1 where none are given."""
    if labels is None:
        return [str(place) for place in range(1, count + 1)]
    if len(labels) != count:
        raise StepwellError(
            "There is not one label for each value.", next_step="Give as many labels as values."
        )
    return list(labels)
