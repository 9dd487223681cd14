"""Covers joined into eras, and the present run of each line. Decision 10, sections 3 and 4."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis import _

from stepwell.knowledge.exposure import Rules


def eras(
    covers: ibis.Table, lines: ibis.Table, classes: Sequence[str], as_of: int, rules: Rules
) -> ibis.Table:
    """Eras of own lines by class: person_no, class, start, end, days, is_open, occasions, longest_gap.

    ``covers``: line_id, person_no, line_no, own, start, end. ``lines``: line_no and a boolean column for each class.
    """
    of_classes = ibis.union(
        *(lines.filter(lines[name]).select("line_no", medicine_class=ibis.literal(name)) for name in classes),
        distinct=False,
    )
    own = covers.filter(_.own).join(of_classes, "line_no")
    own = own.select("person_no", "medicine_class", "line_id", "start", "end")
    joined = _numbered(own, ("person_no", "medicine_class"), rules)
    return (
        joined.group_by("person_no", "medicine_class", "era_no")
        .agg(
            start=_.start.min(),
            end=_.end.max(),
            occasions=_.count(),
            longest_gap=ibis.greatest(_.gap.max(where=~_.begins), 0).fill_null(0),
        )
        .mutate(
            days=ibis.least(ibis.literal(as_of, "int32"), _.end) - _.start,
            is_open=_.end + rules.gap_days >= as_of,
        )
        .drop("era_no")
    )


def present_runs(covers: ibis.Table, rules: Rules) -> ibis.Table:
    """The start of the last era of each line on its own: line_id, run_start."""
    joined = _numbered(covers.select("line_id", "start", "end"), ("line_id",), rules)
    return joined.group_by("line_id").agg(run_start=_.start.max(where=_.begins))


def _numbered(covers: ibis.Table, group: tuple[str, ...], rules: Rules) -> ibis.Table:
    """``covers`` with ``gap`` to the latest end so far, ``begins`` and ``era_no``."""
    # Starts rise within a line, so the line settles ties: both windows must see the same order, or the second of two covers
    # that begin an era together is counted with the era before.
    order = ["start", "end", "line_id"]
    before = ibis.window(group_by=list(group), order_by=order, rows=(None, -1))
    so_far = ibis.window(group_by=list(group), order_by=order, rows=(None, 0))
    table = covers.mutate(gap=_.start - _.end.max().over(before))
    table = table.mutate(begins=_.gap.isnull() | (_.gap > rules.gap_days))
    return table.mutate(era_no=_.begins.cast("int32").sum().over(so_far))
