"""Issues of one line on one day, taken together. Decision 10, section 1."""

from __future__ import annotations

import ibis
from ibis import _

# Worked out per instruction and added up over the instructions of a day.
_DOSES = ("units_min", "units_max", "ome_min", "ome_max")
# Of these the latest of a day counts.
_LATEST = ("known_days", "open_until")


def occasions(issues: ibis.Table) -> ibis.Table:
    """One row per line and day from numbered issues.

    ``issues``: line_id, day, text, state, units_*, ome_*, quantity, known_days, end_day, open_until.
    Out: line_id, day, state, units_*, ome_*, quantity, known_days, end_day, open_until.
    """
    # Nearly every line has one issue on a day: those need no adding up.
    counted = issues.group_by("line_id", "day").agg(
        issues_n=_.count(),
        **{name: issues[name].max() for name in ("state", *_DOSES, "quantity", *_LATEST, "end_day")},
    )
    single = counted.filter(_.issues_n == 1).drop("issues_n")
    several = counted.filter(_.issues_n > 1).select("line_id", "day")
    return single.union(_added_up(issues.semi_join(several.view(), ["line_id", "day"])), distinct=False)


def _added_up(issues: ibis.Table) -> ibis.Table:
    # The same instruction gives its dose once. With the same quantity too, it is not known how much was supplied: the row may
    # have been sent twice, or the prescription made twice.
    rows = issues.group_by("line_id", "day", "text", "quantity").agg(
        state=_.state.max(),
        times=_.count(),
        **{name: issues[name].max() for name in (*_DOSES, *_LATEST)},
        end_day=_.end_day.max(),
        goes_on=_.end_day.isnull().any(),
    )
    texts = rows.group_by("line_id", "day", "text").agg(
        state=_.state.max(),
        **{name: rows[name].max() for name in (*_DOSES, *_LATEST)},
        quantity=ibis.ifelse((rows.times > 1).any(), ibis.null("float64"), _whole_sum(rows.quantity)),
        end_day=_.end_day.max(),
        goes_on=_.goes_on.any(),
    )
    return texts.group_by("line_id", "day").agg(
        state=_.state.max(),
        **{name: _whole_sum(texts[name]) for name in _DOSES},
        quantity=_whole_sum(texts.quantity),
        **{name: texts[name].max() for name in _LATEST},
        # Ended only if every template of the day is.
        end_day=ibis.ifelse(_.goes_on.any(), ibis.null("int32"), _.end_day.max()),
    )


def _whole_sum(column: ibis.Column) -> ibis.Value:
    """The sum, or NULL if any part is not known."""
    return ibis.ifelse(column.isnull().any(), ibis.null("float64"), column.sum())
