"""Whole numbers in words, as a quantity is written on a prescription: 42 is forty-two."""

from __future__ import annotations

from stepwell.base.errors import StepwellError

_SMALL = (
    "nought one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_MOST = 99_999


def in_words(number: int) -> str:
    """0 to 99,999 in words. Raises StepwellError beyond: no quantity is so large."""
    if not 0 <= number <= _MOST:
        raise StepwellError(
            "A quantity is too large to write in words.", next_step="Look at the dose and the days."
        )
    if number < len(_SMALL):
        return _SMALL[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[rest]}" if rest else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    front, rest = divmod(number, size)
    joined = " and " if rest < 100 else " "
    return f"{in_words(front)} {name}" + (f"{joined}{in_words(rest)}" if rest else "")
