"""Logs say what happened, never to whom: a canary's facts are looked for in everything written."""

from __future__ import annotations

import logging

import pytest

from stepwell.site import logs


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("patient 999 526 0182 failed", "patient [masked] failed"),
        ("patient 9995260182 failed", "patient [masked] failed"),
        ("sent to zzyzx@example.org today", "sent to [masked] today"),
        ("rang 01632 960 123", "rang [masked]"),
        ("rang +44 7700 900123", "rang [masked]"),
        ("load of 2026-11-24 took 12 seconds", "load of 2026-11-24 took 12 seconds"),
    ],
)
def test_identifier_shapes_are_masked(written, kept):
    assert logs.masked(written) == kept


def test_a_traceback_is_masked_too():
    try:
        raise ValueError("Zzyzx 999 526 0182")
    except ValueError:
        import sys

        record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
    assert "526" not in logs.Masked("%(message)s").format(record)


def test_a_failed_page_is_logged_by_route_name_not_address(make_member, sign_in, monkeypatch, caplog):
    client = sign_in(make_member("administrator"))
    client.raise_request_exception = False
    monkeypatch.setattr("stepwell.organisations.views.organisation.Standing.of", lambda _: 1 / 0)
    client.get("/organisation/?q=Zzyzx")
    ours = [record.getMessage() for record in caplog.records if record.name == "stepwell"]
    assert any("organisations:organisation" in line for line in ours)
    assert not any("Zzyzx" in record.getMessage() for record in caplog.records)
