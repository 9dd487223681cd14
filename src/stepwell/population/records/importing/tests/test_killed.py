"""An import killed at any moment: the earlier load stays whole and readable, and running it again completes it.

A reader queries throughout. It must only ever see the load before or the load after, never a mixture and never an error.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stepwell.population import engine
from stepwell.population.lake import COMMIT_STEPS, Lake
from stepwell.population.records.importing import Outcome
from stepwell.population.records.importing.tests import killable
from stepwell.population.records.importing.tests.killable import import_crowd
from stepwell.population.stores import open_stores

PEOPLE, ISSUES = 40, 3
PAUSE = 0.005  # seconds between people, so that there is time to be killed while reading
Answer = tuple[int, int, int, int]


def ask(lake: Lake) -> Answer:
    """People, issues, distinct issues and the sum of the derived tallies: a mixture of two loads cannot pass for one."""
    con = engine.connect(threads=1)
    with lake.pin() as snapshot:
        tables = snapshot.tables(con)
        issues = tables["issues"]
        people = con.to_pyarrow(tables["patients"].count()).as_py()
        counted = con.to_pyarrow(
            issues.aggregate(all=issues.count(), ids=issues.issue_id.nunique())
        ).to_pylist()[0]
        tallied = con.to_pyarrow(tables["tallies"].number.sum()).as_py()
    con.disconnect()
    return people, counted["all"], counted["ids"], int(tallied)


def answer(people: int) -> Answer:
    return people, people * ISSUES, people * ISSUES, people * ISSUES


BEFORE, AFTER = answer(PEOPLE), answer(PEOPLE + 5)


@contextmanager
def a_reader_throughout(lake: Lake) -> Iterator[list[object]]:
    """What a reader that never stops asking was told."""
    told: list[object] = []
    done = threading.Event()

    def keep_asking() -> None:
        while not done.is_set():
            try:
                told.append(ask(lake))
            except Exception as error:  # whatever it is, the test shows it
                told.append(repr(error))

    reader = threading.Thread(target=keep_asking)
    reader.start()
    try:
        yield told
    finally:
        done.set()
        reader.join()


@pytest.fixture(scope="module")
def processes() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([killable.__name__])
    return context


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake that holds the load before."""
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    import_crowd(tmp_path / "lake", PEOPLE, ISSUES)
    return Lake(tmp_path / "lake")


def only_whole_loads_are_left(lake: Lake) -> None:
    manifest = lake.current()
    loads = {load.load_id for load in (*manifest.loads, *manifest.earlier)}
    stores = open_stores(lake.path)
    assert {path.name for path in (lake.path / "loads").iterdir()} == loads
    assert {path.name for path in (lake.path / "derived").iterdir()} == loads
    assert {path.stem for path in stores.vault.directory.rglob("*.vault")} == loads
    assert not (lake.path / "staging").exists()
    assert not list((lake.path / "pins").iterdir())


def the_rerun_completes(lake: Lake, *, was_committed: bool) -> None:
    report = import_crowd(lake.path, PEOPLE + 5, ISSUES)
    assert report.outcome is (Outcome.UNCHANGED if was_committed else Outcome.LOADED)
    assert ask(lake) == AFTER
    only_whole_loads_are_left(lake)


@pytest.mark.parametrize("step", COMMIT_STEPS)
def test_killed_at_each_step_of_a_commit(
    lake: Lake, processes: multiprocessing.context.ForkServerContext, step: str
):
    committed = step in (COMMIT_STEPS.manifest_swapped, COMMIT_STEPS.pruned)
    with a_reader_throughout(lake) as told:
        writer = processes.Process(target=import_crowd, args=(lake.path, PEOPLE + 5, ISSUES, 0.0, step))
        writer.start()
        writer.join(60)
    assert writer.exitcode == -signal.SIGKILL
    assert told
    assert set(told) <= {BEFORE, AFTER}
    assert ask(lake) == (AFTER if committed else BEFORE)
    the_rerun_completes(lake, was_committed=committed)


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(20))
def test_killed_at_a_random_moment(
    lake: Lake, processes: multiprocessing.context.ForkServerContext, moment: int
):
    # Between the start of reading and a little past the usual end (about 0.1 s to start, 0.3 s reading, 0.5 s after).
    seconds = random.Random(f"moment {moment}").uniform(0.05, 1.2)
    with a_reader_throughout(lake) as told:
        writer = processes.Process(target=import_crowd, args=(lake.path, PEOPLE + 5, ISSUES, PAUSE))
        writer.start()
        time.sleep(seconds)
        writer.kill()
        writer.join(60)
    assert writer.exitcode in (0, -signal.SIGKILL)
    assert told
    assert set(told) <= {BEFORE, AFTER}
    now_held = ask(lake)
    assert now_held in (BEFORE, AFTER)
    the_rerun_completes(lake, was_committed=now_held == AFTER)


def test_a_reader_sees_the_new_load_as_soon_as_it_stands(lake: Lake):
    with a_reader_throughout(lake) as told:
        import_crowd(lake.path, PEOPLE + 5, ISSUES)
        deadline = time.monotonic() + 30
        while told[-1:] != [AFTER] and time.monotonic() < deadline:
            time.sleep(0.02)
    assert set(told) <= {BEFORE, AFTER}
    assert told[-1] == AFTER
