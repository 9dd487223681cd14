"""The facts of an audit row, in words."""

from __future__ import annotations

import pytest

from stepwell.organisations.audit_presenter import fact_words

NAMES = {"m1": "Rosa Delgado"}
CODES = {"long-term-opioids": "Long-term opioids", "decision.leave": "not to be contacted"}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("people", 1, "1 person"),
        ("people", 1250, "1,250 people"),
        ("rows", 1, "1 row"),
        ("member", "m1", "Rosa Delgado"),
        ("member", "m2", "member no longer known"),
        ("search", "long-term-opioids", "Long-term opioids"),
        ("search", "gone", "search: gone"),
        ("decision", "leave", "not to be contacted"),
        ("role", "gp", "GP"),
        ("ends_on", "2026-12-01", "until 1 December 2026"),
        ("ends_on", None, "ends on: not given"),
        ("permission", "see_audit", "needs: see the audit trail of the organisation"),
        ("route", "casefinding:candidate_list", "page: candidate list"),
        ("old_extract_accepted", False, ""),
        ("extract_days", 1, "extract 1 day old"),
        ("anything_else", True, "anything else: yes"),
    ],
)
def test_facts(key, value, said):
    assert fact_words(key, value, NAMES, CODES) == said
