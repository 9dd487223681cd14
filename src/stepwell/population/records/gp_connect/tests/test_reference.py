"""The two published supplier bundles: every medication entry accounted for, and read back against the raw JSON."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stepwell.base.progress import Silent
from stepwell.population import engine
from stepwell.population.records.derived import DERIVATION
from stepwell.population.records.extracts import Options
from stepwell.population.records.gp_connect import GpConnectReader
from stepwell.population.records.gp_connect.tests.reading import read
from stepwell.population.records.importing import import_extract
from stepwell.population.records.searches import all_searches
from stepwell.population.records.searches.run import prepare, run
from stepwell.population.stores import open_stores

pytestmark = pytest.mark.reference

# file -> orders, plans, lines from elsewhere without an order
BUNDLES = [("EMIS_PWTP4_structured.json", 148, 97, 4), ("UAT_TC7_Magre_full.json", 32, 25, 0)]


@pytest.fixture
def folder() -> Path:
    root = os.environ.get("STEPWELL_REFERENCE")
    if not root:
        pytest.fail("Set STEPWELL_REFERENCE to the folder of reference data.")
    return Path(root) / "data" / "records" / "gpconnect_stu3"


def raw(path: Path) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in json.loads(path.read_text(encoding="utf-8"))["entry"]]


@pytest.mark.parametrize(("name", "orders", "plans", "elsewhere"), BUNDLES)
def test_every_medication_entry_is_accounted_for(
    folder: Path, name: str, orders: int, plans: int, elsewhere: int
):
    found = read(folder / name)
    kinds = Counter(
        r["resourceType"] for r in raw(folder / name) if r["resourceType"].startswith("Medication")
    )
    for kind, number in kinds.items():
        assert found.accounting.read[kind] == number
        assert found.accounting.unaccounted(kind) == 0
    outcomes = found.accounting.outcomes
    assert outcomes["MedicationRequest"] == {"used as orders": orders, "used as plans": plans}
    assert found.accounting.total("MedicationStatement", "used") == elsewhere
    assert found.accounting.total("MedicationStatement", "merged") == plans - elsewhere
    assert found.sink.rejects == []
    assert len(found.rows("templates")) == plans
    assert len(found.rows("issues")) == orders + elsewhere


@pytest.mark.parametrize("name", [bundle[0] for bundle in BUNDLES])
def test_medicines_read_back_against_the_raw_json(folder: Path, name: str):
    """Written apart from the reader, with the shapes these two files happen to have."""
    resources = raw(folder / name)
    codings = {
        r["id"]: {c["system"]: c for c in r["code"]["coding"]}
        for r in resources
        if r["resourceType"] == "Medication"
    }
    found = read(folder / name)
    rows = found.by_id("templates", "template_id") | found.by_id("issues", "issue_id")
    for request in (r for r in resources if r["resourceType"] == "MedicationRequest"):
        row = rows[request["id"]]
        dispensed = request["dispenseRequest"]
        coding = codings[request["medicationReference"]["reference"].split("/")[1]]
        dmd = coding.get("http://snomed.info/sct", {}).get("code")
        assert row["drug_code"] == (None if dmd == "196421000000109" else dmd)
        assert row["dosage_instruction"] == request["dosageInstruction"][0]["text"]
        assert float(row["quantity_value"]) == dispensed["quantity"]["value"]
        assert row["quantity_unit"] == dispensed["quantity"]["unit"]
        start = date.fromisoformat(dispensed["validityPeriod"]["start"])
        assert row.get("issue_date", row.get("start_date")) == start
        if request["intent"] == "order":
            assert row["duration_days"] == dispensed["expectedSupplyDuration"]["value"]
            assert f"MedicationRequest/{row['template_id']}" == request["basedOn"][0]["reference"]
        else:
            assert row["status"] == ("active" if request["status"] == "active" else "ended")


def test_prescription_types_and_names(folder: Path):
    for name, *_ in BUNDLES:
        found = read(folder / name)
        text = (folder / name).read_text(encoding="utf-8")
        written = Counter(
            {kind: text.count(f'"code": "{kind}"') or text.count(f'"code":"{kind}"') for kind in KINDS}
        )
        rows = [*found.rows("templates"), *found.rows("issues")]
        rows = [row for row in rows if not str(row.get("issue_id", "")).startswith("statement-")]
        assert Counter(row["kind"].replace("_", "-") for row in rows) == written
        assert all(row["drug_name"] for row in rows)


KINDS = ("acute", "repeat", "repeat-dispensing")


def test_the_people_are_kept_without_a_number_and_end_up_out(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    stores = open_stores(tmp_path / "lake")
    reader = GpConnectReader(folder, Options())
    report = import_extract(
        stores.lake, stores.vault, reader, Options(), derive=DERIVATION, progress=Silent()
    )
    assert report.rows_rejected == 0
    assert not [warning for warning in report.warnings if "accounted" in warning]
    con = engine.connect()
    with stores.lake.pin() as snapshot:
        tables = snapshot.tables(con)
        people = con.to_pyarrow(tables["patients"]).to_pylist()
        assert [row["no_nhs_number"] for row in people] == [True, True]
        # On opioids in March 2010 by the record, when the extract has them not yet born; on none at its own date.
        for day, expected in ((date(2010, 3, 1), {"out"}), (report.extract_date, set())):
            prepared = prepare(tables, day, con)
            found = [c for search in all_searches().values() for c in run(search, prepared).candidates]
            assert {c.outcome for c in found} == expected
            assert all(c.reasons and c.no_nhs_number for c in found)
