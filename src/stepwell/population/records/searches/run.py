"""Running a search over the lake: three outcomes, each with its reasons, and the counts that add up."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache, reduce
from operator import or_

import ibis
import pyarrow as pa
from ibis import _

from stepwell.knowledge.equivalence import threshold
from stepwell.knowledge.exposure import Rules, current
from stepwell.population.engine import kept
from stepwell.population.records.exposures import Exposures
from stepwell.population.records.exposures import derive as derive_exposures
from stepwell.population.records.exposures.pipeline import PERSON
from stepwell.population.records.searches import rules as tree
from stepwell.population.records.searches.facts import facts
from stepwell.population.records.searches.model import Reason, Search
from stepwell.population.records.searches.vocabulary import FACTS, GROUPS, column

OUTCOMES = ("in", "check", "out")

_OF_LINE = ("name", "substance", "basis", "own", "shown", "is_patch")
_CLASSES_OF_LINE = ("opioid", "tramadol", "strong_opioid", "gabapentinoid", "benzodiazepine", "z_drug")


# The facts a candidate shows; the others are only asked by rules, and made into Python one person at a time.
_SHOWN = frozenset(
    {"ome.low", "ome.high", "ome.at_least", "person.years", "person.registered"}
    | {
        f"{group}.{name}"
        for group in GROUPS
        for name in ("open", "eras", "era_start", "era_days", "closed_days", "longest_gap", "unclear")
    }
)
_UNSHOWN = frozenset(column(name) for name in FACTS if name not in _SHOWN)


@dataclass(frozen=True, slots=True)
class Options:
    """Narrowing of a result. ``medicine_class`` keeps people with a current line of that class or substance.

    ``sample`` people are drawn at random from those in, in an order fixed by ``seed``: the same seed, the same people.
    """

    medicine_class: str | None = None
    minimum_ome: float | None = None
    age_from: int | None = None
    age_to: int | None = None
    sample: int | None = None
    seed: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A lake seen from one date: everything searches share, worked out once."""

    as_of: date
    rules: Rules
    exposures: Exposures
    facts: ibis.Table


@dataclass(frozen=True, slots=True)
class Counts:
    """The flow of a search, in people. ``registered`` is the denominator; ``base`` = in + check + out.

    ``registered_base``: those of ``base`` who are registered. A rate of registered people counts no others.
    """

    registered: int
    issued_in_window: int
    base: int
    registered_base: int
    outcomes: dict[str, int]
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person of a result. OME is mg a day, None where unknown (never zero for unknown)."""

    practice: str
    patient_key: str
    outcome: str
    reasons: tuple[str, ...]
    basis: str
    daily_ome_min: float | None
    daily_ome_max: float | None
    ome_at_least: bool
    eras: int
    era_start: date | None
    era_days: int | None
    longest_gap: int | None
    age: int | None
    sex: str | None
    medicines: tuple[str, ...]
    flags: tuple[str, ...]
    groups: tuple[str, ...]  # classes and substances of the current lines
    no_nhs_number: bool
    registered: bool  # and alive, at the date; False too where it is not known


@dataclass(frozen=True, slots=True)
class Result:
    """What a search found at ``as_of``, with what is needed to run it again."""

    search: Search
    as_of: date
    options: Options
    rules_id: str
    candidates: tuple[Candidate, ...]
    counts: Counts
    facts_by_person: Mapping[tuple[str, str], Mapping[str, object]] = field(repr=False, default_factory=dict)


def prepare(tables: Mapping[str, ibis.Table], as_of: date, con: ibis.BaseBackend) -> Prepared:
    """Exposures and facts at ``as_of``. ``tables``: canonical and derived tables of the loads to search."""
    rules = current()
    exposures = derive_exposures(tables["medicine_issues"], tables["lines"], as_of, rules, con)
    return Prepared(as_of, rules, exposures, kept(con, facts(tables, exposures, rules, con)))


def run(search: Search, prepared: Prepared, options: Options | None = None) -> Result:
    """The people of a search with outcome and reasons, ordered by practice, outcome and key."""
    options = options or Options()
    found = _decided(search, prepared.facts).filter(_.base_holds)
    lines = _lines(prepared.exposures, search.about)
    table = found.left_join(lines, PERSON).drop("practice_right", "patient_key_right")
    answer = table.to_pyarrow()
    rows = answer.select([name for name in answer.column_names if name not in _UNSHOWN]).to_pylist()
    candidates = sorted(
        (_candidate(search, row) for row in rows),
        key=lambda c: (c.practice, OUTCOMES.index(c.outcome), c.patient_key),
    )
    kept = _sampled(_narrowed(candidates, options), options)
    return Result(
        search=search,
        as_of=prepared.as_of,
        options=options,
        rules_id=prepared.rules.id,
        candidates=tuple(kept),
        counts=_counts(search, prepared, kept),
        facts_by_person=_FactsByPerson(answer, rows),
    )


def _decided(search: Search, table: ibis.Table) -> ibis.Table:
    """Facts with ``base_holds`` and a boolean for every reason (``out__id``, ``check__id``)."""
    reasons = {f"out__{r.id}": tree.compiled(r.when, table) for r in search.out}
    reasons |= {f"check__{r.id}": tree.compiled(r.when, table) for r in search.check}
    return table.mutate(base_holds=tree.compiled(search.base, table), **reasons)


def _lines(exposures: Exposures, about: tuple[str, ...]) -> ibis.Table:
    """The current lines of each person, as a list; put in order in Python, not by the engine."""
    table = exposures.current
    wanted = tuple(name for group in about for name in GROUPS[group])
    shown = table[wanted[0]]
    for name in wanted[1:]:
        shown = shown | table[name]
    table = table.mutate(shown=shown | table.opioid)
    one = ibis.struct({name: table[name] for name in (*_OF_LINE, *_CLASSES_OF_LINE)})
    return table.group_by(*PERSON).agg(current_lines=one.collect())


def _candidate(search: Search, row: Mapping[str, object]) -> Candidate:
    outcome, reasons = _outcome(search, row)
    lines = _in_order(row.get("current_lines"))
    shown = [line for line in lines if line["shown"]]
    group = _group_shown(search, row)
    return Candidate(
        practice=str(row["practice"]),
        patient_key=str(row["patient_key"]),
        outcome=outcome,
        reasons=reasons,
        basis="|".join(sorted({str(line["basis"]) for line in shown})),
        daily_ome_min=_float(row["ome__low"]),
        daily_ome_max=_float(row["ome__high"]),
        ome_at_least=bool(row["ome__at_least"]),
        eras=_int(row[column(f"{group}.eras")]) or 0,
        era_start=_date(row[column(f"{group}.era_start")]),
        era_days=_first_known(row, f"{group}.era_days", f"{group}.closed_days"),
        longest_gap=_int(row[column(f"{group}.longest_gap")]),
        age=_int(row["person__years"]),
        sex=str(row["sex"]) if row["sex"] else None,
        medicines=tuple(str(line["name"]) for line in lines),
        flags=_flags(row, lines),
        groups=_groups(lines),
        no_nhs_number=bool(row["no_nhs_number"]),
        registered=bool(row["person__registered"]),
    )


def _group_shown(search: Search, row: Mapping[str, object]) -> str:
    """The group whose era figures are shown: the first the search is about that meets it, else the first."""
    about = [g for g in search.about if g != "sedative"] or list(search.about)
    if search.id == "stopped":
        closed = [g for g in about if row[column(f"{g}.closed_days")] is not None]
        return closed[0] if closed else about[0]
    open_now = [g for g in about if row[column(f"{g}.open")]]
    return open_now[0] if open_now else about[0]


def _outcome(search: Search, row: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    out = tuple(r.id for r in search.out if row[f"out__{r.id}"])
    check = tuple(r.id for r in search.check if row[f"check__{r.id}"])
    if out:
        return "out", out
    return ("check", check) if check else ("in", ("meets_definition",))


def _in_order(lines: object) -> list[Mapping[str, object]]:
    found = [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    return sorted(found, key=lambda line: (not line["opioid"], str(line["name"]), not line["own"]))


def _groups(lines: list[Mapping[str, object]]) -> tuple[str, ...]:
    classes = {name for line in lines for name in _CLASSES_OF_LINE if line[name]}
    return tuple(sorted(classes | {str(line["substance"]) for line in lines}))


@lru_cache(maxsize=4096)  # the same few doses come again and again
def _reaches_line(ome: float | None, threshold_id: str) -> bool:
    return ome is not None and threshold(threshold_id).reached_by(Decimal(str(ome)))


def _flags(row: Mapping[str, object], lines: list[Mapping[str, object]]) -> tuple[str, ...]:
    high = _float(row["ome__high"])
    opioids = {line["substance"] for line in lines if line["opioid"]}
    found = {
        "ome_120": _reaches_line(high, "legacy_120"),
        "ome_90": _reaches_line(high, "high_90") and not _reaches_line(high, "legacy_120"),
        "benzodiazepine": any(line["benzodiazepine"] or line["z_drug"] for line in lines),
        "gabapentinoid": any(line["gabapentinoid"] for line in lines),
        "two_opioids": len(opioids) > 1,
        "tramadol": any(line["tramadol"] for line in lines),
        "patch": any(line["is_patch"] for line in lines),
        "elsewhere": any(not line["own"] for line in lines),
        "age_75": (_int(row["person__years"]) or 0) >= 75,
        "dose_unclear": any(
            bool(row[f"{group}__unclear"]) for group in ("opioid", "gabapentinoid", "sedative")
        ),
        "no_nhs_number": bool(row["no_nhs_number"]),
    }
    return tuple(name for name, holds in found.items() if holds)


def _narrowed(candidates: list[Candidate], options: Options) -> list[Candidate]:
    def keeps(c: Candidate) -> bool:
        return (
            (options.medicine_class is None or options.medicine_class in c.groups)
            and _reaches(c, options.minimum_ome)
            and (options.age_from is None or c.age is None or c.age >= options.age_from)
            and (options.age_to is None or c.age is None or c.age <= options.age_to)
        )

    return [c for c in candidates if keeps(c)]


def _reaches(c: Candidate, minimum: float | None) -> bool:
    """Whether an OME reaches a minimum, or may: what is not known, or only a lower bound, is never below it."""
    return minimum is None or c.daily_ome_max is None or c.ome_at_least or c.daily_ome_max >= minimum


def _sampled(candidates: list[Candidate], options: Options) -> list[Candidate]:
    if options.sample is None:
        return candidates
    seed = (options.seed or "").encode()

    def drawn(c: Candidate) -> bytes:
        return hmac.new(seed, f"{c.practice}\x1f{c.patient_key}".encode(), hashlib.sha256).digest()

    pool = sorted((c for c in candidates if c.outcome == "in"), key=drawn)
    return sorted(pool[: options.sample], key=lambda c: (c.practice, c.patient_key))


def _counts(search: Search, prepared: Prepared, kept: list[Candidate]) -> Counts:
    table = prepared.facts
    # Any medicine the search is about, or a step could show fewer people than the next.
    issued = reduce(or_, (table[column(f"{group}.issued_in_window")] for group in search.about))
    totals = table.agg(
        registered=table.person__registered.sum(),
        issued=(issued & table.person__registered).sum(),
    ).to_pyarrow()
    row = totals.to_pylist()[0]
    return Counts(
        registered=row["registered"] or 0,
        issued_in_window=row["issued"] or 0,
        base=len(kept),
        registered_base=sum(c.registered for c in kept),
        outcomes={o: sum(c.outcome == o for c in kept) for o in OUTCOMES},
        reasons=_reason_counts(search, kept),
    )


def _reason_counts(search: Search, kept: list[Candidate]) -> dict[str, int]:
    found = Counter(name for candidate in kept for name in candidate.reasons)
    return {r.id: found[r.id] for r in (*search.out, *search.check) if found[r.id]}


def reason(search: Search, reason_id: str) -> Reason | None:
    """The rule behind a reason id; None for ``meets_definition``."""
    return next((r for r in (*search.out, *search.check) if r.id == reason_id), None)


class _FactsByPerson(Mapping[tuple[str, str], Mapping[str, object]]):
    """The facts of people by (practice, patient_key), made when asked for: most searches are asked about few people."""

    def __init__(self, answer: pa.Table, rows: list[dict[str, object]]) -> None:
        self._answer = answer.select([column(name) for name in FACTS])
        self._at = {(str(row["practice"]), str(row["patient_key"])): i for i, row in enumerate(rows)}

    def __getitem__(self, person: tuple[str, str]) -> Mapping[str, object]:
        (row,) = self._answer.slice(self._at[person], 1).to_pylist()
        return {name: row[column(name)] for name in FACTS}

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


def _first_known(row: Mapping[str, object], *names: str) -> int | None:
    return next((n for name in names if (n := _int(row[column(name)])) is not None), None)


def _float(value: object) -> float | None:
    if value is None or isinstance(value, float):
        return value
    return float(str(value))


def _int(value: object) -> int | None:
    if value is None or isinstance(value, int):
        return value
    return int(str(value))


def _date(value: object) -> date | None:
    return value if isinstance(value, date) else None
