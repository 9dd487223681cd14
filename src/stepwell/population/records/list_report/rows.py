"""One row of a report as what it says: a person, medicines, events. Unreadable cells are named, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from stepwell.population.records.list_report import dates, words
from stepwell.population.records.list_report.cell import split
from stepwell.population.records.list_report.mapping import Mapping as Columns
from stepwell.population.records.reading import cells, quantities

T = TypeVar("T")
# Counted by name, per cell that could not be used.
Count = Callable[[str], None]


class BadRow(ValueError):
    """A row that cannot be used because of one cell. ``column`` is its heading."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine of a row. ``dates`` are the days of issue the row tells; ``issues_made`` if it tells how many.

    ``history_missing``: the dates are only the first or last; ``undated``: something was, or may have been, issued on other days.
    """

    name: str
    code: str | None
    bnf_code: str | None
    dosage: str | None
    quantity: quantities.Quantity
    dates: tuple[date, ...]
    issues_made: int | None
    issues_authorised: int | None
    duration_days: int | None
    kind: str | None
    elsewhere: str | None
    status: str | None  # active, ended, None where the report does not say
    started: date | None
    ended: date | None
    history_missing: bool
    undated: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One coded or worded event of a row."""

    on: date | None
    precision: str | None  # day, month, year
    term: str | None
    snomed_id: str | None
    ctv3: str | None
    read_code: str | None
    value: Decimal | None
    unit: str | None
    is_problem: bool


@dataclass(slots=True)
class Cells:
    """The cells of a row by field and group."""

    columns: Columns
    row: Sequence[str]
    count: Count
    _found: dict[tuple[str, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column, cell in zip(self.columns.columns, self.row, strict=True):
            if cell and column.field and not cell.isspace():
                self._found[column.field, column.group] = cell

    def text(self, name: str, group: int = 0) -> str | None:
        """The cell, or None."""
        cell = self._found.get((name, group))
        return None if cell is None else cells.text(cell)

    def value(self, name: str, group: int = 0) -> str | None:
        """What a cell with few possible values means. A value nobody has told us of is counted."""
        told = self.text(name, group)
        if told is not None and not words.is_known_value(name, told):
            self.count(f"values of {self.heading(name, group)} not known, not used")
        return words.value_of(name, told) or None

    def needed(self, name: str, read: Callable[[str], T | None], group: int = 0) -> T | None:
        """The cell read; a cell that is there and cannot be read spoils the row."""
        cell = self._found.get((name, group))
        if cell is None:
            return None
        try:
            return read(cell)
        except cells.BadCell as problem:
            raise BadRow(self.heading(name, group), f"{self.heading(name, group)} {problem}") from problem

    def helpful(self, name: str, read: Callable[[str], T | None], group: int = 0) -> T | None:
        """The cell read; one that cannot be read is counted and left unknown."""
        cell = self._found.get((name, group))
        if cell is None:
            return None
        try:
            return read(cell)
        except cells.BadCell:
            self.count(f"cells of {self.heading(name, group)} not readable, taken as not known")
            return None

    def has(self, name: str, group: int = 0) -> bool:
        """Whether the report has this column."""
        return any((c.field, c.group) == (name, group) for c in self.columns.columns)

    def heading(self, name: str, group: int = 0) -> str:
        """The heading over a field."""
        return next(c.heading for c in self.columns.columns if (c.field, c.group) == (name, group))

    def groups(self, *names: str) -> list[int]:
        """The groups in which any of these fields has a cell."""
        return sorted({group for found, group in self._found if found in names})


def medicines(row: Cells, report_date: date) -> list[Medicine]:
    """The medicines of a row, one for each group of medicine columns that has a name."""
    named = row.groups("drug_name", "medicine_cell")
    for group in row.groups("issue_date", "last_issue_date"):
        if group not in named:
            raise BadRow(_date_heading(row, group), "an issue has a date and no medicine")
    return [_medicine(row, group, report_date) for group in named]


def _date_heading(row: Cells, group: int) -> str:
    name = "issue_date" if row.text("issue_date", group) else "last_issue_date"
    return row.heading(name, group)


def _medicine(row: Cells, group: int, report_date: date) -> Medicine:
    name, dosage, quantity = _named(row, group)
    days, history_missing = _dates(row, group, report_date)
    made = row.helpful("issues_made", cells.whole, group)
    elsewhere = _elsewhere(row, group)
    return Medicine(
        name=name,
        code=row.helpful("drug_code", cells.code, group),
        bnf_code=row.text("bnf_code", group),
        dosage=dosage,
        quantity=quantity,
        dates=days,
        issues_made=made,
        issues_authorised=row.helpful("issues_authorised", cells.whole, group),
        duration_days=row.helpful("duration_days", cells.whole, group) or None,
        kind=_kind(row, group),
        elsewhere=elsewhere,
        status=row.value("course_status", group),
        started=row.helpful("course_start", lambda cell: dates.past(cell, report_date), group),
        ended=_ended(row, group, report_date),
        history_missing=history_missing,
        undated=_undated_between(row, group, days, made)
        if days
        else _undated_at_all(row, group, quantity, made, elsewhere),
    )


def _undated_between(row: Cells, group: int, days: tuple[date, ...], made: int | None) -> bool:
    """Whether there may be issues besides the first and last."""
    if row.text("issue_date", group) is not None:
        return False
    if made is not None:
        return made > len(days)
    return (
        len(days) > 1
        or row.text("first_issue_date", group) is None
        or row.text("last_issue_date", group) is None
    )


def _undated_at_all(
    row: Cells, group: int, quantity: quantities.Quantity, made: int | None, elsewhere: str | None
) -> bool:
    """Whether a medicine without any date was issued all the same. One on repeat and never issued was not.

    In a report of issues a row with a quantity is an issue; in one of courses the quantity is what each issue would be.
    """
    if made is not None:
        return made > 0
    return elsewhere is not None or (quantity.text is not None and row.has("issue_date", group))


def _named(row: Cells, group: int) -> tuple[str, str | None, quantities.Quantity]:
    dosage = row.text("dosage_instruction", group)
    amount, unit = row.text("quantity", group), row.text("quantity_unit", group)
    cell = row.text("medicine_cell", group)
    if cell is None:
        return row.text("drug_name", group) or "", dosage, quantities.parse(amount or "", unit or "")
    parts = split(cell)
    if not parts.split:
        row.count("medicine cells not taken apart, dosage and quantity not known")
    elif parts.dosage is None:
        row.count("medicine cells without a dosage")
    return parts.name, dosage or parts.dosage, quantities.parse(amount or parts.quantity or "", unit or "")


def _dates(row: Cells, group: int, report_date: date) -> tuple[tuple[date, ...], bool]:
    """The days of issue a row tells. Never invented: between a first and a last issue nothing is known."""

    def read(cell: str) -> date | None:
        return dates.issued(cell, report_date)

    own = row.needed("issue_date", read, group)
    if own is not None:
        return (own,), False
    first = row.needed("first_issue_date", read, group)
    last = row.needed("last_issue_date", read, group)
    found = tuple(sorted({day for day in (first, last) if day is not None}))
    return found, bool(found)


def _kind(row: Cells, group: int) -> str | None:
    kind = row.value("prescription_type", group)
    repeat = row.value("is_repeat", group)
    return kind or {"yes": "repeat", "no": "acute", "repeat": "repeat", "acute": "acute"}.get(repeat or "")


def _elsewhere(row: Cells, group: int) -> str | None:
    where = row.value("prescribed_elsewhere", group)
    if where in ("hospital", "drug_service", "private", "over_the_counter", "other"):
        return where
    for name, source in (("hospital_medication", "hospital"), ("other_medication", "other")):
        if row.value(name, group) in ("yes", "true", source):
            return source
    return None


def _ended(row: Cells, group: int, report_date: date) -> date | None:
    # The end of a course is when it was expected to end; only a status that says so makes it an end.
    if words.value_of("course_status", row.text("course_status", group)) != "ended":
        return None
    return row.helpful("course_end", lambda cell: dates.issued(cell, report_date), group)


def events(row: Cells, report_date: date) -> list[Event]:
    """The events of a row. One without a date is kept: that it happened is known, when is not."""
    found = []
    for group in row.groups("code_term", "snomed_id", "problem_term", "ctv3", "read_code"):
        when = row.needed("event_date", lambda cell: dates.happened(cell, report_date), group)
        if when is None:
            row.count("events without a date, kept without one")
        problem = row.text("problem_term", group)
        found.append(
            Event(
                on=when[0] if when else None,
                precision=when[1] if when else None,
                term=row.text("code_term", group) or problem,
                snomed_id=row.helpful("snomed_id", cells.code, group),
                ctv3=row.text("ctv3", group),
                read_code=row.text("read_code", group),
                value=row.helpful("numeric_value", cells.number, group),
                unit=row.text("unit", group),
                is_problem=problem is not None,
            )
        )
    return found


def filled(positions: Sequence[int], row: Sequence[str], before: Mapping[int, str]) -> dict[int, str]:
    """The person cells of a row: its own, or those of the row before when it has none at all."""
    own = {at: row[at] for at in positions if row[at].strip()}
    return own or dict(before)
