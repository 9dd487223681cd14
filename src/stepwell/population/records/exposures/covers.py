"""Days covered, with unused days carried forward. Decision 10, section 2.

The end of a cover depends on the end of the one before: e' = day + days + min(carry, max(0, e - day)). Each occasion is
thus a function of e, ``min(max(e + days, day + days), day + days + carry)``: a shift kept between two bounds. Such functions
compose into others of the same kind, so a whole line can be worked out by doubling: after step k each occasion holds the
composition of the 2^k occasions up to it, and log2(n) window passes replace a row-by-row recursion.
"""

from __future__ import annotations

import ibis
from ibis import _

from stepwell.knowledge.exposure import Rules


def with_days(occasions: ibis.Table, rules: Rules) -> ibis.Table:
    """``occasions`` with ``days``: known, else the line's median gap, else assumed."""
    unknown = occasions.filter(_.known_days.isnull()).select("line_id").distinct()
    in_order = ibis.window(group_by="line_id", order_by="day")
    gaps = occasions.semi_join(unknown.view(), "line_id").select(
        "line_id", gap=_.day - _.day.lag(1).over(in_order)
    )
    medians = (
        gaps.group_by("line_id")
        .agg(occasions_n=_.count(), middle=_.gap.median())
        .filter((_.occasions_n >= rules.median_gap_min_occasions) & (_.middle <= rules.median_gap_max_days))
        .select("line_id", median_gap=_.middle.floor().cast("int32"))
    )
    joined = occasions.left_join(medians.view(), "line_id")
    return joined.mutate(
        days=ibis.coalesce(_.known_days, _.median_gap, ibis.literal(rules.assumed_days)).cast("int32")
    ).select(*occasions.columns, "days")


def covers(occasions: ibis.Table, longest_line: int, rules: Rules) -> ibis.Table:
    """``occasions`` (with days) with cover ``start`` and ``end`` as day numbers.

    ``longest_line`` is the most occasions any line has: it sets the number of doubling steps.
    """
    at_once = _.day + _.days
    # Only what is composed goes through the steps, each of which sorts it: the rest of an occasion is joined again.
    table = occasions.select("line_id", "day", shift=_.days, low=at_once, high=at_once + rules.carry_days)
    reach = 1
    while reach < longest_line:
        table = _composed(table, reach)
        reach *= 2
    ends = table.select("line_id", "day", end=_.low)
    joined = occasions.join(ends, ["line_id", "day"]).select(*occasions.columns, "end")
    return joined.mutate(start=_.end - _.days)


def _composed(table: ibis.Table, reach: int) -> ibis.Table:
    """Each function composed with the one that ends ``reach`` occasions earlier, where the line goes back that far."""
    earlier = ibis.window(group_by="line_id", order_by="day")
    table = table.mutate(
        shift_before=_.shift.lag(reach).over(earlier),
        low_before=_.low.lag(reach).over(earlier),
        high_before=_.high.lag(reach).over(earlier),
    )
    there = _.shift_before.notnull()
    return table.mutate(
        low=ibis.ifelse(there, _between(_.low_before + _.shift, _.low, _.high), _.low),
        high=ibis.ifelse(there, _between(_.high_before + _.shift, _.low, _.high), _.high),
        shift=ibis.ifelse(there, _.shift_before + _.shift, _.shift),
    ).drop("shift_before", "low_before", "high_before")


def _between(value: ibis.Value, low: ibis.Value, high: ibis.Value) -> ibis.Value:
    return ibis.least(ibis.greatest(value, low), high)
