"""From answers, or from a total worked out elsewhere, to a score; and from two scores to a change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from stepwell.base.errors import StepwellError
from stepwell.knowledge.instruments.model import (
    Change,
    Direction,
    Instrument,
    Method,
    Part,
    PartScore,
    Safety,
    Score,
)
from stepwell.knowledge.instruments.register import instrument


def score(instrument_id: str, answers: Mapping[str, int | None], *, better: Direction | None = None) -> Score:
    """The score of one filling-in. ``answers``: item name to number; an item left out, or None, is missing.

    ``better`` is which way is better on the form used, for an instrument whose forms differ (PGIC), and for no other.
    Raises StepwellError for an instrument that may not be embedded, an item it does not have, an answer out of range,
    or a direction that is missing or not asked for. Too much missing gives a score without a total.
    """
    held = instrument(instrument_id)
    if held.method is Method.TOTALS:
        raise StepwellError(
            f"{held.name} may not be embedded here, so it cannot be scored from answers.",
            next_step="Record the total worked out on the licensed form.",
        )
    direction = _direction(held, better)
    _check(held, answers)
    given = {name: answers[name] for name in held.items if answers.get(name) is not None}
    numbers = {name: Decimal(number) for name, number in given.items() if number is not None}
    missing = tuple(name for name in held.items if name not in numbers)
    safety = _safety(held, numbers)
    if held.method is Method.SEPARATE:
        parts = tuple(_part(part, numbers.get(part.name), part.direction) for part in held.parts)
        return _made(
            held, direction, parts, None, missing, safety, "" if numbers else "Nothing was answered."
        )
    total, reason = _total(held, numbers, missing)
    parts = (_part(held.parts[0], total, direction), *_subscales(held, numbers))
    return _made(held, direction, parts, total, missing, safety, reason)


def _direction(held: Instrument, better: Direction | None) -> Direction:
    if held.direction_needed and better in (None, Direction.MIXED):
        raise StepwellError(
            f"Which way is better differs between forms of {held.name}.",
            next_step="Say whether a higher or a lower answer is better on the form that was used.",
        )
    if not held.direction_needed and better is not None:
        raise StepwellError(f"The direction of {held.name} is fixed; leave it out.")
    return better or held.direction


def _check(held: Instrument, answers: Mapping[str, int | None]) -> None:
    strange = sorted(set(answers) - set(held.items))
    if strange:
        raise StepwellError(
            f"{held.name} has no item of that name.", next_step=f"Its items are: {', '.join(held.items)}."
        )
    for name, number in answers.items():
        if number is None:
            continue
        allowed = held.items[name]
        if isinstance(number, bool) or not isinstance(number, int) or number not in allowed:
            raise StepwellError(
                f"An answer to {held.name}, item {name}, is not one of those it may have.",
                next_step=f"It may be {', '.join(map(str, allowed))}.",
            )


def _safety(held: Instrument, numbers: Mapping[str, Decimal]) -> Safety:
    if held.safety_item is None:
        return Safety.NOT_ASKED
    answer = numbers.get(held.safety_item)
    if answer is None:
        return Safety.NOT_ANSWERED
    return Safety.OPEN if answer > 0 else Safety.CLEAR


def _total(
    held: Instrument, numbers: Mapping[str, Decimal], missing: tuple[str, ...]
) -> tuple[Decimal | None, str]:
    if len(missing) > held.most_missing or not numbers:
        allowed = f"at most {held.most_missing}" if held.most_missing else "none"
        return None, f"{len(missing)} of {len(held.items)} items were not answered; {allowed} may be missing."
    summed = sum(numbers.values(), Decimal(0))
    if held.method is Method.MEAN:
        return summed / len(numbers), ""
    if not missing:
        return summed, ""
    # The mean of those answered stands for each missing one; a total of whole answers is a whole number.
    filled = summed * len(held.items) / len(numbers)
    return filled.quantize(Decimal(1), rounding=ROUND_HALF_UP), ""


def _subscales(held: Instrument, numbers: Mapping[str, Decimal]) -> tuple[PartScore, ...]:
    found = []
    for name, items in held.subscales.items():
        whole = all(item in numbers for item in items)
        number = sum((numbers[item] for item in items), Decimal(0)) if whole else None
        band = None if number is None else instrument(name).parts[0].bands.of(number)
        found.append(PartScore(name, number, "", band, held.direction))
    return tuple(found)


def _part(part: Part, number: Decimal | None, direction: Direction) -> PartScore:
    band = None if number is None else part.bands.of(number)
    return PartScore(part.name, number, "", band, direction)


def _made(
    held: Instrument,
    direction: Direction,
    parts: tuple[PartScore, ...],
    total: Decimal | None,
    missing: tuple[str, ...],
    safety: Safety,
    reason: str,
) -> Score:
    return Score(
        instrument_id=held.id,
        total=total,
        band=None if total is None else parts[0].band,
        parts=parts,
        direction=direction,
        missing=missing,
        prorated=bool(missing) and total is not None,
        safety=safety,
        reason=reason,
        status=held.scoring_status,
        version=held.version,
    )


def recorded(instrument_id: str, totals: Mapping[str, Decimal | int | str]) -> Score:
    """A score worked out elsewhere, on a form we may not embed: part name ("total" where it has one) to number or code.

    Raises StepwellError for an instrument whose answers are taken here (use ``score``), for a part it does not have, for
    one that is missing, and for a number out of range. A range that is not known is not checked, and ``reason`` says so.
    """
    held = instrument(instrument_id)
    if held.method is not Method.TOTALS:
        raise StepwellError(f"{held.name} is scored from its answers.", next_step="Give the answers.")
    names = [part.name for part in held.parts]
    if set(totals) != set(names):
        raise StepwellError(
            f"{held.name} is recorded as {', '.join(names)}.", next_step="Give each of these."
        )
    parts = tuple(_recorded(held, part, totals[part.name]) for part in held.parts)
    unchecked = [p.name for p in held.parts if not p.pattern and (p.low is None or p.high is None)]
    reason = f"The range of {', '.join(unchecked)} is not known, so it was not checked." if unchecked else ""
    total = parts[0].number if len(parts) == 1 else None
    return _made(held, held.direction, parts, total, (), Safety.NOT_ASKED, reason)


def _recorded(held: Instrument, part: Part, given: Decimal | int | str) -> PartScore:
    if part.pattern:
        if not isinstance(given, str) or re.fullmatch(part.pattern, given) is None:
            raise StepwellError(f"The {part.name} of {held.name} is not written as its form gives it.")
        return PartScore(part.name, None, given, None, part.direction)
    if isinstance(given, str | bool | float) or not Decimal(given).is_finite():
        raise StepwellError(f"The {part.name} of {held.name} must be a number.")
    number = Decimal(given)
    if (part.low is not None and number < part.low) or (part.high is not None and number > part.high):
        raise StepwellError(
            f"The {part.name} of {held.name} is out of range.",
            next_step=f"It runs from {part.low} to {part.high}.",
        )
    return _part(part, number, part.direction)


def change(before: Score, after: Score, *, part: str = "total") -> Change:
    """What changed between two scores of one instrument, in one part.

    Raises StepwellError for scores of two instruments, of forms that run opposite ways, or where either has no number.
    """
    if before.instrument_id != after.instrument_id:
        raise StepwellError("Scores of two different instruments cannot be compared.")
    held = instrument(before.instrument_id)
    first, second = _named(before, part), _named(after, part)
    if first.number is None or second.number is None:
        raise StepwellError(
            f"There is no {part} of {held.name} to compare.", next_step="Leave the change blank."
        )
    if first.direction is not second.direction:
        raise StepwellError("The two forms run opposite ways, so they cannot be compared.")
    points = second.number - first.number
    percent = points / first.number * 100 if first.number else None
    return Change(
        instrument_id=held.id,
        part=part,
        points=points,
        percent=percent,
        better=_better(points, first.direction),
        meaningful=_meaningful(held, part, points, percent),
        rule=held.change_rule,
    )


def _named(given: Score, part: str) -> PartScore:
    for each in given.parts:
        if each.part == part:
            return each
    names = ", ".join(each.part for each in given.parts)
    raise StepwellError("There is no such part of this score.", next_step=f"Its parts are: {names}.")


def _better(points: Decimal, direction: Direction) -> bool | None:
    if points == 0 or direction is Direction.MIXED:
        return None
    return (points > 0) is (direction is Direction.HIGHER_BETTER)


def _meaningful(held: Instrument, part: str, points: Decimal, percent: Decimal | None) -> bool | None:
    if part != "total":
        return None
    if held.meaningful_percent is not None:
        return None if percent is None else abs(percent) >= held.meaningful_percent
    return None if held.meaningful_points is None else abs(points) >= held.meaningful_points
