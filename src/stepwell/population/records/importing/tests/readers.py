"""What readers of a lake are told: its rows, who its searches find, whom its vault can name."""

from __future__ import annotations

import hashlib
import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from pyarrow.csv import write_csv

from stepwell.population import engine
from stepwell.population.lake import Lake
from stepwell.population.records.searches import all_searches, prepare, run
from stepwell.population.stores import open_stores

Answer = dict[str, object]


def all_rows(lake: Lake) -> Answer:
    """A digest of every row of every table that searches read: from the same rows they find the same people."""
    con = engine.connect(threads=1)
    found: Answer = {}
    with lake.pin() as snapshot:
        for name, table in snapshot.tables(con).items():
            rows = con.to_pyarrow(table.order_by(table.columns))
            written = io.BytesIO()
            write_csv(rows, written)
            found[name] = (rows.num_rows, hashlib.sha256(written.getvalue()).hexdigest())
    con.disconnect()
    return found


def all_searches_answered(lake: Lake) -> Answer:
    """Who each search finds at the date of the extract, with outcome, reasons and dose."""
    con = engine.connect(threads=1)
    with lake.pin() as snapshot:
        (load,) = snapshot.in_use
        prepared = prepare(snapshot.tables(con), load.extract_date, con)
        found: Answer = {name: run(search, prepared).candidates for name, search in all_searches().items()}
    con.disconnect()
    return found


def identities(lake: Lake) -> int:
    """How many people the vault can name in the load in use."""
    vault = open_stores(lake.path).vault
    (load,) = lake.current().loads
    return len(
        list(vault.read(load.practice, load.load_id, who="a test", why="reading after a kill", keys=None))
    )


class Held:
    """What readers are told while one load stands. Worked out when first asked for."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake

    @cached_property
    def rows(self) -> Answer:
        return all_rows(self.lake)

    @cached_property
    def searches(self) -> Answer:
        return all_searches_answered(self.lake)

    @cached_property
    def identities(self) -> int:
        return identities(self.lake)


@contextmanager
def a_reader_throughout(lake: Lake, ask: Callable[[Lake], Answer]) -> Iterator[list[object]]:
    """What a reader that never stops asking was told."""
    told: list[object] = []
    done = threading.Event()

    def keep_asking() -> None:
        while not done.is_set():
            try:
                told.append(ask(lake))
            except Exception as error:  # whatever it is, the test shows it
                told.append(repr(error))
            time.sleep(0.05)  # leave the machine to the import now and then

    reader = threading.Thread(target=keep_asking)
    reader.start()
    try:
        yield told
    finally:
        done.set()
        reader.join()


def files_of(lake: Lake) -> dict[str, str]:
    """A digest of every file of the loads a lake holds, and of their identities, by path."""
    stores = open_stores(lake.path)
    folders = (lake.path / "loads", lake.path / "derived", stores.vault.directory)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.suffix != ".jsonl"
    }
