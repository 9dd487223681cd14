"""Every organisation of the public data: its name, its practices, and the areas it lies in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa
from ibis.backends import BaseBackend

from stepwell.base.errors import StepwellError
from stepwell.population.lake import Snapshot
from stepwell.population.prescribing import areas
from stepwell.population.prescribing.areas import ENGLAND, Level

ROWS = pa.schema(
    [
        ("level", pa.string()),
        ("practice", pa.string()),
        ("organisation", pa.string()),
        ("name", pa.string()),
        ("status", pa.string()),  # of a practice, by the list of organisations; null where it says nothing
        ("closed", pa.string()),  # the month it closed, as 2017-09; null where it did not
    ]
)
SHAPE = 2  # raise it when ``ROWS`` changes
AREAS = (Level.PCN, Level.SUB_ICB, Level.ICB, Level.REGION, Level.ENGLAND)
WORDS = {
    Level.PRACTICE: ("practice", "practices"),
    Level.PCN: ("PCN", "PCNs"),
    Level.SUB_ICB: ("sub-ICB location", "sub-ICB locations"),
    Level.ICB: ("ICB", "ICBs"),
    Level.REGION: ("region", "regions"),
    Level.ENGLAND: ("country", "countries"),
}
MOST_FOUND = 50
# Names are published in capitals; these stay so.
_CAPITALS = frozenset({"NHS", "ICB", "PCN", "CCG", "GP", "PMS", "APMS", "UK", "ICS"})
_SMALL = frozenset({"and", "of", "the", "in", "on", "at", "upon", "by", "for"})


@dataclass(frozen=True, slots=True)
class Organisation:
    """One practice or area. ``practices`` are codes; of a practice, its own and of those that merged into it. ``closed``: the month."""

    level: Level
    code: str
    name: str
    practices: tuple[str, ...]
    status: str | None = None
    closed: str | None = None

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return WORDS[self.level][0]


@dataclass(frozen=True)
class Directory:
    """All of them, by (level, code)."""

    organisations: dict[tuple[Level, str], Organisation]
    areas_of: dict[str, dict[Level, str]]  # by practice
    merged_into: dict[str, str]  # by practice that is now a part of another

    def get(self, level: str, code: str) -> Organisation | None:
        """One organisation, or None."""
        if level not in set(Level):
            return None
        code = code.upper()
        if level == Level.PRACTICE:
            code = self.merged_into.get(code, code)
        return self.organisations.get((Level(level), code))

    def open_practices(self, area: Organisation) -> int:
        """How many practices of an area are not closed."""
        return sum(each.status != "closed" for each in self.within(area, Level.PRACTICE))

    def of_level(self, level: Level) -> list[Organisation]:
        """All of a level, by name."""
        found = [each for each in self.organisations.values() if each.level is level]
        return sorted(found, key=lambda each: (each.name, each.code))

    def areas(self, organisation: Organisation) -> list[Organisation]:
        """The areas all its practices lie in, the smallest first; England last. An area is not in itself."""
        found = []
        for level in AREAS:
            codes = {self.areas_of.get(practice, {}).get(level) for practice in organisation.practices}
            code = codes.pop() if len(codes) == 1 else None
            if code is not None and (level, code) != (organisation.level, organisation.code):
                found.append(self.organisations[(level, code)])
        return [each for each in found if WIDTH[each.level] > WIDTH[organisation.level]]

    def within(self, area: Organisation, level: Level) -> list[Organisation]:
        """The organisations of a level that lie wholly in an area, by name."""
        inside = set(area.practices)
        if area.level is Level.ENGLAND:
            return self.of_level(level)
        return [each for each in self.of_level(level) if inside.issuperset(each.practices)]

    def find(self, text: str) -> list[Organisation]:
        """Those whose code begins with the text, or whose name holds every word of it; closed ones last."""
        wanted = _plain(text).split()
        if not wanted:
            return []
        code = "".join(wanted).upper()
        if code in self.merged_into:
            return [self.organisations[(Level.PRACTICE, self.merged_into[code])]]
        found = [
            each
            for each in self.organisations.values()
            if each.code.startswith(code) or all(word in _plain(each.name) for word in wanted)
        ]
        rank = list(Level)
        found.sort(
            key=lambda each: (each.code != code, each.status == "closed", rank.index(each.level), each.name)
        )
        return found[: MOST_FOUND + 1]


WIDTH = {level: width for width, level in enumerate(Level)}


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9 ]+", "", text.lower().replace("-", " ")).strip()


def table_of(snapshot: Snapshot, con: BaseBackend) -> pa.Table:
    """``ROWS`` of the lake. PCNs are left out where no list of organisations holds them."""
    status = _status(snapshot, con)
    rows = []
    for level in Level:
        try:
            found = con.to_pyarrow(areas.members(snapshot, con, level)).to_pylist()
        except StepwellError:
            if level is not Level.PCN:
                raise
            continue
        for row in found:
            said = status.get(row["organisation"], (None, None)) if level is Level.PRACTICE else (None, None)
            rows.append(
                {
                    "level": level.value,
                    "practice": row["practice"],
                    "organisation": row["organisation"],
                    "name": row["name"],
                    "status": said[0],
                    "closed": said[1],
                }
            )
    return pa.Table.from_pylist(rows, ROWS)


def _status(snapshot: Snapshot, con: BaseBackend) -> dict[str, tuple[str | None, str | None]]:
    """Of each code: open or closed, and the month it closed."""
    listed = areas.organisations(snapshot, con, "organisations")
    if listed is None:
        return {}
    rows = con.to_pyarrow(listed.select("code", "status", "closed")).to_pylist()
    return {row["code"]: (row["status"], f"{row['closed']:%Y-%m}" if row["closed"] else None) for row in rows}


_last: dict[str, tuple[str, Directory]] = {}


def read(where: str, state: str, table: pa.Table) -> Directory:
    """The directory of a table; the last one read is kept in memory."""
    held = _last.get(where)
    if held is None or held[0] != state:
        held = (state, _directory(table))
        _last[where] = held
    return held[1]


def _directory(table: pa.Table) -> Directory:
    practices: dict[tuple[Level, str], list[str]] = {}
    named: dict[tuple[Level, str], tuple[str, str | None, str | None]] = {}
    areas_of: dict[str, dict[Level, str]] = {}
    merged_into: dict[str, str] = {}
    for row in table.to_pylist():
        key = (Level(row["level"]), row["organisation"])
        practices.setdefault(key, []).append(row["practice"])
        named.setdefault(key, (shown(row["name"] or row["organisation"]), row["status"], row["closed"]))
        areas_of.setdefault(row["practice"], {})[key[0]] = row["organisation"]
        if key[0] is Level.PRACTICE and row["practice"] != row["organisation"]:
            merged_into[row["practice"]] = row["organisation"]
    made = {}
    for (level, code), inside in practices.items():
        name, status, closed = named[(level, code)]
        made[(level, code)] = Organisation(level, code, name, tuple(sorted(inside)), status, closed)
    return Directory(made, areas_of, merged_into)


@lru_cache(maxsize=20_000)
def shown(name: str) -> str:
    """A name published in capitals, as people write it: "ALDER ROAD SURGERY" is Alder Road Surgery."""
    if name != name.upper():
        return name
    return " ".join(_cased(word, first=place == 0) for place, word in enumerate(name.split()))


def _cased(word: str, *, first: bool) -> str:
    if word.strip("(),.-") in _CAPITALS or any(letter.isdigit() for letter in word):
        return word
    low = word.lower()
    if low in _SMALL and not first:
        return low
    return re.sub(r"(?<![a-z'])[a-z]", lambda found: found[0].upper(), low)


def england(directory: Directory) -> Organisation:
    """The whole country."""
    return directory.organisations[(Level.ENGLAND, ENGLAND)]
