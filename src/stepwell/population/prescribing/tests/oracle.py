"""What a measure's values must be, worked out again over plain lists: slow, obvious, and without a line of the product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Seen:
    """One practice in one month: what was counted, whom it has on its list (None: no file says), and where it lay."""

    month: str
    practice: str
    above: int
    below: int  # of a share; not used per 1,000 patients
    patients: int | None
    sub_icb: str
    icb: str


@dataclass(frozen=True)
class Valued:
    """One organisation in one month."""

    numerator: Fraction | None
    denominator: Fraction | None
    value: Fraction | None
    percentile: Fraction | None
    without: int


def values(
    seen: Iterable[Seen], level: str, *, by_list: bool, then: bool = False, smoothed: bool = False
) -> dict[tuple[str, str], Valued]:
    """Every organisation of a level, month by month."""
    rows = list(seen)
    summed: dict[tuple[str, str], tuple[Fraction, Fraction | None, int]] = {}
    groups: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for row in rows:
        groups[row.month, area_of(row, rows, level, then=then)].append(row)
    for key, group in groups.items():
        out = [row for row in group if by_list and row.patients is None]
        counted = [row for row in group if row not in out]
        above = Fraction(sum(row.above for row in (counted or out)))
        below = None
        if counted:
            below = (
                Fraction(sum(row.patients or 0 for row in counted), 1000)
                if by_list
                else Fraction(sum(row.below for row in counted))
            )
        summed[key] = (above, below, len(out))
    if smoothed:
        summed = three_months(summed)
    valued = {
        key: above / below if above is not None and below else None
        for key, (above, below, _) in summed.items()
    }
    return {
        key: Valued(above, below, valued[key], percent_rank(key, valued), out)
        for key, (above, below, out) in summed.items()
    }


def area_of(row: Seen, rows: list[Seen], level: str, *, then: bool) -> str:
    """As then: by the row itself. As now: the newest location of the practice, and the newest ICB of that."""
    if level in {"practice", "england"}:
        return row.practice if level == "practice" else "ENGLAND"
    if then:
        return row.sub_icb if level == "sub-icb" else row.icb
    location = max(
        (each for each in rows if each.practice == row.practice), key=lambda each: each.month
    ).sub_icb
    if level == "sub-icb":
        return location
    return max((each for each in rows if each.sub_icb == location), key=lambda each: each.month).icb


def three_months(
    summed: Mapping[tuple[str, str], tuple[Fraction, Fraction | None, int]],
) -> dict[tuple[str, str], tuple[Fraction | None, Fraction | None, int]]:
    """Each month and the two before it, where all three are there."""
    found = {}
    for (month, organisation), (_, _, out) in summed.items():
        parts = [summed.get((earlier(month, by), organisation)) for by in range(3)]
        whole = all(part is not None and part[1] is not None for part in parts)
        found[month, organisation] = (
            sum((part[0] for part in parts), Fraction(0)) if whole else None,
            sum((part[1] for part in parts), Fraction(0)) if whole else None,
            out,
        )
    return found


def earlier(month: str, by: int) -> str:
    """So many months before."""
    year, number = int(month[:4]), int(month[5:])
    for _ in range(by):
        year, number = (year - 1, 12) if number == 1 else (year, number - 1)
    return f"{year}-{number:02d}"


def percent_rank(key: tuple[str, str], valued: Mapping[tuple[str, str], Fraction | None]) -> Fraction | None:
    """The share of the others of the month that are lower."""
    own = valued[key]
    if own is None:
        return None
    others = [value for (month, _), value in valued.items() if month == key[0] and value is not None]
    lower = sum(value < own for value in others)
    return Fraction(lower, len(others) - 1) if len(others) > 1 else Fraction(0)


def decile(numbers: Iterable[Fraction], tenth: int) -> Fraction:
    """By a straight line between the two nearest places."""
    ordered = sorted(numbers)
    place = Fraction((len(ordered) - 1) * tenth, 10)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
