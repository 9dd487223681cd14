"""What each column of a report means: recognised, corrected by a person, kept as a preset."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from stepwell.base.errors import Place, StepwellError
from stepwell.population.records.list_report import words
from stepwell.population.records.reading.headers import normal

# One of each set is needed: a person, a medicine, and when it was issued.
NEEDED = (
    ("a person (NHS number, or the system's own number)", ("nhs_number", "source_patient_id")),
    ("a medicine (its name, or the cell with name, dosage and quantity)", ("drug_name", "medicine_cell")),
    (
        "a date of issue (or the date of the last issue)",
        ("issue_date", "last_issue_date"),
    ),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading as written, and the field it means; ``field`` "" is not used. ``group`` counts repeats from 0."""

    heading: str
    field: str
    group: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Every column in order. ``extract_date`` and ``practice`` are set where a person stated them."""

    columns: tuple[Column, ...]
    name: str = ""
    practice: str | None = None
    extract_date: date | None = None

    @property
    def headings_hash(self) -> str:
        """Changes with any heading or their order, not with case or spacing."""
        return headings_hash([column.heading for column in self.columns])

    def positions(self, field: str) -> list[int]:
        """Where a field is, by group."""
        return [at for at, column in enumerate(self.columns) if column.field == field]

    def missing(self) -> list[str]:
        """What is needed and not there, in words."""
        here = {column.field for column in self.columns}
        lacking = [what for what, fields in NEEDED if not here & set(fields)]
        if not lacking and (stray := self._stray_group()):
            lacking.append(
                f"which medicine “{stray}” belongs to (put the columns of each medicine side by side)"
            )
        return lacking

    def _stray_group(self) -> str:
        """The heading of a medicine column in a group that has no medicine's name, or ""."""
        named = {c.group for c in self.columns if c.field in ("drug_name", "medicine_cell")}
        medication = (c for c in self.columns if words.fields().get(c.field) == words.MEDICATION)
        return next((c.heading for c in medication if c.group not in named), "")


def headings_hash(headings: Sequence[str]) -> str:
    """SHA-256 over the headings in their compared form."""
    return hashlib.sha256("\x1f".join(normal(h) for h in headings).encode()).hexdigest()


def with_fields(headings: Sequence[str], fields: Sequence[str], **stated: object) -> Mapping:
    """A mapping from one field per heading ("" for not used), groups numbered in order."""
    groups = _groups(fields)
    columns = [Column(*each) for each in zip(headings, fields, groups, strict=True)]
    return Mapping(tuple(columns), **stated)  # type: ignore[arg-type]


def _groups(fields: Sequence[str]) -> list[int]:
    """The group of each column. Where every field of a table comes equally often, the first of each belong together.

    Where they do not (a second medicine without a quantity), a group ends where one of its fields comes again.
    """
    groups = []
    for at, field in enumerate(fields):
        table = words.fields().get(field)
        of_table = [other for other in fields if words.fields().get(other) == table]
        earlier = fields[:at]
        if table not in (words.MEDICATION, words.EVENT) or len({of_table.count(o) for o in of_table}) == 1:
            groups.append(earlier.count(field))
        else:
            groups.append(_group_by_place([o for o in fields[: at + 1] if words.fields().get(o) == table]))
    return groups


def _group_by_place(fields: Sequence[str]) -> int:
    """The group of the last of these fields of one table."""
    group, here = 0, set[str]()
    for field in fields:
        if field in here:
            group, here = group + 1, set()
        here.add(field)
    return group


def recognised(headings: Sequence[str]) -> Mapping:
    """The mapping the headings themselves suggest."""
    found = [words.meaning_of(heading) for heading in headings]
    fields = [meaning.field if meaning else "" for meaning in found]
    if "issue_date" not in fields and "code_term" not in fields and fields.count("event_date") == 1:
        # A single "Date" in a report of medicines and no codes is the date of issue.
        fields[fields.index("event_date")] = "issue_date"
    return with_fields(headings, fields)


def to_yaml(mapping: Mapping) -> str:
    """A preset: readable, and read back by ``from_yaml``."""
    return yaml.safe_dump(
        {
            "name": mapping.name,
            "practice": mapping.practice,
            "extract_date": mapping.extract_date,
            "headings_hash": mapping.headings_hash,
            "columns": [{"heading": c.heading, "field": c.field} for c in mapping.columns],
        },
        sort_keys=False,
        allow_unicode=True,
    )


def from_yaml(text: str, where: str) -> Mapping:
    """Read a preset. Raises ``StepwellError`` naming the line or the key that is wrong."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        raise StepwellError(
            "the mapping is not YAML.",
            where=Place(where, None if line is None else line + 1),
            next_step="Save it again from the mapping screen.",
        ) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("columns"), list):
        raise StepwellError("the mapping has no columns.", where=Place(where, None, "columns"))
    headings, fields = [], []
    for number, column in enumerate(raw["columns"], start=1):
        if not isinstance(column, dict) or "heading" not in column:
            raise StepwellError(f"column {number} has no heading.", where=Place(where, None, "columns"))
        field = str(column.get("field") or "")
        if field and field not in words.fields():
            raise StepwellError(
                f"{field!r} is not something a column can mean.",
                where=Place(where, None, str(column["heading"])),
                next_step=f"Use one of: {', '.join(words.fields())}.",
            )
        headings.append(str(column["heading"]))
        fields.append(field)
    stated = raw.get("extract_date")
    if stated is not None and not isinstance(stated, date):
        raise StepwellError("is not a date like 2026-11-20.", where=Place(where, None, "extract_date"))
    practice = str(raw["practice"]) if raw.get("practice") else None
    return with_fields(
        headings, fields, name=str(raw.get("name") or ""), practice=practice, extract_date=stated
    )


def require_same_headings(mapping: Mapping, headings: Sequence[str], where: str) -> None:
    """Raises ``StepwellError`` listing the difference when a report's headings are no longer those of its preset."""
    if mapping.headings_hash == headings_hash(headings):
        return
    before, after = {normal(c.heading) for c in mapping.columns}, {normal(h) for h in headings}
    gone = [c.heading for c in mapping.columns if normal(c.heading) not in after]
    new = [heading for heading in headings if normal(heading) not in before]
    said = f"gone: {', '.join(gone) or 'none'}; new: {', '.join(new) or 'none'}"
    raise StepwellError(
        f"the report's headings are not those of the saved mapping ({said}).",
        where=Place(where),
        next_step="Check what each heading means and save the mapping again.",
    )
