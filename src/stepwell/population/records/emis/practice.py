"""Whose extract it is: the organisation its patients are registered with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from stepwell.base.errors import Place, StepwellError
from stepwell.population.records.emis.layout import Layout
from stepwell.population.records.emis.rows import simple_rows
from stepwell.population.records.extracts import Kind, Options
from stepwell.population.records.reading import cells


@dataclass(frozen=True, slots=True)
class Practice:
    """``only_stated``: the extract does not say; the person importing did."""

    ods_code: str
    name: str
    only_stated: bool = False


def of_patients(layout: Layout, options: Options) -> Practice:
    """The one practice of an extract. Raises ``StepwellError`` when there are several, none, or not the one stated."""
    stated = (options.practice or "").strip().upper()
    organisations = _organisations(layout)
    registered_with = _registered_with(layout)
    found = {organisations.get(guid) for guid in registered_with} or set()
    if not registered_with and options.kind is Kind.DELTA and len(organisations) == 1:
        found = set(organisations.values())
    if not registered_with and options.kind is Kind.FULL:
        raise StepwellError(
            "nobody in the extract is registered with an organisation.",
            where=_place(layout, "Admin_Patient", "OrganisationGuid"),
            next_step="Ask for the whole extract. If it is what changed since the last, import it as a delta.",
        )
    codes = {practice.ods_code for practice in found if practice is not None}
    if len(registered_with) > 1 and (len(codes) > 1 or None in found):
        raise StepwellError(
            f"the extract holds the patients of {len(registered_with)} organisations ({', '.join(sorted(codes))}); "
            "one practice is imported at a time.",
            where=_place(layout, "Admin_Patient", "OrganisationGuid"),
            next_step="Ask for one extract for each practice.",
        )
    practice = next(iter(found), None)
    if practice is None:
        return _stated(layout, options, stated)
    if stated and stated != practice.ods_code:
        raise StepwellError(
            f"this extract is of practice {practice.ods_code}, not {stated}.",
            where=_place(layout, "Admin_Organisation", "ODSCode"),
            next_step="Nothing was imported. Check which practice sent it.",
        )
    return practice


def _stated(layout: Layout, options: Options, stated: str) -> Practice:
    if options.kind is Kind.DELTA and stated:
        return Practice(stated, "", only_stated=True)
    raise StepwellError(
        "the organisation the patients are registered with has no ODS code in Admin_Organisation, so it is not known whose "
        "extract this is.",
        where=_place(layout, "Admin_Organisation", "ODSCode"),
        next_step="State the practice." if options.kind is Kind.DELTA else "Ask for the whole extract.",
    )


def _place(layout: Layout, table: str, column: str) -> Place:
    files = layout.of(table)
    return Place(files[0].name if files else table, None, column)


def _organisations(layout: Layout) -> dict[str, Practice]:
    found = {}
    for file in layout.of("Admin_Organisation"):
        for guid, ods_code, name in simple_rows(file, ("OrganisationGuid", "ODSCode", "OrganisationName")):
            code = cells.text(ods_code)
            if code is not None and (key := cells.guid(guid)):
                found[key] = Practice(code.upper(), cells.text(name) or "")
    return found


def _registered_with(layout: Layout) -> Counter[str]:
    """Organisations by how many people they have. Deleted rows do not say whose extract it is."""
    found: Counter[str] = Counter()
    for file in layout.of("Admin_Patient"):
        for guid, deleted in simple_rows(file, ("OrganisationGuid", "Deleted")):
            key = cells.guid(guid)
            if key is not None and deleted.strip().upper() not in ("TRUE", "1"):
                found[key] += 1
    return found
