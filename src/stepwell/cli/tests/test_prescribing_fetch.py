"""``stepwell prescribing fetch``: what is said, and the exit code, when months come, are here already, or are not published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stepwell.base.errors import StepwellError
from stepwell.cli.app import app
from stepwell.population.prescribing.tests.stand_in import StandIn, serving
from stepwell.population.prescribing.tests.test_fetch import may


@pytest.fixture
def service() -> Iterator[StandIn]:
    with serving(may()) as found:
        yield found


def run(service: StandIn, folder: Path, *more: str, months: str = "2026-05"):
    arguments = ["prescribing", "fetch", "--months", months, "--to", str(folder), "--source", service.address]
    return CliRunner().invoke(app, [*arguments, *more])


def test_a_month_is_named_with_its_file_and_the_day_it_was_published(
    service: StandIn, tmp_path: Path
) -> None:
    done = run(service, tmp_path / "new" / "folder")
    assert done.exit_code == 0
    assert "2026-05  EPD_SNOMED_202605.csv  fetched" in done.stdout
    assert "published 1 August 2026" in done.stdout


def test_a_second_run_says_that_it_is_here_already(service: StandIn, tmp_path: Path) -> None:
    run(service, tmp_path)
    assert "here already" in run(service, tmp_path).stdout


def test_json_gives_the_same_for_machines(service: StandIn, tmp_path: Path) -> None:
    told = json.loads(run(service, tmp_path, "--json", "--quiet").stdout)
    assert [(each["month"], each["outcome"]) for each in told["files"]] == [("2026-05", "fetched")]


def test_months_that_are_not_published_are_an_error_after_the_others_came(
    service: StandIn, tmp_path: Path
) -> None:
    done = run(service, tmp_path, months="2026-05..2026-06")
    assert isinstance(done.exception, StepwellError)
    assert "2026-06" in str(done.exception)
    assert "2026-05" not in str(done.exception)
    assert (tmp_path / "EPD_SNOMED_202605.csv").exists()


def test_a_stopped_run_says_that_it_can_be_gone_on_with(
    service: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stepwell.population.prescribing.fetch.fetch_months", stopped)
    done = run(service, tmp_path)
    assert done.exit_code == 3
    assert "run the same command again" in done.output
