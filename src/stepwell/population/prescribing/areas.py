"""Which practices count, and which areas each lies in: as now, or as its own month's rows said then.

As now: by the list of organisations when one is loaded; where it says nothing of an area, by the newest month in which the practice (or the
sub-ICB location) has rows. So history is told in today's areas, and a merged ICB has a history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends import BaseBackend

from stepwell.base.clock import today
from stepwell.base.errors import StepwellError
from stepwell.population import engine
from stepwell.population.lake import PublicLoad, Snapshot
from stepwell.population.prescribing import tables

ENGLAND = "ENGLAND"
GP_PRACTICE = 4
_STEPS = 3  # from a practice up: sub-ICB location, ICB, region


class Level(StrEnum):
    """Whose figures."""

    PRACTICE = "practice"
    PCN = "pcn"
    SUB_ICB = "sub-icb"
    ICB = "icb"
    REGION = "region"
    ENGLAND = "england"


MEMBERS = pa.schema(
    [
        ("practice", pa.string()),
        ("month", pa.string()),  # null: the same in every month
        ("organisation", pa.string()),
        ("name", pa.string()),
    ]
)
_COLUMNS = {Level.SUB_ICB: "sub_icb", Level.ICB: "icb", Level.REGION: "region"}


def months_of(snapshot: Snapshot) -> tuple[PublicLoad, ...]:
    """The months the lake holds, oldest first."""
    return tuple(load for load in snapshot.manifest.public if load.dataset == "month")


def prescribers(snapshot: Snapshot, con: BaseBackend) -> ir.Table:
    """Every prescriber of every month: ``tables.PRACTICES`` and ``month``."""
    loads = months_of(snapshot)
    if not loads:
        raise StepwellError(
            "The lake holds no month of prescribing.",
            next_step="Import one: stepwell prescribing import FILE --lake DIR.",
        )
    paths = {load.period: snapshot.lake.load_directory(load.load_id) / "practices.parquet" for load in loads}
    return engine.parquet_by(con, paths, "month", tables.PRACTICES)


def organisations(snapshot: Snapshot, con: BaseBackend, table: str) -> ir.Table | None:
    """A table of the list of organisations in use, or None when none is loaded."""
    load = snapshot.manifest.current_public("organisations", "now")
    if load is None:
        return None
    path = snapshot.lake.load_directory(load.load_id) / f"{table}.parquet"
    return engine.parquet(con, [path], tables.DATASETS["organisations"][table])


def gp_practices(snapshot: Snapshot, con: BaseBackend) -> ir.Table:
    """Code and name of the prescribers that count as practices: setting 4; with no list, all that are identified."""
    seen = prescribers(snapshot, con)
    newest = (
        seen.filter(seen.identified)
        .group_by("practice")
        .aggregate(name=lambda t: t.name.argmax(t.month), month=lambda t: t.month.max())
        .select("practice", "name")
    )
    listed = organisations(snapshot, con, "organisations")
    if listed is None:
        return newest
    practices = listed.filter((listed.kind == "practice") & (listed.setting == GP_PRACTICE))
    return practices.select(practice=practices.code, name=practices.name).distinct(on="practice")


def members(snapshot: Snapshot, con: BaseBackend, level: Level, *, then: bool = False) -> ir.Table:
    """Which practice belongs to which organisation of a level: ``MEMBERS``. Practices that do not count are not in it."""
    practices = gp_practices(snapshot, con)
    everywhere = ibis.null("string")
    if level is Level.ENGLAND:
        return practices.select(
            "practice", month=everywhere, organisation=ibis.literal(ENGLAND), name=ibis.literal("England")
        )
    if level is Level.PRACTICE:
        alone = practices.select("practice", month=everywhere, organisation="practice", name="name")
        return alone if then else _with_heirs(snapshot, con, practices, alone)
    if then:
        return _as_then(snapshot, con, level, practices)
    return _as_now(snapshot, con, level, practices)


def _with_heirs(snapshot: Snapshot, con: BaseBackend, practices: ir.Table, alone: ir.Table) -> ir.Table:
    """A practice that merged into another counts with it, in every month: the history of the one is the sum of both."""
    successions = organisations(snapshot, con, "successions")
    if successions is None:
        return alone
    heirs = _heirs(con.to_pyarrow(successions.filter(successions.successor.notnull())).to_pylist())
    if not heirs:
        return alone
    # A few thousand rows, told apart here: joined with themselves they would be of two kinds to the engine.
    names = {row["practice"]: row["name"] for row in con.to_pyarrow(practices).to_pylist()}
    rows = []
    for practice in names:
        heir = heirs.get(practice, practice)
        # Where the heir is no practice that counts (a hospital, an area), each stays by itself.
        organisation = heir if heir in names else practice
        rows.append(
            {"practice": practice, "month": None, "organisation": organisation, "name": names[organisation]}
        )
    return ibis.memtable(pa.Table.from_pylist(rows, MEMBERS))


def _heirs(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The last successor of each; one with several successors was split and has none."""
    following: dict[str, set[str]] = {}
    for row in rows:
        following.setdefault(row["code"], set()).add(row["successor"])
    single = {code: next(iter(after)) for code, after in following.items() if len(after) == 1}
    found = {}
    for code in single:
        seen, last = {code}, single[code]
        while last in single and last not in seen:
            seen.add(last)
            last = single[last]
        if last not in seen:  # a circle leads nowhere
            found[code] = last
    return found


def _as_then(snapshot: Snapshot, con: BaseBackend, level: Level, practices: ir.Table) -> ir.Table:
    if level is Level.PCN:
        raise StepwellError(
            "Prescribing data does not say which PCN a practice was in at the time.",
            next_step="Ask for PCNs as now, with a list of organisations loaded.",
        )
    column = _COLUMNS[level]
    seen = prescribers(snapshot, con).semi_join(practices, "practice")
    seen = seen.filter(seen[column].notnull() & (seen[column] != ""))
    return seen.select("practice", "month", organisation=seen[column], name=seen[f"{column}_name"])


def _as_now(snapshot: Snapshot, con: BaseBackend, level: Level, practices: ir.Table) -> ir.Table:
    listed = _listed_parents(snapshot, con, practices, level)
    if level is Level.PCN:
        if listed is None:
            raise StepwellError(
                "Which practices make up a PCN is not known: prescribing data does not say.",
                next_step="Import a list of organisations with PCNs: stepwell prescribing import FILE.json --lake DIR.",
            )
        return listed
    column = _COLUMNS[level]
    every = prescribers(snapshot, con).semi_join(practices, "practice")
    seen = every.filter(every[column].notnull() & (every[column] != ""))
    newest = _newest(every, seen, column)
    if listed is not None:
        joined = practices.select("practice").left_join(listed, "practice").left_join(newest, "practice")
        newest = joined.select(
            "practice", organisation=ibis.coalesce(joined.organisation, joined.organisation_right)
        )
    names = seen.group_by(organisation=seen[column]).aggregate(
        name=lambda t: t[f"{column}_name"].argmax(t.month)
    )
    known = newest.filter(newest.organisation.notnull()).left_join(names, "organisation")
    return known.select("practice", month=ibis.null("string"), organisation="organisation", name="name")


def _newest(every: ir.Table, seen: ir.Table, column: str) -> ir.Table:
    """Practice and its area by the newest rows: of its newest sub-ICB location, so that a practice that closed before an ICB merged has moved with it."""
    of_practice = seen.group_by("practice").aggregate(own=lambda t: t[column].argmax(t.month))
    if column == "sub_icb":
        return of_practice.rename(organisation="own")
    placed = every.filter(every.sub_icb.notnull() & (every.sub_icb != ""))
    located = placed.group_by("practice").aggregate(location=lambda t: t.sub_icb.argmax(t.month))
    of_location = (
        seen.filter(seen.sub_icb.notnull())
        .group_by(location=seen.sub_icb)
        .aggregate(organisation=lambda t: t[column].argmax(t.month))
    )
    joined = of_practice.left_join(located, "practice").left_join(of_location, "location")
    return joined.select("practice", organisation=ibis.coalesce(joined.organisation, joined.own))


def _listed_parents(
    snapshot: Snapshot, con: BaseBackend, practices: ir.Table, level: Level
) -> ir.Table | None:
    """By the list of organisations: the open relation of a practice to an area of this level, directly or through others."""
    relations, listed = (
        organisations(snapshot, con, "relations"),
        organisations(snapshot, con, "organisations"),
    )
    if relations is None or listed is None:
        return None
    day = ibis.literal(today())
    begun = relations["from"].isnull() | (relations["from"] <= day)
    open_ = relations.filter(begun & (relations["to"].isnull() | (relations["to"] >= day)))
    since = open_["from"].fill_null(ibis.date("1900-01-01"))
    latest = (
        open_.mutate(since=since)
        .group_by("code", "parent_kind")
        .aggregate(parent=lambda t: t.parent.argmax(t.since))
    )
    step = latest.select(below="code", kind="parent_kind", organisation="parent")
    reached = [practices.select("practice", organisation="practice", kind=ibis.literal(Level.PRACTICE.value))]
    for _ in range(_STEPS):
        last = reached[-1].select("practice", child="organisation")
        up = last.join(step, last.child == step.below)
        reached.append(up.select("practice", "organisation", "kind"))
    every = ibis.union(*reached[1:])
    here = every.filter(every.kind == level.value).distinct(on="practice")
    named = here.left_join(listed.distinct(on="code"), here.organisation == listed.code)
    return named.select("practice", month=ibis.null("string"), organisation="organisation", name="name")
