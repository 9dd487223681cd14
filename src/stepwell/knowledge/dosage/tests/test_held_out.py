"""The parser beside instructions written by another hand that had seen neither the grammar nor its examples."""

from __future__ import annotations

from stepwell.knowledge.dosage.tests.held_out.scoring import score


def test_nearly_all_are_read_and_hardly_any_wrongly() -> None:
    found = score()
    right, wrong, false_answers = found.shares

    assert found.with_dose + found.without >= 400
    assert right >= 0.97, found
    assert wrong <= 0.01, found
    assert false_answers <= 0.02, found
