"""Turns a report's first rows and the meaning of its headings into what the mapping page shows.

What somebody must decide stands open; what was recognised is told in a table and can be changed beneath it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stepwell.casefinding.headings import Size
from stepwell.casefinding.record import words as record_words
from stepwell.population.records.importing.refusal import REJECTED_LIMIT
from stepwell.population.records.list_report import words
from stepwell.population.records.list_report.mapping import NEEDED, Mapping
from stepwell.population.records.list_report.recognition import FilePreview, PreviewCell

ROWS_SHOWN = 20
VALUES_SHOWN = 3
GROUPS = (
    ("The person", words.PERSON),
    ("Registration", words.REGISTRATION),
    ("Medicine", words.MEDICATION),
    ("Diagnosis or other code", words.EVENT),
)
# What a person checks first; the other columns follow.
_FIRST = (
    "nhs_number",
    "source_patient_id",
    "full_name",
    "family_name",
    "given_name",
    "date_of_birth",
    "medicine_cell",
    "drug_name",
    "dosage_instruction",
    "quantity",
    "issue_date",
    "last_issue_date",
    "code_term",
    "problem_term",
    "event_date",
)
# Several columns of one of these are usual: the lines of an address, more telephones.
_MAY_REPEAT = ("address", "phone_other")


@dataclass(frozen=True, slots=True)
class Value:
    """A cell: as written, as understood where that differs, or why it was not."""

    text: str
    understood: str
    problem: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``label`` is its heading, told apart from others of the same words. ``why`` says why it stands open.

    ``filled`` and ``unread``: how many of the rows looked through have a value in it, and how many of these were not understood.
    """

    at: int
    label: str
    field: str
    meaning: str
    values: tuple[Value, ...]
    filled: int
    unread: int
    why: str


@dataclass(frozen=True, slots=True)
class Screen:
    """The page. ``to_settle`` stand open; ``first`` and ``others`` are used, ``unused`` are not; ``rows`` are (line, cells).

    ``values_shown`` is False for a member who may not see who people are: then there are no values and no rows.
    """

    found: str
    title: tuple[str, ...]
    missing: tuple[str, ...]
    recognised: int
    total: int
    to_settle: tuple[Column, ...]
    first: tuple[Column, ...]
    others: tuple[Column, ...]
    unused: tuple[Column, ...]
    shown: tuple[Column, ...]
    rows: tuple[tuple[int, tuple[Value, ...]], ...]
    rows_sampled: int
    values_shown: bool

    @property
    def likely_refused(self) -> tuple[Column, ...]:
        """Columns a row cannot do without, with so many values not understood that the report would be refused."""
        needed = {field for _, fields in NEEDED for field in fields}
        return tuple(
            column
            for column in (*self.to_settle, *self.first)
            if column.field in needed and column.unread > REJECTED_LIMIT * column.filled
        )

    @property
    def settled(self) -> tuple[Column, ...]:
        """Every column that does not stand open, in the order of the file."""
        return tuple(sorted((*self.first, *self.others, *self.unused), key=lambda column: column.at))


def size_words(size: Size) -> str:
    """How many rows and people a report holds, in a sentence."""
    rows = record_words.count(size.rows, "row")
    if size.people is None:
        return f"{rows}. How many people is not known: no column says who they are."
    people = "1 person" if size.people == 1 else f"{size.people:,} people"
    if not size.nameless:
        return f"{rows} about {people}."
    return f"{rows} about {people}; {size.nameless:,} of them {'has' if size.nameless == 1 else 'have'} no NHS number."


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every meaning a column may have, in words, by group."""
    return [
        (
            title,
            sorted(
                ((name, words.label_of(name)) for name, of in words.fields().items() if of == table),
                key=lambda choice: choice[1],
            ),
        )
        for title, table in GROUPS
    ]


def screen(seen: FilePreview, mapping: Mapping, *, kept: bool, show_values: bool) -> Screen:
    """``mapping`` as it stands now. ``kept``: somebody at the practice settled these headings before."""
    columns = [
        _column(at, seen, mapping, kept=kept, show_values=show_values) for at in range(len(mapping.columns))
    ]
    to_settle = tuple(column for column in columns if column.why)
    settled = [column for column in columns if not column.why]
    used = sorted((column for column in settled if column.field), key=lambda column: _rank(column.field))
    order = sorted(columns, key=lambda column: _rank(column.field))
    return Screen(
        found=seen.found,
        title=tuple(text for text in seen.recognition.title if text),
        missing=seen.missing,
        recognised=sum(bool(column.field) for column in columns),
        total=len(columns),
        to_settle=to_settle,
        first=tuple(column for column in used if column.field in _FIRST),
        others=tuple(column for column in used if column.field not in _FIRST),
        unused=tuple(column for column in settled if not column.field),
        shown=tuple(order),
        rows=tuple(
            (line, tuple(_value(cells[column.at]) for column in order))
            for line, cells in seen.rows[:ROWS_SHOWN]
        )
        if show_values
        else (),
        rows_sampled=len(seen.rows),
        values_shown=show_values,
    )


def _column(at: int, seen: FilePreview, mapping: Mapping, *, kept: bool, show_values: bool) -> Column:
    field = mapping.columns[at].field
    filled = [cells[at] for _, cells in seen.rows if cells[at].text.strip()]
    unread = sum(bool(cell.problem) for cell in filled)
    distinct = {cell.text.strip(): cell for cell in filled}.values()
    # A value that could not be read says more than one that could.
    telling = sorted(distinct, key=lambda cell: not cell.problem)[:VALUES_SHOWN]
    return Column(
        at=at,
        label=_label(at, mapping),
        field=field,
        meaning=words.label_of(field) if field else "Not used",
        values=tuple(map(_value, telling)) if show_values else (),
        filled=len(filled),
        unread=unread,
        why=_why_open(at, seen, mapping, kept=kept, filled=len(filled), unread=unread),
    )


def _label(at: int, mapping: Mapping) -> str:
    headings = [column.heading for column in mapping.columns]
    if not headings[at]:
        return f"Column {at + 1}, without a heading"
    return headings[at] if headings.count(headings[at]) == 1 else f"{headings[at]} (column {at + 1})"


def _why_open(at: int, seen: FilePreview, mapping: Mapping, *, kept: bool, filled: int, unread: int) -> str:
    """Why somebody should decide about a column; empty when nobody need."""
    column, suggested = mapping.columns[at], seen.recognition.mapping.columns[at].field
    if not column.field and seen.missing:
        return "Not used now. Something that is needed is still missing."
    if filled and unread * 2 > filled:
        said = f"{record_words.count(filled, 'value')} {'was' if unread == 1 else 'were'}"
        return f"{unread:,} of its first {said} not understood as this."
    if kept or not (filled or column.heading):
        return ""
    if not suggested:
        return "Not recognised. It is not used unless you say what it means."
    if _comes_again(at, mapping):
        return "Another column means the same, and only the first of them is used."
    return _ambiguous(at, seen.recognition.mapping)


def _comes_again(at: int, mapping: Mapping) -> bool:
    column = mapping.columns[at]
    once = words.fields().get(column.field) in (words.PERSON, words.REGISTRATION)
    return once and column.group > 0 and column.field not in _MAY_REPEAT


def _ambiguous(at: int, suggested: Mapping) -> str:
    """What else a heading may mean, where no other column is it already."""
    column = suggested.columns[at]
    taken = {other.field for other in suggested.columns}
    also = [field for field in words.fields_of(column.heading) if field not in taken]
    if not also or column.field not in words.fields_of(column.heading):
        return ""
    *before, last = [f"“{words.label_of(field)}”" for field in (column.field, *also)]
    return f"It may mean {', '.join(before)} or {last}. Look at its values."


def _value(cell: PreviewCell) -> Value:
    understood = _as_read(cell.understood)
    return Value(cell.text, "" if understood == cell.text.strip() else understood, cell.problem)


def _as_read(understood: str) -> str:
    """A day in words; anything else as it is."""
    try:
        return record_words.long_date(date.fromisoformat(understood))
    except ValueError:
        return understood


def _rank(field: str) -> int:
    if not field:
        return len(_FIRST) + 1
    return _FIRST.index(field) if field in _FIRST else len(_FIRST)
