"""NHS numbers: ten digits of which the last is a check digit (modulus 11)."""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"[0-9]{3}[ \-\u2010-\u2013\u00a0]?[0-9]{3}[ \-\u2010-\u2013\u00a0]?[0-9]{4}")
_WEIGHTS = range(10, 1, -1)


def valid(digits: str) -> bool:
    """Whether ten bare digits are an NHS number: right check digit, and not one digit repeated ten times."""
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()) or len(set(digits)) == 1:
        return False
    weighed = sum(int(digit) * weight for digit, weight in zip(digits[:9], _WEIGHTS, strict=True))
    # A remainder of 1 would need the check digit 10: such numbers are never issued.
    check = (11 - weighed % 11) % 11
    return check == int(digits[9])


def parse(text: str | None) -> str | None:
    """The ten digits of an NHS number written with or without spaces or dashes; None if it is not a valid one."""
    written = (text or "").strip()
    if not _WRITTEN.fullmatch(written):
        return None
    digits = re.sub(r"[^0-9]", "", written)
    return digits if valid(digits) else None


def is_test_range(digits: str) -> bool:
    """Whether a number is in the range kept for fictional people (999)."""
    return digits.startswith("999")


def formatted(digits: str) -> str:
    """As people read it: ``999 123 4567``."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
