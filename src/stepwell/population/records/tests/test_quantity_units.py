"""Which quantities count a product's units. One issue of one person for each, the whole way to the derived tables."""

from __future__ import annotations

from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from stepwell.population.records import derived
from stepwell.population.records.canonical import TABLES

CAPSULES, SYRUP, PATCHES = (
    "Zomorph 30mg capsules",
    "Oramorph 10mg/5ml oral solution",
    "BuTrans 10microgram/hour patches",
)

WRITTEN = [
    # medicine, quantity, its unit, the quantity in counted units
    (CAPSULES, "56", "capsule", 56),
    (CAPSULES, "56", "Capsules ", 56),
    (CAPSULES, "56", "capsule(s)", 56),
    (CAPSULES, "56", "tablet", 56),
    (CAPSULES, "56", None, 56),
    (CAPSULES, "2", "pack", None),
    (CAPSULES, "2", "pack of 28", None),
    (CAPSULES, "1", "box of 60", None),
    (CAPSULES, "8", "weeks", None),
    (CAPSULES, "300", "ml", None),
    (SYRUP, "300", "ml", 300),
    (SYRUP, "300", "millilitres", 300),
    (SYRUP, "1", "x 300ml bottle", None),
    (SYRUP, "3", "bottle(s)", None),
    (SYRUP, "0.3", "litre", None),
    (SYRUP, "56", "tablet", None),
    (PATCHES, "4", "patch(es)", 4),
    (PATCHES, "1", "pack of 4", None),
    ("Morphine, some strength", "56", "tablet", 56),  # of no product: only containers are refused
    ("Morphine, some strength", "2", "pack", None),
]


@pytest.fixture(scope="module")
def quantities() -> dict[str, float | None]:
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in TABLES}
    rows["issues"] = [
        {
            "issue_id": str(n),
            "patient_key": "one",
            "practice": "Z99901",
            "drug_name": medicine,
            "quantity_value": Decimal(quantity),
            "quantity_unit": unit,
        }
        for n, (medicine, quantity, unit, _) in enumerate(WRITTEN)
    ]
    con = ibis.duckdb.connect()
    tables = {
        name: con.create_table(name, pa.Table.from_pylist(rows[name], schema=schema))
        for name, schema in TABLES.items()
    }
    issues = derived.derive(tables, con)["medicine_issues"].to_pyarrow().to_pylist()
    return {row["issue_id"]: row["quantity"] for row in issues}


@pytest.mark.parametrize("n", range(len(WRITTEN)), ids=[f"{m[:8]} {q} {u}" for m, q, u, _ in WRITTEN])
def test_a_quantity_counts_in_the_products_own_unit_only(n: int, quantities: dict[str, float | None]) -> None:
    assert quantities[str(n)] == WRITTEN[n][3]
