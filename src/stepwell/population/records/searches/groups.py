"""Facts about a person's medicines of one group: one row per (practice, patient_key, group), worked out for all groups at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from operator import or_

import ibis
from ibis import _

from stepwell.knowledge.exposure import Rules
from stepwell.population.records.exposures import Exposures
from stepwell.population.records.exposures.pipeline import PERSON
from stepwell.population.records.searches import reckoned, undated
from stepwell.population.records.searches.vocabulary import GROUP_FACTS, GROUPS

# A row of this table. "group" alone is a word of the engine's own.
ROW = (*PERSON, "medicine_group")


def group_facts(
    tables: Mapping[str, ibis.Table],
    people: ibis.Table,
    missing: ibis.Table,
    exposures: Exposures,
    rules: Rules,
) -> ibis.Table:
    """``ROW`` and a column for each of ``GROUP_FACTS``, for every group a person has any medicine of.

    ``people``: ``PERSON``, ``registered_from`` and ``no_days``. ``missing``: see ``undated.bounded``.
    """
    issued = _issues(tables, exposures, rules)
    not_dated = undated.of_groups(in_groups(missing), exposures, rules)
    keys = issued.select(*ROW).union(not_dated.select(*ROW), distinct=True)
    table = keys.join(people.select(*PERSON, "registered_from", "no_days"), PERSON)
    for part in (issued, not_dated, _eras(exposures, rules), _lines(exposures)):
        table = table.left_join(part.view(), ROW).select(*table.columns, *part.drop(*ROW).columns)
    as_of = exposures.as_of
    table = table.mutate(
        registered_before=_.era_start.delta(_.registered_from, unit="day").cast("int32"),
        **reckoned.may_differ(table, as_of, rules),
        undated_eras=undated.may_change_eras(table, as_of, rules),
        undated_before=undated.may_be_before(table, rules),
    )
    return table.select(*ROW, *GROUP_FACTS)


def in_groups(table: ibis.Table) -> ibis.Table:
    """Rows with the classes of a line as columns, once for each group they are of."""
    parts = [
        table.filter(reduce(or_, (table[name] for name in classes))).mutate(
            medicine_group=ibis.literal(group)
        )
        for group, classes in GROUPS.items()
    ]
    return ibis.union(*parts, distinct=False)


def _group_of_class() -> ibis.Deferred:
    cases = [(_.medicine_class.isin(classes), group) for group, classes in GROUPS.items()]
    return ibis.cases(*cases)


def _eras(exposures: Exposures, rules: Rules) -> ibis.Table:
    as_of = ibis.date(exposures.as_of)
    found = exposures.eras.mutate(medicine_group=_group_of_class())
    in_order = ibis.window(group_by=[*PERSON, "medicine_class"], order_by="start")
    found = found.mutate(
        length=_.end.delta(_.start, unit="day"),
        ago=as_of.delta(found.end, unit="day"),
        gap_before=_.start.delta(_.end.lag().over(in_order), unit="day"),
        start_before=_.start.lag().over(in_order),
    )
    # Eras that only longer supplies part are one run of them: what came before the era before counts too.
    parted = (_.gap_before > rules.gap_days + rules.assumed_days).fill_null(True)
    up_to_it = ibis.cumulative_window(group_by=[*PERSON, "medicine_class"], order_by="start")
    found = found.mutate(run=parted.cast("int32").sum().over(up_to_it))
    same_run = ibis.window(group_by=[*PERSON, "medicine_class", "run"])
    found = found.mutate(start_before=ibis.least(_.start_before, _.start.min().over(same_run)))
    # The open era with most days; the closed one that ended last. Ties have the same figures or are broken by start.
    pick = ibis.window(group_by=list(ROW), order_by=[_.is_open.desc(), _.days.desc(), _.start])
    latest = ibis.window(group_by=list(ROW), order_by=[_.end.desc(), _.start])
    ranked = found.mutate(
        rank=ibis.row_number().over(pick),
        late=ibis.row_number().over(latest),
        any_open=_.is_open.any().over(ibis.window(group_by=list(ROW))),
    )
    first = (_.rank == 0) & _.is_open
    shown = first | (~_.any_open & (_.late == 0))
    return ranked.group_by(*ROW).agg(
        open=_.is_open.any(),
        era_days=_.days.max(where=first),
        era_start=_.start.max(where=first),
        era_end=_.end.max(where=first),
        longest_gap=_.longest_gap.max(where=first),
        eras=_.count(),
        closed_days=_.length.max(where=~_.any_open & (_.late == 0)),
        closed_ago=_.ago.max(where=~_.any_open & (_.late == 0)),
        # Of the open era of most days, else of the last: the gap before it, and where the run of eras before that began.
        gap_before=_.gap_before.max(where=shown),
        start_before=_.start_before.max(where=shown),
    )


def _lines(exposures: Exposures) -> ibis.Table:
    current = in_groups(exposures.current)
    return current.group_by(*ROW).agg(elsewhere=(~_.own).any(), unclear=_.unclear.any())


def _issues(tables: Mapping[str, ibis.Table], exposures: Exposures, rules: Rules) -> ibis.Table:
    lines = in_groups(tables["lines"].distinct(on="line", keep="first")).select("line", "medicine_group")
    issues = tables["medicine_issues"].filter(_.issue_date <= exposures.as_of)
    issues = issues.select(*PERSON, "line", "issue_date", "own").join(lines, "line")
    starts = exposures.eras.filter(_.is_open).mutate(medicine_group=_group_of_class())
    starts = starts.group_by(*ROW).agg(began=_.start.min())
    joined = issues.left_join(starts, ROW).select(*ROW, "issue_date", "own", "began")
    before = _.began.delta(_.issue_date, unit="day").between(1, rules.window_days)
    since = exposures.as_of - timedelta(days=rules.window_days)
    return joined.group_by(*ROW).agg(
        seen_before=before.fill_null(False).any(),
        issued_in_window=((_.issue_date > since) & _.own).any(),
    )
