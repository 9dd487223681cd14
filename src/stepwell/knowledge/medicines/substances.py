"""Which classes a medicine is in when only its ingredients are known.

A label stands for one set of classes, always: issues without a product are grouped by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from stepwell.knowledge import bnf, tables
from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.medicines.catalogue import Shelf
from stepwell.knowledge.medicines.model import MedicineClass, Product
from stepwell.knowledge.medicines.names import NameReading

Labelled = tuple[str, frozenset[MedicineClass]]

_NOT_COUNTED_WITH_MORPHINE = {"kaolin", "ipecacuanha"}
_UNKNOWN_PURPOSE = frozenset(
    {MedicineClass.OPIOID, MedicineClass.STRONG_OPIOID, MedicineClass.DEPENDENCE_TREATMENT}
)
_SUBLINGUAL = ("sublingual tablet", "lyophilisate")
# Ingredients that, together with an opioid, make the compound whose label is in bnf_chemicals.
_COMPOUNDS = {
    ("codeine", "paracetamol"): "co-codamol",
    ("dihydrocodeine", "paracetamol"): "co-dydramol",
    ("dextropropoxyphene", "paracetamol"): "co-proxamol",
    ("codeine", "aspirin"): "codeine with aspirin",
    ("codeine", "ibuprofen"): "codeine with ibuprofen",
}


@cache
def _by_label() -> Mapping[str, frozenset[MedicineClass]]:
    found = {
        row["label"]: catalogue.classes_of(row["classes"])
        for shelf in Shelf
        for row in catalogue.chemicals(shelf).values()
    }
    found |= {row["label"]: catalogue.classes_of(row["classes"]) for row in tables.rows("bnf_end_of_life")}
    return found


@cache
def substances_of_label(label: str) -> frozenset[str]:
    """The ingredients a label may stand for: "benzodiazepine" for any of them."""
    rows = [row for shelf in Shelf for row in catalogue.chemicals(shelf).values()]
    found = {row["substance"] for row in rows if label in (row["label"], row["classes"].replace("_", "-"))}
    return frozenset(found) or frozenset({label.removesuffix(" injection")})


def of_product(product: Product) -> Labelled:
    """The label and classes of a product's chemical, for when its strength cannot be relied on."""
    chemical = bnf.chemical(product.product_id)
    held = next(catalogue.chemicals(shelf) for shelf in Shelf if chemical in catalogue.chemicals(shelf))
    if catalogue.partly_counted(chemical) and not product.classes & _of_chemical(chemical):
        held = catalogue.chemicals(Shelf.BESIDE)
    return _labelled(held[chemical]["label"])


def _of_chemical(chemical: str) -> frozenset[MedicineClass]:
    return catalogue.classes_of(catalogue.chemicals()[chemical]["classes"])


def joined(found: Iterable[Labelled], word: str) -> Labelled:
    """Several labels as one, and all their classes."""
    labels = dict(found)
    return f" {word} ".join(sorted(labels)), frozenset().union(*labels.values())


def label(reading: NameReading) -> Labelled | None:
    """The label and classes of the ingredients named, or None when they are not counted here."""
    if reading.dependence_brand:
        (substance,) = reading.counted or {""}
        return _labelled(f"{substance} for dependence")
    found = {}
    if reading.shelf is Shelf.BESIDE:
        return _beside(reading)
    if reading.label is not None and not reading.counted:
        return _labelled(reading.label)
    for substance in sorted(reading.counted):
        one = _one(substance, reading)
        if one is not None:
            found[one[0]] = one[1]
    if not found:
        return None
    return joined(found.items(), "and")


def _one(substance: str, reading: NameReading) -> Labelled | None:
    if reading.form == "injection" and f"{substance} injection" in _by_label():
        return _labelled(f"{substance} injection")
    if substance == "midazolam" or (substance == "gabapentin" and reading.form == "topical"):
        return None
    if substance == "naltrexone" and "bupropion" in reading.others:  # for weight
        return None
    if substance == "morphine" and reading.others & _NOT_COUNTED_WITH_MORPHINE:
        return None
    if substance == "methadone" and reading.form not in ("injection", "suppository", "cigarette"):
        return "methadone, purpose not known", _UNKNOWN_PURPOSE
    if substance == "buprenorphine" and ("naloxone" in reading.others or _is_depot(reading)):
        return _labelled("buprenorphine for dependence")
    if substance == "buprenorphine" and reading.form in _SUBLINGUAL:
        return "buprenorphine under the tongue, purpose not known", _UNKNOWN_PURPOSE
    if f"{substance} for dependence" in _by_label() and substance not in _by_label():
        return _labelled(f"{substance} for dependence")
    for other in sorted(reading.others):
        compound = _COMPOUNDS.get((substance, other))
        if compound:
            return _labelled(compound)
    return _labelled(substance)


def _beside(reading: NameReading) -> Labelled | None:
    """The label of what is taken beside an opioid: on the skin where the form says so."""
    on_skin = reading.form in ("topical", "plaster", "patch")
    known = _by_label()
    found = {}
    for substance in sorted(reading.counted):
        names = (f"{substance} on the skin", substance) if on_skin else (substance,)
        name = next((each for each in names if each in known), None)
        if name is None and substance == "capsaicin":
            name = f"{substance} on the skin"
        if name is not None:
            found[name] = known[name]
    return joined(found.items(), "and") if found else None


def _is_depot(reading: NameReading) -> bool:
    """Slow injections and implants of buprenorphine are made for dependence only."""
    return (reading.form == "injection" and reading.modified_release) or bool(
        reading.words & {"implant", "implants"}
    )


def _labelled(name: str) -> Labelled:
    return name, _by_label()[name]
