"""Columns found by heading, never by position. Case, spaces, underscores and hyphens do not matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from stepwell.base.errors import Place, StepwellError

_IGNORED = str.maketrans("", "", " _-\t\u00a0\ufeff")


@dataclass(frozen=True, slots=True)
class Column:
    """A column a reader wants: its name, what else it has been called, and whether it can be done without."""

    name: str
    synonyms: tuple[str, ...] = field(default=())
    needed: bool = True


def normal(heading: str) -> str:
    """The form in which two headings are compared."""
    return heading.translate(_IGNORED).casefold()


def find(
    columns: Iterable[Column], headings: Sequence[str], *, file: str, line: int | None = 1
) -> dict[str, int | None]:
    """Position (from 0) of each wanted column; None where one that is not needed is missing.

    Columns nobody asked for are fine. Raises ``StepwellError`` naming file and column when a needed one is missing, or
    when two headings both fit one column.
    """
    positions: dict[str, list[int]] = {}
    for at, heading in enumerate(headings):
        positions.setdefault(normal(heading), []).append(at)
    found: dict[str, int | None] = {}
    missing = []
    for column in columns:
        names = dict.fromkeys(normal(name) for name in (column.name, *column.synonyms))
        at_all = [at for name in names for at in positions.get(name, [])]
        if len(at_all) > 1:
            raise StepwellError(
                "more than one heading fits this column, so it is not clear which to read.",
                where=Place(file, line, column.name),
                next_step="Export the file again with the column once.",
            )
        if not at_all and column.needed:
            missing.append(column.name)
        found[column.name] = at_all[0] if at_all else None
    if missing:
        others = f" (also missing: {', '.join(missing[1:])})" if len(missing) > 1 else ""
        raise StepwellError(
            f"the column {missing[0]} is missing{others}.",
            where=Place(file, line, missing[0]),
            next_step="Ask for the extract with this column; the order of the columns does not matter.",
        )
    return found
