"""What supplies that last longer than was worked out could change. Decision 10, section 7.

A load that gives no days of supply at all leaves them to be worked out from quantity and instruction. That can be some days short, and a
gap of a few days over the limit is then no gap. Where the source gives days, nothing here holds.
"""

from __future__ import annotations

from datetime import date

import ibis

from stepwell.knowledge.exposure import Rules


def may_differ(table: ibis.Table, as_of: date, rules: Rules) -> dict[str, ibis.Value]:
    """``days_now``, ``days_long`` and ``days_stopped`` from the facts of a group; see ``vocabulary.GROUP_FACTS`` for what they say."""
    slack, long, window = rules.assumed_days, rules.long_term_days, rules.window_days
    reckoned = table.no_days.fill_null(False)
    is_open = table.open.fill_null(False)
    days, ago = table.closed_days, table.closed_ago
    # Days from the start of the era before to as-of, where only a longer supply parts it from this one.
    joins = (table.gap_before <= rules.gap_days + slack).fill_null(False)
    joined_days = ibis.date(as_of).delta(table.start_before, unit="day")
    joined_long = joins & (joined_days >= long)
    now = ~is_open & (ago <= rules.gap_days + slack)
    longer = is_open & (table.era_days < long) & joined_long
    long_now = now & ((ago + days >= long) | joined_long)
    already = (days >= long) & (ago < window)
    ended = ~is_open & ~already.fill_null(False) & (ago < window + slack)
    long_enough = (days + slack >= long) | (joins & (joined_days - ago + slack >= long))
    found = {"days_now": now, "days_long": longer | long_now, "days_stopped": ended & long_enough}
    return {name: (reckoned & value).fill_null(False) for name, value in found.items()}
