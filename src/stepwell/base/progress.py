"""Progress of long work, as a value handed down. Lower floors report; the caller decides how to show it."""

from __future__ import annotations

from typing import Protocol


class Stopped(Exception):
    """Raised by a progress object whose owner asked the work to stop."""


class Progress(Protocol):
    """Told of steps as they happen. May raise ``Stopped`` from either call to end the work cleanly."""

    def step(self, name: str) -> None:
        """A named step begins, for example "Reading Prescribing_IssueRecord"."""

    def done(self, rows: int) -> None:
        """So many more rows of the present step are done."""


class Silent:
    """Shows nothing."""

    def step(self, name: str) -> None:
        """Ignore."""

    def done(self, rows: int) -> None:
        """Ignore."""
