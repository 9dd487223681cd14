"""The medicines of one person as cautions need them: all of them, from anywhere, not only those searches know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from stepwell.knowledge import exposure
from stepwell.knowledge.cautions import Dose, MedicineTaken, medicine_from
from stepwell.knowledge.dosage import parse
from stepwell.knowledge.dosage.model import Dosage
from stepwell.knowledge.exposure import Basis, CurrentLine, TextState
from stepwell.knowledge.medicines import identify
from stepwell.knowledge.medicines.model import Identification
from stepwell.population.records.cautions.rows import Row, day, text, within
from stepwell.population.records.person import PersonRecord
from stepwell.population.records.resolve import Recognised, state_of

# An issue of long ago is of no medicine taken now: the longest supply that is believed, and the gap after it.
_LOOK_BACK = timedelta(days=430)
_REPEATS = frozenset({"repeat", "repeat_dispensing", "automatic"})
_NO_NAME = "A medicine without a name"


@dataclass(frozen=True, slots=True)
class _Group:
    """The issues of one medicine from one place. ``line``: what exposure calls it, None where it does not count it."""

    found: Identification
    line: str | None
    own: bool
    rows: tuple[Row, ...]

    @property
    def last(self) -> tuple[Row, ...]:
        """The issues of its last day; templates from elsewhere without an issue have none."""
        newest = max((d for row in self.rows if (d := day(row.get("issue_date")))), default=None)
        return tuple(row for row in self.rows if day(row.get("issue_date")) == newest)

    @property
    def last_issued(self) -> date | None:
        return day(self.last[0].get("issue_date"))


def medicines_of(
    issues: Sequence[Row], templates: Sequence[Row], record: PersonRecord
) -> tuple[MedicineTaken, ...]:
    """Every medicine that may be taken at the record's day. Undated issues are not here: see ``complete``."""
    as_of = record.as_of
    dated = [row for row in issues if _counts(row, as_of)]
    by_template = {str(row["template_id"]): row for row in templates}
    issued = {str(row["template_id"]) for row in issues if row["template_id"]}
    told = [row for row in templates if not _own(row) and str(row["template_id"]) not in issued]
    groups = [*_grouped(dated), *_grouped(row for row in told if _is_open(row, None, as_of))]
    found = (_medicine(group, by_template, record) for group in groups)
    return tuple(each for each in found if each is not None)


def _counts(row: Row, as_of: date) -> bool:
    """What another place gives is recorded once and not again, so it may be old and taken still."""
    on = day(row["issue_date"])
    return on is not None and (not _own(row) or as_of - on <= _LOOK_BACK)


def _grouped(rows: Iterable[Row]) -> list[_Group]:
    held: dict[tuple[object, ...], _Group] = {}
    known: dict[tuple[str | None, ...], Recognised] = {}
    for row in rows:
        key = (text(row["drug_code"]), text(row["bnf_code"]), text(row["drug_name"]))
        if key not in known:
            known[key] = Recognised(*key, identify(code=key[0], bnf_code=key[1], name=key[2]))
        medicine = known[key]
        product = medicine.found.product
        one = medicine.line or (product.product_id if product else None)
        what: tuple[str | None, ...] = (one,) if one else key
        group = held.get((*what, _own(row)))
        before = group.rows if group else ()
        held[(*what, _own(row))] = _Group(medicine.found, medicine.line, _own(row), (*before, row))
    return list(held.values())


def _own(row: Row) -> bool:
    return row["prescribed_here"] is not False and not row["elsewhere_source"]


def _is_open(template: Row | None, kind: str | None, as_of: date) -> bool:
    """Whether a template goes on. Of an issue without one, whether it is of a kind that is repeated."""
    if template is None:
        return kind in _REPEATS
    start, end = day(template["start_date"]), day(template["end_date"])
    if template["status"] == "ended" or (end is not None and end <= as_of) or (start or as_of) > as_of:
        return False
    return (text(template["kind"]) or kind) != "acute"


def _medicine(group: _Group, templates: Mapping[str, Row], record: PersonRecord) -> MedicineTaken | None:
    """The medicine, or None where the record says that it is no longer taken."""
    as_of, last, own = record.as_of, group.last, group.own
    line = next(
        (n.current for n in record.now if (n.current.medicine.line, n.current.own) == (group.line, own)), None
    )
    if line is None and group.line is not None and _replaced(group, record):
        return None
    open_now = any(_is_open(templates.get(str(row["template_id"])), text(row["kind"]), as_of) for row in last)
    taken = _taken(group, line)
    taken = replace(taken, template_active=open_now, elsewhere=not own, last_issued=group.last_issued)
    if not own:
        lately = within(group.last_issued, as_of, exposure.current().elsewhere_days)
        return taken if line or open_now or lately else None
    return _covered(taken, group, line, record)


def _replaced(group: _Group, record: PersonRecord) -> bool:
    """Whether another product of the same substance and release was begun after its last issue."""
    product, last = group.found.product, group.last_issued
    return any(
        product is not None
        and last is not None
        and (now.current.medicine.substance, now.current.medicine.release)
        == (product.substance, product.release.value)
        and now.current.run_start > last
        for now in record.now
    )


def _taken(group: _Group, line: CurrentLine | None) -> MedicineTaken:
    """What it is and how much of it, by the instructions of its last day."""
    first, found = group.last[0], group.found
    name = text(first["drug_name"]) or (found.product.name if found.product else _NO_NAME)
    bnf_code = text(first["bnf_code"])
    texts = list(dict.fromkeys(text(row["dosage_instruction"]) for row in group.last))
    readings = [_read(each, found) for each in texts]
    parts = [medicine_from(found, each, name=name, bnf_code=bnf_code) for each in readings]
    taken = parts[0]
    if (
        len(parts) > 1
    ):  # two instructions on one day are taken together; how often a day is then not one number
        plain = medicine_from(found, None, name=name, bnf_code=bnf_code)
        taken = replace(plain, doses=_added([part.doses for part in parts]))
    if not any(dose.mg_max is not None for dose in taken.doses):
        taken = replace(taken, doses=_by_quantity(line) or taken.doses)
    ids = tuple(str(row.get("issue_id") or row.get("template_id")) for row in group.last)
    return replace(taken, rows=ids)


def _read(instruction: str | None, found: Identification) -> Dosage | None:
    """The instruction, where it says a dose that can be believed."""
    if instruction is None or found.product is None:
        return None
    dosage = parse(instruction, found.product)
    return dosage if state_of(dosage) in (TextState.READ, TextState.OPEN) else None


def _added(of_each: Sequence[tuple[Dose, ...]]) -> tuple[Dose, ...]:
    if not all(of_each):
        return ()
    return tuple(
        Dose(dose.substance, _sum([d.mg_min for d in same]), _sum([d.mg_max for d in same]))
        for dose in of_each[0]
        if (same := [d for doses in of_each for d in doses if d.substance == dose.substance])
    )


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


def _by_quantity(line: CurrentLine | None) -> tuple[Dose, ...]:
    """The dose by what was issued, where several issues tell it. One issue spread over 28 days is too weak."""
    if line is None or line.basis is not Basis.QUANTITY or line.units_max is None or line.units_min is None:
        return ()
    mg = line.medicine.mg_per_unit
    return () if mg is None else (Dose(line.medicine.substance, line.units_min * mg, line.units_max * mg),)


def _covered(
    taken: MedicineTaken, group: _Group, line: CurrentLine | None, record: PersonRecord
) -> MedicineTaken:
    """With its days of cover. What the page shows as taken now counts now, within the gap after its supply too."""
    if line is not None:
        return replace(
            taken,
            cover_from=line.run_start,
            cover_to=max(line.last.end, record.as_of + timedelta(days=1)),
            started_on=line.run_start,
            last_quantity=line.last.occasion.quantity,
        )
    covers = [
        c for c in record.covers if (c.occasion.medicine.line, c.occasion.own) == (group.line, group.own)
    ]
    if covers:
        last = max(covers, key=lambda cover: cover.end)
        begun = exposure.eras(covers, record.as_of, exposure.current())[-1].start
        quantity = last.occasion.quantity
        return replace(taken, cover_from=begun, cover_to=last.end, started_on=begun, last_quantity=quantity)
    days = [int(str(row["duration_days"])) for row in group.last if row.get("duration_days")]
    believed = [each for each in days if 1 <= each <= exposure.current().given_days_max]
    if not believed or group.last_issued is None:
        return taken
    until = group.last_issued + timedelta(days=max(believed))
    return replace(taken, cover_from=group.last_issued, cover_to=until)
