"""Tables of clinical facts as this floor knows them: a name, a version, a title.

The registry of tables is on the floor beside this one, so the site hands the list in as values (``provide``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from stepwell.organisations.models import Organisation, SignOff


@dataclass(frozen=True, slots=True)
class TableInfo:
    """One version of one table. ``unverified`` of ``rows`` rows still need a clinician or the original source."""

    name: str
    version: str
    title: str
    rows: int = 0
    unverified: int = 0


@dataclass(frozen=True, slots=True)
class TableState:
    """A table and the signature that holds for its present version here, if any."""

    table: TableInfo
    sign_off: SignOff | None

    @property
    def signed(self) -> bool:
        """Whether the present version is signed off here."""
        return self.sign_off is not None


_source: list[Callable[[], Sequence[TableInfo]]] = []


def provide(source: Callable[[], Sequence[TableInfo]]) -> None:
    """Say where the list of tables comes from. Called once, by the site, when it starts."""
    _source[:] = [source]


def present() -> Sequence[TableInfo]:
    """The tables in use now. Empty when nothing was handed in."""
    return _source[0]() if _source else ()


def states(organisation: Organisation, tables: Iterable[TableInfo] | None = None) -> list[TableState]:
    """The sign-off state of each table at an organisation. Its own signature is named before the installation's."""
    signed: dict[tuple[str, str], SignOff] = {}
    for sign_off in SignOff.objects.all().holding_for(organisation):
        key = (sign_off.table, sign_off.version)
        if key not in signed or sign_off.organisation_id is not None:
            signed[key] = sign_off
    return [TableState(t, signed.get((t.name, t.version))) for t in (present() if tables is None else tables)]
