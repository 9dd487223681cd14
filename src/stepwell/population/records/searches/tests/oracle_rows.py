"""Canonical rows of one person as the values ``knowledge.exposure`` works on. For the oracle only, one row at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache

from stepwell.knowledge.dosage import parse
from stepwell.knowledge.dosage.model import Dosage, Status
from stepwell.knowledge.equivalence import convert
from stepwell.knowledge.exposure import Issue, Medicine, TextState, current
from stepwell.knowledge.medicines import identify
from stepwell.knowledge.medicines.model import Identification, Product

Row = Mapping[str, object]

NEVER = date.max  # stands in for a missing issue date; no such issue counts at any date


def medicine_issues(issues: Iterable[Row], templates: Iterable[Row]) -> list[Issue]:
    """The issues of medicines that have a class. An issue without a date is dated ``NEVER``."""
    of_id = {row["template_id"]: row for row in templates}
    found = []
    for row in issues:
        known = identify(
            code=_text(row["drug_code"]), bnf_code=_text(row["bnf_code"]), name=_text(row["drug_name"])
        )
        if known.classes:
            found.append(_issue(row, known, of_id.get(row["template_id"])))
    return found


def is_own(row: Row) -> bool:
    """Prescribed here, unless something says it was not."""
    return row["prescribed_here"] is not False and row["elsewhere_source"] is None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _issue(row: Row, known: Identification, template: Row | None) -> Issue:
    text = _text(row["dosage_instruction"])
    state, dosage = _read(text, known.product)
    # mg of a medicine of unknown strength count nothing, and divide no quantity.
    counted = dosage if dosage and dosage.unit != "mg" else None
    ome = _ome(known.product, dosage) if state is TextState.READ else None
    on, given = row["issue_date"], row["duration_days"]
    template_end = template["end_date"] if template else None
    assert template_end is None or isinstance(template_end, date)
    return Issue(
        medicine=_medicine(known),
        issue_date=on if isinstance(on, date) else NEVER,
        own=is_own(row),
        text=text,
        state=state,
        units_min=counted.daily_min if counted else None,
        units_max=counted.daily_max if counted and state is TextState.READ else None,
        ome_min=ome[0] if ome else None,
        ome_max=ome[1] if ome else None,
        quantity=_quantity(row, known.product),
        given_days=given if isinstance(given, int) else None,
        template_end=template_end,
        open_ended=template is not None
        and (template["kind"] or row["kind"]) != "acute"
        and template["status"] != "ended",
    )


def _quantity(row: Row, product: Product | None) -> Decimal | None:
    """A quantity in the product's own unit, or without one; of an unknown product, anything but a container."""
    value, unit = row["quantity_value"], str(row["quantity_unit"] or "").strip().lower()
    if product is None:
        counts = unit not in current().container_units
    else:
        counts = unit == "" or unit in dict(current().counted_units).get(product.unit, ())
    return Decimal(str(value)) if counts and value is not None else None


@cache
def _medicine(known: Identification) -> Medicine:
    product = known.product
    if product is None:
        assert known.substance is not None
        return Medicine(
            line=f"substance:{known.substance}",
            substance=known.substance,
            release="unknown",
            classes=known.classes,
            mg_per_unit=None,
            ome_per_unit=None,
            is_patch=False,
            patch_interval_hours=None,
            patch_ome=None,
            convertible=False,
        )
    strength, rate = product.strength_mg_per_unit, product.patch_rate_microgram_per_h
    one = convert(product, daily_mg_min=strength, daily_mg_max=strength, patch_mcg_per_hour=rate)
    return Medicine(
        line=product.product_id,
        substance=product.substance,
        release=product.release.value,
        classes=product.classes,
        mg_per_unit=strength,
        ome_per_unit=one.ome_max if rate is None else None,
        is_patch=rate is not None,
        patch_interval_hours=known.patch_interval_hours or product.patch_interval_hours,
        patch_ome=one.ome_max if rate is not None else None,
        convertible=one.convertible,
    )


def _read(text: str | None, product: Product | None) -> tuple[TextState, Dosage | None]:
    """What an instruction yields: safe numbers of what is counted, or why not."""
    if text is None or not text.strip():
        return TextState.EMPTY, None
    dosage = parse(text, product)
    if dosage.status is not Status.PARSED:
        return TextState.UNREADABLE, None
    if "implausible" in dosage.flags:
        return TextState.IMPLAUSIBLE, None
    if "taper" in dosage.flags and not _falls(dosage):
        return TextState.UNREADABLE, None
    if dosage.as_needed and dosage.daily_max is None:
        return TextState.OPEN, dosage
    if dosage.daily_min is None or dosage.daily_max is None:
        return TextState.UNREADABLE, None
    return TextState.READ, dosage


def _falls(dosage: Dosage) -> bool:
    """Steps that are all written, none above the first."""
    highest = [step.daily_max for step in dosage.steps]
    known = [high for high in highest if high is not None]
    return len(highest) > 1 and len(known) == len(highest) and max(known) <= (dosage.daily_max or 0)


def _ome(product: Product | None, dosage: Dosage | None) -> tuple[Decimal | None, Decimal | None] | None:
    if product is None or dosage is None:
        return None
    rate = product.patch_rate_microgram_per_h
    if rate is not None and dosage.dose_min != dosage.dose_max and not dosage.as_needed:
        worn = [
            convert(product, patch_mcg_per_hour=rate * n) for n in (dosage.dose_min, dosage.dose_max) if n
        ]
        return worn[0].ome_max, worn[-1].ome_max
    found = convert(
        product,
        daily_mg_min=dosage.daily_mg_min,
        daily_mg_max=dosage.daily_mg_max,
        patch_mcg_per_hour=dosage.patch_mcg_per_hour,
    )
    return found.ome_min, found.ome_max
