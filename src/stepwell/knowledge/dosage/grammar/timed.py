"""The timings on the walk: times a day, intervals, days and times of day."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.grammar.ahead import (
    adds_one,
    dose_then_end,
    is_clock,
    restates,
    tells_the_hour,
    time_or_amount_next,
)
from stepwell.knowledge.dosage.grammar.day import MASS_IN_MG, Part
from stepwell.knowledge.dosage.grammar.parts import (
    Amount,
    Atom,
    Daily,
    Every,
    Limit,
    NumberedHalf,
    RefusedError,
    Times,
    Weekdays,
    When,
)
from stepwell.knowledge.dosage.grammar.walk import Walk

_MOST_TABLETS_AT_ONCE = Decimal(4)
_EVENING_AND_NIGHT = frozenset({"evening", "night"})


class TimedWalk(Walk):
    """A walk that reads timings."""

    def amount(self, atom: Amount) -> None:
        """A dose: read by the whole walk."""
        raise NotImplementedError

    def _before_timing(self, atom: Atom) -> None:
        """Open a new clause or part where a timing begins one."""
        part = self.part
        if self.pending == "then" and part.dose is not None:
            self.new_clause("then", atom.start)
            return
        listed = self.pending == "pause" and part.dose is not None and self.clause.days is not None
        if listed and isinstance(atom, Times) and part.times and atom.low != part.times[-1].low:
            self.new_clause("then", atom.start)  # "1 od for 3 days, bd for 3 days"
            return
        joined_wrongly = self.pending == "or" and not (part.timed and isinstance(atom, Times))
        dose_joined_to_time = self.pending == "and" and part.dose is not None and not part.timed
        if joined_wrongly or dose_joined_to_time:
            raise RefusedError("ambiguous")
        if (
            part.led_by_time
            and part.dose is not None
            and isinstance(atom, When | Daily)
            and dose_then_end(self.atoms, self.place)
        ):
            self.new_part()

    def times(self, atom: Times) -> None:
        self._before_timing(atom)
        part = self.part
        if self.pending == "or" and part.timed:
            self._or_times(part, atom)
            return
        if atom.upto and part.timed:
            self.clause.limits.append(
                Limit(atom.start, atom.end, atom.high, "dose", atom.days or Decimal(1), True)
            )
            self.clause.upto_limit = True
            return
        if self.pending == "and" and part.timed and part.dose is not None and not self._weekly(atom):
            raise RefusedError("ambiguous")
        part.times.append(atom)

    def _or_times(self, part: Part, atom: Times) -> None:
        """ "three times a day or four times a day", "every day or twice a day"."""
        if part.daily and not part.times:
            part.daily = False
            part.times.append(Times(atom.start, atom.end, min(Decimal(1), atom.low), atom.high, atom.days))
            return
        last = part.times[-1] if part.times else None
        if last is None or part.every or part.slots or (last.days or 1) != (atom.days or 1):
            raise RefusedError("ambiguous")
        last.low, last.high = min(last.low, atom.low), max(last.high, atom.high)

    def _weekly(self, atom: Times) -> bool:
        return atom.days is not None and atom.days > 1

    def every(self, atom: Every) -> None:
        self._before_timing(atom)
        worn = self.clause.apply or self.clause.change_patch
        if atom.bare and (self.part.slots or (self.part.dose is None and not worn)):
            raise RefusedError("ambiguous")
        if atom.alternate and self.pending == "and" and self.part.dose is not None and self.part.timed:
            raise RefusedError("ambiguous")  # "1 every morning and every other night"
        self.part.every.append(atom)

    def daily(self, atom: Daily) -> None:
        self._before_timing(atom)
        self.part.daily = True

    def weekdays(self, atom: Weekdays) -> None:
        self._before_timing(atom)
        if self.part.weekdays is not None:
            raise RefusedError("ambiguous")
        self.part.weekdays = atom.days
        self.part.days_counted = atom.counted

    def when(self, atom: When) -> None:
        self._before_timing(atom)
        part = self.part
        if (
            self.pending == "and"
            and part.times
            and part.dose is not None
            and not part.slots
            and adds_one(self.atoms, self.place, part)
        ):
            part.extra_slots += 1
            return
        slots = part.slots
        if atom.slot in slots:
            return
        if slots and part.led_by_time and self.pending == "none":
            raise RefusedError("ambiguous")
        if slots and self.pending == "none" and {atom.slot, slots[-1]} == _EVENING_AND_NIGHT:
            raise RefusedError("ambiguous")
        if slots and restates(atom.slot, slots[-1]):
            if self.pending == "none":
                return  # "in the morning at 8am"
            raise RefusedError("ambiguous")  # "8am, breakfast": the hour once more, or another time
        if slots and self.pending == "none" and is_clock(atom.slot) != is_clock(slots[-1]):
            raise RefusedError("ambiguous")
        slots.append(atom.slot)

    def numbered_half(self, atom: NumberedHalf) -> None:
        part = self.part
        many = atom.number <= _MOST_TABLETS_AT_ONCE
        if many and len(self.clause.parts) > 1 and part.slots and is_clock(part.slots[-1]):
            raise RefusedError("ambiguous")  # "1 at 8am & 1 at 2pm & two pm"
        if many and part.dose is not None and not part.timed and part.dose.unit in MASS_IN_MG:
            if not atom.spelt:
                raise RefusedError("ambiguous")  # "50mg 2am": two of them, or at two o'clock
            self.amount(Amount(atom.start, atom.end, atom.number, atom.number))
            self.pending = "none"
            self.when(When(atom.start, atom.end, atom.slot))
            return
        if many and part.dose is not None and part.slots and is_clock(part.slots[-1]):
            earlier = Decimal(part.slots[-1].split()[1]) >= atom.number + 12 * (atom.slot == "pm")
            if atom.spelt or earlier:
                raise RefusedError("ambiguous")  # "1 at 6pm, 1 pm"
        after_clock = (
            bool(part.slots)
            and part.slots[-1].startswith("clock")
            and self.pending in ("and", "pause", "dash")
        )
        if part.slots and part.slots[-1].startswith("clock") and part.dose and self.pending == "none":
            if not part.led_by_time and not part.times and atom.number <= _MOST_TABLETS_AT_ONCE:
                raise RefusedError("ambiguous")  # "1 8am 2pm": two at pm, or one at two o'clock
        if (
            part.dose is not None
            and self.pending == "none"
            and part.slots
            and tells_the_hour(atom, part.slots[-1])
        ):
            return  # "1 mane 8am"
        clocked = bool(part.slots) and part.slots[-1].startswith("clock")
        listed = part.dose is not None and bool(part.slots) and self.pending in ("and", "pause", "dash")
        after_clock = after_clock or ((clocked or listed) and not many)
        hour = atom.number + (12 if atom.slot == "pm" and atom.number < 12 else 0)
        late = not many
        counted = not part.timed or part.times or part.every or (part.daily and late)
        if after_clock or (part.dose is not None and counted):
            self.when(When(atom.start, atom.end, f"clock {hour}"))
            return
        if atom.number > _MOST_TABLETS_AT_ONCE:
            if part.dose is None and time_or_amount_next(self.atoms, self.place):
                self.when(When(atom.start, atom.end, f"clock {hour}"))  # "8am 2; 6pm 2"
                return
            raise RefusedError("ambiguous")
        self.amount(Amount(atom.start, atom.end, atom.number, atom.number))
        self.pending = "none"
        self.when(When(atom.start, atom.end, atom.slot))
