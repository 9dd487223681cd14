"""What is taken at as-of, how much, and on what basis. Decision 10, section 4."""

from __future__ import annotations

import ibis
from ibis import _

from stepwell.knowledge.exposure import Rules
from stepwell.population.records.derived_schema import STATE_RANK

_READ = STATE_RANK["read"]
_OPEN = STATE_RANK["open"]
_UNSURE = STATE_RANK["implausible"]  # this or worse: a clinician looks


def taken(covers: ibis.Table, lines: ibis.Table, runs: ibis.Table, as_of: int, rules: Rules) -> ibis.Table:
    """The last occasion of every line taken at ``as_of``, with its line's facts, ``run_start`` and ``lapsed``."""
    newest = covers.group_by("line_id").agg(day=_.day.max())
    last = (
        covers.semi_join(newest.view(), ["line_id", "day"])
        .join(runs.view(), "line_id")
        .join(lines, "line_no")
    )
    last = last.mutate(
        lapsed=_.end <= as_of,
        ended=(_.end_day.notnull() & (_.end_day >= _.day) & (_.end_day <= as_of)).fill_null(False),
    )
    until = _.end + rules.gap_days
    from_elsewhere = ibis.greatest(until, _.day + rules.elsewhere_days)
    # A repeat from elsewhere that was never said to end is taken still: nobody here would write it again.
    goes_on = (~_.own & (_.open_until > as_of)).fill_null(False)
    here = last.filter((ibis.ifelse(_.own, until, from_elsewhere) >= as_of) | goes_on).filter(
        ~(_.ended & _.lapsed)
    )
    return here.anti_join(_replaced(here, last).view(), "line_id")


def _replaced(here: ibis.Table, last: ibis.Table) -> ibis.Table:
    """Lines of ``here`` whose place another line of the same substance and release took."""
    others = last.filter(_.own).select(
        "person_no", "substance", "release", other_line="line", other_start="run_start"
    )
    pairs = here.filter(_.lapsed | _.ended).join(others.view(), ["person_no", "substance", "release"])
    another = (_.other_line != _.line) | ~_.own  # own and elsewhere are two lines, though the product is one
    return pairs.filter(another & (_.other_start > _.day)).select("line_id").distinct()


def dosed(lines_taken: ibis.Table, covers: ibis.Table, as_of: int, rules: Rules) -> ibis.Table:
    """``lines_taken`` with ``basis``, daily ``units_*`` and ``ome_*``, and ``unclear``."""
    no_strength = _.mg_per_unit.isnull() & ~_.is_patch
    by_text = (_.state == _READ) & ~no_strength
    asks = lines_taken.filter(~no_strength & ~_.is_patch & (_.state != _READ)).select(
        "line_id", last_day="day"
    )
    history = covers.join(asks.view(), "line_id")
    table = lines_taken.left_join(_rates(history, as_of, rules).view(), "line_id").drop("line_id_right")
    table = table.left_join(_earlier(history).view(), "line_id").drop("line_id_right")
    lone = ibis.ifelse(_.quantity > 0, _.quantity / rules.assumed_days, ibis.null("float64"))
    table = table.mutate(lone=ibis.ifelse(_.asked, lone, ibis.null("float64")))
    table = table.mutate(rate=ibis.coalesce(_.quantity_rate, _.lone))
    table = table.mutate(
        basis=ibis.cases(
            (no_strength, "none"),
            (by_text, "instruction"),
            (_.is_patch, "patch_default"),
            (_.quantity_rate.notnull(), "quantity"),
            (_.lone.notnull(), "quantity_28"),
            (_.earlier_units_max.notnull(), "earlier_instruction"),
            else_="none",
        )
    )
    lowest = ibis.ifelse(_.state == _OPEN, 0.0, _.rate)
    return table.mutate(
        units_min=_by_basis(_.units_min, 1.0, lowest, _.earlier_units_min),
        units_max=_by_basis(_.units_max, 1.0, _.rate, _.earlier_units_max),
        ome_min=_by_basis(_.ome_min, _.patch_ome, lowest * _.ome_per_unit, _.earlier_ome_min),
        ome_max=_by_basis(_.ome_max, _.patch_ome, _.rate * _.ome_per_unit, _.earlier_ome_max),
        unclear=_.basis.isin(["none", "patch_default"]) | (_.state >= _UNSURE),
    )


def _by_basis(text: object, patch: object, quantity: object, earlier: object) -> ibis.Value:
    """The value that goes with the basis of the row."""
    return ibis.cases(
        (_.basis == "instruction", text),
        (_.basis == "patch_default", patch),
        (_.basis.isin(["quantity", "quantity_28"]), quantity),
        (_.basis == "earlier_instruction", earlier),
        else_=ibis.null("float64"),
    ).cast("float64")


def _earlier(history: ibis.Table) -> ibis.Table:
    """The latest earlier occasion of each line whose instruction was read; ``asked`` marks every line asked about."""
    read = history.filter((_.state == _READ) & (_.day < _.last_day))
    newest = read.group_by("line_id").agg(day=_.day.max())
    found = read.semi_join(newest.view(), ["line_id", "day"]).select(
        "line_id", **{f"earlier_{n}": read[n] for n in ("units_min", "units_max", "ome_min", "ome_max")}
    )
    asked = history.select("line_id").distinct().mutate(asked=True)
    return asked.left_join(found.view(), "line_id").drop("line_id_right")


def _rates(history: ibis.Table, as_of: int, rules: Rules) -> ibis.Table:
    """Units a day by quantity over the last unbroken run in the window: line_id, quantity_rate."""
    in_order = ibis.window(group_by="line_id", order_by="day")
    so_far = ibis.window(group_by="line_id", order_by="day", rows=(None, 0))
    recent = history.filter(as_of - _.day < rules.quantity_window_days)
    recent = recent.mutate(gap=_.day - _.day.lag(1).over(in_order))
    middles = recent.group_by("line_id").agg(n=_.count(), middle=_.gap.median())
    enough = rules.median_gap_min_occasions
    recent = recent.join(middles.filter(_.n >= enough).view(), "line_id")
    recent = recent.mutate(breaks=(_.gap > 2 * _.middle).fill_null(False).cast("int32"))
    recent = recent.mutate(run=_.breaks.sum().over(so_far))
    last_run = recent.group_by("line_id").agg(run=_.run.max())
    run = recent.semi_join(last_run.view(), ["line_id", "run"])
    sums = run.group_by("line_id").agg(
        n=_.count(),
        known=_.count(where=(_.quantity > 0) & (_.day < _.last_day)),
        total=_.quantity.sum(where=_.day < _.last_day),
        days=_.day.max() - _.day.min(),
    )
    return sums.filter((_.n >= enough) & (_.known == _.n - 1)).select(
        "line_id", quantity_rate=_.total / _.days.nullif(0)
    )
