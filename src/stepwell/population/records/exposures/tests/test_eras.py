"""Covers joined into eras where nothing but the order of equal covers could go wrong."""

from __future__ import annotations

from random import Random

import ibis
import pyarrow as pa
import pytest

from stepwell.knowledge import exposure
from stepwell.population import engine
from stepwell.population.records.exposures.eras import eras

RULES = exposure.current()
LINES = 6
# Days: four stretches of supply, each 28 days long and more than 30 days after the one before.
STARTS = (0, 70, 140, 210)


@pytest.fixture(scope="module")
def con():
    return engine.connect()


def test_covers_that_begin_and_end_together_are_counted_with_the_same_era(con):
    """Several medicines issued on one day after a gap: none may lengthen the era before."""
    random = Random(1)
    rows, expected = [], {}
    for person in range(60):
        for start in STARTS:
            together = random.randint(1, LINES)
            expected[(person, start)] = (start + 28, together)
            rows += [_cover(person, line, start) for line in range(together)]
    random.shuffle(rows)
    covers = ibis.memtable(pa.Table.from_pylist(rows, schema=COVERS))
    lines = ibis.memtable({"line_no": list(range(LINES)), "opioid": [True] * LINES})
    found = con.to_pyarrow(eras(covers, lines, ["opioid"], 250, RULES)).to_pylist()
    assert {(e["person_no"], e["start"]): (e["end"], e["occasions"]) for e in found} == expected


COVERS = pa.schema(
    [
        ("person_no", pa.int64()),
        ("line_id", pa.int64()),
        ("line_no", pa.int64()),
        ("own", pa.bool_()),
        ("start", pa.int32()),
        ("end", pa.int32()),
    ]
)


def _cover(person: int, line: int, start: int) -> dict[str, object]:
    line_id = person * LINES + line
    return {
        "person_no": person,
        "line_id": line_id,
        "line_no": line,
        "own": True,
        "start": start,
        "end": start + 28,
    }
