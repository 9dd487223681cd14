"""Random samples at the command line, over a practice of twelve made-up people on codeine; and who may read a file of names."""

from __future__ import annotations

import csv
import json
import stat
from datetime import date, timedelta
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from stepwell.base.progress import Silent
from stepwell.cli import importing
from stepwell.cli.app import app
from stepwell.population.records.derived import DERIVATION
from stepwell.population.records.extracts import Options
from stepwell.population.records.importing import import_extract
from stepwell.population.records.importing.tests import synthetic_reader as made_up
from stepwell.population.stores import open_stores

run = CliRunner()
PEOPLE = 12


def _script(sink):
    for index in range(PEOPLE):
        key = made_up.add_person(sink, f"S{index}", made_up.number_of(index), line=index + 2)
        registration = {"registration_id": f"R{index}", "start_date": date(2010, 1, 1)}
        registration |= {"registration_type": "regular", "source_file": made_up.PATIENT_FILE}
        sink.rows(
            "registrations",
            [made_up.row("registrations", patient_key=key, source_line=index + 2, **registration)],
        )
        for n in range(7):
            line = index * 7 + n + 2
            on = date(2025, 12, 1) + timedelta(28 * n)
            known = {"dosage_instruction": "Take one four times a day", "quantity_value": Decimal(112)}
            sink.rows("issues", [made_up.issue(f"I{index}-{n}", key, line=line, issue_date=on, **known)])
    # A practice that records no diagnosis of anybody cannot rule anything out: with none, all would be to check.
    recorded = {
        "event_id": "E0",
        "event_date": date(2026, 1, 5),
        "date_precision": "day",
        "snomed_id": "999003",
    }
    sink.rows("events", [made_up.row("events", patient_key=key, source_line=2, **recorded)])
    sink.read(made_up.PATIENT_FILE, PEOPLE)
    sink.read(made_up.ISSUE_FILE, PEOPLE * 7)


@pytest.fixture(scope="module")
def report_and_lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twelve") / "lake"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("STEPWELL_KEY", raising=False)
        stores = open_stores(folder)
        reader = made_up.ScriptedReader(_script, notes=("Made up.",))
        report = import_extract(
            stores.lake, stores.vault, reader, Options(), derive=DERIVATION, progress=Silent()
        )
    return report, folder


@pytest.fixture
def search(report_and_lake, monkeypatch):
    """``search("--sample", "4", ...)``: what the command answers, as text."""
    monkeypatch.delenv("STEPWELL_KEY", raising=False)

    def ask(*words):
        done = run.invoke(
            app, ["records", "search", "long-term-opioids", "--lake", str(report_and_lake[1]), *words]
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    return ask


@pytest.fixture
def drawn(search, tmp_path):
    """``drawn(4, "a")``: the keys of a sample of four with that seed, and the seeds its file records."""

    def draw(size, seed):
        out = tmp_path / "drawn.csv"
        search("--sample", str(size), "--seed", seed, "--out", str(out), "--json")
        rows = list(csv.DictReader(out.open(encoding="utf-8")))
        return {row["patient_key"] for row in rows}, {row["seed"] for row in rows}

    return draw


def test_everybody_made_up_is_in(search):
    assert json.loads(search("--json"))["in"] == PEOPLE


def test_the_same_seed_draws_the_same_people(drawn):
    people, seeds = drawn(4, "20260601")
    assert len(people) == 4 and seeds == {"20260601"}
    assert drawn(4, "20260601") == (people, seeds)


def test_other_seeds_draw_other_people_and_reach_everybody(drawn):
    draws = [drawn(4, seed)[0] for seed in "abcdefgh"]
    assert len({frozenset(people) for people in draws}) > 4
    assert len(set().union(*draws)) > 8


def test_a_larger_draw_with_one_seed_holds_the_smaller(drawn):
    assert drawn(3, "a")[0] < drawn(6, "a")[0]


def test_the_seed_is_recorded_and_a_sample_has_no_rate(search):
    told = json.loads(search("--sample", "4", "--seed", "abc", "--json"))
    assert (told["options"]["sample"], told["options"]["seed"]) == (4, "abc")
    assert (told["in"], told["base"], told["per_1000_registered"]) == (4, 4, None)
    lines = search("--sample", "4", "--seed", "abc")
    assert "sample of 4 from those in, seed abc" in lines
    assert "in every 1,000" not in lines


def test_a_whole_list_has_a_rate_and_no_seed(search, tmp_path):
    out = tmp_path / "all.csv"
    assert json.loads(search("--out", str(out), "--json"))["per_1000_registered"] == 1000
    assert {row["seed"] for row in csv.DictReader(out.open(encoding="utf-8"))} == {""}


@pytest.mark.parametrize("before", [None, 0o644])
def test_only_its_owner_can_read_a_file_that_names_people(search, tmp_path, before):
    named = tmp_path / "named.csv"
    if before is not None:
        named.write_text("what was there\n" * 1000, encoding="utf-8")
        named.chmod(before)
    search("--identify", str(named))
    assert stat.S_IMODE(named.stat().st_mode) == 0o600
    rows = list(csv.DictReader(named.open(encoding="utf-8")))
    assert len(rows) == PEOPLE and {row["outcome"] for row in rows} == {"in"}


def test_an_import_is_told_in_lines_a_person_can_read(report_and_lake):
    report, _lake = report_and_lake
    lines = importing.lines(report)
    text = "\n".join(lines)
    assert not set("{}[]_") & set(text.replace(report.load_id, ""))
    assert lines[0] == "Imported: Example Surgery (Z99901)"
    assert lines[1].startswith("EMIS extract of 1 June 2026, everything.")
    assert "Issues from 1 December 2025 to 18 May 2026." in lines
    assert "    issues.csv: 84 read, 84 used, 0 rejected" in lines
    assert "          84  issues" in lines
    assert "    Made up." in lines
