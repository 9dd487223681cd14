"""Whose record it is stands above it: name, date of birth and NHS number together, so that two people are not mixed up."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from stepwell.casefinding.tests.records import CANARY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["candidate", "candidate_rules", "candidate_decide"])
def test_name_date_of_birth_and_number_are_above_a_record(made, signed_in_client, name):
    someone = made.candidates.get(outcome="check", can_be_adopted=True)
    page = signed_in_client.get(reverse(f"casefinding:{name}", args=[someone.pk])).text
    words = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "Unclear" in words
    assert "3 February 1950" in words
    assert re.search(r"999 \d{3} \d{4}", words)
    assert CANARY not in words, "nobody else is named on it"
