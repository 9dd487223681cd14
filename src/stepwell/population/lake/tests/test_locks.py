"""One writer at a time: the second is told who holds the lake, and a dead one's place is taken."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from stepwell.base.clock import now
from stepwell.population.lake import LakeBusy, locks
from stepwell.population.lake.locks import live_pins, pin_file, writer_lock


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A lake whose lock another process has just taken, before it could say who it is."""
    handle = os.open(tmp_path / "writer.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    yield tmp_path
    os.close(handle)


def owner(directory: Path, host: str, started: timedelta, heartbeat: timedelta) -> None:
    record = {"pid": 4242, "host": host, "started": (now() - started).isoformat()}
    record["heartbeat"] = (now() - heartbeat).isoformat()
    (directory / "writer.json").write_text(json.dumps(record))


def take(directory: Path) -> None:
    with writer_lock(directory):
        mine = json.loads((directory / "writer.json").read_text())
        assert (mine["pid"], mine["host"]) == (os.getpid(), socket.gethostname())


def test_a_second_writer_is_told_who_writes_and_since_when(tmp_path: Path):
    with (
        writer_lock(tmp_path),
        pytest.raises(LakeBusy, match=f"process {os.getpid()} on .*, started 0 minutes ago"),
    ):
        take(tmp_path)
    take(tmp_path)
    assert not (tmp_path / "writer.json").exists()


def test_the_age_of_an_owner_is_told(held: Path):
    owner(held, socket.gethostname(), timedelta(minutes=7), timedelta())
    with pytest.raises(LakeBusy, match=r"process 4242 on .*, started 7 minutes ago"):
        take(held)


def test_an_owner_who_has_not_yet_said_who_it_is_still_holds_the_lake(held: Path):
    with pytest.raises(LakeBusy, match="Another import has just begun"):
        take(held)


def test_a_dead_owner_of_this_machine_is_taken_over(tmp_path: Path):
    owner(tmp_path, socket.gethostname(), timedelta(minutes=7), timedelta())
    take(tmp_path)


def test_an_owner_elsewhere_is_believed_while_its_heart_beats(tmp_path: Path):
    owner(tmp_path, "elsewhere", timedelta(minutes=7), timedelta(seconds=60))
    with pytest.raises(LakeBusy, match="process 4242 on elsewhere"):
        take(tmp_path)
    assert (tmp_path / "writer.json").exists()
    owner(tmp_path, "elsewhere", timedelta(minutes=7), timedelta(seconds=121))
    take(tmp_path)


def test_the_heart_beats_while_the_lake_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(locks, "HEARTBEAT", timedelta(milliseconds=10))
    with writer_lock(tmp_path):
        first = (tmp_path / "writer.json").read_text()
        deadline = time.monotonic() + 5
        while (tmp_path / "writer.json").read_text() == first:
            assert time.monotonic() < deadline, "no heartbeat in five seconds"
            time.sleep(0.01)


def test_the_lock_is_free_again_after_a_failure(tmp_path: Path):
    with pytest.raises(KeyError), writer_lock(tmp_path):
        raise KeyError
    take(tmp_path)


def test_a_pin_is_written_again_until_what_it_names_stays_the_same(tmp_path: Path):
    answers = iter([{"manifest": 1}, {"manifest": 2}, {"manifest": 2}])
    with pin_file(tmp_path / "pins", lambda: next(answers)):
        [pin] = live_pins(tmp_path / "pins")
        assert (pin["manifest"], pin["pid"]) == (2, os.getpid())
    assert live_pins(tmp_path / "pins") == []


def test_a_pin_removed_before_it_was_locked_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "1-a.json"
    removed = iter([True, False])
    lock = fcntl.flock

    def flock(handle: int, how: int) -> None:
        if next(removed, False):
            path.unlink()
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    handle = locks._locked_file(path)
    assert os.path.samestat(os.fstat(handle), path.stat())
    os.close(handle)


def test_a_pin_replaced_before_it_was_locked_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "1-a.json"
    replaced = iter([True, False])
    lock = fcntl.flock

    def flock(handle: int, how: int) -> None:
        if next(replaced, False):
            (tmp_path / "new").touch()
            os.replace(tmp_path / "new", path)
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    handle = locks._locked_file(path)
    assert os.path.samestat(os.fstat(handle), path.stat())
    os.close(handle)


def test_a_pin_let_go_while_pins_are_listed_is_passed_over(tmp_path: Path):
    (tmp_path / "1-a.json").symlink_to(tmp_path / "gone")
    assert live_pins(tmp_path) == []
