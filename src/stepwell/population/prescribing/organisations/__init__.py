"""Organisations: who is a GP practice, whether it is open, which areas it lies in and lay in, and what came of whom.

Two published sources:

``epraccur``   the list of practices of the NHS Organisation Data Service, without a header: setting, status, sub-ICB location.
``ods``        the JSON of its Data Search and Export service: practices, PCNs, sub-ICB locations, ICBs and regions, with dates.

The JSON holds more. Where both are in use, it has the word on everything it speaks of, and the list adds what it does not say:
``join_held``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stepwell.population.prescribing.organisations import epraccur, ods
from stepwell.population.prescribing.organisations.gathered import Organisations
from stepwell.population.prescribing.organisations.joining import join_held

__all__ = ["Organisations", "is_epraccur", "join_held", "write_organisations"]


def is_epraccur(first: Sequence[str]) -> bool:
    """Whether the first row of a file is of the list of practices."""
    return epraccur.is_epraccur(first)


def write_organisations(path: Path, shown: str, out: Path) -> Organisations:
    """Read either source and write ``tables.DATASETS["organisations"]``. Raises ``StepwellError`` for a file that is not whole."""
    if path.suffix.lower() == ".json":
        gathered, source = ods.gather(path, shown), ods.SOURCE
    else:
        gathered, source = epraccur.gather(path, shown), epraccur.SOURCE
    return gathered.write(source, shown, out)
