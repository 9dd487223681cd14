"""The JSON of the ODS Data Search and Export service: practices, PCNs, sub-ICB locations, ICBs and regions.

Read: what ``organisationReportSearch`` answers (``orgArray``), or a list of such organisations, or of answers of
``singleOrganisationSearchByCode`` (``main`` beside ``relationships``, ``predecessor``, ``successor``), or organisations that carry
``relationships`` themselves, as those who enrich the first from the second keep them. Roles and fields: ``ods.yaml``.

**Unverified.** No file of the service was at hand: the shape is that of public readers of it and of their tests. Not seen: what stands in a list
of predecessors or successors, whether lists of dates go with the codes beside them, and what an absent value looks like. So a date beside several
codes is used only when there are as many dates as codes; an entry of a succession that names no other organisation is counted and left out.
In what this says of places, a line is the number of the organisation in the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from stepwell.base.errors import Place, StepwellError
from stepwell.population.prescribing.organisations.gathered import Gathered, Relation
from stepwell.population.prescribing.organisations.memberships import settle

SOURCE = "ods"
_CODE = re.compile(r"[A-Z0-9]{2,10}")
_ENOUGH = frozenset({"practice", "pcn", "sub-icb", "icb", "region"})
_TITLES = {
    "practice": "practice",
    "pcn": "PCN",
    "sub-icb": "sub-ICB location",
    "icb": "ICB",
    "region": "region",
}
_ROUND = 1000

Record = Mapping[str, Any]


@cache
def facts() -> Any:
    """How the service's answers are read."""
    return yaml.safe_load((resources.files(__package__) / "ods.yaml").read_text(encoding="utf-8"))


def gather(path: Path, shown: str) -> Gathered:
    """Everything in the file. Raises ``StepwellError`` for one that is cut short, or is no such JSON."""
    found = Gathered(counted="organisation")
    used: list[tuple[int, Record]] = []
    elsewhere = unused = 0
    for number, record in enumerate(_records(path, shown), start=1):
        found.rows += 1
        code = _code(record.get("id"))
        if code is None:
            found.reject(number, "id", "there is no code")
        elif _text(record, "country").upper() not in ("", facts()["england"]):
            elsewhere += 1
        elif (kind := _kind(record)) is None:
            unused += 1
        elif code in found.organisations:
            found.reject(number, "id", "its code stands in the file already")
        else:
            found.organisations[code] = _organisation(code, kind, record, number, found)
            used.append((number, record))
    for number, record in used:
        _relate(record, number, found)
        _succeed(record, number, found)
    _join_pcns(used, found)
    found.said.extend(_said(found, elsewhere, unused))
    return found


def _records(path: Path, shown: str) -> Iterator[Record]:
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise StepwellError(
            "This is not JSON, or it is cut short.",
            where=Place(shown),
            next_step="Nothing was loaded. Get the file again, whole.",
        ) from None
    if isinstance(content, dict):
        content = content.get("orgArray", [content] if "main" in content else None)
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise StepwellError(
            "This is not the JSON of a list of organisations.",
            where=Place(shown),
            next_step="Nothing was loaded. Give what organisationReportSearch of the ODS Data Search and Export service answers.",
        )
    for each in content:
        yield (
            {**each["main"], **{k: v for k, v in each.items() if k != "main"}}
            if isinstance(each.get("main"), dict)
            else each
        )


def _kind(record: Record) -> str | None:
    role, name = _text(record, "primaryRole").upper(), _text(record, "primaryRoleName").upper()
    for each in facts()["kinds"]:
        if role == each["role"] or (not role and name == each["role_name"]):
            return str(each["kind"])
    return None


def _organisation(code: str, kind: str, record: Record, number: int, found: Gathered) -> dict[str, Any]:
    opened = _first_day(record, ("opStartDate", "legStartDate"), number, found)
    closed = _first_day(record, ("opEndDate", "legEndDate"), number, found)
    if opened and closed and closed < opened:
        found.doubt(number, "opEndDate", "the day of closing is before that of opening")
        closed = None
    return {
        "code": code,
        "name": _text(record, "name") or None,
        "kind": kind,
        "setting": _setting(record) if kind == "practice" else None,
        "status": _status(record),
        "opened": opened,
        "closed": closed,
    }


def _setting(record: Record) -> int | None:
    roles = {each.upper() for each in (*_many(record, "role"), *_many(record, "roleName"))}
    for each in facts()["settings"]:
        if roles & {each["role"], each["role_name"]}:
            return int(each["setting"])
    return None


def _status(record: Record) -> str:
    inactive = record.get("inactive")
    if isinstance(inactive, bool):
        return "closed" if inactive else "active"
    return {"active": "active", "inactive": "closed"}.get(_text(record, "status").lower(), "unknown")


def _relate(record: Record, number: int, found: Gathered) -> None:
    """The way up from an organisation to the next area that is named."""
    code = str(_code(record["id"]))
    for field in facts()["parents"].get(found.organisations[code]["kind"], ()):
        parent = _code(record.get(field["field"]))
        if parent is None or parent == code:
            continue
        since, until = (_lone_day(record, field.get(end), number, found) for end in ("since", "until"))
        if since and until and until < since:
            since = until = None
        found.relations.append(Relation(code, parent, field["kind"], since, until))
        return


def _succeed(record: Record, number: int, found: Gathered) -> None:
    own = str(_code(record["id"]))
    for side in ("predecessor", "successor"):
        for each in _entries(record.get(side)):
            codes = [_code(each.get(name)) for name in facts()["successions"]["codes"]]
            other = next((code for code in codes if code and code != own), None)
            if other is None:
                found.doubt(number, side, "an entry names no other organisation")
                continue
            pair = (other, own) if side == "predecessor" else (own, other)
            day = _first_day(each, facts()["successions"]["dates"], number, found)
            found.successions[pair] = found.successions.get(pair) or day


def _join_pcns(used: list[tuple[int, Record]], found: Gathered) -> None:
    """Membership of PCNs: with days from the PCN's own list of relations, else from the practice."""
    dated = [each for number, record in used for each in _members(record, number, found)]
    known = {(each.code, each.parent) for each in dated}
    named = [each for number, record in used for each in _partners(record, number, found)]
    every = [*dated, *(each for each in named if (each.code, each.parent) not in known)]
    settled = settle(_within(each, found) for each in every)
    found.relations.extend(settled.relations)
    if settled.overlapping:
        found.said.append(
            f"{settled.overlapping:,} practices are in two PCNs at once by the file: on each day they count in the one they joined last."
        )
    if settled.undecided:
        found.said.append(
            f"{settled.undecided:,} practices name several PCNs without days that tell them apart: for that time their PCN is not known."
        )


def _members(record: Record, number: int, found: Gathered) -> Iterator[Relation]:
    pcn = _code(record.get("id"))
    if pcn is None or found.organisations[pcn]["kind"] != "pcn":
        return
    for each in _entries(record.get("relationships")):
        code, target = _code(each.get("sourceOrgCode")), _code(each.get("targetOrgCode"))
        if (
            each.get("relationshipTypeCode") != facts()["membership"]["relation"]
            or code is None
            or target not in (None, pcn)
        ):
            continue
        since = _first_day(each, ("opStartDate", "legStartDate"), number, found)
        until = _first_day(each, ("opEndDate", "legEndDate"), number, found)
        yield Relation(code, pcn, "pcn", since, until)


def _partners(record: Record, number: int, found: Gathered) -> Iterator[Relation]:
    field = facts()["membership"]
    code = str(_code(record["id"]))
    if found.organisations[code]["kind"] != "practice":
        return
    partners = [partner for each in _many(record, field["field"]) if (partner := _code(each)) is not None]
    days = [
        [_read_day(text, end, number, found) for text in _many(record, field[end])]
        for end in ("since", "until")
    ]
    since, until = ([*ends] if len(ends) == len(partners) else [None] * len(partners) for ends in days)
    for place, partner in enumerate(partners):
        kind = found.organisations.get(partner, {"kind": "pcn"})["kind"]
        if kind == "pcn":
            yield Relation(code, partner, "pcn", since[place], until[place])


def _within(relation: Relation, found: Gathered) -> Relation:
    """Nobody was in a PCN before there was one, or after."""
    pcn = found.organisations.get(relation.parent)
    if pcn is None:
        return relation
    since = max((day for day in (relation.since, pcn["opened"]) if day), default=None)
    until = min((day for day in (relation.until, pcn["closed"]) if day), default=None)
    return replace(relation, since=since, until=until)


def _said(found: Gathered, elsewhere: int, unused: int) -> Iterator[str]:
    kinds = {each["kind"] for each in found.organisations.values()}
    for kind in sorted(_ENOUGH - kinds):
        yield f"The file holds no {_TITLES[kind]}: figures of that level need a list that does."
    if elsewhere:
        yield f"{elsewhere:,} organisations outside England are not read."
    if unused:
        yield f"{unused:,} organisations of other kinds are not read."
    if found.rows and found.rows % _ROUND == 0:
        yield f"The file holds {found.rows:,} organisations to the number: look whether it is one page of a longer list."


def _entries(value: Any) -> Iterator[Record]:
    """The entries of a list, of lists by role, or a lone one; a bare code counts as an entry with that code."""
    if isinstance(value, str):
        yield {"code": value}
    elif isinstance(value, list):
        for each in value:
            yield from _entries(each)
    elif isinstance(value, dict):
        if any(isinstance(each, list) for each in value.values()) and not any(
            name in value for name in ("code", "targetOrgCode")
        ):
            for each in value.values():
                yield from _entries(each)
        else:
            yield value


def _text(record: Record, name: str) -> str:
    value = record.get(name)
    return value.strip() if isinstance(value, str) else ""


def _many(record: Record, name: str) -> list[str]:
    value = record.get(name)
    values = value if isinstance(value, list) else [value]
    return [each.strip() for each in values if isinstance(each, str)] if value not in (None, "") else []


def _code(value: Any) -> str | None:
    text = value.strip().upper() if isinstance(value, str) else ""
    return text if _CODE.fullmatch(text) else None


def _first_day(
    record: Record, names: tuple[str, ...] | list[str], number: int, found: Gathered
) -> date | None:
    for name in names:
        day = _read_day(_text(record, name), name, number, found)
        if day is not None:
            return day
    return None


def _lone_day(record: Record, name: str | None, number: int, found: Gathered) -> date | None:
    """A date that stands alone: beside several it would not be known whose it is."""
    texts = _many(record, name) if name else []
    return _read_day(texts[0], str(name), number, found) if len(texts) == 1 else None


def _read_day(text: str, name: str, number: int, found: Gathered) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        found.doubt(number, name, "a date cannot be read")
        return None
