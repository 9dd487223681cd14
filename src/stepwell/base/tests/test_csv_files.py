"""No cell we write runs as a formula, and nothing else about it changes."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from stepwell.base import csv_files


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("Codeine 30mg tablets", "Codeine 30mg tablets"),
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        (-1, "-1"),
        (Decimal("-0.5"), "-0.5"),
        (None, ""),
        (True, "true"),
        (False, "false"),
    ],
)
def test_cells(value, cell):
    assert csv_files.guarded(value) == cell


def test_rows_are_counted_and_quoted():
    out = io.StringIO()
    assert csv_files.write(out, ["a", "b"], [["x,y", None], ["=2", 3]]) == 2
    assert out.getvalue() == 'a,b\n"x,y",\n\'=2,3\n'
