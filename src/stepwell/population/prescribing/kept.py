"""Tables worked out before, kept for the next who asks: the last asked for, up to so many bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

import pyarrow as pa

MOST_BYTES = 300_000_000


class Kept:
    """Arrow tables by key. They cannot be changed, so any number of threads may hold one."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """``most_bytes``: of all tables kept. One larger than that is not kept."""
        self._most = most_bytes
        self._bytes = 0
        self._tables: OrderedDict[Hashable, pa.Table] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> pa.Table | None:
        """The table of this key, if it is kept still."""
        with self._lock:
            if key in self._tables:
                self._tables.move_to_end(key)
            return self._tables.get(key)

    def put(self, key: Hashable, table: pa.Table) -> None:
        """Keep a table; those not asked for the longest make room."""
        with self._lock:
            before = self._tables.pop(key, None)
            self._bytes += table.nbytes - (before.nbytes if before is not None else 0)
            self._tables[key] = table
            while self._bytes > self._most:
                _, gone = self._tables.popitem(last=False)
                self._bytes -= gone.nbytes
