"""Which medicine is this? By dm+d id, then BNF code, then name; and why not, where it cannot be said."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from stepwell.knowledge import bnf
from stepwell.knowledge.medicines import brands, catalogue, matching, substances
from stepwell.knowledge.medicines.catalogue import Coded, Shelf
from stepwell.knowledge.medicines.model import Identification, MatchedBy, MedicineClass, Product
from stepwell.knowledge.medicines.names import NameReading, read
from stepwell.knowledge.medicines.narrowing import Match
from stepwell.knowledge.medicines.verhoeff import check_digit_right

_DMD = re.compile(r"[1-9][0-9]{5,17}")

# Labels of codes of which a list says the class and nothing more.
_CLASS_LABELS = ("benzodiazepine", "z-drug", "nsaid")

_NOT_COUNTED = (
    "Not recognised as a medicine that is counted here. Spelt another way it may be one, so look at the name."
)
_UNKNOWN = Identification(None, MatchedBy.NOTHING, None, frozenset(), None, None, _NOT_COUNTED, frozenset())


@dataclass(frozen=True, slots=True)
class _ByCode:
    coded: Coded | None
    matched_by: MatchedBy
    flags: frozenset[str]
    reason: str = ""


def identify(
    *, code: str | None = None, bnf_code: str | None = None, name: str | None = None
) -> Identification:
    """Recognise a medicine from what a record holds: a dm+d id, a BNF code, a name, or any of them.

    ``product`` is set only when the strength is certain. A code goes before a name; a name that plainly speaks of another
    medicine or strength takes the product away (flag ``code_name_conflict``), because one of the two is wrong.
    """
    return _identify(code or None, bnf_code or None, name or None)


@lru_cache(maxsize=65536)
def _identify(code: str | None, bnf_code: str | None, name: str | None) -> Identification:
    reading = read(name) or read(name, Shelf.BESIDE)
    by_code = _by_code(code, bnf_code)
    if by_code.coded is None:
        found = _from_name(name, reading)
        extra = by_code.flags if found.matched_by is not MatchedBy.NOTHING else frozenset()
        return replace(found, flags=found.flags | extra) if extra else found
    return _from_code(by_code, by_code.coded, name, reading)


def _by_code(code: str | None, bnf_code: str | None) -> _ByCode:
    flags = set()
    by_dmd = None
    written = (code or "").strip()
    if written:
        by_dmd = catalogue.by_dmd(written) if _DMD.fullmatch(written) else None
        if by_dmd is None:
            flags.add("code_not_recognised")
            if not _DMD.fullmatch(written) or not check_digit_right(written):
                flags.add("code_damaged")
    clean = bnf.clean(bnf_code)
    by_bnf = catalogue.by_bnf(clean) if clean else None
    if bnf_code and by_bnf is None:
        flags.add("bnf_code_not_recognised")
    if by_dmd is not None and by_bnf is not None:
        return _two_codes(by_dmd, by_bnf, frozenset(flags))
    if by_dmd is not None:
        return _ByCode(by_dmd, MatchedBy.DMD, frozenset(flags))
    if by_bnf is not None:
        return _ByCode(by_bnf, MatchedBy.BNF, frozenset(flags))
    return _ByCode(None, MatchedBy.NOTHING, frozenset(flags))


def _two_codes(by_dmd: Coded, by_bnf: Coded, flags: frozenset[str]) -> _ByCode:
    """Both resolve. One dm+d id may serve two purposes (buprenorphine 400 microgram): there the BNF code decides."""
    if not _substances(by_dmd) & _substances(by_bnf):
        label, classes = substances.joined((_labelled(by_dmd), _labelled(by_bnf)), "or")
        both = Coded(None, label, classes, None)
        return _ByCode(
            both, MatchedBy.DMD, flags | {"codes_conflict"}, "The two codes are of different medicines."
        )
    dependence = MedicineClass.DEPENDENCE_TREATMENT
    if dependence in _classes(by_bnf) and dependence not in _classes(by_dmd):
        return _ByCode(by_bnf, MatchedBy.BNF, flags | {"purpose_from_bnf_code"})
    if by_dmd.product is None and by_bnf.product is not None and by_dmd.label in _CLASS_LABELS:
        return _ByCode(by_bnf, MatchedBy.BNF, flags)
    return _ByCode(by_dmd, MatchedBy.DMD, flags)


def _substances(coded: Coded) -> frozenset[str]:
    return (
        frozenset({coded.product.substance}) if coded.product else substances.substances_of_label(coded.label)
    )


def _classes(coded: Coded) -> frozenset[MedicineClass]:
    return coded.product.classes if coded.product else coded.classes


def _labelled(coded: Coded) -> substances.Labelled:
    return substances.of_product(coded.product) if coded.product else (coded.label, coded.classes)


def _from_code(
    by_code: _ByCode, coded: Coded, name: str | None, reading: NameReading | None
) -> Identification:
    if not _classes(coded):
        reason = f"{coded.label.capitalize()} is not counted here."
        return replace(_UNKNOWN, reason=reason, text_only=coded.text_only)
    named = _from_name(name, reading) if reading else None
    flags = set(by_code.flags)
    if name and reading is None:
        flags.add("name_not_recognised")
    if reading is not None and named is not None:
        conflict = _conflict(coded, reading, named)
        if conflict:
            return _conflicting(by_code, coded, named, conflict)
    if coded.product is None:
        if named and named.product and coded.label in _CLASS_LABELS:
            return replace(named, flags=named.flags | flags)
        reason = by_code.reason or "The code says which medicine, not its strength."
        return Identification(
            None,
            MatchedBy.SUBSTANCE_ONLY,
            coded.label,
            coded.classes,
            coded.brand,
            None,
            reason,
            frozenset(flags),
            coded.text_only,
        )
    if named and named.product and named.product.product_id != coded.product.product_id:
        flags.add("code_name_differ")
    brand = coded.brand or (named.brand if named else None)
    return _product(coded.product, by_code.matched_by, brand, flags)


def _conflict(coded: Coded, reading: NameReading, named: Identification) -> str:
    """Why code and name cannot both be right, or ""."""
    spoken = reading.counted or (frozenset({named.product.substance}) if named.product else frozenset())
    if not spoken and named.brand:
        brand = brands.brands(reading.shelf)[named.brand.lower()]
        spoken = frozenset(each.substance for each in brand.products)
    if spoken and not spoken & _substances(coded):
        return "Code and name are of different medicines."
    if coded.product is None:
        return ""
    if reading.form == "injection":
        return "The name is of an injection and the code is not."
    if named.product is None:
        return ""
    ours, theirs = coded.product, named.product
    if ours.strength_mg_per_unit != theirs.strength_mg_per_unit:
        return "Code and name give different strengths."
    if ours.patch_rate_microgram_per_h != theirs.patch_rate_microgram_per_h:
        return "Code and name give different strengths."
    return ""


def _conflicting(by_code: _ByCode, coded: Coded, named: Identification, reason: str) -> Identification:
    found = [_labelled(coded)]
    if named.product is not None:
        found.append(substances.of_product(named.product))
    elif named.substance is not None:
        found.append((named.substance, named.classes))
    label, classes = substances.joined(found, "or")
    flags = by_code.flags | named.flags | {"code_name_conflict"}
    return Identification(None, MatchedBy.SUBSTANCE_ONLY, label, classes, None, None, reason, flags)


def _from_name(name: str | None, reading: NameReading | None) -> Identification:
    if name is None:
        return replace(_UNKNOWN, reason="There is no code that is recognised and no name.")
    if reading is None:
        return _UNKNOWN
    match = matching.match(name, reading)
    brand = brands.brands(reading.shelf).get((reading.brand or "").lower())
    if match.product is not None:
        flags = set(match.flags)
        if MedicineClass.DEPENDENCE_TREATMENT in match.product.classes and not brand:
            flags.add("dependence_by_name")
        found = _product(match.product, MatchedBy.NAME, brand.name if brand else None, flags)
        return _with_spelling(found, reading)
    return _substance_only(reading, match, brand)


def _substance_only(reading: NameReading, match: Match, brand: brands.Brand | None) -> Identification:
    labelled = substances.label(reading)
    if brand is not None and (labelled is None or "brand_of_another_medicine" in match.flags):
        of_brand = _label_of_brand(brand)
        labelled = substances.joined((labelled, of_brand), "or") if labelled else of_brand
    if labelled is None:
        return replace(_UNKNOWN, text_only=match.text_only) if match.text_only else _UNKNOWN
    label, classes = labelled
    brand_name = brand.name if brand else None
    found = Identification(
        None, MatchedBy.SUBSTANCE_ONLY, label, classes, brand_name, None, match.reason, match.flags, match.text_only
    )  # fmt: skip
    return _with_spelling(found, reading)


def _with_spelling(found: Identification, reading: NameReading) -> Identification:
    """What was read as another word is said, in words known here."""
    if not reading.read_as:
        return found
    said = f"A misspelt word was read as {' and one as '.join(reading.read_as)}."
    reason = f"{said} {found.reason}" if found.reason else said
    return replace(found, reason=reason, flags=found.flags | {"spelling_corrected"})


def _label_of_brand(brand: brands.Brand) -> substances.Labelled:
    """The label of a brand's products; "a or b" where one brand name is of several."""
    return substances.joined((substances.of_product(each) for each in brand.products), "or")


def _product(product: Product, matched_by: MatchedBy, brand: str | None, flags: set[str]) -> Identification:
    if product.strength_mg_per_unit is None and product.patch_rate_microgram_per_h is None:
        label, classes = substances.of_product(product)
        return Identification(
            None, MatchedBy.SUBSTANCE_ONLY, label, classes, brand, None,
            "The product is known, but it has no one strength.", frozenset(flags) | product.flags, product,
        )  # fmt: skip
    interval, reason = None, ""
    flags |= product.flags & {"also_dependence_treatment", "release_uncertain"}
    if brand and product.patch_rate_microgram_per_h is not None:
        listed, interval = catalogue.patch_interval(brand, product.patch_rate_microgram_per_h)
        if listed and interval is None:
            flags.add("patch_interval_unknown")
            reason = "How long this brand's patch is worn is not known."
    if "interval_set_by_brand" in product.flags:
        if brand and (brand.lower(), product.product_id) in catalogue.once_daily_brands():
            flags.add("once_daily_brand")
        elif brand is None or "brand_strength_not_listed" in flags:
            flags.add("interval_set_by_brand")
    if "rate_unit_assumed" in flags:
        reason = "The number on the patch was taken as micrograms an hour."
    return Identification(
        product, matched_by, product.substance, product.classes, brand, interval, reason, frozenset(flags)
    )
