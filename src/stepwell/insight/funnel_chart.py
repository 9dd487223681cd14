"""The funnel of an organisation's peers in its last month, where the measure is a share."""

from __future__ import annotations

from stepwell.insight import words
from stepwell.insight.charts import look
from stepwell.insight.charts.funnels import funnel_of
from stepwell.insight.drawn import Drawn, drawn_twice
from stepwell.insight.limits import limit
from stepwell.insight.standing import Standing
from stepwell.knowledge import spc
from stepwell.population.prescribing.areas import Level
from stepwell.population.prescribing.measures.model import Kind


def funnel_drawn(found: Standing) -> Drawn | None:
    """None for a measure that is not a share of items, or with too few to compare."""
    below = found.measure.denominator
    if (
        found.measure.kind is not Kind.SHARE
        or below is None
        or below.column != "items"
        or found.latest is None
    ):
        return None
    rows = [row for row in found.peers_at_latest if row["denominator"]]
    code = found.organisation.code
    if len(rows) < limit("fewest_for_deciles") or code not in {row["organisation"] for row in rows}:
        return None
    units = [spc.Unit(row["organisation"], row["numerator"], row["denominator"]) for row in rows]
    made = spc.funnel(units, compared=spc.Compared.SHARE)
    own = next(point for point in made.points if point.unit.name == code)
    named = {each.code: each.name for each in found.facts.directory.of_level(found.organisation.level)}
    shown, said = _shown(found, [unit.name for unit in units])

    def draw(size: look.Size) -> str:
        return funnel_of(found.measure, made, named, {code}, shown, size)

    month = words.month(found.latest.month)
    finding = f"{found.organisation.name} was {own.position.words} in {month}"
    kinds = found.kinds[1]
    above = sum(point.position in (spc.Position.ABOVE, spc.Position.FAR_ABOVE) for point in made.outside)
    under = len(made.outside) - above
    wide, narrow = drawn_twice(found, "funnel", draw)
    return Drawn(
        id="funnel",
        finding=finding,
        about=f"{found.measure.title}, {words.unit(found.measure)}, {kinds} {found.where} by size, {month}",
        wide=wide,
        narrow=narrow,
        summary=f"{finding}. Its share is {words.bare(found.measure, own.value)}, of all together {words.bare(found.measure, made.target)}.",
        notes=(
            f"Diamond: {found.organisation.name}. {said}",
            f"Of {len(made.points):,} {kinds}, {above:,} {'is' if above == 1 else 'are'} higher and {under:,} lower than expected for their size, by the dotted 95% limits; dashed: 99.8%.",
            _adjusted(made),
        ),
    )


def _shown(found: Standing, every: list[str]) -> tuple[set[str], str]:
    """Which dots are drawn: all, or those of the nearest area that is small enough. The limits are of all."""
    kinds = found.kinds[1]
    most = limit("most_dots")
    if len(every) <= most:
        return set(every), f"Dots: the other {kinds} {found.where}."
    for area in reversed(found.facts.directory.areas(found.organisation)):
        inside = {each.code for each in found.facts.directory.within(area, found.organisation.level)}
        if area.level is not Level.ENGLAND and len(inside) <= most:
            return inside, f"Dots: {kinds} in {area.name}; the limits are of all {kinds} {found.where}."
    return set(), f"The limits are of all {kinds} {found.where}."


def _adjusted(made: spc.Funnel) -> str:
    if made.overdispersed:
        return "Limits are widened, because practices differ by more than chance."
    return "Limits are of chance alone: practices differ no more than that."
