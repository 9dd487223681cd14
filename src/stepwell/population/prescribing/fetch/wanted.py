"""The months a person asks for, as typed."""

from __future__ import annotations

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing import months

_MOST = 400


def months_wanted(text: str) -> tuple[str, ...]:
    """Months from "2026-05", "2026-05..2026-07" or several of these with commas; each once, in order. Raises ``StepwellError``."""
    found: set[str] = set()
    for part in text.split(","):
        first, dots, last = part.strip().partition("..")
        start = months.require(first)
        end = months.require(last) if dots else start
        if end < start:
            raise StepwellError(
                f"{end} is before {start}.", next_step="Write the earlier month first: 2026-05..2026-07."
            )
        found.update(months.between(start, end))
    if len(found) > _MOST:
        raise StepwellError(
            f"{len(found)} months are more than were ever published.", next_step="Ask for fewer."
        )
    return tuple(sorted(found))
