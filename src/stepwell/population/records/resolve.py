"""Distinct medicines and instructions, resolved once each. Free text and product names repeat: never row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from stepwell.knowledge.dosage import parse
from stepwell.knowledge.dosage.model import Dosage, Status
from stepwell.knowledge.equivalence import Equivalence, convert
from stepwell.knowledge.exposure import TextState
from stepwell.knowledge.medicines import identify
from stepwell.knowledge.medicines.model import Identification, Product
from stepwell.population.records.derived_schema import CLASSES

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A distinct medicine of a load and what it was recognised as. ``line`` is None when it is of no concern here."""

    drug_code: str | None
    bnf_code: str | None
    drug_name: str | None
    found: Identification

    @property
    def classes(self) -> frozenset[str]:
        """The classes searches know of."""
        return frozenset(c.value for c in self.found.classes) & frozenset(CLASSES)

    @property
    def line(self) -> str | None:
        """The line issues of this medicine belong to."""
        if not self.classes:
            return None
        if self.found.product is not None:
            return self.found.product.product_id
        return f"substance:{self.found.substance}" if self.found.substance else None

    @property
    def patch_interval_hours(self) -> int | None:
        """The brand's own change interval where the brand decides it, else the product's."""
        product = self.found.product
        return self.found.patch_interval_hours or (product.patch_interval_hours if product else None)


def recognise(medicines: Iterable[tuple[str | None, str | None, str | None]]) -> Iterator[Recognised]:
    """Identify each distinct (dm+d code, BNF code, name)."""
    for code, bnf, name in medicines:
        yield Recognised(code, bnf, name, identify(code=code, bnf_code=bnf, name=name))


def medicine_row(medicine: Recognised) -> Row:
    """A row of the derived table ``medicines``."""
    return {
        "drug_code": medicine.drug_code,
        "bnf_code": medicine.bnf_code,
        "drug_name": medicine.drug_name,
        "line": medicine.line,
        "matched_by": medicine.found.matched_by.value,
        "reason": medicine.found.reason,
        "flags": "|".join(sorted(medicine.found.flags)),
    }


def line_row(medicine: Recognised) -> Row:
    """A row of the derived table ``lines``, for a medicine that has one."""
    product, found = medicine.found.product, medicine.found
    one_unit = _one_unit(product)
    one_patch = _one_patch(product)
    return {
        "line": medicine.line,
        "name": product.name if product else f"{(found.substance or '').capitalize()}, strength not known",
        "substance": product.substance if product else found.substance,
        "release": product.release.value if product else "unknown",
        "unit": product.unit if product else None,
        "mg_per_unit": _number(product.strength_mg_per_unit) if product else None,
        "ome_per_unit": _number(one_unit.ome_max) if one_unit else None,
        "is_patch": _is_patch(product),
        "patch_ome": _number(one_patch.ome_max) if one_patch else None,
        "convertible": bool(one_unit or one_patch),
        **{name: name in medicine.classes for name in CLASSES},
    }


def _is_patch(product: Product | None) -> bool:
    return product is not None and product.patch_rate_microgram_per_h is not None


def _one_unit(product: Product | None) -> Equivalence | None:
    """The OME of one counted unit a day, where it is worked out at all."""
    if product is None or product.strength_mg_per_unit is None or _is_patch(product):
        return None
    mg = product.strength_mg_per_unit
    found = convert(product, daily_mg_min=mg, daily_mg_max=mg)
    return found if found.convertible else None


def _one_patch(product: Product | None) -> Equivalence | None:
    if product is None or not _is_patch(product):
        return None
    found = convert(product, patch_mcg_per_hour=product.patch_rate_microgram_per_h)
    return found if found.convertible else None


def instruction_row(line: str, text: str | None, product: Product | None) -> Row:
    """A row of the derived table ``instructions``: ``text`` read for the product of ``line``."""
    dosage = parse(text, product)
    state = state_of(dosage)
    read = state is TextState.READ
    ome = _ome(dosage, product) if read else None
    return {
        "line": line,
        "text": text,
        "state": state.value,
        "reason": dosage.reason or "",
        "flags": "|".join(dosage.flags),
        "units_min": _number(dosage.daily_min) if _counts(dosage) else None,
        "units_max": _number(dosage.daily_max) if _counts(dosage) else None,
        "unit": dosage.unit,
        "mg_min": _number(dosage.daily_mg_min),
        "mg_max": _number(dosage.daily_mg_max),
        "patch_mcg_per_hour": _number(dosage.patch_mcg_per_hour),
        "ome_min": _number(ome[0].ome_min) if ome else None,
        "ome_max": _number(ome[1].ome_max) if ome else None,
        "formula": " to ".join(dict.fromkeys(each.formula for each in ome)) if ome else "",
    }


def state_of(dosage: Dosage) -> TextState:
    """What an instruction yields for a dose. Decision 10, section 4."""
    if not dosage.text.strip():
        return TextState.EMPTY
    if dosage.status is Status.REFUSED:
        return TextState.UNREADABLE
    if "implausible" in dosage.flags:
        return TextState.IMPLAUSIBLE
    if "taper" in dosage.flags and not _first_step_is_highest(dosage):
        return TextState.UNREADABLE
    if dosage.daily_min is not None and dosage.daily_max is not None:
        return TextState.READ
    if dosage.as_needed and dosage.daily_min == 0:
        return TextState.OPEN
    return TextState.UNREADABLE


def _first_step_is_highest(dosage: Dosage) -> bool:
    """Whether no later step is above the first. Which step has been reached is not written; one by a rate has no steps."""
    first, later = dosage.daily_max, [step.daily_max for step in dosage.steps[1:]]
    return first is not None and bool(later) and all(high is not None and high <= first for high in later)


def _counts(dosage: Dosage) -> bool:
    """Whether the daily numbers count anything: mg of a medicine of unknown strength do not, and divide no quantity."""
    return dosage.unit != "mg"


def _ome(dosage: Dosage, product: Product | None) -> tuple[Equivalence, Equivalence] | None:
    """The equivalences of the lowest and the highest dose, where both can be said."""
    if product is None:
        return None
    if _is_patch(product):
        found = tuple(convert(product, patch_mcg_per_hour=rate) for rate in _rates_worn(dosage, product))
    elif dosage.daily_mg_min is not None and dosage.daily_mg_max is not None:
        found = (convert(product, daily_mg_min=dosage.daily_mg_min, daily_mg_max=dosage.daily_mg_max),)
    else:
        return None
    return (found[0], found[-1]) if found and all(each.convertible for each in found) else None


def _rates_worn(dosage: Dosage, product: Product) -> tuple[Decimal, ...]:
    """The rates of the fewest and of the most patches worn together; none where the instruction does not say."""
    rate, low, high = product.patch_rate_microgram_per_h, dosage.dose_min, dosage.dose_max
    if dosage.patch_mcg_per_hour is not None:
        return (dosage.patch_mcg_per_hour,)
    if rate is None or low is None or high is None or dosage.as_needed:
        return ()
    return rate * low, rate * high


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
