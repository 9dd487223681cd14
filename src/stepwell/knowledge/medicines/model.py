"""What a medicine is, once it has been recognised. Values only: how it is recognised is in ``identify``."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class MedicineClass(StrEnum):
    """Classes of medicine. A product may be in several: tramadol is an opioid and a tramadol.

    The last four are recognised so that what is taken beside an opioid is known; no search names them.
    """

    OPIOID = "opioid"
    STRONG_OPIOID = "strong_opioid"
    WEAK_OPIOID = "weak_opioid"
    TRAMADOL = "tramadol"
    COMPOUND_ANALGESIC = "compound_analgesic"
    GABAPENTINOID = "gabapentinoid"
    BENZODIAZEPINE = "benzodiazepine"
    Z_DRUG = "z_drug"
    DEPENDENCE_TREATMENT = "dependence_treatment"
    END_OF_LIFE_INJECTABLE = "end_of_life_injectable"
    NSAID = "nsaid"
    ANTIDEPRESSANT = "antidepressant"
    PARACETAMOL = "paracetamol"
    TOPICAL_ANALGESIC = "topical_analgesic"


class Release(StrEnum):
    """How fast a product lets its substance go. UNKNOWN is a value: a plain name may hide a slow capsule."""

    IMMEDIATE = "IR"
    MODIFIED = "MR"
    TRANSDERMAL = "TD"
    UNKNOWN = "unknown"


class MatchedBy(StrEnum):
    """What the identification rests on, strongest first."""

    DMD = "dmd"
    BNF = "bnf"
    NAME = "name"
    SUBSTANCE_ONLY = "substance_only"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Product:
    """One generic product (a dm+d VMP), as the catalogue holds it.

    ``strength_mg_per_unit`` is milligrams of ``substance`` in one counted unit (tablet, capsule, sachet) or, for
    liquids, in one ml; None where it is not known or where the strength is a rate (patches).
    ``unit`` is the counted unit: tablet, capsule, ml, patch, sachet, suppository, lozenge, spray, ampoule, ...
    Intervals are hours. ``source`` and ``status`` say where the row came from and whether it was verified.
    ``splitting`` is "never", "no", "check_score_line" or "measure" (a liquid). ``cd_schedule`` is "2" to "5", "none" or "";
    ``safe_custody`` is "yes", "no" or ""; both have their own ``cd_status``. "" is not known, never "no".
    """

    product_id: str
    name: str
    dmd_vmp_id: str | None
    bnf_code: str | None
    classes: frozenset[MedicineClass]
    substance: str
    other_ingredients: str
    route: str
    form: str
    release: Release
    unit: str
    strength_mg_per_unit: Decimal | None
    patch_rate_microgram_per_h: Decimal | None
    mr_interval_hours: int | None
    patch_interval_hours: int | None
    brands: tuple[str, ...]
    flags: frozenset[str]
    source: str
    status: str
    table_version: str
    splitting: str = ""
    cd_schedule: str = ""
    safe_custody: str = ""
    cd_status: str = ""


@dataclass(frozen=True, slots=True)
class Identification:
    """The answer to "which medicine is this?".

    ``product`` is set when product and strength are known. ``substance`` and ``classes`` alone are set when the name
    tells the substance but not the strength (SUBSTANCE_ONLY): such an issue counts as exposure but has no dose.
    ``brand`` is the brand named in the text, if any. ``patch_interval_hours`` is the brand's own change interval where
    a brand decides it. ``reason`` says why there is no product, or what was assumed; "" when nothing need be said.
    ``text_only`` is the product where one is known that must never be counted, converted or planned with: injections,
    creams, packs of several strengths. Show its name; ``product`` is None beside it.
    """

    product: Product | None
    matched_by: MatchedBy
    substance: str | None
    classes: frozenset[MedicineClass]
    brand: str | None
    patch_interval_hours: int | None
    reason: str
    flags: frozenset[str]
    text_only: Product | None = None
