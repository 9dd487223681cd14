"""Ids of rows sort by the time they were made and say nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

from stepwell.base import clock
from stepwell.base.ids import uuid7


def test_it_is_a_version_7_uuid_of_the_standard_variant():
    made = uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_its_first_48_bits_are_the_time(monkeypatch):
    at = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    assert uuid7().int >> 80 == int(at.timestamp() * 1000)


def test_two_made_in_the_same_instant_differ(monkeypatch):
    at = datetime(2026, 11, 24, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    assert len({uuid7() for _ in range(1000)}) == 1000
