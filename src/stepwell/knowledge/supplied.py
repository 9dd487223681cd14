"""A presentation as prescribing data names it, and what one dispensed unit of it comes to. For totals over a population alone.

A person's daily dose is never worked out here: injections and powders that the catalogue leaves to the clinician are counted, and a
patch whose brand decides how long it is worn is taken as usual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from stepwell.knowledge import bnf, tables
from stepwell.knowledge.equivalence import Supply, counting_table, is_counted, population_total
from stepwell.knowledge.medicines import identify
from stepwell.knowledge.medicines.groups import Group, holds
from stepwell.knowledge.medicines.model import Identification, MedicineClass, Release


@dataclass(frozen=True, slots=True)
class Supplied:
    """One presentation. ``code`` is today's BNF code, ``given`` the one in the data.

    ``mg_per_unit`` is milligrams of ``substance`` in one unit that quantities count (tablet, ml, ampoule); None where it is not known or where
    the strength is a rate. ``route`` is the catalogue's word, or "parenteral" for an injection.
    """

    given: str
    code: str
    name: str
    found: Identification
    substance: str
    route: str
    unit: str
    release: Release
    mg_per_unit: Decimal | None

    @property
    def is_known(self) -> bool:
        """Whether strength or rate is known."""
        product = self.found.product
        return self.mg_per_unit is not None or bool(product and product.patch_rate_microgram_per_h)

    def in_group(self, group: Group) -> bool | None:
        """Whether it is of a group of medicines; None when what is known cannot say."""
        return holds(group, self.found)


def current_code(code: str) -> str:
    """Today's BNF code of a presentation that may have had another. Spaces some old months carry are dropped."""
    plain = code.strip().upper()
    return _changes().get(plain, plain)


def resolve(code: str, name: str) -> Supplied:
    """What a presentation is: by its code where the catalogue or the table of supplied units holds it, else by its name."""
    current = current_code(code)
    found = identify(bnf_code=current, name=name)
    product = found.product
    if product is not None:
        return Supplied(
            code,
            current,
            name,
            found,
            product.substance,
            product.route,
            product.unit,
            product.release,
            product.strength_mg_per_unit,
        )
    unit = _units().get(current) or _generic_units().get(bnf.generic_key(current))
    if unit is None:
        beside = found.text_only
        return Supplied(
            code,
            current,
            name,
            found,
            beside.substance if beside else found.substance or "",
            "parenteral" if beside and beside.route == "injection" else beside.route if beside else "",
            beside.unit if beside else "",
            beside.release if beside else Release.UNKNOWN,
            None,
        )
    return Supplied(
        code,
        current,
        name,
        found,
        unit["substance"],
        unit["route"],
        unit["unit"],
        Release.UNKNOWN,
        Decimal(unit["mg_per_unit"]),
    )


def is_opioid(supplied: Supplied) -> bool:
    """Whether it holds an opioid that counts towards OME: for pain, cough or diarrhoea, not for opioid dependence."""
    if bnf.is_in(supplied.code, "0410"):
        return False
    classes = supplied.found.classes
    if MedicineClass.DEPENDENCE_TREATMENT in classes:
        return False
    return MedicineClass.OPIOID in classes or supplied.substance in _opioid_substances()


def ome_mg_per_unit(supplied: Supplied, table: str | None = None) -> Decimal | None:
    """mg of OME in one dispensed unit under a factor table (the population's own by default); None when not known."""
    if not is_opioid(supplied) or not is_counted(table or counting_table(), supplied.code):
        return None
    one = Supply(
        Decimal(1),
        supplied.found.product,
        supplied.substance,
        supplied.route,
        supplied.mg_per_unit,
    )
    return population_total([one], table=table).ome_mg


def ddd_per_unit(supplied: Supplied) -> Decimal | None:
    """Defined daily doses in one dispensed unit; None where there is no such dose or the strength is not known."""
    dose = _defined_daily_doses().get(supplied.substance)
    return None if dose is None or supplied.mg_per_unit is None else supplied.mg_per_unit / dose


def adq_per_unit(supplied: Supplied) -> Decimal | None:
    """Average daily quantities in one dispensed unit taken by mouth; None where there is none or it is not known."""
    quantity = _average_daily_quantities().get(bnf.chemical(supplied.code))
    if quantity is None or supplied.mg_per_unit is None or supplied.route != "oral":
        return None
    return supplied.mg_per_unit / quantity


def has_ddd(supplied: Supplied) -> bool | None:
    """Whether it comes to defined daily doses; None when its substance has one and its strength is not known."""
    if supplied.substance and supplied.substance not in _defined_daily_doses():
        return False
    return True if ddd_per_unit(supplied) is not None else None


def has_adq(supplied: Supplied) -> bool | None:
    """Whether it comes to average daily quantities; None when its chemical has one and its route or strength is not known."""
    if bnf.chemical(supplied.code) not in _average_daily_quantities():
        return False
    if supplied.route and supplied.route != "oral":
        return False
    return True if adq_per_unit(supplied) is not None else None


@cache
def _changes() -> Mapping[str, str]:
    return {row["old_code"]: row["new_code"] for row in tables.rows("bnf_code_changes")}


@cache
def _units() -> Mapping[str, tables.Row]:
    return {row["bnf_code"]: row for row in tables.rows("supplied_units")}


@cache
def _generic_units() -> Mapping[str, tables.Row]:
    """By what a brand shares with its generic. Where two rows of one key differ in strength, neither is taken."""
    found: dict[str, tables.Row] = {}
    differing = set()
    for row in tables.rows("supplied_units"):
        key = bnf.generic_key(row["bnf_code"])
        before = found.setdefault(key, row)
        if any(before[name] != row[name] for name in ("substance", "route", "mg_per_unit")):
            differing.add(key)
    return {key: row for key, row in found.items() if key not in differing}


@cache
def _opioid_substances() -> frozenset[str]:
    return frozenset(
        row["substance"] for row in tables.rows("bnf_chemicals") if "opioid" in row["classes"].split(";")
    )


@cache
def _defined_daily_doses() -> Mapping[str, Decimal]:
    return {row["substance"]: Decimal(row["ddd_mg"]) for row in tables.rows("defined_daily_doses")}


@cache
def _average_daily_quantities() -> Mapping[str, Decimal]:
    return {row["chemical"]: Decimal(row["adq_mg"]) for row in tables.rows("average_daily_quantities")}
