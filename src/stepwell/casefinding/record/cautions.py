"""The cautions of one person in words: what fires and why, and what could not be checked and what it lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stepwell.casefinding.record import words
from stepwell.knowledge.cautions import Cause, Finding, Level, condition_words
from stepwell.population.records.cautions import PersonCautions

_LEVELS = {"stop": ("Stop", "red"), "warn": ("Warning", "yellow"), "inform": ("To know", "blue")}


@dataclass(frozen=True, slots=True)
class CautionRow:
    """One caution. ``because``: each medicine, code or value with its day; ``unverified``: its row in the table is.

    ``quiet``: it only informs, so it takes little room.
    """

    id: str
    title: str
    level: str
    colour: str
    message: str
    more: tuple[str, ...]
    because: tuple[str, ...]
    gaps: tuple[str, ...]
    source: str
    unverified: bool
    quiet: bool


@dataclass(frozen=True, slots=True)
class CautionsCard:
    """What the page shows. ``grave``: checks of level stop that could not be made; ``unplaced``: medicines no check sees."""

    summary: str
    fired: tuple[CautionRow, ...]
    open: tuple[CautionRow, ...]
    grave: tuple[str, ...]
    unplaced: tuple[str, ...]
    not_held: str
    settings: tuple[str, ...]


def card(found: PersonCautions) -> CautionsCard:
    """Fired ones by level, then what could not be checked. Nothing here says that somebody is safe."""
    findings = found.findings
    return CautionsCard(
        summary=_summary(len(findings.fires), len(findings.clear), len(findings.not_assessed)),
        fired=tuple(_row(each) for each in findings.fires),
        open=tuple(_row(each) for each in findings.not_assessed),
        grave=tuple(each.title for each in findings.stops_not_assessed),
        unplaced=tuple(dict.fromkeys(each.name for each in findings.unplaced)),
        not_held=_listed(condition_words(name) for name in found.not_held),
        settings=tuple(dict.fromkeys(s for each in findings.fires for s in each.settings)),
    )


def _summary(fired: int, quiet: int, unchecked: int) -> str:
    if not fired:
        return (
            f"No caution fired among the {fired + quiet} that could be checked; "
            f"{unchecked} could not be checked."
        )
    rest = f"{quiet} more could be checked and did not fire; {unchecked} could not be checked."
    return f"{words.count(fired, 'caution')} fired. {rest}"


def _row(finding: Finding) -> CautionRow:
    level, colour = _LEVELS[finding.level.value]
    return CautionRow(
        id=finding.caution_id,
        title=finding.title,
        level=level,
        colour=colour,
        message=finding.message,
        more=(*finding.detail, *finding.notes),
        # The notes give the OME already.
        because=tuple(dict.fromkeys(_cause(c) for c in finding.because if not c.key.startswith("ome:"))),
        gaps=finding.gaps,
        source=finding.source,
        unverified=finding.status != "verified",
        quiet=finding.level is Level.INFORM,
    )


def _cause(cause: Cause) -> str:
    said = cause.what[:1].upper() + cause.what[1:] if not cause.what.startswith("eGFR") else cause.what
    kind = cause.key.partition(":")[0]
    if kind == "medicine":
        return f"{said}, last issued {words.long_date(cause.on)}" if cause.on else f"{said}, no issue dated"
    if kind in ("age", "sex", "flag"):
        return said
    if kind == "era":
        return f"{said}, since {words.long_date(cause.on)}"
    return f"{said}, {words.long_date(cause.on)}"


def _listed(items: Iterable[str]) -> str:
    held = list(items)
    return f"{', '.join(held[:-1])} and {held[-1]}" if len(held) > 1 else "".join(held)
