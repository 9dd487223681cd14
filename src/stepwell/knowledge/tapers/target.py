"""How far the next step of a profile would go, before it is rounded up to a dose that can be made."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stepwell.base.errors import StepwellError
from stepwell.knowledge.medicines.model import Product
from stepwell.knowledge.tapers import rules
from stepwell.knowledge.tapers.ladder import MICROGRAM, micrograms
from stepwell.knowledge.tapers.model import Constraints
from stepwell.knowledge.tapers.profiles import Basis, Profile


@dataclass(frozen=True, slots=True)
class Pace:
    """A profile made concrete for one plan. Doses are thousandths; ``step`` is in the profile's unit.

    ``most`` is the largest step the profile allows; ``last_part_from`` the dose at or below which ``last_step`` is used.
    """

    profile: Profile
    step: Decimal
    most: Decimal
    unit_dose: int
    interval_days: int
    last_part_from: int
    last_step: Decimal | None

    def in_last_part(self, current: int) -> bool:
        """Whether the half rate applies at this dose."""
        return self.last_step is not None and current <= self.last_part_from

    def next_dose(self, current: int) -> int:
        """The dose one whole step below ``current``; never below zero, rounded up to a thousandth."""
        step = self.last_step if self.last_step is not None and self.in_last_part(current) else self.step
        return max(0, current - self._fall(current, step))

    def within(self, current: int, after: int) -> bool:
        """Whether a fall is no larger than the profile allows."""
        most = self.most
        if self.last_step is not None and self.in_last_part(current) and self.step:
            most = min(most, self.last_step * self.most / self.step)
        if self.profile.basis == Basis.PERCENT:
            return (current - after) * 10_000 <= int(most * 100) * current
        return current - after <= self._fall(current, most)

    def _fall(self, current: int, step: Decimal) -> int:
        if self.profile.basis == Basis.PERCENT:
            return current * int(step * 100) // 10_000
        if self.profile.basis == Basis.MG:
            return micrograms(step)
        return int(self.unit_dose * step)


def pace(profile: Profile, product: Product, start: int, constraints: Constraints) -> Pace:
    """The pace of a plan. Raises StepwellError where what was asked for is faster than the profile allows."""
    rule = rules.current()
    step = profile.step if profile.step is not None else Decimal(1)
    most = profile.step_max if profile.step_max is not None else step
    interval = profile.interval_days or rule.guard_days
    if constraints.step is not None:
        if not 0 < constraints.step <= most:
            raise StepwellError(
                f"The step asked for is not one the profile {profile.id} allows.",
                next_step=f"Ask for more than 0 and at most {most}.",
            )
        step = constraints.step
    if constraints.interval_days is not None:
        shortest = max(profile.interval_min_days or interval, rule.shortest_interval_days)
        if constraints.interval_days < shortest:
            raise StepwellError(
                f"The interval asked for is shorter than the profile {profile.id} allows.",
                next_step=f"Ask for at least {shortest} days.",
            )
        interval = constraints.interval_days
    halves = (
        constraints.half_rate_in_last_part
        or profile.id in rule.half_rate_profiles
        or profile.group in rule.half_rate_groups
    )
    return Pace(
        profile=profile,
        step=step,
        most=most,
        unit_dose=int((product.strength_mg_per_unit or Decimal(0)) * MICROGRAM),
        interval_days=max(interval, rule.shortest_interval_days),
        last_part_from=start // rule.last_part_denominator,
        last_step=_last_step(profile, product, step) if halves else None,
    )


def _last_step(profile: Profile, product: Product, step: Decimal) -> Decimal:
    if profile.basis == Basis.PERCENT:
        return step / 2
    named = dict(rules.current().last_part_mg).get(product.substance)
    return min(step, named) if named is not None and profile.basis == Basis.MG else step
