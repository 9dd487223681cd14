"""When no plan is made, why, and whom to ask."""

from __future__ import annotations

from stepwell.base.errors import StepwellError
from stepwell.knowledge import equivalence
from stepwell.knowledge.medicines.model import MedicineClass, Product, Release
from stepwell.knowledge.tapers import ome
from stepwell.knowledge.tapers.model import Constraints, Refusal, Regimen

_ROUTES = frozenset({"oral", "transdermal"})
_NO_PROFILE = frozenset({MedicineClass.BENZODIAZEPINE, MedicineClass.Z_DRUG})
_SPECIALIST = "specialist_300"


def only_product(regimen: Regimen) -> Product:
    """The product a regimen is of. Raises StepwellError where it is of several substances: one moves at a time."""
    if not regimen.items or regimen.dose <= 0:
        raise StepwellError(
            "There is no dose to lower.", next_step="Give the product and what is taken each day."
        )
    kinds = {
        (i.product.substance, i.product.release, i.product.other_ingredients == "") for i in regimen.items
    }
    if len(kinds) > 1:
        raise StepwellError(
            "A plan lowers one medicine at a time.",
            next_step="Plan the medicines one after another, the plain one before the slow one.",
        )
    return regimen.items[0].product


def of(regimen: Regimen, constraints: Constraints) -> tuple[Refusal, ...]:
    """Every reason not to plan this regimen; () where there is none."""
    product = regimen.items[0].product
    reasons = (of_medicine(product), _of_form(product, constraints), _of_dose(regimen, constraints))
    return tuple(reason for reason in reasons if reason is not None)


def of_medicine(product: Product) -> Refusal | None:
    """Why no plan is made of a medicine at all, whatever its dose; None where one may be."""
    if MedicineClass.DEPENDENCE_TREATMENT in product.classes:
        return Refusal(
            "dependence_treatment",
            "Treatment for opioid dependence is not tapered here.",
            "the drug service",
        )
    if product.substance == "methadone":
        return Refusal(
            "methadone",
            "Methadone is not converted and not tapered here.",
            "a specialist or the drug service",
        )
    if product.classes & _NO_PROFILE:
        return Refusal(
            "no_profile",
            "No profile is held for benzodiazepines and z-drugs. They need a slow plan of their own.",
            "the prescriber or a specialist",
        )
    if not product.classes & {
        MedicineClass.OPIOID,
        MedicineClass.COMPOUND_ANALGESIC,
        MedicineClass.GABAPENTINOID,
    }:
        return Refusal("no_profile", "No profile is held for this medicine.", "the prescriber")
    return None


def _of_form(product: Product, constraints: Constraints) -> Refusal | None:
    if product.route not in _ROUTES:
        return Refusal(
            "route",
            "Only medicines swallowed and patches are planned.",
            "a specialist or the palliative team",
        )
    if product.release is Release.UNKNOWN:
        return Refusal(
            "release_unknown",
            "Whether the product is a slow one is not known, so its times of day cannot be kept.",
            "the pharmacy which product is supplied",
        )
    if constraints.no_modified_release and product.release is Release.MODIFIED:
        return Refusal(
            "no_slow_product",
            "The person cannot take slow products and takes one now. A change of product is the prescriber's.",
            "the prescriber",
        )
    return None


def _of_dose(regimen: Regimen, constraints: Constraints) -> Refusal | None:
    value, _ = ome.of(regimen)
    line = equivalence.threshold(_SPECIALIST)
    if value is None or not line.reached_by(value) or constraints.override("specialist"):
        return None
    return Refusal(
        "specialist",
        f"The dose is {ome.shown(value)} mg a day of oral morphine equivalent, at or above {ome.shown(line.value)}.",
        "a specialist; with their support named, the plan can be made",
    )
