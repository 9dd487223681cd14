"""What issues without a date could change: whether a medicine is taken now, how long it was, when it ended. Decision 10, section 6.

Nothing is dated here. Of each person and group it is asked whether the missing issues, made at any time they can have been
made, could turn an answer; where they cannot, the dated issues stand.
"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
from ibis import _

from stepwell.knowledge.exposure import Rules
from stepwell.population.records.exposures import Exposures
from stepwell.population.records.exposures.pipeline import PERSON

# A current line with one of these does not ask how often it was issued.
_DOSE_OF_THE_ISSUE = ("instruction", "patch_default")


def bounded(undated_issues: ibis.Table, lines: ibis.Table, as_of: date, rules: Rules) -> ibis.Table:
    """``undated_issues`` that can have been made by ``as_of``, with their line's classes.

    Adds ``latest`` no later than ``as_of``, and ``reach``: the last day they can have covered.
    """
    now = ibis.date(as_of)
    started = undated_issues.filter(_.earliest.isnull() | (_.earliest <= as_of))
    known = lines.distinct(on="line", keep="first").drop("name", "substance", "release", "unit")
    joined = started.join(known.view(), "line")
    joined = joined.mutate(latest=ibis.least(_.latest.fill_null(now), now))
    # What was issued may last as long as the line's issues do, or as the longest gap that is still regular use.
    days = _.days.fill_null(rules.median_gap_max_days) + rules.carry_days
    return joined.mutate(reach=_.latest + days.as_interval("D"))


def of_groups(found: ibis.Table, exposures: Exposures, rules: Rules) -> ibis.Table:
    """One row per person and ``medicine_group`` of ``found``: ``bounded``, with each row once for each group its line is of.

    ``undated_now``: a medicine may be taken now, or more of it than its dated issues show. ``issues_made`` and ``issues_dated``: of the
    templates that say how many were made. ``span_start`` (NULL: not known), ``span_latest``, ``span_reach``: when all of them were.
    """
    settled = exposures.current.filter(_.basis.isin(_DOSE_OF_THE_ISSUE)).select(*PERSON, "line", "own")
    settled = settled.distinct().mutate(is_settled=True)
    joined = found.left_join(settled.view(), [*PERSON, "line", "own"])
    joined = joined.select(*[found[c] for c in found.columns], "is_settled")
    covered = _.reach + ibis.interval(days=rules.gap_days)
    elsewhere = ibis.greatest(covered, _.latest + ibis.interval(days=rules.elsewhere_days))
    now = (ibis.ifelse(_.own, covered, elsewhere) >= exposures.as_of) & _.is_settled.isnull()
    return joined.group_by(*PERSON, "medicine_group").agg(
        undated_now=now.any(),
        issues_made=_.made.sum().cast("int32"),
        issues_dated=_.dated.sum(where=_.made.notnull()).cast("int32"),
        span_start=ibis.ifelse(_.earliest.isnull().any(), ibis.null("date"), _.earliest.min()),
        span_latest=_.latest.max(),
        span_reach=_.reach.max(),
    )


def may_change_eras(table: ibis.Table, as_of: date, rules: Rules) -> ibis.Value:
    """Whether the span of undated issues could lengthen a short open era, or make a long one that ended lately."""
    start, days = table.era_start, table.era_days
    closed_days, closed_ago = table.closed_days, table.closed_ago
    reach, first = table.span_reach, table.span_start
    before_it = first.isnull() | (first < start)
    joins_it = reach + ibis.interval(days=rules.gap_days) >= start
    lengthens = (days < rules.long_term_days) & before_it & joins_it
    since = as_of - timedelta(days=rules.window_days)
    ended_long_ago_or_known = (closed_days >= rules.long_term_days) & (closed_ago < rules.window_days)
    ended = ibis.date(as_of) - closed_ago.as_interval("D")
    began = ended - closed_days.as_interval("D")
    whole_start = ibis.least(first, began)
    length = ibis.greatest(reach, ended).delta(whole_start, unit="day")
    long_enough = first.isnull() | (length >= rules.long_term_days)
    closes = (reach > since) & long_enough & ~ended_long_ago_or_known.fill_null(False)
    is_open = table.open.fill_null(False)
    return ibis.ifelse(is_open, lengthens, closes).fill_null(False)


def may_be_before(table: ibis.Table, rules: Rules) -> ibis.Value:
    """Whether undated issues could have been made in the months before an open era in which newly started means none."""
    start, first = table.era_start, table.span_start
    early = first.isnull() | (first < start)
    late = table.span_latest >= start - ibis.interval(days=rules.window_days)
    return (early & late).fill_null(False)
