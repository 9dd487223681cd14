"""A person's facts from plain data (what JSON holds), checked strictly: what is misspelt is refused, what is left out is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from stepwell.base.errors import StepwellError
from stepwell.knowledge.cautions import taken
from stepwell.knowledge.cautions.groups import groups_of
from stepwell.knowledge.cautions.intake import medicine_from
from stepwell.knowledge.cautions.language import conditions
from stepwell.knowledge.cautions.model import MedicineTaken, OpioidCover, PersonFacts, Problem, Value
from stepwell.knowledge.dosage import parse
from stepwell.knowledge.dosage.model import Dosage
from stepwell.knowledge.equivalence import Equivalence, Total, convert, total
from stepwell.knowledge.medicines import identify
from stepwell.knowledge.medicines.model import MedicineClass, Product

_PERSON = frozenset(
    {
        "on", "age", "sex", "medicines", "medicines_complete", "problems", "lists_searched", "values", "flags",
        "opioid_covers", "opioid_era_start", "opioid_history_known",
    }
)  # fmt: skip
_MEDICINE = frozenset(
    {
        "name", "code", "bnf_code", "instruction", "rows", "issued_on", "cover_from", "cover_to", "quantity", "repeat",
        "started_on", "new", "elsewhere", "last_step_of_plan",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """The facts, and the day they are asked of."""

    facts: PersonFacts
    on: date


def read(raw: object) -> Statement:
    """Facts from one mapping; the fields are those of ``PersonFacts`` and, for a medicine, of a line of a medication screen.

    Each medicine is identified and its instruction read here; the OME is the sum over the opioids taken on the day.
    ``lists_searched`` may be "all". Raises StepwellError naming the field, never its contents.
    """
    person = _mapping(raw, "the statement", _PERSON)
    on = _day(person.get("on"), "on")
    if on is None:
        raise StepwellError("The day, on, is missing.", next_step="Write it as year-month-day.")
    read_lines = [_line(each, f"medicines[{n}]") for n, each in _numbered(person, "medicines")]
    searched = person.get("lists_searched", [])
    facts = PersonFacts(
        medicines=tuple(line.medicine for line in read_lines),
        medicines_complete=_yes_no(person.get("medicines_complete"), "medicines_complete") or False,
        problems=tuple(_problem(each, f"problems[{n}]") for n, each in _numbered(person, "problems")),
        lists_searched=conditions() if searched == "all" else frozenset(_words(searched, "lists_searched")),
        values=tuple(_value(each, f"values[{n}]") for n, each in _numbered(person, "values")),
        age=_whole(person.get("age"), "age"),
        sex=_text(person.get("sex"), "sex"),
        flags=_flags(person.get("flags", {})),
        ome=_ome(read_lines, on),
        opioid_covers=tuple(
            _cover(each, f"opioid_covers[{n}]") for n, each in _numbered(person, "opioid_covers")
        ),
        opioid_era_start=_day(person.get("opioid_era_start"), "opioid_era_start"),
        opioid_history_known=_yes_no(person.get("opioid_history_known"), "opioid_history_known") or False,
    )
    return Statement(facts, on)


@dataclass(frozen=True, slots=True)
class _Line:
    medicine: MedicineTaken
    product: Product | None
    dosage: Dosage | None


def _line(raw: object, where: str) -> _Line:
    held = _mapping(raw, where, _MEDICINE)
    name, bnf_code = (
        _text(held.get("name"), f"{where}.name"),
        _text(held.get("bnf_code"), f"{where}.bnf_code"),
    )
    code = _text(held.get("code"), f"{where}.code")
    if not (name or code or bnf_code):
        raise StepwellError(f"{where} has neither a name nor a code.", next_step="Give at least one.")
    found = identify(code=code, bnf_code=bnf_code, name=name)
    instruction = _text(held.get("instruction"), f"{where}.instruction")
    dosage = parse(instruction, product=found.product) if instruction else None
    shown = name or (found.product.name if found.product else "") or "a medicine known by its code alone"
    medicine = replace(
        medicine_from(found, dosage, name=shown, bnf_code=bnf_code),
        rows=tuple(_words(held.get("rows", []), f"{where}.rows")) or (where,),
        last_issued=_day(held.get("issued_on"), f"{where}.issued_on"),
        cover_from=_day(held.get("cover_from"), f"{where}.cover_from"),
        cover_to=_day(held.get("cover_to"), f"{where}.cover_to"),
        last_quantity=_number(held.get("quantity"), f"{where}.quantity"),
        template_active=_yes_no(held.get("repeat"), f"{where}.repeat") or False,
        started_on=_day(held.get("started_on"), f"{where}.started_on"),
        newly_started=_yes_no(held.get("new"), f"{where}.new"),
        elsewhere=_yes_no(held.get("elsewhere"), f"{where}.elsewhere") or False,
        last_step_of_plan=_yes_no(held.get("last_step_of_plan"), f"{where}.last_step_of_plan") or False,
    )
    return _Line(medicine, found.product, dosage)


def _ome(lines: list[_Line], on: date) -> Total:
    parts: list[Equivalence] = []
    unconverted = []
    for line in lines:
        opioid = str(MedicineClass.OPIOID) in groups_of(line.medicine)
        if not opioid or not taken.is_active(line.medicine, on):
            continue
        if line.product is None:
            unconverted.append("The product of an opioid is not known.")
        elif line.dosage is None:
            unconverted.append("The instruction of an opioid is not known.")
        else:
            parts.append(
                convert(
                    line.product,
                    daily_mg_min=line.dosage.daily_mg_min,
                    daily_mg_max=line.dosage.daily_mg_max,
                    patch_mcg_per_hour=line.dosage.patch_mcg_per_hour,
                )
            )
    return total(parts, also_unconverted=unconverted)


def _problem(raw: object, where: str) -> Problem:
    held = _mapping(raw, where, frozenset({"list", "on", "rows"}))
    name = _text(held.get("list"), f"{where}.list")
    if name not in conditions():
        raise StepwellError(f"{where}.list is no list a caution asks for.", next_step=f"They are: {', '.join(sorted(conditions()))}.")  # fmt: skip
    return Problem(
        name, _day(held.get("on"), f"{where}.on"), tuple(_words(held.get("rows", []), f"{where}.rows"))
    )


def _value(raw: object, where: str) -> Value:
    held = _mapping(raw, where, frozenset({"name", "number", "on", "rows"}))
    name, number = _text(held.get("name"), f"{where}.name"), _number(held.get("number"), f"{where}.number")
    if name is None or number is None:
        raise StepwellError(f"{where} needs a name and a number.", next_step="Leave out a value not known.")
    return Value(
        name,
        number,
        _day(held.get("on"), f"{where}.on"),
        tuple(_words(held.get("rows", []), f"{where}.rows")),
    )


def _cover(raw: object, where: str) -> OpioidCover:
    held = _mapping(raw, where, frozenset({"start", "end", "ome_min", "ome_max", "rows"}))
    start, end = _day(held.get("start"), f"{where}.start"), _day(held.get("end"), f"{where}.end")
    if start is None or end is None or end <= start:
        raise StepwellError(f"{where} needs a start and a later end.", next_step="The end is the first day without supply.")  # fmt: skip
    low, high = (
        _number(held.get("ome_min"), f"{where}.ome_min"),
        _number(held.get("ome_max"), f"{where}.ome_max"),
    )
    return OpioidCover(start, end, low, high, tuple(_words(held.get("rows", []), f"{where}.rows")))


def _flags(raw: object) -> dict[str, bool | None]:
    held = _mapping(raw, "flags", None)
    return {name: _yes_no(said, f"flags.{name}") for name, said in held.items()}


def _mapping(raw: object, where: str, allowed: frozenset[str] | None) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise StepwellError(f"{where} is not a set of named fields.", next_step="Write it as an object.")
    if allowed is not None and raw.keys() - allowed:
        raise StepwellError(f"{where} has a field that is not known.", next_step=f"The fields are: {', '.join(sorted(allowed))}.")  # fmt: skip
    return raw


def _numbered(person: Mapping[str, Any], name: str) -> list[tuple[int, object]]:
    held = person.get(name, [])
    if not isinstance(held, list):
        raise _wrong(name, "a list")
    return list(enumerate(held))


def _words(raw: object, where: str) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        raise _wrong(where, "a list of words")
    return raw


def _text(raw: object, where: str) -> str | None:
    if raw is not None and not isinstance(raw, str):
        raise _wrong(where, "text")
    return raw or None


def _yes_no(raw: object, where: str) -> bool | None:
    if raw is not None and not isinstance(raw, bool):
        raise _wrong(where, "true or false")
    return raw


def _whole(raw: object, where: str) -> int | None:
    if raw is not None and (isinstance(raw, bool) or not isinstance(raw, int)):
        raise _wrong(where, "a whole number")
    return raw


def _number(raw: object, where: str) -> Decimal | None:
    if raw is None:
        return None
    try:
        number = Decimal("NaN") if isinstance(raw, bool) else Decimal(str(raw))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise _wrong(where, "a number, not below zero")
    return number


def _day(raw: object, where: str) -> date | None:
    if raw is None:
        return None
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) else date.fromisoformat("")
    except ValueError:
        raise _wrong(where, "a day written as year-month-day") from None


def _wrong(where: str, expected: str) -> StepwellError:
    return StepwellError(f"{where} is not {expected}.", next_step="Leave it out if it is not known.")
