"""Records at the command line: imported, searched, explained; names and columns other people's scripts rely on."""

from __future__ import annotations

import csv
import json
from datetime import date
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from stepwell.base.errors import StepwellError
from stepwell.base.progress import Silent
from stepwell.cli import app as command_line
from stepwell.cli import results
from stepwell.cli.app import app
from stepwell.population import synthetic
from stepwell.population.records.gp_connect.tests.bundles import long_term_opioid_candidate
from stepwell.population.vault import Vault

run = CliRunner()
SEARCH = "long-term-opioids"
FIRST_COLUMNS = [
    "patient_key", "practice", "outcome", "reasons", "basis", "daily_ome_min", "daily_ome_max", "eras",
    "era_start", "era_days",
]  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    long_term_opioid_candidate("adult").write(folder / "set")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("STEPWELL_KEY", raising=False)
        done = run.invoke(
            app,
            [
                "records",
                "import",
                str(folder / "set"),
                "--lake",
                str(folder / "lake"),
                "--extract-date",
                "2026-07-01",
                "--quiet",
                "--json",
            ],
        )
    assert done.exit_code == 0, done.output
    return str(folder / "lake")


def search(lake, *words):
    return run.invoke(app, ["records", "search", SEARCH, "--lake", lake, *words])


def rows(path):
    return list(csv.DictReader(path.open(encoding="utf-8")))


def test_people_found_are_written_in_the_promised_columns(lake, tmp_path):
    out, excluded = tmp_path / "out.csv", tmp_path / "excluded.csv"
    done = search(lake, "--out", str(out), "--excluded", str(excluded), "--json")
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)
    found = rows(out)
    assert list(found[0])[: len(FIRST_COLUMNS)] == FIRST_COLUMNS
    assert len(found) == counts["in"] + counts["check"] == 1
    assert len(rows(excluded)) == counts["out"] == 0
    assert "Sorrel" not in done.output + out.read_text(encoding="utf-8")


def test_test_numbers_are_named_without_a_member(lake, tmp_path, monkeypatch):
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    named = tmp_path / "named.csv"
    done = search(lake, "--identify", str(named), "--json")
    assert done.exit_code == 0, done.output
    (row,) = rows(named)
    assert row["nhs_number"].startswith("999")
    assert row["nhs_number"] not in done.output


def test_a_person_is_explained_by_key(lake, tmp_path):
    out = tmp_path / "out.csv"
    search(lake, "--out", str(out))
    key = rows(out)[0]["patient_key"]
    done = run.invoke(app, ["records", "explain", SEARCH, "--lake", lake, "--person", key, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["outcome"] in ("in", "check")
    assert told["rules"] and told["issues"]
    assert "Sorrel" not in done.stdout


def test_nobody_is_explained_from_a_day_after_the_extract(lake):
    """What was issued after it is not known: everybody would seem to have stopped."""
    words = ["records", "explain", SEARCH, "--lake", lake, "--person", "anybody", "--as-of", "2026-12-01"]
    assert "nothing can be said of 2026-12-01" in str(run.invoke(app, words).exception)


def test_a_day_is_refused_that_any_practice_searched_has_no_extract_of():
    days = {"Z99901": date(2026, 7, 1), "Z99902": date(2026, 5, 1)}
    loads = [SimpleNamespace(practice=ods_code, extract_date=day) for ods_code, day in days.items()]
    results.refuse_future(date(2026, 5, 1), loads)
    with pytest.raises(StepwellError, match="practice Z99902 is of 2026-05-01"):
        results.refuse_future(date(2026, 7, 1), loads)


def test_a_draw_with_a_seed_is_repeatable(lake):
    first, second = (search(lake, "--sample", "1", "--seed", "s", "--json").stdout for _ in range(2))
    assert json.loads(first) == json.loads(second)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sample", "1"], "needs a seed"),
        (["--as-of", "yesterday"], "not a date"),
        (["--as-of", "2026-07-02"], "nothing can be said of 2026-07-02"),
        (["--practice", "Z99999"], "no load of Z99999"),
    ],
)
def test_what_cannot_be_searched_is_refused(lake, words, said):
    done = search(lake, *words)
    assert isinstance(done.exception, StepwellError)
    assert said in str(done.exception)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--medicine", "morfine"], "--medicine names no class or substance"),
        (["--medicine", "nsaid"], "--medicine names no class or substance"),
        (["--medicine", "weak opioid"], "--medicine names no class or substance"),
        (["--age-from", "80", "--age-to", "20"], "Swap the two ages"),
    ],
)
def test_a_narrowing_that_could_find_nobody_is_refused_and_not_answered_with_none(lake, words, said):
    done = run.invoke(app, ["records", "search", SEARCH, "--lake", lake, *words])
    assert isinstance(done.exception, StepwellError)
    assert said in str(done.exception)


@pytest.mark.parametrize("medicine", ["opioid", "Strong opioid", "Morphine"])
def test_a_medicine_is_asked_for_by_class_or_substance_in_any_case(lake, medicine):
    assert (
        run.invoke(app, ["records", "search", SEARCH, "--lake", lake, "--medicine", medicine]).exit_code == 0
    )


def test_every_search_is_listed_in_plain_words():
    listed = json.loads(run.invoke(app, ["records", "searches", "--json"]).stdout)
    assert SEARCH in [one["id"] for one in listed]
    assert all(one["plain"] and one["version"] for one in listed)


def test_a_lake_tells_what_it_holds_and_is_worked_out_again(lake):
    done = run.invoke(app, ["lake", "rederive", "--lake", lake, "--json"])
    assert done.exit_code == 0, done.output
    (load,) = json.loads(run.invoke(app, ["lake", "status", "--lake", lake, "--json"]).stdout)["loads"]
    assert (load["extract_date"], load["in_use"]) == ("2026-07-01", True)


def leave(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["stepwell", *words])
    with pytest.raises(SystemExit) as left:
        command_line.main()
    return left.value.code or 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["records", "searches"], 0),
        (["records", "search", "no-such-search", "--lake", "nowhere"], 1),
        (["records", "search", SEARCH, "--lake", "nowhere"], 1),
        (["records", "search"], 2),
    ],
)
def test_exit_codes(words, code, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    assert leave(monkeypatch, *words) == code
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_one_sentence(lake, tmp_path, monkeypatch, capsys):
    out = str(tmp_path / "no-folder" / "out.csv")
    assert leave(monkeypatch, "records", "search", SEARCH, "--lake", lake, "--out", out) == 1
    assert "could not be read or written" in capsys.readouterr().err


def test_stopping_is_told_apart(monkeypatch, capsys):
    def stopped():
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "app", stopped)
    assert leave(monkeypatch) == 3


def test_real_numbers_are_not_named_without_a_member(lake, tmp_path, monkeypatch):
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    monkeypatch.setattr(Vault, "summary", lambda *_: SimpleNamespace(all_test_numbers=False))
    named = tmp_path / "named.csv"
    done = search(lake, "--identify", str(named))
    assert isinstance(done.exception, StepwellError)
    assert "who asks" in str(done.exception)
    assert not named.exists()


@pytest.mark.slow
def test_emis_practices_are_imported_and_different_dates_need_one_said(tmp_path, monkeypatch):
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    made, lake = tmp_path / "made", str(tmp_path / "lake")
    synthetic.build(made, practices=1, patients=150, seed=1, progress=Silent())
    bring_in = ["records", "import", "--lake", lake, "--quiet", "--json"]
    done = run.invoke(app, [*bring_in, str(made / "emis")])
    assert done.exit_code == 0, done.output
    found = search(lake, "--json")
    assert found.exit_code == 0, found.output
    counts = json.loads(found.stdout)
    assert counts["registered"] > 0
    assert counts["base"] == counts["in"] + counts["check"] + counts["out"]
    long_term_opioid_candidate("adult").write(tmp_path / "set")
    for file in (tmp_path / "set").iterdir():
        elsewhere = file.read_text(encoding="utf-8").replace("Z99901", "Z99950")
        file.write_text(elsewhere, encoding="utf-8")
    done = run.invoke(app, [*bring_in, str(tmp_path / "set"), "--extract-date", "2026-07-01"])
    assert done.exit_code == 0, done.output
    undecided = search(lake)
    assert isinstance(undecided.exception, StepwellError)
    assert "different dates" in str(undecided.exception)
    assert search(lake, "--as-of", "2026-07-01").exit_code == 0
