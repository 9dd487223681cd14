"""A search: its definition read from YAML and refused when it is not sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from stepwell.base.errors import StepwellError
from stepwell.population.records.searches import rules
from stepwell.population.records.searches.vocabulary import FACTS, GROUPS

_KEYS = {"id", "version", "title", "plain", "about", "source", "status", "review", "base", "out", "check"}
_PACKAGE = "stepwell.population.records.searches.definitions"


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that puts a person out or asks for a check, with the sentence a reader is shown.

    ``counts`` names the facts that hold how many issues were made and how many are dated, where the reason rests on them.
    """

    id: str
    when: rules.Node
    reason: str
    source: str
    status: str
    counts: tuple[str, str] | None = None

    def said_of(self, known: Mapping[str, object]) -> str:
        """The sentence about one person, with the numbers it rests on where they are known."""
        made, dated = (known.get(name) for name in self.counts or ("", ""))
        return self.reason if made is None else f"{self.reason} {made} issues made, {dated} dated."


@dataclass(frozen=True, slots=True)
class Search:
    """``about`` names the groups of ``vocabulary.GROUPS`` the search speaks of; the first gives the era figures shown."""

    id: str
    version: int
    title: str
    plain: str
    about: tuple[str, ...]
    source: str
    status: str
    base: rules.Node
    out: tuple[Reason, ...]
    check: tuple[Reason, ...]


@cache
def all_searches() -> dict[str, Search]:
    """Every search by id, in alphabetical order. Raises ``StepwellError`` if a definition is not sound."""
    folder = resources.files(_PACKAGE)
    common = yaml.safe_load((folder / "common.yaml").read_text(encoding="utf-8"))
    found = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml") and file.name != "common.yaml":
            search = read(yaml.safe_load(file.read_text(encoding="utf-8")), common, file.name)
            found[search.id] = search
    return found


def search(search_id: str) -> Search:
    """The search of that id. Raises ``StepwellError`` naming those there are."""
    known = all_searches()
    if search_id not in known:
        raise StepwellError(f"There is no search {search_id!r}.", next_step=f"There are: {', '.join(known)}.")
    return known[search_id]


def read(raw: dict[str, object], common: dict[str, object], where: str) -> Search:
    """A search from its YAML and the rules searches share."""
    missing, extra = _KEYS - raw.keys(), raw.keys() - _KEYS - {"own_checks"}
    if missing or extra:
        raise StepwellError(f"{where}: missing {sorted(missing)}, not known {sorted(extra)}.")
    about = tuple(_list(raw["about"]))
    if not about or set(about) - GROUPS.keys():
        raise StepwellError(f"{where}: about must name some of {sorted(GROUPS)}.")
    base = rules.read(raw["base"], f"{where} base")
    _refuse_everyone(base, where)
    shared_out, shared_check = _mapping(common["out"]), _mapping(common["check"])
    own = _mapping(raw.get("own_checks", {}))
    check = [_reason(i, shared_check[i], where, asks=True) for i in _known(raw["check"], shared_check, where)]
    return Search(
        id=str(raw["id"]),
        version=int(str(raw["version"])),
        title=str(raw["title"]),
        plain=str(raw["plain"]).strip(),
        about=about,
        source=str(raw["source"]),
        status=str(raw["status"]),
        base=base,
        out=tuple(_reason(i, shared_out[i], where) for i in _known(raw["out"], shared_out, where)),
        check=(*check, *(_reason(i, body, where, asks=True) for i, body in own.items())),
    )


def _refuse_everyone(base: rules.Node, where: str) -> None:
    # A person about whom nothing is known must not be found: else everyone missing from a table would be.
    if rules.holds(base, {}):
        raise StepwellError(f"{where}: the base would include a person about whom nothing is known.")


def _known(ids: object, shared: dict[str, object], where: str) -> list[str]:
    wanted = _list(ids)
    if unknown := [i for i in wanted if i not in shared]:
        raise StepwellError(f"{where}: no shared rule is named {', '.join(unknown)}.")
    return wanted


def _reason(reason_id: str, body: object, where: str, *, asks: bool = False) -> Reason:
    fields = _mapping(body)
    if missing := {"when", "reason", "source", "status"} - fields.keys():
        raise StepwellError(f"{where}: rule {reason_id} lacks {sorted(missing)}.")
    return Reason(
        id=reason_id,
        when=rules.read(fields["when"], f"{where} {reason_id}", unknown_asks=asks),
        reason=str(fields["reason"]),
        source=str(fields["source"]),
        status=str(fields["status"]),
        counts=_counts(fields, where),
    )


def _counts(fields: dict[str, object], where: str) -> tuple[str, str] | None:
    if "counts" not in fields:
        return None
    named = _mapping(fields["counts"])
    found = (str(named.get("made")), str(named.get("dated")))
    if unknown := [name for name in found if name not in FACTS]:
        raise StepwellError(f"{where}: no fact is named {', '.join(unknown)}.")
    return found


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _mapping(value: object) -> dict[str, object]:
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else {}
