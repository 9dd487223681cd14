"""One writer at a time, and readers whose loads stay while they read.

Both are held by the operating system's lock on an open file, so whatever happens to a process its locks go with it.
The file's contents say who holds it, for the person who is told to wait.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from stepwell.base.clock import now
from stepwell.base.errors import StepwellError
from stepwell.population.lake.files import write_atomically

HEARTBEAT = timedelta(seconds=10)
# Where a shared disk does not carry locks between machines, an owner elsewhere is believed for this long.
SILENT_FOR = timedelta(minutes=2)
PIN_ELSEWHERE = timedelta(days=1)


class LakeBusy(StepwellError):
    """Another import is writing to the lake. Nothing is wrong with this one: it can wait and be tried again."""


@contextmanager
def writer_lock(directory: Path) -> Iterator[None]:
    """Hold the lake for writing. Raises ``LakeBusy`` naming the owner and its age when another does."""
    owner_file = directory / "writer.json"
    handle = os.open(directory / "writer.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held(_read(owner_file)) from None
        owner = _read(owner_file)
        # This machine's lock is ours, so an owner of this machine is dead. One elsewhere may live.
        if owner and owner.get("host") != socket.gethostname() and _age(owner, "heartbeat") < SILENT_FOR:
            raise _held(owner)
        with _heartbeat(owner_file):
            yield
    finally:
        os.close(handle)


@contextmanager
def pin_file(directory: Path, contents: Callable[[], dict[str, Any]]) -> Iterator[None]:
    """Hold what ``contents`` names against pruning. It is asked again until it stays the same once the pin is seen."""
    directory.mkdir(exist_ok=True)
    path = directory / f"{os.getpid()}-{uuid.uuid4().hex}.json"
    handle = _locked_file(path)
    try:
        wanted = None
        while wanted != (wanted := contents()):
            os.ftruncate(handle, 0)
            os.pwrite(handle, json.dumps({**wanted, **_me()}).encode(), 0)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def live_pins(directory: Path) -> list[dict[str, Any]]:
    """What living readers hold. Pins of dead processes are removed."""
    live = []
    for path in sorted(directory.glob("*.json")):
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            pin = _read(path)
            if _is_held(handle) or _is_elsewhere(pin):
                live.append(pin)
            else:
                path.unlink(missing_ok=True)
        finally:
            os.close(handle)
    return live


def _locked_file(path: Path) -> int:
    """A new file, locked. A pruner may remove it between its making and its locking, so look again."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except FileNotFoundError:
            pass
        os.close(handle)


def _is_held(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _is_elsewhere(pin: dict[str, Any]) -> bool:
    return bool(pin) and pin["host"] != socket.gethostname() and _age(pin, "started") < PIN_ELSEWHERE


@contextmanager
def _heartbeat(owner_file: Path) -> Iterator[None]:
    """Write who we are now and every few seconds until the end."""
    me = _me()
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(HEARTBEAT.total_seconds()):
            with suppress(OSError):  # a full disk stops the import itself, with a better message
                write_atomically(owner_file, json.dumps({**me, "heartbeat": now().isoformat()}).encode())

    write_atomically(owner_file, json.dumps({**me, "heartbeat": now().isoformat()}).encode())
    thread = threading.Thread(target=beat, name="lake-writer-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        owner_file.unlink(missing_ok=True)


def _me() -> dict[str, Any]:
    return {"pid": os.getpid(), "host": socket.gethostname(), "started": now().isoformat()}


def _read(path: Path) -> dict[str, Any]:
    try:
        contents: dict[str, Any] = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):  # not there yet, or its writer died before the first word
        return {}
    return contents


def _age(owner: dict[str, Any], field: str) -> timedelta:
    return now() - datetime.fromisoformat(owner[field])


def _held(owner: dict[str, Any]) -> LakeBusy:
    if not owner:
        return LakeBusy("Another import has just begun in this lake.", next_step="Wait until it has ended.")
    minutes = int(_age(owner, "started").total_seconds() // 60)
    return LakeBusy(
        f"Another import is writing to this lake: process {owner['pid']} on {owner['host']}, "
        f"started {minutes} minutes ago.",
        next_step="Wait until it has ended. If that process dies, the next import takes over by itself.",
    )
