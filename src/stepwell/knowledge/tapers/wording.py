"""The instruction on a script: explicit, and sure to be read back as exactly the units that are planned."""

from __future__ import annotations

from decimal import Decimal

from stepwell.base.errors import StepwellError
from stepwell.knowledge import dosage
from stepwell.knowledge.tapers import times
from stepwell.knowledge.tapers.model import Item, Time

_WHEN = {
    Time.MORNING: "in the morning",
    Time.MIDDAY: "at midday",
    Time.EVENING: "in the evening",
    Time.NIGHT: "at night",
}
_HALF = Decimal("0.5")
_DAY_HOURS = 24
_WEEK_HOURS = 168

_written: dict[tuple[object, ...], str] = {}


def instruction(item: Item) -> str:
    """What to write for one product. Raises StepwellError where our own reading of it is not the dose planned."""
    key = (item.product.product_id, item.units, item.worn, item.change_hours)
    if key not in _written:
        text = _patches(item) if item.change_hours is not None else _by_time(item)
        _read_back(text, item)
        _written[key] = text
    return _written[key]


def _by_time(item: Item) -> str:
    parts = [f"{_amount(number, item.product.unit)} {_WHEN[time]}" for time, number in item.units]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _amount(number: Decimal, unit: str) -> str:
    if unit == "ml":
        return f"{number:f}ml"
    whole = int(number)
    if number == _HALF:
        return f"half a {unit}"
    if number - whole == _HALF:
        return f"{whole} and a half {unit}s"
    return f"{number:f} {unit}" if number == 1 else f"{number:f} {unit}s"


def _patches(item: Item) -> str:
    patches = "patch" if item.worn == 1 else "patches"
    return f"Apply {item.worn} {patches} every {_every(item.change_hours or 0)}"


def _every(hours: int) -> str:
    return f"{hours // _DAY_HOURS} days" if hours == _WEEK_HOURS else f"{hours} hours"


def _read_back(text: str, item: Item) -> None:
    read = dosage.parse(text, item.product)
    plain = read.status is dosage.Status.PARSED and not read.as_needed and not read.steps
    if not plain or not (_same_patches(read, item) if item.change_hours else _same_units(read, item)):
        raise StepwellError(
            "The instruction of a planned step does not read back as the planned dose, so the plan is not made.",
            next_step="Report the medicine and the profile. No dose was guessed.",
        )


def _same_units(read: dosage.Dosage, item: Item) -> bool:
    found = times.written(read)
    return (
        read.daily_min == read.daily_max == item.daily_units
        and found is not None
        and not found.assumed
        and found.day == item.units
    )


def _same_patches(read: dosage.Dosage, item: Item) -> bool:
    days = Decimal(item.change_hours or 0) / _DAY_HOURS
    once = read.frequency_min == read.frequency_max == 1
    return (
        once
        and read.dose_min == read.dose_max == item.worn
        and (read.interval_days_min == read.interval_days_max == days)
    )
