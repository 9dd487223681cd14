"""Rate profiles, read from the table ``taper_profiles``, and which of them a medicine may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from stepwell.base.errors import Place, StepwellError
from stepwell.knowledge import tables
from stepwell.knowledge.medicines.model import MedicineClass, Product
from stepwell.knowledge.tapers import rules


class Basis(StrEnum):
    """What the size of a step is counted in."""

    PERCENT = "percent_of_current"
    MG = "fixed_mg"
    UNITS = "fixed_units"
    STRENGTH = "strength_switch"


_CHOOSABLE = frozenset({"default", "selectable", "override_only"})
_BY_TABLET = frozenset({"codeine"})


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile. ``step`` and ``interval_days`` are its defaults, ``step_max`` the most its source allows; None: not said."""

    id: str
    name: str
    group: str
    basis: str
    step: Decimal | None
    step_max: Decimal | None
    interval_days: int | None
    interval_min_days: int | None
    role: str
    status: str
    source: str
    note: str


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _days(text: str) -> int | None:
    return int(text) if text else None


@cache
def profiles() -> Mapping[str, Profile]:
    """Every profile held, by id; those kept for reference only as well."""
    return MappingProxyType(
        {
            row["profile_id"]: Profile(
                id=row["profile_id"],
                name=row["name"],
                group=row["drug_group"],
                basis=row["step_basis"],
                step=_decimal(row["default_step"]),
                step_max=_decimal(row["step_max"]),
                interval_days=_days(row["default_interval_days"]),
                interval_min_days=_days(row["interval_min_days"]),
                role=row["role"],
                status=row["status"],
                source=row["source"],
                note=row["note"],
            )
            for row in tables.rows("taper_profiles")
        }
    )


def groups(product: Product) -> tuple[str, ...]:
    """The groups of profiles a product may use, its own first; () where no profile is held."""
    if MedicineClass.GABAPENTINOID in product.classes:
        return (product.substance, "gabapentinoid")
    if MedicineClass.COMPOUND_ANALGESIC in product.classes or (
        MedicineClass.OPIOID in product.classes and "paracetamol" in product.other_ingredients
    ):
        return ("compound_analgesic", "opioid")
    if MedicineClass.OPIOID not in product.classes:
        return ()
    if product.substance in _BY_TABLET and product.unit == "tablet":
        return ("opioid", "compound_analgesic")
    return ("opioid",)


def choosable(product: Product) -> tuple[str, ...]:
    """Ids of the profiles a plan for a product may follow."""
    return tuple(p.id for p in profiles().values() if p.group in groups(product) and p.role in _CHOOSABLE)


def profile_for(profile_id: str, product: Product, *, overridden: bool) -> Profile:
    """The profile, if a plan for this product may follow it. Raises StepwellError where it may not.

    ``overridden``: a prescriber has set aside, with a reason, that a profile is for a supply shortage only.
    """
    found = profiles().get(profile_id)
    allowed = ", ".join(choosable(product)) or "none"
    if found is None:
        raise StepwellError(
            "There is no taper profile of that name.",
            where=Place("taper_profiles.csv"),
            next_step=f"For this medicine: {allowed}.",
        )
    if found.group not in groups(product):
        raise StepwellError(
            f"The profile {found.id} is for another group of medicines ({found.group.replace('_', ' ')}).",
            next_step=f"For this medicine: {allowed}.",
        )
    if found.role not in _CHOOSABLE or (found.step is None and found.basis != Basis.STRENGTH):
        raise StepwellError(
            f"The profile {found.id} is kept for reference and is not a plan.",
            next_step=f"For this medicine: {allowed}.",
        )
    if found.role == "override_only" and not overridden:
        raise StepwellError(
            f"The profile {found.id} needs a prescriber's override with a reason.",
            next_step="Give the override, or choose another profile.",
        )
    return found


def default_profile(
    product: Product, *, daily_mg: Decimal | None, months_of_use: int | None, high_risk: bool = False
) -> str | None:
    """The profile proposed where none was chosen; None where none is held. Unknown use or dose counts as long or high.

    ``high_risk``: seizures, a taper that failed before, or severe anxiety.
    """
    rule = rules.current()
    group = (groups(product) or ("",))[0]
    limit = dict(rule.long_use_mg).get(product.substance)
    under = months_of_use is not None and months_of_use < rule.long_use_months
    below = daily_mg is not None and limit is not None and daily_mg < limit
    for row in rule.defaults:
        fits = (row.use != "under" or under) and (row.dose != "below" or below)
        if row.group == group and fits and (high_risk or not row.high_risk):
            return row.profile
    return None
