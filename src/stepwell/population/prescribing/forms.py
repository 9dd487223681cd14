"""The forms a month of prescribing is published in, told apart by their headers.

A header is matched by name, in either case, never by position: names of areas change over the years, and one name
(``BNF_CHEMICAL_SUBSTANCE``) means opposite things in two forms. Source: NHSBSA data dictionary and published files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stepwell.base.errors import Place, StepwellError

_AREAS = ("AREA_TEAM", "STP", "ICB")


@dataclass(frozen=True, slots=True)
class Form:
    """One published form. ``columns``: ours to the names it may have there; ``optional`` may be missing altogether."""

    id: str
    title: str
    columns: Mapping[str, tuple[str, ...]]
    optional: frozenset[str]
    ignored: frozenset[str]
    told_by: frozenset[str]  # names that only this form has


_SHARED: dict[str, tuple[str, ...]] = {
    "month": ("YEAR_MONTH",),
    "region_name": ("REGIONAL_OFFICE_NAME",),
    "region": ("REGIONAL_OFFICE_CODE",),
    "icb_name": tuple(f"{area}_NAME" for area in _AREAS),
    "icb": tuple(f"{area}_CODE" for area in _AREAS),
    "sub_icb_name": ("PCO_NAME",),
    "sub_icb": ("PCO_CODE",),
    "name": ("PRACTICE_NAME",),
    "practice": ("PRACTICE_CODE",),
    "quantity": ("QUANTITY",),
    "items": ("ITEMS",),
    "total_quantity": ("TOTAL_QUANTITY",),
    "nic": ("NIC",),
    "actual_cost": ("ACTUAL_COST",),
    "unidentified": ("UNIDENTIFIED",),
}
_ADDRESS = frozenset(
    {"ADDRESS_1", "ADDRESS_2", "ADDRESS_3", "ADDRESS_4", "POSTCODE", "BNF_CHAPTER_PLUS_CODE"}
)
_AREA_COLUMNS = frozenset(
    {"region_name", "region", "icb_name", "icb", "sub_icb_name", "name", "unidentified"}
)

EPD = Form(
    "epd",
    "English Prescribing Dataset, form of 26 columns",
    {**_SHARED, "presentation": ("BNF_CODE",), "presentation_name": ("BNF_DESCRIPTION",)},
    _AREA_COLUMNS,
    _ADDRESS | {"BNF_CHEMICAL_SUBSTANCE", "CHEMICAL_SUBSTANCE_BNF_DESCR", "ADQUSAGE"},
    frozenset({"BNF_CODE", "BNF_DESCRIPTION", "YEAR_MONTH"}),
)
EPD_SNOMED = Form(
    "epd_snomed",
    "English Prescribing Dataset with SNOMED code, form of 27 columns",
    {
        **_SHARED,
        "presentation": ("BNF_PRESENTATION_CODE",),
        "presentation_name": ("BNF_PRESENTATION_NAME",),
        "snomed": ("SNOMED_CODE",),
    },
    _AREA_COLUMNS,
    _ADDRESS | {"BNF_CHEMICAL_SUBSTANCE_CODE", "BNF_CHEMICAL_SUBSTANCE", "ADQ_USAGE"},
    frozenset({"BNF_PRESENTATION_CODE", "YEAR_MONTH"}),
)
PDPI = Form(
    "pdpi",
    "Practice-level prescribing (PDPI), already summed over quantity per item",
    {
        "month": ("PERIOD",),
        "sub_icb": ("PCT",),
        "icb": ("SHA",),
        "practice": ("PRACTICE",),
        "presentation": ("BNF CODE",),
        "presentation_name": ("BNF NAME",),
        "items": ("ITEMS",),
        "total_quantity": ("QUANTITY",),
        "nic": ("NIC",),
        "actual_cost": ("ACT COST",),
    },
    frozenset({"icb"}),
    frozenset(),
    frozenset({"BNF CODE", "ACT COST", "PERIOD"}),
)
FORMS = (EPD_SNOMED, EPD, PDPI)


@dataclass(frozen=True, slots=True)
class Matched:
    """A file's header read as one form. ``columns``: ours to the file's own; ``unknown``: columns nobody knows."""

    form: Form
    columns: Mapping[str, str]
    unknown: tuple[str, ...]


def form_of(header: Sequence[str]) -> Form | None:
    """The form a header is of, by the names that only it has; else the one it holds most of, more than half; None when it is of none."""
    names = {_plain(name) for name in header}
    told = next((form for form in FORMS if form.told_by <= names), None)
    if told is not None:
        return told
    held = [(sum(bool(names & set(theirs)) for theirs in form.columns.values()), form) for form in FORMS]
    most, form = max(held, key=lambda each: each[0])
    return form if 2 * most > len(form.columns) else None


def match(header: Sequence[str], file: str) -> Matched:
    """The header read. Raises ``StepwellError`` naming what is missing, or saying that this is no such file."""
    form = form_of(header)
    if form is None:
        raise StepwellError(
            "This is not a month of prescribing in any form known here.",
            where=Place(file, 1),
            next_step="Give an English Prescribing Dataset file (EPD_YYYYMM or EPD_SNOMED_YYYYMM) or a PDPI file, as published.",
        )
    known = {_plain(name): name for name in header}
    columns: dict[str, str] = {}
    missing = []
    for ours, theirs in form.columns.items():
        found = [known[name] for name in theirs if name in known]
        if found:
            columns[ours] = found[0]
        elif ours not in form.optional:
            missing.append(" or ".join(theirs))
    if missing:
        raise StepwellError(
            f"{form.title}: missing {', '.join(missing)}.",
            where=Place(file, 1),
            next_step="Get the file again, whole and as published.",
        )
    used = {_plain(name) for name in columns.values()} | form.ignored
    unknown = tuple(name for name in header if _plain(name) and _plain(name) not in used)
    return Matched(form, columns, unknown)


def _plain(name: str) -> str:
    return name.strip().strip('"').upper()
