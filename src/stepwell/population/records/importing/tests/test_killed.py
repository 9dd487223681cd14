"""An import killed at any moment: the earlier load stays whole and readable, and running it again completes it.

The import is that of a practice's EMIS files, with the derived tables searches read; the lake holds what the same practice
sent 90 days before. Readers ask throughout. They must only ever see the load before or the load after, never a mixture
and never an error.
"""

from __future__ import annotations

import logging
import multiprocessing
import random
import shutil
import signal
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from stepwell.population.lake import COMMIT_STEPS, Lake
from stepwell.population.records.importing import Outcome
from stepwell.population.records.importing.tests import killable
from stepwell.population.records.importing.tests.killable import import_files, two_extracts
from stepwell.population.records.importing.tests.readers import (
    Held,
    a_reader_throughout,
    all_rows,
    all_searches_answered,
    files_of,
    identities,
)
from stepwell.population.stores import open_stores

LOG = logging.getLogger(__name__)
MOMENTS = 20
PHASES = {"reading", "merging", "deriving"}  # the others take milliseconds: see the steps of a commit
BEFORE_THE_SWAP = COMMIT_STEPS[: COMMIT_STEPS.index(COMMIT_STEPS.manifest_swapped)]
Processes = multiprocessing.context.ForkServerContext


@dataclass(frozen=True)
class Practice:
    """A lake with the load before, in ``folder``; the files of the load after; and what is told of each."""

    folder: Path
    later: Path
    before: Held
    after: Held

    def lake(self, copy: Path) -> Lake:
        """A copy of the lake to try a kill on, with its vault and key."""
        return Lake(shutil.copytree(self.folder, copy) / "lake")


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    folder = tmp_path_factory.mktemp("practice")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("STEPWELL_KEY", raising=False)
        earlier, later = two_extracts(folder)
        import_files(folder / "held" / "lake", earlier)
        shutil.copytree(folder / "held", folder / "after")
        import_files(folder / "after" / "lake", later)
        lakes = (Held(Lake(folder / name / "lake")) for name in ("held", "after"))
        yield Practice(folder / "held", later, *lakes)


@pytest.fixture(scope="module")
def processes() -> Processes:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([killable.__name__])
    return context


def it_holds(lake: Lake, load: Held, *, searches: bool = True) -> None:
    assert all_rows(lake) == load.rows
    assert identities(lake) == load.identities
    assert not searches or all_searches_answered(lake) == load.searches


def only_whole_loads_are_left(lake: Lake) -> None:
    manifest = lake.current()
    loads = {load.load_id for load in (*manifest.loads, *manifest.earlier)}
    stores = open_stores(lake.path)
    assert {path.name for path in (lake.path / "loads").iterdir()} == loads
    assert {path.name for path in (lake.path / "derived").iterdir()} == loads
    assert {path.stem for path in stores.vault.directory.rglob("*.vault")} == loads
    assert not (lake.path / "staging").exists()
    assert not list((lake.path / "pins").iterdir())


def the_rerun_completes(lake: Lake, practice: Practice, *, was_committed: bool) -> None:
    report = import_files(lake.path, practice.later)
    assert report.outcome is (Outcome.UNCHANGED if was_committed else Outcome.LOADED)
    only_whole_loads_are_left(lake)


def test_the_two_loads_differ(practice: Practice):
    before, after = practice.before, practice.after
    differ = {name for name in before.rows if before.rows[name] != after.rows[name]}
    assert differ >= {"patients", "issues", "events", "medicine_issues"}
    assert 0 < before.identities < after.identities


@pytest.mark.parametrize("step", COMMIT_STEPS)
def test_killed_at_each_step_of_a_commit(practice: Practice, tmp_path: Path, processes: Processes, step: str):
    lake = practice.lake(tmp_path / "copy")
    held = files_of(lake)
    with a_reader_throughout(lake, all_rows) as told:
        writer = processes.Process(target=import_files, args=(lake.path, practice.later, None, step))
        writer.start()
        writer.join(60)
    assert writer.exitcode == -signal.SIGKILL
    assert told
    assert all(one in (practice.before.rows, practice.after.rows) for one in told)
    stands = practice.before if step in BEFORE_THE_SWAP else practice.after
    it_holds(lake, stands, searches=False)
    assert held.items() <= files_of(lake).items()
    the_rerun_completes(lake, practice, was_committed=stands is practice.after)
    it_holds(lake, practice.after, searches=False)


@pytest.mark.slow
def test_a_search_under_way_at_the_swap_is_of_one_load(
    practice: Practice, tmp_path: Path, processes: Processes
):
    lake, step = practice.lake(tmp_path / "copy"), COMMIT_STEPS.manifest_swapped
    assert practice.before.searches != practice.after.searches
    with a_reader_throughout(lake, all_searches_answered) as told:
        writer = processes.Process(target=import_files, args=(lake.path, practice.later, None, step))
        writer.start()
        writer.join(60)
    assert writer.exitcode == -signal.SIGKILL
    assert told
    assert all(one in (practice.before.searches, practice.after.searches) for one in told)
    the_rerun_completes(lake, practice, was_committed=True)
    it_holds(lake, practice.after)


def phase_of(steps: list[str]) -> str:
    """How far an import had come, of what it told: the named steps of a commit come after the derived tables."""
    last = steps[-1] if steps else "Not started"
    if last.startswith("Reading "):
        return "reading"
    if last in ("Merging and checking", *COMMIT_STEPS[1:]):
        return "merging" if last == "Merging and checking" else "committing"
    return "deriving" if last in ("Working out the derived tables", COMMIT_STEPS.rows_staged) else "opening"


@dataclass(frozen=True)
class Killed:
    """What came of an import that had ``seconds``. ``steps``: what it told before its end."""

    seconds: float
    finished: bool
    steps: list[str]

    @property
    def phase(self) -> str:
        return "finished" if self.finished else phase_of(self.steps)


def import_for(lake: Lake, practice: Practice, processes: Processes, seconds: float | None) -> Killed:
    """Import with a reader asking throughout, and kill it after ``seconds``. What the reader was told must hold."""
    steps = lake.path.parent / "told"
    with a_reader_throughout(lake, all_rows) as told:
        began = time.monotonic()
        writer = processes.Process(target=import_files, args=(lake.path, practice.later, steps))
        writer.start()
        writer.join(60 if seconds is None else seconds)
        writer.kill()
        writer.join(60)
        took = time.monotonic() - began
    assert writer.exitcode in (0, -signal.SIGKILL)
    assert told
    assert all(one in (practice.before.rows, practice.after.rows) for one in told)
    reached = steps.read_text().splitlines() if steps.exists() else []
    return Killed(took, writer.exitcode == 0, reached)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_at_twenty_random_moments(practice: Practice, tmp_path: Path, processes: Processes):
    """Moments drawn evenly over the time an import takes here and now, beside the same reader.

    A machine that becomes busier shifts them: then more are drawn, until one of them has met each phase.
    """
    whole = [import_for(practice.lake(tmp_path / f"whole {n}"), practice, processes, None) for n in range(3)]
    assert all(one.finished for one in whole)
    takes = statistics.median(one.seconds for one in whole)
    LOG.info("An import takes %.2f s (%s)", takes, ", ".join(f"{one.seconds:.2f}" for one in whole))
    draw = random.Random("twenty moments")
    landed: list[str] = []
    while len(landed) < MOMENTS or (not set(landed) >= PHASES and len(landed) < 2 * MOMENTS):
        lake = practice.lake(tmp_path / f"moment {len(landed)}")
        held = files_of(lake)
        killed = import_for(lake, practice, processes, draw.uniform(0, takes))
        if killed.finished:  # the machine has become less busy
            takes = min(takes, killed.seconds)
        committed = all_rows(lake) == practice.after.rows
        it_holds(lake, practice.after if committed else practice.before, searches=False)
        assert held.items() <= files_of(lake).items()
        the_rerun_completes(lake, practice, was_committed=committed)
        it_holds(lake, practice.after)
        shutil.rmtree(lake.path.parent)
        landed.append(killed.phase)
        reached, stood = ", ".join(killed.steps[-1:]), "after" if committed else "before"
        LOG.info(
            "%2d: killed at %.2f s, %s (%s); %s stood",
            len(landed),
            killed.seconds,
            landed[-1],
            reached,
            stood,
        )
    LOG.info("Landed: %s", dict(Counter(landed)))
    assert set(landed) >= PHASES, f"the moments landed in {Counter(landed)}"
    assert landed.count("finished") <= len(landed) / 4, f"the moments landed in {Counter(landed)}"


def test_a_reader_sees_the_new_load_as_soon_as_it_stands(practice: Practice, tmp_path: Path):
    lake = practice.lake(tmp_path / "copy")
    with a_reader_throughout(lake, all_rows) as told:
        import_files(lake.path, practice.later)
        deadline = time.monotonic() + 30
        while told[-1:] != [practice.after.rows] and time.monotonic() < deadline:
            time.sleep(0.02)
    assert all(one in (practice.before.rows, practice.after.rows) for one in told)
    assert told[-1] == practice.after.rows
