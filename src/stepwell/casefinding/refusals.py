"""Why an import was refused, kept on its row in parts, so that its page can say what, where and what to do next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from stepwell.base.errors import StepwellError
from stepwell.casefinding.models import ImportJob
from stepwell.population.records.importing.refusal import TooManyRejected

_KEY = "refused"
REASONS_KEPT = 10


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason rows could not be used: how many, and the column and lines of the first few."""

    reason: str
    rows: int
    column: str | None
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """``what`` and ``next_step`` are sentences. ``place`` is (name, value): the file, line and column, as far as known."""

    what: str
    place: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    next_step: str


def as_kept(error: StepwellError) -> dict[str, Any]:
    """An error as the row's ``report`` keeps it. Holds no cell's contents, because no error does."""
    where, reasons = error.where, []
    if isinstance(error, TooManyRejected):
        reasons = [
            {"reason": why.reason, "rows": why.rows, "column": why.column, "lines": why.lines}
            for why in error.reasons[:REASONS_KEPT]
        ]
    what = error.what
    if isinstance(error, TooManyRejected):
        what = f"{error.rejected:,} of {error.rows:,} rows could not be used. An import is refused when that is more than 2 in 100."
    kept: dict[str, Any] = {"what": what, "next_step": error.next_step, "reasons": reasons}
    if where is not None:
        kept |= {"file": where.file, "line": where.line, "column": where.column}
    return {_KEY: kept}


def of(job: ImportJob) -> Refusal:
    """Why an import was refused, by the name the person's file had. One kept in words only is said in those words."""
    kept = job.report.get(_KEY) or {"what": job.problem}
    file = _known(job, kept.get("file"))
    place = (("File", file), ("Line", kept.get("line")), ("Column", kept.get("column")))
    return Refusal(
        what=_sentence(_known(job, kept["what"]) or ""),
        place=tuple((name, str(value)) for name, value in place if value),
        reasons=tuple(
            Reason(**{**each, "reason": _sentence(each["reason"]), "lines": tuple(each["lines"])})
            for each in kept.get("reasons", ())
        ),
        next_step=_to_do(_known(job, kept.get("next_step")) or ""),
    )


# What the command line calls a thing, in brackets after what the page calls it.
_OPTION = re.compile(r" \(--[^)]*\)")
# The page says once, for every refusal, that nothing was changed.
_NOTHING = ("Nothing was imported and the earlier extract stands. ", "Nothing was imported. ")


def _to_do(next_step: str) -> str:
    next_step = _OPTION.sub("", next_step)
    for start in _NOTHING:
        next_step = next_step.removeprefix(start)
    return next_step


def _known(job: ImportJob, text: str | None) -> str | None:
    # A file is stored under an id; the person knows it by the name it had.
    return text.replace(job.stored_as, job.file_name) if text and job.stored_as else text


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
