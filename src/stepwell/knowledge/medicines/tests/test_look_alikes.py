"""What looks counted and is not, with the reason."""

from __future__ import annotations

import pytest

from stepwell.knowledge.medicines import looks_like_but_not
from stepwell.knowledge.medicines.look_alikes import Written

LOOK_ALIKES: list[tuple[Written, str, str]] = [
    # dm+d code, BNF code, name as written; looks like; the reason begins
    ((None, None, "Gabapentin 6% gel"), "gabapentin", "What is put on the skin"),
    ((None, None, "Kaolin and Morphine mixture"), "morphine", "A stomach or cough mixture"),
    ((None, None, "Naltrexone 8mg / Bupropion 90mg modified-release tablets"), "naltrexone", "With bupropion"),
    ((None, None, "Midazolam 10mg/2ml oromucosal solution"), "midazolam", "Midazolam is counted as an injection"),
    ((None, None, "Apomorphine 10mg/ml injection"), "morphine", "A word of its name holds"),
    ((None, None, "Methylnaltrexone 12mg injection"), "naltrexone", "A word of its name holds"),
    ((None, None, "Tramalodl 50mg caps"), "tramadol", "A word of its name holds this name, or is nearly it"),
    ((None, "0407041A0AAADAD", "Paracet/Metoclopramide_Tab 500mg/5mg"), "codeine compound", "Its BNF chemical is counted in part"),
    ((None, "0407020ZZAAAAAA", "Newdrug 5mg tablets"), "opioid analgesics", "Its BNF code is in this section"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "looks_like", "reason"), LOOK_ALIKES)
def test_found_with_the_reason(written: Written, looks_like: str, reason: str) -> None:
    (found,) = looks_like_but_not([written])
    assert (found.written, found.looks_like) == (written, looks_like)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    "written",
    [
        (None, None, "Codeine 30mg tablets"),
        (None, None, "Morphine"),
        (None, None, "Tramadal 50mg capsules"),
        (None, None, "Amlodipine 5mg tablets"),
        (None, None, "Ibuprofen 400mg tablets"),
        (None, "1001010J0AAAEAE", "Ibuprofen 400mg tablets"),
        (None, None, "Ketoprofen 100mg capsules"),
        (None, "0407010H0AAAMAM", "Paracetamol 500mg tablets"),
        (None, None, None),
    ],
)
def test_what_is_counted_or_looks_like_nothing_counted_is_left_out(written: Written) -> None:
    assert looks_like_but_not([written]) == []


def test_each_medicine_once_in_the_order_given() -> None:
    gel, elixir = (None, None, "Gabapentin 6% gel"), (None, None, "Kaolin and Morphine mixture")
    assert [each.written for each in looks_like_but_not([elixir, gel, elixir])] == [elixir, gel]


def test_a_reason_never_repeats_what_was_written() -> None:
    for written, _, _ in LOOK_ALIKES:
        (found,) = looks_like_but_not([written])
        assert (written[2] or "") not in found.reason
