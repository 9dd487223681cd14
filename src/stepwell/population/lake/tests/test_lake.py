"""The lake as readers see it: one manifest held still, the right load of each practice, and old loads pruned."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis.backends import BaseBackend

from stepwell.base.clock import now
from stepwell.base.errors import StepwellError
from stepwell.base.progress import Silent
from stepwell.population import engine
from stepwell.population.lake import Derive, Lake, Load, Snapshot, rederive, withdraw, writing
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.derived_schema import DERIVED
from stepwell.population.records.extracts import Options, Sink
from stepwell.population.records.importing import ImportReport, import_extract, wording
from stepwell.population.records.importing.tests.synthetic_reader import ScriptedReader, issue, number_of, row
from stepwell.population.stores import Stores, open_stores


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stores:
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    return open_stores(tmp_path / "lake")


def write_derived(
    tables: Mapping[str, ir.Table], out_dir: Path, con: BaseBackend, extract_date: date
) -> None:
    """Every derived table: one line and one more table with a practice, the rest empty."""
    for name, schema in DERIVED.items():
        pq.write_table(schema.empty_table(), out_dir / f"{name}.parquet")
    line = {**dict.fromkeys(DERIVED["lines"].names), "line": "codeine-30"}
    pq.write_table(pa.Table.from_pylist([line], DERIVED["lines"]), out_dir / "lines.parquet")
    con.to_parquet(tables["issues"].select("practice", "issue_id"), out_dir / "tallies.parquet")


V1, V2 = Derive("2026.1+cat-3", write_derived), Derive("2026.2", write_derived)


def one_issue(practice: str, issue_id: str) -> Callable[[Sink], None]:
    def script(sink: Sink) -> None:
        key = sink.patient_key(nhs_number=number_of(1), source_patient_id="A")
        sink.rows("patients", [{**row("patients", patient_key=key, sensitive=False), "practice": practice}])
        sink.rows("issues", [{**issue(issue_id, key), "practice": practice}])

    return script


@pytest.fixture
def load(stores: Stores) -> Callable[..., ImportReport]:
    """Import one issue, whose id tells the load."""

    def run(
        issue_id: str,
        practice: str = "Z99901",
        source: str = "emis",
        day: int = 1,
        derive: Derive | None = V1,
    ):
        reader = ScriptedReader(
            one_issue(practice, issue_id),
            content=issue_id,
            practice=practice,
            source=source,
            extract_date=date(2026, 6, day),
        )
        return import_extract(stores.lake, stores.vault, reader, Options(), derive=derive, progress=Silent())

    return run


def issues(snapshot: Snapshot, practices: list[str] | None = None) -> list[str]:
    con = engine.connect()
    found = snapshot.tables(con, practices, derived=False)["issues"].select("issue_id")
    return sorted(con.to_pyarrow(found)["issue_id"].to_pylist())


def seen(lake: Lake) -> list[str]:
    with lake.pin() as snapshot:
        return issues(snapshot)


def kept(stores: Stores) -> set[str]:
    """Loads of which anything is on disk: tables, derived tables, identities must agree."""
    loads = {path.name for path in (stores.lake.path / "loads").iterdir()}
    assert loads == {path.name for path in (stores.lake.path / "derived").iterdir()}
    assert loads == {path.stem for path in stores.vault.directory.glob("*/*.vault")}
    return loads


def test_an_empty_lake_has_every_table_and_no_rows(stores: Stores):
    con = engine.connect()
    with stores.lake.pin() as snapshot:
        tables = snapshot.tables(con)
        assert set(tables) == {*TABLES, *DERIVED}
        assert con.to_pyarrow(tables["issues"].count()).as_py() == 0


def test_practices_are_read_together_or_apart(stores: Stores, load: Callable[..., ImportReport]):
    load("one")
    load("two", practice="Z99902")
    with stores.lake.pin() as snapshot:
        assert issues(snapshot) == ["one", "two"]
        assert issues(snapshot, ["Z99902"]) == ["two"]
        assert [found.practice for found in snapshot.loads] == ["Z99901", "Z99902"]


def test_a_practice_the_lake_does_not_hold_is_refused(stores: Stores, load: Callable[..., ImportReport]):
    load("one")
    with stores.lake.pin() as snapshot, pytest.raises(StepwellError, match="no records of practice Z99909"):
        snapshot.tables(engine.connect(), ["Z99901", "Z99909"])


@pytest.mark.parametrize(
    ("loads", "read"),
    [
        ([("emis", 1), ("list_report", 2)], "list_report"),
        ([("emis", 2), ("list_report", 1)], "emis"),
        ([("list_report", 1), ("gp_connect", 1), ("emis", 1)], "emis"),
        ([("list_report", 1), ("gp_connect", 1)], "list_report"),
        # Two people's bundles never stand for a practice of ten thousand, however new they are.
        ([("emis", 1), ("gp_connect", 9)], "emis"),
        ([("gp_connect", 9), ("list_report", 1)], "list_report"),
        ([("something_new", 1), ("list_report", 1)], "list_report"),
        ([("something_new", 2), ("list_report", 1)], "something_new"),
    ],
)
def test_of_several_sources_the_newest_extract_is_read(
    stores: Stores, load: Callable[..., ImportReport], loads: list[tuple[str, int]], read: str
):
    reports = [load(source, source=source, day=day) for source, day in loads]
    with stores.lake.pin() as snapshot:
        assert issues(snapshot) == [read]
        assert len(snapshot.loads) == len(loads)
        assert {aside.source for aside in snapshot.set_aside} == {source for source, _ in loads} - {read}
    assert f"Searches of this practice read the {wording.source(read)} extract" in reports[-1].notes[-1]


def test_the_last_two_loads_are_kept_and_older_ones_go_with_their_identities(
    stores: Stores, load: Callable[..., ImportReport]
):
    reports = [load(f"load-{day}", day=day) for day in range(1, 5)]
    assert seen(stores.lake) == ["load-4"]
    assert kept(stores) == {report.load_id for report in reports[2:]}


def test_a_pinned_load_stays_readable_until_its_reader_is_done(
    stores: Stores, load: Callable[..., ImportReport]
):
    first = load("load-1", day=1)
    with stores.lake.pin() as snapshot:
        for day in (2, 3, 4):
            load(f"load-{day}", day=day)
        assert first.load_id in kept(stores)
        assert issues(snapshot) == ["load-1"]
        con = engine.connect()
        assert con.to_pyarrow(snapshot.tables(con)["lines"].count()).as_py() == 1
    load("load-5", day=5)
    assert first.load_id not in kept(stores)
    assert not list((stores.lake.path / "pins").iterdir())


def stale_pin(stores: Stores, load_id: str, host: str, hours: int) -> Path:
    pins = stores.lake.path / "pins"
    pins.mkdir(exist_ok=True)
    started = (now() - timedelta(hours=hours)).isoformat()
    path = pins / f"{os.getpid()}-dead.json"
    path.write_text(
        json.dumps(
            {"pid": 1, "host": host, "started": started, "manifest": 1, "loads": [[load_id, V1.version]]}
        )
    )
    return path


@pytest.mark.parametrize(
    ("host", "hours", "held"), [(None, 0, False), ("elsewhere", 1, True), ("elsewhere", 25, False)]
)
def test_the_pin_of_a_dead_reader_holds_nothing(
    stores: Stores, load: Callable[..., ImportReport], host: str | None, hours: int, held: bool
):
    first = load("load-1", day=1)
    path = stale_pin(stores, first.load_id, host or socket.gethostname(), hours)
    for day in (2, 3):
        load(f"load-{day}", day=day)
    assert (first.load_id in kept(stores)) is held
    assert path.exists() is held


def test_an_unreadable_pin_holds_nothing(stores: Stores, load: Callable[..., ImportReport]):
    load("load-1", day=1)
    path = stale_pin(stores, "x", "elsewhere", 0)
    path.write_text("{")
    load("load-2", day=2)
    assert not path.exists()


def test_what_a_dead_import_left_is_cleared_by_the_next(stores: Stores, load: Callable[..., ImportReport]):
    load("load-1", day=1)
    lake = stores.lake.path
    left = [
        lake / "staging" / "x" / "issues.parquet",
        lake / "loads" / "Z99901-emis-x" / "issues.parquet",
        lake / "derived" / "Z99901-emis-x" / "v" / "lines.parquet",
        lake / "manifests" / "2.json",
        lake / "manifests" / "2.json.new",
        stores.vault.directory / "staging" / "x.vault",
        stores.vault.directory / "Z99901" / "Z99901-emis-x.vault",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("left")
    assert seen(stores.lake) == ["load-1"]
    with writing(stores.lake, stores.vault):
        pass
    assert [path for path in left if path.exists()] == []
    assert seen(stores.lake) == ["load-1"]


def test_manifests_are_kept_for_a_while(stores: Stores, load: Callable[..., ImportReport]):
    load("load-1", day=1)
    load("load-2", day=2)
    assert sorted(path.name for path in (stores.lake.path / "manifests").iterdir()) == ["1.json", "2.json"]


def test_a_missing_manifest_is_said_and_not_taken_for_an_empty_lake(
    stores: Stores, load: Callable[..., ImportReport]
):
    load("load-1")
    stores.lake.manifest_path(1).unlink()
    with pytest.raises(StepwellError, match="The lake's manifest is missing"):
        stores.lake.current()


def test_a_manifest_superseded_while_it_is_read_is_read_again(
    stores: Stores, load: Callable[..., ImportReport], monkeypatch: pytest.MonkeyPatch
):
    load("load-1")
    path_of = Lake.manifest_path

    def superseded(lake: Lake, number: int) -> Path:
        monkeypatch.setattr(Lake, "manifest_path", path_of)
        load("load-2", day=2)
        path_of(lake, number).unlink()
        return path_of(lake, number)

    monkeypatch.setattr(Lake, "manifest_path", superseded)
    assert stores.lake.current().number == 2


def test_derived_tables_are_read_with_the_canonical_ones_and_dimensions_come_once(
    stores: Stores, load: Callable[..., ImportReport]
):
    load("one")
    load("two", practice="Z99902")
    con = engine.connect()
    with stores.lake.pin() as snapshot:
        tables = snapshot.tables(con)
        assert con.to_pyarrow(tables["lines"])["line"].to_pylist() == ["codeine-30"]
        assert sorted(con.to_pyarrow(tables["tallies"])["practice"].to_pylist()) == ["Z99901", "Z99902"]


def test_loads_worked_out_with_different_knowledge_are_not_searched_together(
    stores: Stores, load: Callable[..., ImportReport]
):
    load("one", derive=None)
    load("two", practice="Z99902")
    withdraw(stores.lake, stores.vault, "Z99901", "emis")
    load("one", derive=None)
    con = engine.connect()
    with stores.lake.pin() as snapshot:
        with pytest.raises(StepwellError, match="Work them out again"):
            snapshot.tables(con)
        assert "lines" in snapshot.tables(con, ["Z99902"])
    assert rederive(stores.lake, V2) == 2
    with stores.lake.pin() as snapshot:
        assert "lines" in snapshot.tables(con)
        assert {found.derived for found in snapshot.loads} == {V2.version}


def test_a_load_without_derived_tables_is_not_searched(stores: Stores, load: Callable[..., ImportReport]):
    load("one", derive=None)
    with stores.lake.pin() as snapshot, pytest.raises(StepwellError, match="Work them out again"):
        snapshot.tables(engine.connect())


def test_an_import_brings_the_other_loads_to_its_knowledge(stores: Stores, load: Callable[..., ImportReport]):
    load("one")
    report = load("two", practice="Z99902", derive=V2)
    assert report.notes == ("1 load was worked out again with the present clinical tables.",)
    with stores.lake.pin() as snapshot:
        assert {found.derived for found in snapshot.loads} == {V2.version}
    again = load("two", practice="Z99902", derive=V1)
    assert (str(again.outcome), again.notes[0][:7]) == ("unchanged", "2 loads")


def derived_on_disk(stores: Stores) -> list[str]:
    return sorted(path.name for path in (stores.lake.path / "derived").glob("*/*"))


def test_working_out_again_needs_no_import_and_prunes_the_old(
    stores: Stores, load: Callable[..., ImportReport]
):
    load("one")
    assert rederive(stores.lake, V1) == 0
    assert stores.lake.current().number == 1
    assert rederive(stores.lake, V2) == 1
    assert stores.lake.current().number == 2
    assert derived_on_disk(stores) == [V2.version]


def test_derived_tables_a_reader_holds_stay_and_are_used_again(
    stores: Stores, load: Callable[..., ImportReport]
):
    load("one")
    with stores.lake.pin() as snapshot:
        rederive(stores.lake, V2)
        assert derived_on_disk(stores) == [V1.version, V2.version]
        con = engine.connect()
        assert con.to_pyarrow(snapshot.tables(con)["lines"].count()).as_py() == 1
        assert rederive(stores.lake, V1) == 1
    assert seen(stores.lake) == ["one"]


def test_a_derivation_that_fails_or_forgets_a_table_loads_nothing(
    stores: Stores, load: Callable[..., ImportReport]
):
    with pytest.raises(ValueError, match="did not write conditions"):
        load("one", derive=Derive("v", lambda tables, out_dir, con, extract_date: None))
    with pytest.raises(ValueError, match="a knowledge version is letters"):
        load("one", derive=Derive("../../v", write_derived))
    assert stores.lake.current().loads == ()
    assert not (stores.lake.path / "loads").exists()


def test_a_practice_can_be_withdrawn_with_its_identities(stores: Stores, load: Callable[..., ImportReport]):
    load("one")
    load("two", practice="Z99902")
    withdraw(stores.lake, stores.vault, "Z99901", "emis")
    assert seen(stores.lake) == ["two"]
    assert len(kept(stores)) == 1
    with pytest.raises(StepwellError, match="holds no emis load of practice Z99901"):
        withdraw(stores.lake, stores.vault, "Z99901", "emis")


def test_a_manifest_is_read_as_it_was_written(stores: Stores, load: Callable[..., ImportReport]):
    load("load-1", day=1)
    load("load-2", day=2)
    manifest = stores.lake.current()
    assert type(manifest).from_json(manifest.to_json()) == manifest
    assert [type(found) for found in (*manifest.loads, *manifest.earlier)] == [Load, Load]
