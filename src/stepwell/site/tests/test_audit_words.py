"""What lists and people are called in the audit trail: in words, and nobody by name."""

from __future__ import annotations

import pytest

from stepwell.casefinding.models import CandidateList
from stepwell.organisations import actions
from stepwell.organisations.models import AuditEvent
from stepwell.site.tests.routes import World

pytestmark = pytest.mark.django_db


def test_rows_of_higher_floors_are_called_in_words(neighbourhood, make_member, sign_in):
    made = World(neighbourhood, make_member)
    subjects = [made.candidate_list("practice"), made.candidate("practice"), made.import_job("practice")]
    by = make_member("pharmacist")
    for subject in subjects:
        actions.record_read(by=by, organisation=neighbourhood["practice"], what="candidate", subject=subject)
    page = sign_in(make_member("administrator")).get("/organisation/audit/?event=candidate.read").text
    assert ">Long-term opioids, 1 June 2026</a>" in page
    assert ">Somebody on Long-term opioids, 1 June 2026</a>" in page
    assert ">Upload of " in page
    assert AuditEvent.objects.filter(event="candidate.read").count() == 3
    assert CandidateList.objects.count() == 1
