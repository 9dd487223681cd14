"""Over three thousand instructions written by several hands: a change may not make things worse."""

from __future__ import annotations

import csv
from pathlib import Path

from stepwell.knowledge.dosage.tests.held_out.scoring import scored

WRITTEN = Path(__file__).parent / "written" / "instructions.csv"


def test_as_many_are_read_as_before_and_none_more_wrongly() -> None:
    with WRITTEN.open(encoding="utf-8", newline="") as file:
        found = scored(list(csv.DictReader(file)))

    right, wrong, false_answers = found.shares
    assert right >= 0.96, found
    assert wrong <= 0.001, found
    assert false_answers <= 0.002, found
