"""Groups of medicines, as rules over the catalogue: opioid, weak, strong, long-acting, gabapentinoid, by route, high-dose.

A rule is asked of a medicine as it was identified and answers yes, no, or None: not known. A medicine whose strength or
release is not known is of its classes, but whether it is long-acting or high-dose cannot be said, and is never "no".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache

from stepwell.knowledge import tables
from stepwell.knowledge.medicines.catalogue import once_daily_brands
from stepwell.knowledge.medicines.model import Identification, MedicineClass, Product, Release


class Group(StrEnum):
    """The groups. ``WORDS`` says what each holds."""

    OPIOID = "opioid"
    WEAK_OPIOID = "weak_opioid"
    STRONG_OPIOID = "strong_opioid"
    TRAMADOL_OR_TAPENTADOL = "tramadol_or_tapentadol"
    LONG_ACTING_OPIOID = "long_acting_opioid"
    HIGH_DOSE_90 = "high_dose_long_acting_90"
    HIGH_DOSE_120 = "high_dose_long_acting_120"
    ORAL_OPIOID = "oral_opioid"
    TRANSDERMAL_OPIOID = "transdermal_opioid"
    PARENTERAL_OPIOID = "parenteral_opioid"
    TRANSMUCOSAL_OPIOID = "transmucosal_opioid"
    RECTAL_OPIOID = "rectal_opioid"
    INHALED_OPIOID = "inhaled_opioid"
    GABAPENTINOID = "gabapentinoid"
    BENZODIAZEPINE = "benzodiazepine"
    Z_DRUG = "z_drug"
    DEPENDENCE_FORMING = "dependence_forming"
    DEPENDENCE_TREATMENT = "dependence_treatment"
    ORAL_NSAID = "oral_nsaid"


WORDS: Mapping[Group, str] = {
    Group.OPIOID: "any opioid for pain, compounds too; not treatment of opioid dependence",
    Group.WEAK_OPIOID: "codeine, dihydrocodeine, meptazinol, dextropropoxyphene and compounds with one of them",
    Group.STRONG_OPIOID: "every other opioid but tramadol and tapentadol",
    Group.TRAMADOL_OR_TAPENTADOL: "tramadol and tapentadol, compounds too",
    Group.LONG_ACTING_OPIOID: "opioids of modified release, and patches",
    Group.HIGH_DOSE_90: "long-acting opioids of which one unit is at or over the 90 mg strengths",
    Group.HIGH_DOSE_120: "long-acting opioids of which one unit is at or over the 120 mg strengths",
    Group.ORAL_OPIOID: "opioids that are swallowed",
    Group.TRANSDERMAL_OPIOID: "patches with an opioid",
    Group.PARENTERAL_OPIOID: "injections and infusions of an opioid",
    Group.TRANSMUCOSAL_OPIOID: "opioids taken up in the mouth, under the tongue or in the nose",
    Group.RECTAL_OPIOID: "opioid suppositories",
    Group.INHALED_OPIOID: "opioids that are breathed in",
    Group.GABAPENTINOID: "gabapentin and pregabalin that are swallowed",
    Group.BENZODIAZEPINE: "benzodiazepines",
    Group.Z_DRUG: "zopiclone, zolpidem, zaleplon",
    Group.DEPENDENCE_FORMING: "opioids, gabapentinoids, benzodiazepines and z-drugs",
    Group.DEPENDENCE_TREATMENT: "treatment of opioid dependence",
    Group.ORAL_NSAID: "NSAIDs that are swallowed",
}

_C = MedicineClass
_NOT_STRONG = ("tramadol", "tapentadol")
_TRANSMUCOSAL = ("sublingual", "oromucosal", "nasal")


def holds(group: Group, found: Identification) -> bool | None:
    """Whether a medicine is in a group; None when what is known of it cannot say."""
    return _RULES[group](found)


def groups_of(found: Identification) -> frozenset[Group]:
    """The groups a medicine is certainly in."""
    return frozenset(group for group in Group if holds(group, found))


def _known(found: Identification) -> Product | None:
    return found.product or found.text_only


def _of_class(*classes: MedicineClass) -> Callable[[Identification], bool | None]:
    return lambda found: bool(found.classes & set(classes))


def _is_named(found: Identification, substances: tuple[str, ...]) -> bool:
    product = _known(found)
    return (product.substance if product else found.substance or "").startswith(substances)


def _weak(found: Identification) -> bool | None:
    return bool(found.classes & {_C.WEAK_OPIOID, _C.COMPOUND_ANALGESIC}) and _C.TRAMADOL not in found.classes


def _strong(found: Identification) -> bool | None:
    return _C.STRONG_OPIOID in found.classes and not _is_named(found, _NOT_STRONG)


def _tramadol_or_tapentadol(found: Identification) -> bool | None:
    return _C.TRAMADOL in found.classes or (_C.OPIOID in found.classes and _is_named(found, _NOT_STRONG))


def _long_acting(found: Identification) -> bool | None:
    product = _known(found)
    if _C.OPIOID not in found.classes:
        return False
    if product is None or product.release is Release.UNKNOWN:
        return None
    return product.release in (Release.MODIFIED, Release.TRANSDERMAL)


def _by_route(*routes: str) -> Callable[[Identification], bool | None]:
    def rule(found: Identification) -> bool | None:
        product = _known(found)
        if _C.OPIOID not in found.classes:
            return False
        return None if product is None else product.route in routes

    return rule


@cache
def _high_dose_units() -> Mapping[tuple[str, str, str], Mapping[str, Decimal]]:
    return {
        (row["substance"], row["release"], row["interval"]): {
            column: Decimal(row[column]) for column in ("at_90", "at_120") if row[column]
        }
        for row in tables.rows("high_dose_units")
    }


def _high_dose(column: str) -> Callable[[Identification], bool | None]:
    def rule(found: Identification) -> bool | None:
        long_acting = _long_acting(found)
        product = _known(found)
        if not long_acting or product is None:
            return long_acting
        amount = product.patch_rate_microgram_per_h or product.strength_mg_per_unit
        lines = {
            line
            for interval in ("any", *_intervals(found, product))
            for line in [_line(product, interval, column)]
            if line is not None
        }
        if not lines:
            return False  # no strength of it is on this list: tramadol, dihydrocodeine
        reached = {amount is not None and amount >= line for line in lines}
        return reached.pop() if len(reached) == 1 else None

    return rule


def _line(product: Product, interval: str, column: str) -> Decimal | None:
    return _high_dose_units().get((product.substance, product.release.value, interval), {}).get(column)


def _intervals(found: Identification, product: Product) -> tuple[str, ...]:
    """How often it is taken; both where the brand decides it and is not known."""
    if found.brand and (found.brand.lower(), product.product_id) in once_daily_brands():
        return ("once_daily",)
    if product.mr_interval_hours == 24:
        return ("once_daily",)
    if "interval_set_by_brand" in found.flags:
        return ("once_daily", "twice_daily")
    return ("twice_daily",)


def _oral_nsaid(found: Identification) -> bool | None:
    product = _known(found)
    if _C.NSAID not in found.classes:
        return False
    if product is None:
        return None if _C.TOPICAL_ANALGESIC in found.classes else True
    return product.route == "oral"


_RULES: Mapping[Group, Callable[[Identification], bool | None]] = {
    Group.OPIOID: _of_class(_C.OPIOID),
    Group.WEAK_OPIOID: _weak,
    Group.STRONG_OPIOID: _strong,
    Group.TRAMADOL_OR_TAPENTADOL: _tramadol_or_tapentadol,
    Group.LONG_ACTING_OPIOID: _long_acting,
    Group.HIGH_DOSE_90: _high_dose("at_90"),
    Group.HIGH_DOSE_120: _high_dose("at_120"),
    Group.ORAL_OPIOID: _by_route("oral"),
    Group.TRANSDERMAL_OPIOID: _by_route("transdermal"),
    Group.PARENTERAL_OPIOID: _by_route("injection"),
    Group.TRANSMUCOSAL_OPIOID: _by_route(*_TRANSMUCOSAL),
    Group.RECTAL_OPIOID: _by_route("rectal"),
    Group.INHALED_OPIOID: _by_route("inhalation"),
    Group.GABAPENTINOID: _of_class(_C.GABAPENTINOID),
    Group.BENZODIAZEPINE: _of_class(_C.BENZODIAZEPINE),
    Group.Z_DRUG: _of_class(_C.Z_DRUG),
    Group.DEPENDENCE_FORMING: _of_class(_C.OPIOID, _C.GABAPENTINOID, _C.BENZODIAZEPINE, _C.Z_DRUG),
    Group.DEPENDENCE_TREATMENT: _of_class(_C.DEPENDENCE_TREATMENT),
    Group.ORAL_NSAID: _oral_nsaid,
}
