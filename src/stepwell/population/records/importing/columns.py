"""Canonical rows as typed columns. A value of another type than the schema's is a mistake in a reader, never coerced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter

import pyarrow as pa
import pyarrow.compute as pc

from stepwell.base.errors import StepwellError
from stepwell.population.records.canonical import ID_COLUMN, TABLES
from stepwell.population.records.importing.masking import FREE_TEXT, Masker

SEQUENCE = pa.field("_sequence", pa.int64())  # order of arrival: the later of two rows with one id stands
STAGED = {name: schema.append(SEQUENCE) for name, schema in TABLES.items()}


class ReaderMistake(StepwellError):
    """A reader broke its contract. Nothing is loaded; the fault is Stepwell's, not the extract's."""

    def __init__(self, what: str) -> None:
        super().__init__(what, next_step="This is a fault in Stepwell: report it. Nothing was imported.")


class Columns:
    """Turns rows of one practice into checked, masked record batches."""

    def __init__(self, practice: str) -> None:
        self._practice = practice
        self.masker = Masker()

    def batch(
        self, table: str, rows: Sequence[Mapping[str, object]], sequence: Sequence[int]
    ) -> pa.RecordBatch:
        """``rows`` as a batch in ``STAGED[table]``. Raises ``ReaderMistake``."""
        schema = TABLES[table]
        if any(len(row) != len(schema) for row in rows):
            raise ReaderMistake(f'A row for "{table}" does not have exactly the columns of that table.')
        arrays = []
        for field in schema:
            try:
                values = list(map(itemgetter(field.name), rows))
            except KeyError:
                raise ReaderMistake(f'A row for "{table}" has no column "{field.name}".') from None
            arrays.append(self._column(table, field, values))
        return pa.RecordBatch.from_arrays([*arrays, pa.array(sequence, pa.int64())], schema=STAGED[table])

    def _column(self, table: str, field: pa.Field, values: list[object]) -> pa.Array:
        wrong = set(map(type, values)) - _PYTHON_TYPES[field.type.id]
        if wrong:
            raise ReaderMistake(f"{table}.{field.name} was given {wrong.pop().__name__}, not {field.type}.")
        try:
            column = pa.array(values, field.type)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            raise ReaderMistake(
                f"{table}.{field.name} was given a value that does not fit {field.type}."
            ) from None
        column = _known_or_null(column)
        if field.name in _NEEDED or field.name == ID_COLUMN[table]:
            self._require(table, field.name, column)
        return self.masker.column(column) if field.name in FREE_TEXT.get(table, ()) else column

    def _require(self, table: str, name: str, column: pa.Array) -> None:
        if column.null_count:
            raise ReaderMistake(f"{table}.{name} is empty in some row.")
        if name == "practice" and not pc.all(pc.equal(column, self._practice)).as_py():
            raise ReaderMistake(f"{table}.practice is not the practice this extract is of.")


_NEEDED = {"patient_key", "practice", "source_file"}
_NULL = type(None)
_WHOLE: set[type] = {int, _NULL}
_PYTHON_TYPES: dict[int, set[type]] = {
    pa.string().id: {str, _NULL},
    pa.int8().id: _WHOLE,
    pa.int16().id: _WHOLE,
    pa.int32().id: _WHOLE,
    pa.int64().id: _WHOLE,
    pa.float64().id: {float, int, _NULL},
    pa.bool_().id: {bool, _NULL},
    pa.date32().id: {date, _NULL},
    pa.decimal128(12, 4).id: {Decimal, int, _NULL},
}


def _known_or_null(column: pa.Array) -> pa.Array:
    """Unknown is NULL: never empty text, never NaN."""
    if pa.types.is_string(column.type):
        return pc.if_else(pc.equal(column, ""), None, column)
    if pa.types.is_floating(column.type):
        return pc.if_else(pc.is_nan(column), None, column)
    return column
