"""A medicine as the cautions need it, from what was identified and what its instruction says."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from stepwell.knowledge.cautions.model import Dose, MedicineTaken
from stepwell.knowledge.dosage.model import Dosage, Status
from stepwell.knowledge.medicines import catalogue, substances
from stepwell.knowledge.medicines.model import Identification, Product, Release

# "paracetamol 500mg", as other_ingredients gives the strengths that the product's name holds.
_INGREDIENT = re.compile(r"([a-z][a-z -]*[a-z])(?: (\d+(?:\.\d+)?)mg)?")
_LIQUID = "ml"
_PATCH = re.compile(r"\bpatch(es)?\b|\btransdermal\b")


def medicine_from(
    identification: Identification, dosage: Dosage | None, *, name: str, bnf_code: str | None = None
) -> MedicineTaken:
    """The medicine, with the doses and intervals that are certain; add rows, dates and quantity with ``replace``.

    ``dosage`` must have been read with the same product. A dose that was not read is left unknown.
    """
    product = identification.product
    if product is None:
        return _without_product(identification, name, bnf_code)
    held = MedicineTaken(
        name=name,
        substances=(product.substance, *(each for each, _ in _others(product))),
        classes=identification.classes | product.classes,
        bnf_code=bnf_code or product.bnf_code,
        release=product.release,
        is_patch=product.release is Release.TRANSDERMAL,
        unit=product.unit,
        strength_mg_per_unit=product.strength_mg_per_unit,
        doses=(),
        mr_interval_hours=_hours(product, identification.brand),
        patch_interval_hours=_patch_hours(identification, product),
    )
    return _dosed(held, product, dosage)


def _without_product(identification: Identification, name: str, bnf_code: str | None) -> MedicineTaken:
    """What is certain where strength or product is not: whether it is a patch only if the name or a named product says so."""
    named = identification.text_only
    says_patch = _PATCH.search(name.lower()) is not None
    release = named.release if named else Release.TRANSDERMAL if says_patch else Release.UNKNOWN
    return MedicineTaken(
        name=name,
        substances=_of_label(identification.substance),
        classes=identification.classes,
        bnf_code=bnf_code,
        release=release,
        is_patch=None if release is Release.UNKNOWN else release is Release.TRANSDERMAL,
    )


def _dosed(held: MedicineTaken, product: Product, dosage: Dosage | None) -> MedicineTaken:
    if dosage is None or dosage.status is not Status.PARSED:
        return held
    held = replace(held, doses=_doses(product, dosage), patch_mcg_per_hour=dosage.patch_mcg_per_hour)
    if held.is_patch:
        return _changed(held, dosage)
    days = dosage.interval_days_min or Decimal(1), dosage.interval_days_max or Decimal(1)
    low, high = dosage.frequency_min, dosage.frequency_max
    return replace(
        held,
        times_a_day_min=None if low is None else low / days[1],
        times_a_day_max=None if high is None else high / days[0],
    )


def _changed(held: MedicineTaken, dosage: Dosage) -> MedicineTaken:
    """With the days each patch is worn: twice a week is three and a half."""
    low, high = dosage.interval_days_min, dosage.interval_days_max
    least, most = dosage.frequency_min or Decimal(1), dosage.frequency_max or Decimal(1)
    return replace(
        held,
        change_days_min=None if low is None else low / most,
        change_days_max=None if high is None else high / least,
    )


def _of_label(label: str | None) -> tuple[str, ...]:
    """The one substance a label stands for; the label itself where it may be one of several."""
    if label is None:
        return ()
    found = substances.substances_of_label(label)
    return tuple(found) if len(found) == 1 else (label,)


def _patch_hours(identification: Identification, product: Product) -> int | None:
    if "patch_interval_unknown" in identification.flags:
        return None
    return identification.patch_interval_hours or product.patch_interval_hours


def _hours(product: Product, brand: str | None) -> int | None:
    """The hours between doses of a slow-release product; None where the brand decides it and none is named."""
    if brand and (brand.lower(), product.product_id) in catalogue.once_daily_brands():
        return 24
    if brand is None and "interval_set_by_brand" in product.flags:
        return None
    return product.mr_interval_hours


def _doses(product: Product, dosage: Dosage) -> tuple[Dose, ...]:
    found = [Dose(product.substance, dosage.daily_mg_min, dosage.daily_mg_max)]
    for substance, per_unit in _others(product):
        low = None if per_unit is None or dosage.daily_min is None else dosage.daily_min * per_unit
        high = None if per_unit is None or dosage.daily_max is None else dosage.daily_max * per_unit
        found.append(Dose(substance, low, high))
    return tuple(found)


def _others(product: Product) -> tuple[tuple[str, Decimal | None], ...]:
    """The other ingredients, with mg in one counted unit where that is known.

    Of a liquid the strength is of a spoonful whose size is not given here, so it is not used.
    """
    found = []
    for part in product.other_ingredients.split("(")[0].lower().split(";"):
        written = _INGREDIENT.fullmatch(part.strip())
        if written:
            known = written.group(2) if product.unit != _LIQUID else None
            found.append((written.group(1), Decimal(known) if known else None))
    return tuple(found)
