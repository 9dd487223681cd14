"""Fictional catalogue rows for tests: the shape of real products, without the catalogue."""

from __future__ import annotations

from decimal import Decimal

from stepwell.knowledge.medicines.model import Product, Release


def product(
    substance: str,
    unit: str,
    strength: str | None = None,
    *,
    release: Release = Release.IMMEDIATE,
    mr_hours: int | None = None,
    rate: str | None = None,
    patch_hours: int | None = None,
    other: str = "",
) -> Product:
    """One product of ``substance`` counted in ``unit``, ``strength`` mg each (or per ml)."""
    return Product(
        product_id=f"{substance}-{unit}-{strength or rate}-{release}-{mr_hours}",
        name=f"{substance} {strength or rate} {unit}",
        dmd_vmp_id=None,
        bnf_code=None,
        classes=frozenset(),
        substance=substance,
        other_ingredients=other,
        route="oral",
        form=unit,
        release=release,
        unit=unit,
        strength_mg_per_unit=None if strength is None else Decimal(strength),
        patch_rate_microgram_per_h=None if rate is None else Decimal(rate),
        mr_interval_hours=mr_hours,
        patch_interval_hours=patch_hours,
        brands=(),
        flags=frozenset(),
        source="test",
        status="unverified",
        table_version="test",
    )


PRODUCTS = {
    "co-codamol 30/500 tablet": product("codeine", "tablet", "30", other="paracetamol 500mg"),
    "codeine 30 tablet": product("codeine", "tablet", "30"),
    "codeine 15 tablet": product("codeine", "tablet", "15"),
    "morphine MR 10 tablet": product("morphine", "tablet", "10", release=Release.MODIFIED, mr_hours=12),
    "morphine MR 90 capsule": product("morphine", "capsule", "90", release=Release.MODIFIED, mr_hours=24),
    "morphine 10 tablet": product("morphine", "tablet", "10"),
    "gabapentin 300 capsule": product("gabapentin", "capsule", "300"),
    "pregabalin 75 capsule": product("pregabalin", "capsule", "75"),
    "tramadol 50 capsule": product("tramadol", "capsule", "50"),
    "oxycodone MR 20 tablet": product("oxycodone", "tablet", "20", release=Release.MODIFIED, mr_hours=12),
    "morphine 10mg/5ml liquid": product("morphine", "ml", "2"),
    "morphine 20mg/ml liquid": product("morphine", "ml", "20"),
    "buprenorphine 10 patch": product(
        "buprenorphine", "patch", rate="10", release=Release.TRANSDERMAL, patch_hours=168
    ),
    "fentanyl 25 patch": product("fentanyl", "patch", rate="25", release=Release.TRANSDERMAL, patch_hours=72),
    "fentanyl 12 patch": product("fentanyl", "patch", rate="12", release=Release.TRANSDERMAL, patch_hours=72),
    "strengthless tablet": product("codeine", "tablet"),
}
