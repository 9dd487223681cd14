"""Whoever a search leaves out can be found on its list, by name and with the reason; an exclusion hides nobody."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from stepwell.casefinding.tests.records import PEOPLE

pytestmark = pytest.mark.django_db


def pill(made, client, chosen):
    return client.get(reverse("casefinding:candidates", args=[made.pk, chosen])).text


def test_in_to_check_and_out_show_everybody_once(made, signed_in_client):
    shown = {chosen: pill(made, signed_in_client, chosen) for chosen in ("in", "check", "out")}
    for family, *_ in PEOPLE:
        assert sum(family in page for page in shown.values()) == 1, family


def test_somebody_left_out_is_named_with_the_reason_and_counted_under_it(made, signed_in_client):
    reason = "Palliative care code, or an end-of-life injectable in the last 12 months."
    page = pill(made, signed_in_client, "out")
    assert "Cared-for" in page and reason in page
    assert "Cared-for" not in pill(made, signed_in_client, "in-and-check")
    assert made.counts["reasons"]["palliative"] == made.counts["outcomes"]["out"] == 1


def test_the_download_of_those_left_out_gives_each_a_reason(made, signed_in_client):
    page = signed_in_client.get(reverse("casefinding:candidates_csv", args=[made.pk, "out"]))
    lines = list(csv.DictReader(io.StringIO(page.content.decode())))
    assert len(lines) == made.counts["outcomes"]["out"]
    assert all(line["outcome"] == "Out" and line["why"].strip() for line in lines)
