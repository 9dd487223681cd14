"""From a medicine and its instruction, both read, to what is taken: the one way from words to a sum."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.dosage.model import Dosage, Status
from stepwell.knowledge.equivalence.compare import Taken
from stepwell.knowledge.medicines.model import Identification, Product


def taken_as_read(found: Identification, read: Dosage, *, name: str = "") -> Taken:
    """What is taken when a medicine is used as its instruction says. What could not be read is not known, never none."""
    product = found.product
    label = name or (product.name if product else found.substance) or "an unknown medicine"
    if product is None:
        return Taken(label, reason=_as_clause(found.reason) or "the medicine is not recognised")
    if read.status is Status.REFUSED:
        return Taken(label, reason=f"the instruction could not be read ({read.reason})")
    if product.patch_rate_microgram_per_h is not None:
        return _patches(label, product, read)
    units = _range(read.daily_min, read.daily_max)
    mg = _range(read.daily_mg_min, read.daily_mg_max)
    if units and mg and _same_dose(units, mg, product):
        return Taken(label, product, units=units, as_needed=read.as_needed)
    return Taken(label, product, daily_mg=mg, as_needed=read.as_needed)


def _patches(label: str, product: Product, read: Dosage) -> Taken:
    if read.patch_mcg_per_hour is not None:
        return Taken(label, product, patch_mcg_per_hour=read.patch_mcg_per_hour, as_needed=read.as_needed)
    # How many are worn together, where it is a range; of an as-needed patch nobody knows whether any is.
    worn = None if read.as_needed else _range(read.dose_min, read.dose_max)
    return Taken(label, product, units=worn, as_needed=read.as_needed)


def _range(low: Decimal | None, high: Decimal | None) -> tuple[Decimal, Decimal] | None:
    return None if low is None or high is None else (low, high)


def _same_dose(units: tuple[Decimal, Decimal], mg: tuple[Decimal, Decimal], product: Product) -> bool:
    """Whether the units are the product's own, so that units x strength is the dose that was read."""
    strength = product.strength_mg_per_unit
    return strength is not None and (units[0] * strength, units[1] * strength) == mg


def _as_clause(reason: str) -> str:
    """A reason without its full stop, to stand inside a sentence."""
    return reason.strip().rstrip(".")
