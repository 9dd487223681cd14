"""A record of which part is withheld says so at its head."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.template import engines

from stepwell.casefinding.record.presenters import record_page
from stepwell.casefinding.record.records import FoundRecord
from stepwell.knowledge.exposure import Point, daily_ome
from stepwell.population.records.person import PersonRecord

DAY = date(2026, 11, 20)
NONE = daily_ome([])
WHOLE = PersonRecord(DAY, (), NONE, (Point(DAY, NONE),), (), (), ())


@pytest.mark.parametrize("withheld", [True, False])
def test_a_page_says_that_part_of_a_record_is_not_here(withheld: bool):
    found = FoundRecord(replace(WHOLE, withheld=withheld), DAY, "load", in_extract=True)
    page = engines.all()[0].from_string(
        '{% import "macros/app.jinja" as app with context %}{% include "people/_record.jinja" %}'
    )
    shown = page.render({**record_page(found), "why": [], "csv": None})
    assert ("Part of this record is not here" in shown) is withheld
