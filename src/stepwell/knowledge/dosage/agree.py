"""The instruction beside the product: units must agree, mg become units by the product's own strength."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from stepwell.knowledge.dosage.grammar.day import MASS_IN_MG, Part
from stepwell.knowledge.dosage.grammar.parts import Amount, Limit, RefusedError, Total
from stepwell.knowledge.medicines.model import Product

_SOLID = frozenset({"tablet", "capsule"})
_WORN = frozenset({"patch", "plaster"})
_MEASURED = frozenset({"ml", "mg", "microgram"})
_EACH = frozenset({"dose", "unit"})
_LARGEST_BARE_NUMBER = Decimal(20)
_SMALLEST_SUSPECT = Decimal(5)
_MOST_PATCHES_SAID_BARE = Decimal(4)
_PARACETAMOL_MG = Decimal(500)
_MICROGRAM_IN_MG = Decimal(1000)
# A patch that releases 12.5 is labelled 12.
_RATE_MARGIN = Decimal("0.5")
_COMPOUND_MULTIPLES = frozenset({Decimal("0.5"), Decimal(1), Decimal("1.5"), Decimal(2)})


@dataclass(slots=True)
class DailyLimit:
    """A ceiling as units a day; ``daily`` None when it could not be converted. ``kind``: unit, mg or dose.

    ``harmless`` marks a ceiling on another substance that the usual four doses a day already keep.
    """

    daily: Decimal | None
    kind: str
    unit: str | None = None
    harmless: bool = False


class Agreement:
    """An instruction with no product: numbers stay in the unit written."""

    is_patch = False

    def __init__(self) -> None:
        self.flags: list[str] = []

    def convert(self, part: Part) -> Amount:
        """The dose of a part in the counted unit."""
        dose = part.dose
        assert dose is not None
        if dose.high > _LARGEST_BARE_NUMBER:
            if dose.unit is None:
                raise RefusedError("mg_suspect", "mg_suspect")
            if dose.unit in _SOLID or dose.unit == "patch":
                raise RefusedError("quantity_suspect", "quantity_suspect")
        return dose

    def limit(
        self, limit: Limit, unit: str | None, dose_high: Decimal | None, daily_high: Decimal | None = None
    ) -> DailyLimit:
        """A ceiling in the counted unit a day. ``daily_high``: the most on a day it is taken, for "3 nights a week"."""
        days = limit.days or Decimal(1)
        if limit.unit == "day":
            on_a_day = daily_high if daily_high is not None else dose_high
            return DailyLimit(None if on_a_day is None else limit.amount * on_a_day / days, "dose")
        if limit.unit == "dose":
            daily = None if dose_high is None else limit.amount * dose_high / days
            return DailyLimit(daily, "dose")
        if limit.unit in MASS_IN_MG:
            return self._mass_limit(limit, unit, days)
        if limit.unit is None and unit in _MEASURED:
            return self._bare_limit(limit, dose_high, days)
        if limit.unit is not None and unit is not None and not _same_counted(limit.unit, unit):
            return DailyLimit(None, "unit")
        return DailyLimit(limit.amount / days, "unit", limit.unit)

    def _bare_limit(self, limit: Limit, dose_high: Decimal | None, days: Decimal) -> DailyLimit:
        """ "10ml prn max 4 a day": doses when the number is below one dose, otherwise it could be either."""
        if dose_high is None or limit.amount >= dose_high:
            raise RefusedError("ambiguous")
        return DailyLimit(limit.amount * dose_high / days, "dose")

    def _mass_limit(self, limit: Limit, unit: str | None, days: Decimal) -> DailyLimit:
        mg = limit.amount * MASS_IN_MG[str(limit.unit)]
        if unit in MASS_IN_MG and limit.substance is None:
            return DailyLimit(mg / MASS_IN_MG[str(unit)] / days, "mg", unit)
        return DailyLimit(None, "mg", harmless=_is_paracetamol_warning(limit, mg))

    def total(self, total: Total, unit: str | None) -> Decimal | None:
        """A stated total in the counted unit, None when it cannot be compared."""
        if total.unit in MASS_IN_MG and unit in MASS_IN_MG:
            return total.high * MASS_IN_MG[str(total.unit)] / MASS_IN_MG[str(unit)]
        if total.unit in MASS_IN_MG or unit in MASS_IN_MG:
            return None
        if total.unit is not None and unit is not None and not _same_counted(total.unit, unit):
            raise RefusedError("unit_conflict")
        return total.high


class ProductAgreement(Agreement):
    """An instruction for one product: numbers become the product's counted units."""

    def __init__(self, product: Product) -> None:
        super().__init__()
        self.product = product
        self.is_patch = product.unit in _WORN

    def convert(self, part: Part) -> Amount:
        dose = part.dose
        assert dose is not None
        if dose.unit is None:
            self._bare(dose)
            counted = replace(dose, unit=self.product.unit)
        elif dose.unit in MASS_IN_MG:
            counted = self._from_mass(dose)
        else:
            self._form(dose.unit)
            counted = replace(super().convert(part), unit=self.product.unit)
        self._named_strength(dose, part, counted)
        if self.product.patch_rate_microgram_per_h is not None and counted.low % 1 + counted.high % 1:
            raise RefusedError("ambiguous")  # half a patch: none is cut
        return counted

    def _bare(self, dose: Amount) -> None:
        """A number alone: refused where it could be mg or ml as well as units."""
        if self.product.unit == "ml":
            raise RefusedError("unit_missing")
        if dose.high > _LARGEST_BARE_NUMBER or (self.is_patch and dose.high > _MOST_PATCHES_SAID_BARE):
            raise RefusedError("mg_suspect", "mg_suspect")
        strength = self.product.strength_mg_per_unit
        if not dose.a_day and dose.high >= _SMALLEST_SUSPECT and dose.high == strength:
            raise RefusedError("mg_suspect", "mg_suspect")

    def _from_mass(self, dose: Amount) -> Amount:
        factor = MASS_IN_MG[str(dose.unit)]
        rate = self.product.patch_rate_microgram_per_h
        if self.is_patch:
            patches = dose.low / rate if rate and dose.unit == "microgram" and dose.low == dose.high else None
            if patches is None or patches not in (1, 2):
                raise RefusedError("unit_conflict")
            return replace(dose, low=patches, high=patches, unit="patch")
        strength = self.product.strength_mg_per_unit
        if not strength:
            raise RefusedError("no_strength")
        low, high = dose.low * factor / strength, dose.high * factor / strength
        if self.product.other_ingredients and not {low, high} <= _COMPOUND_MULTIPLES:
            raise RefusedError("unit_conflict")
        if dose.high * factor > strength * _LARGEST_BARE_NUMBER and self.product.unit in _SOLID:
            raise RefusedError("quantity_suspect", "quantity_suspect")
        if (
            self.product.unit != "ml"
            and (low != int(low) or high != int(high))
            and "part_unit" not in self.flags
        ):
            self.flags.append("part_unit")
        return replace(dose, low=low, high=high, unit=self.product.unit)

    def _form(self, unit: str) -> None:
        mine = self.product.unit
        if unit == mine or (unit in _EACH and mine != "ml"):
            return
        if unit in _WORN and mine in _WORN:
            return
        if unit in _SOLID and mine in _SOLID:
            if "form_mismatch" not in self.flags:
                self.flags.append("form_mismatch")
            return
        raise RefusedError("spoon_size_unknown" if unit == "spoonful" and mine == "ml" else "unit_conflict")

    def _named_strength(self, dose: Amount, part: Part, counted: Amount) -> None:
        """ "2 x 10mg tablets" and "2 tablets (20mg)" must fit the product."""
        rate = self.product.patch_rate_microgram_per_h
        if rate is not None and dose.strength_mg is not None:
            if abs(dose.strength_mg * _MICROGRAM_IN_MG - rate) > _RATE_MARGIN:
                raise RefusedError("strength_conflict")  # "1 x 50mcg every 72 hours" of a patch of 25
            return
        strength = self.product.strength_mg_per_unit
        if strength is None:
            return
        if dose.strength_mg is not None and dose.strength_mg != strength:
            raise RefusedError("strength_conflict")
        if part.beside_mg is not None:
            low, high = part.beside_mg
            if (low, high) not in ((strength, strength), (counted.low * strength, counted.high * strength)):
                raise RefusedError("conflict")

    def _mass_limit(self, limit: Limit, unit: str | None, days: Decimal) -> DailyLimit:
        mg = limit.amount * MASS_IN_MG[str(limit.unit)]
        strength = self._strength_of(limit.substance)
        if strength:
            return DailyLimit(mg / strength / days, "mg", self.product.unit)
        return DailyLimit(None, "mg", harmless=_is_paracetamol_warning(limit, mg))

    def _strength_of(self, substance: str | None) -> Decimal | None:
        """mg of the named substance in one unit; of a compound, a mass without a name is not converted."""
        product = self.product
        if substance is None:
            return None if product.other_ingredients else product.strength_mg_per_unit
        if substance == product.substance:
            return product.strength_mg_per_unit
        if product.unit == "ml":
            return None  # the other ingredients of a liquid are not said per ml
        for ingredient in product.other_ingredients.split(";"):
            name, _, amount = ingredient.strip().rpartition(" ")
            if name == substance and amount.endswith("mg") and amount[:-2].replace(".", "").isdigit():
                return Decimal(amount[:-2])
        return None

    def total(self, total: Total, unit: str | None) -> Decimal | None:
        if total.unit in MASS_IN_MG and unit == self.product.unit:
            strength = None if self.product.other_ingredients else self.product.strength_mg_per_unit
            return total.high * MASS_IN_MG[str(total.unit)] / strength if strength else None
        return super().total(total, unit)


def _same_counted(left: str, right: str) -> bool:
    return left == right or {left, right} <= _SOLID or {left, right} <= _WORN or bool({left, right} & _EACH)


def _is_paracetamol_warning(limit: Limit, mg: Decimal) -> bool:
    return limit.substance == "paracetamol" and mg >= 8 * _PARACETAMOL_MG
