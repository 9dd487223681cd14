"""Clauses to numbers: what each part makes a day, what parts make together, what a ceiling leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from stepwell.knowledge.dosage.agree import Agreement
from stepwell.knowledge.dosage.grammar.day import Clause, Part
from stepwell.knowledge.dosage.grammar.parts import Amount, Divided, RefusedError
from stepwell.knowledge.dosage.occasions import ONCE_A_DAY, PERIOD_ASSUMED, Occasions, occasions

ZERO = Decimal(0)
_COUNTED_BY_NUMBER = frozenset(
    {"tablet", "capsule", "patch", "puff", "drop", "sachet", "spray", "dose", "suppository"}
)
_EIGHT_A_DAY = Decimal(8)
_DAYS_OF_PATCHES = (3, 4, 7)  # how long one patch is worn
_MANY_TIMES = 3
_WEEK = 7


@dataclass(slots=True)
class Reckoned:
    """One part in numbers. ``high`` None: no safe maximum."""

    part: Part
    dose: Amount | None
    occasions: Occasions | None
    low: Decimal
    high: Decimal | None
    as_needed: bool

    @property
    def regular(self) -> bool:
        return not self.as_needed


@dataclass(slots=True)
class Sum:
    """One clause in numbers, in the counted unit a day; None where there is no safe answer."""

    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None
    dose_low: Decimal | None = None
    dose_high: Decimal | None = None
    occasions: Occasions | None = None
    as_needed: bool = False
    ceiling: Decimal | None = None
    ceiling_unit: str | None = None
    ceiling_days: Decimal | None = None
    flags: list[str] = field(default_factory=list)
    reason: str | None = None
    parts: list[Reckoned] = field(default_factory=list)


def reckon(clause: Clause, agreement: Agreement) -> Sum:
    """The clause as numbers; RefusedError where its words disagree."""
    result = Sum()
    parts = [part for part in clause.parts if part.dose is not None or part.timed or part.wear]
    if clause.event or any(part.stat for part in clause.parts):
        result.flags.append("event_driven" if clause.event else "stat")
        _describe(result, clause, parts, agreement)
        return result
    if not parts:
        return _without_dose(clause, agreement, result)
    if parts[0].dose is None and not _give_a_dose(clause, parts[0], agreement, result):
        return _without_dose(clause, agreement, result)
    reckoned = _agreeing([_reckon_part(part, clause, agreement, result) for part in parts], result)
    _add(reckoned, result)
    _ceiling(clause, reckoned, agreement, result)
    _totals(clause, agreement, result)
    if result.high is None and result.low is not None and not result.as_needed:
        raise RefusedError("no_frequency")
    return result


def _give_a_dose(clause: Clause, part: Part, agreement: Agreement, result: Sum) -> bool:
    """ "change every 7 days" of a patch is one patch, and says that it was assumed."""
    patch = agreement.is_patch and (clause.apply or clause.change_patch or part.every)
    if not patch:
        return False
    part.dose = Amount(clause.start, clause.start, Decimal(1), Decimal(1), "patch", assumed=True)
    result.flags.append("one_patch_assumed")
    return True


def _without_dose(clause: Clause, agreement: Agreement, result: Sum) -> Sum:
    """Applied with no amount: occasions only. Nothing else without a dose is an instruction, save a ceiling."""
    timed = clause.parts[0].timed
    if (clause.apply or clause.change_patch) and not clause.limits and (timed or clause.prn):
        part = clause.parts[0]
        result.flags.append("no_amount")
        result.occasions = occasions(part, result.flags)
        result.as_needed = clause.prn
        return result
    if clause.prn and not timed:
        result.as_needed = True
        result.low = ZERO
        if not clause.limits:
            result.flags.append("no_amount")
            return result
        _ceiling(clause, [], agreement, result)
        if result.high is not None:
            return result
    raise RefusedError("no_dose")


def _describe(result: Sum, clause: Clause, parts: list[Part], agreement: Agreement) -> None:
    """The dose of an instruction that makes no daily amount."""
    result.as_needed = clause.prn or any(part.prn for part in parts)
    doses = [agreement.convert(part) for part in parts if part.dose is not None]
    if not doses:
        if not clause.event and not clause.apply:
            raise RefusedError("no_dose")
        return
    result.unit = doses[0].unit
    result.dose_low = min(dose.low for dose in doses)
    result.dose_high = max(dose.high for dose in doses)


def _reckon_part(part: Part, clause: Clause, agreement: Agreement, result: Sum) -> Reckoned:
    if part.dose is None:
        raise RefusedError("no_dose")
    assumed = part.dose.assumed
    dose = agreement.convert(part)
    if assumed and "one_patch_assumed" not in result.flags:
        result.flags.append("one_patch_assumed")
    needed = part.prn or clause.prn
    upto = (
        dose.upto
        or any(time.upto for time in part.times)
        or any(gap.upto for gap in part.every)
        or clause.upto_limit
    )
    if part.divided is not None:
        if clause.limits and not part.daily:
            raise RefusedError("ambiguous")  # the limit, or the dose, in so many doses
        return _divided(part, dose, needed, upto)
    found = _how_often(part, clause, agreement, dose, result)
    if found is None and clause.label is not None and not needed:
        found = ONCE_A_DAY
    if clause.each_site:
        raise RefusedError("per_site")
    if found is None and needed and dose.led == "extra" and len(clause.parts) > 1:
        found = ONCE_A_DAY  # "2 at night; an extra one if needed": one more a day, and it is said
        result.flags.append("extra_once_a_day")
    if found is None:
        if not needed and not clause.upto_limit and not _limited(dose, clause):
            raise RefusedError("no_frequency")
        return Reckoned(part, dose, None, ZERO, None, True)
    if dose.slashed and (needed or found.high >= _MANY_TIMES):
        raise RefusedError("ambiguous")
    if needed and part.days_counted and not (part.times or part.every or part.slots or part.daily):
        # "2 as needed, 3 days a week": how often on such a day is up to the person, so there is no most.
        return Reckoned(part, dose, None, ZERO, None, True)
    low = ZERO if needed or upto else dose.low * found.low / found.days_high
    high = dose.high * found.high / found.days_low
    return Reckoned(part, dose, found, low, high, needed)


def _how_often(
    part: Part, clause: Clause, agreement: Agreement, dose: Amount, result: Sum
) -> Occasions | None:
    if clause.label is not None:
        for times in part.times:
            times.days = times.days or Decimal(1)  # "day 1: 300mg once"
    found = occasions(part, result.flags)
    patch = agreement.is_patch or dose.unit == "patch"
    if found is None and patch and clause.days and (clause.change_patch or clause.days in _DAYS_OF_PATCHES):
        days = Decimal(clause.days)  # "wear one for 7 days, then change"
        found = Occasions(Decimal(1), Decimal(1), days, days, slotted=False)
    return found


def _limited(dose: Amount, clause: Clause) -> bool:
    """ "up to 2 at a time, never more than 8 a day", "one no more than twice a week": how often is up to the person."""
    return bool(clause.limits) and (
        dose.upto or any(limit.loose or limit.unit in ("dose", "day") for limit in clause.limits)
    )


def _divided(part: Part, dose: Amount, needed: bool, upto: bool) -> Reckoned:
    """N daily in K divided doses: N a day, N/K each time."""
    split = part.divided
    assert split is not None
    if part.slots and not part.times:
        many = Decimal(len(part.slots))
        if split.low is not None and not (split.low <= many <= (split.high or many)):
            raise RefusedError("conflict")
        split = Divided(split.start, split.end, many, many)  # "4 daily split morning and night"
    elif part.times or part.weekdays:
        raise RefusedError("conflict")
    if part.every:
        raise RefusedError("conflict")
    low = ZERO if needed or upto else dose.low
    if split.low is None or split.high is None:
        return Reckoned(part, None, None, low, dose.high, needed)
    if split.low == 0:
        raise RefusedError("ambiguous")
    each = Amount(dose.start, dose.end, dose.low / split.high, dose.high / split.low, dose.unit)
    found = Occasions(split.low, split.high, Decimal(1), Decimal(1), slotted=False)
    return Reckoned(part, each, found, low, dose.high, needed)


def _agreeing(parts: list[Reckoned], result: Sum) -> list[Reckoned]:
    """The parts that add. A dose said twice counts once; two daily doses that disagree are refused."""
    if len(parts) == 1:
        return parts
    if PERIOD_ASSUMED in result.flags:
        raise RefusedError("ambiguous")
    first, rest = parts[0], parts[1:]
    if first.part.only_slots or rest[0].part.joined == "and":
        return _adding(parts, result)
    if all(part.part.only_slots for part in rest) and first.regular and all(part.regular for part in rest):
        return _spelt_out(first, rest)
    return _adding(parts, result)


def _spelt_out(first: Reckoned, rest: list[Reckoned]) -> list[Reckoned]:
    """ "4 daily, 2 mane 2 nocte": the second says how; "1 tds 2 nocte": the second adds."""
    low = sum((part.low for part in rest), ZERO)
    high = sum((part.high or ZERO for part in rest), ZERO)
    if first.part.times and len(rest) == 1 and first.part.times[0].high > 1:
        return [first, *rest]
    if (low, high) == (first.low, first.high):
        if len(rest) == 1:
            raise RefusedError("ambiguous")
        return rest
    raise RefusedError("conflict")


def _adding(parts: list[Reckoned], result: Sum) -> list[Reckoned]:
    kept: list[Reckoned] = []
    for part in parts:
        if kept and not _adds(part, kept, result):
            continue
        kept.append(part)
    return kept


def _adds(part: Reckoned, kept: list[Reckoned], result: Sum) -> bool:
    """Whether this part adds to those before it; False when it only repeats one."""
    for other in kept:
        if part.as_needed != other.as_needed:
            if _may_be_instead(part, other):
                raise RefusedError("ambiguous")
            if (
                other.as_needed
                and part.part.joined != "and"
                and not (part.part.only_slots and part.part.joined != "none")
            ):
                raise RefusedError("ambiguous")
            continue
        same_dose = (
            part.dose is not None
            and other.dose is not None
            and (part.dose.low, part.dose.high) == (other.dose.low, other.dose.high)
        )
        if part.part.only_slots and other.part.only_slots:
            if len(kept) == 1 and part.part.joined != "and" and _evening_and_night(part, other):
                raise RefusedError("ambiguous")  # "1 nightly, 2 each evening"
            if set(part.part.slots) & set(other.part.slots):
                if same_dose and part.part.slots == other.part.slots and part.part.joined != "and":
                    result.flags.append("repeated")
                    return False
                raise RefusedError("conflict")
            continue
        whole_day = other.part.daily and not other.part.slots  # "900mg daily as 300mg tds"
        once_more = (
            whole_day and part.part.joined != "and" and (part.low, part.high) == (other.low, other.high)
        )
        repeats = (same_dose and part.occasions == other.occasions) or once_more
        if repeats and part.part.joined == "and":
            raise RefusedError("ambiguous")
        if repeats:
            result.flags.append("repeated")
            return False
        if part.part.joined != "and" and not _on_other_days(part, other):
            raise RefusedError("conflict")
    return True


def _may_be_instead(part: Reckoned, other: Reckoned) -> bool:
    """ "1 bd, can take 2 bd if bad": as often as the regular dose and more of it, so perhaps in its place."""
    extra = part.dose is not None and part.dose.led == "extra"
    return (
        part.as_needed
        and not extra
        and part.part.joined != "and"
        and part.occasions is not None
        and part.occasions == other.occasions
        and part.part.slots == other.part.slots
    )


def _evening_and_night(one: Reckoned, other: Reckoned) -> bool:
    return {*one.part.slots, *other.part.slots} == {"evening", "night"}


def _on_other_days(one: Reckoned, other: Reckoned) -> bool:
    """ "2 nocte Mon-Fri, 1 nocte Sat/Sun": each has its days of the week, and there is room for both."""
    days = (one.part.weekdays, other.part.weekdays)
    return None not in days and sum(d for d in days if d is not None) <= _WEEK


def _add(parts: list[Reckoned], result: Sum) -> None:
    result.parts = parts
    result.low = sum((part.low for part in parts), ZERO)
    highs = [part.high for part in parts]
    result.high = None if None in highs else sum((high for high in highs if high is not None), ZERO)
    result.as_needed = any(part.as_needed for part in parts)
    doses = [part.dose for part in parts if part.dose is not None]
    units = {dose.unit for dose in doses if dose.unit is not None}
    if not units:
        units = {part.part.dose.unit for part in parts if part.part.dose and part.part.dose.unit is not None}
    bare = any(dose.unit is None for dose in doses)
    if bare and units - _COUNTED_BY_NUMBER:
        raise RefusedError("unit_conflict")
    if len(units) > 1 and not units <= {"tablet", "capsule"}:
        raise RefusedError("unit_conflict")
    result.unit = next(iter(sorted(units)), None)
    if doses:
        result.dose_low = min(dose.low for dose in doses)
        result.dose_high = max(dose.high for dose in doses)
    timings = [part.occasions for part in parts if part.occasions is not None]
    if len({timing.days_high >= _WEEK for timing in timings}) > 1:
        raise RefusedError("conflict")
    if timings:
        result.occasions = timings[0] if len(timings) == 1 else _together(timings)


def _together(timings: list[Occasions]) -> Occasions | None:
    days = {(timing.days_low, timing.days_high) for timing in timings}
    if len(days) != 1:
        return None
    low = sum((timing.low for timing in timings), ZERO)
    high = sum((timing.high for timing in timings), ZERO)
    return Occasions(low, high, timings[0].days_low, timings[0].days_high, slotted=False)


def _not_converted(result: Sum, *, harmless: bool) -> None:
    """A ceiling in something the dose cannot be counted in: there is no most, unless it plainly caps nothing."""
    result.flags.append("ceiling_not_converted")
    if harmless and result.high is not None and result.high <= _EIGHT_A_DAY:
        return
    result.high = None
    if not result.as_needed:
        result.as_needed = result.low == 0
        if result.low != 0:
            raise RefusedError("ceiling_not_converted")


def _ceiling(clause: Clause, parts: list[Reckoned], agreement: Agreement, result: Sum) -> None:
    """A ceiling caps the maximum and never raises it; where nothing else says how often, it is the maximum."""
    for limit in clause.limits:
        capped = agreement.limit(limit, result.unit, result.dose_high, result.high)
        result.ceiling, result.ceiling_unit, result.ceiling_days = limit.amount, capped.kind, limit.days
        if limit.unit == "day" and result.high is None:
            continue  # "as needed up to 3 days a week": on how many days, not how often on one
        if capped.daily is None:
            _not_converted(result, harmless=capped.harmless)
            continue
        if (
            limit.upto
            and result.high is not None
            and capped.daily > result.high
            and any(part.part.times for part in parts)
        ):
            raise RefusedError("ambiguous")
        if result.high is None or capped.daily < result.high:
            result.high = capped.daily
        if result.unit is None:
            result.unit = capped.unit
        if _belies(result, capped.daily):
            raise RefusedError("conflict")
        if limit.unit == "day" or (
            limit.days == _WEEK and result.low is not None and result.low > capped.daily
        ):
            result.low = ZERO  # "no more than 3 a week": it may be fewer
        if result.low is not None and result.low > result.high:
            result.low = result.high
            result.flags.append("ceiling_below_dose")


def _belies(result: Sum, ceiling: Decimal) -> bool:
    """ "2 twice a day, max 2 a day": no more a day than one dose, of a dose taken more often than that and not as needed."""
    often = result.occasions is not None and result.occasions.low > result.occasions.days_high
    one = result.dose_high
    return result.low is not None and result.low > ceiling and often and one is not None and ceiling <= one


def _totals(clause: Clause, agreement: Agreement, result: Sum) -> None:
    for total in clause.totals:
        stated = agreement.total(total, result.unit)
        if stated is not None and result.high is not None and stated not in (result.high, result.low):
            raise RefusedError("conflict")
