"""Naming people at the command line: a member asks, and the ledger says so."""

from __future__ import annotations

import pytest

from stepwell.base.errors import StepwellError
from stepwell.cli import ledger
from stepwell.organisations.models import AuditEvent
from stepwell.population.vault import Reading

pytestmark = pytest.mark.django_db


def reading(practice):
    words = {"practice": practice, "why": "long-term-opioids", "identities": 2}
    rest = {name: "" for name in Reading.__dataclass_fields__ if name not in words}
    return Reading(**words, **rest)


def test_nobody_is_named_to_no_member():
    with pytest.raises(StepwellError, match="who asks"):
        ledger.auditor(None)


def test_a_read_is_an_export_in_the_audit_trail(member):
    ledger.auditor(member.user.email)(reading("Z99901"))
    assert AuditEvent.objects.filter(event__contains="export").exists()


@pytest.mark.parametrize("practice", ["Z99950", "Z99999"])
def test_a_member_without_permission_there_is_refused(member, practice):
    with pytest.raises(StepwellError, match="may not see"):
        ledger.auditor(member.user.email)(reading(practice))
    assert not AuditEvent.objects.filter(event__contains="export").exists()
