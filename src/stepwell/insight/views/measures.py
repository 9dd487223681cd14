"""A measure at an organisation, all practices of an area on it, and what the measures are."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from stepwell.insight import groups, measure_page, missing, practices_page, words
from stepwell.insight.choices import Choices
from stepwell.insight.facts import Facts
from stepwell.insight.limits import limit
from stepwell.insight.views.shared import measure_of, of_facts, organisation_of, page
from stepwell.population.prescribing.areas import Level
from stepwell.population.prescribing.measures.compiling import factor_tables

ROWS = 100


@of_facts
def definitions(request: HttpRequest, facts: Facts) -> HttpResponse:
    """What every measure counts."""
    return page(request, "definitions", facts, {"groups": groups.groups()})


@of_facts
def show(request: HttpRequest, facts: Facts, level: str, code: str, measure_id: str) -> HttpResponse:
    """One measure at one organisation."""
    organisation = organisation_of(facts, level, code)
    of = measure_of(measure_id)
    choices = Choices.read(request.GET)
    found = measure_page.page(facts, organisation, of, choices)
    context = {
        "page": found,
        "organisation": organisation,
        "measure": of,
        "choices": choices,
        "area": found.standing.area,
        "areas": facts.directory.areas(organisation),
        "tables": [each for each in factor_tables(of) if each],
        "table": choices.asked(of, organisation.level).table(),
        "may_then": organisation.level in (Level.SUB_ICB, Level.ICB, Level.REGION),
        "facts_line": measure_page.facts_line(found.standing),
        "unit": words.unit(of),
        "counts_items": words.counts_items(of),
        "first_rows": measure_page.FIRST_ROWS,
        "query": choices.query(),
    }
    return page(request, "measure", facts, context)


@of_facts
def practices(request: HttpRequest, facts: Facts, level: str, code: str, measure_id: str) -> HttpResponse:
    """All practices of an area on one measure."""
    area = organisation_of(facts, level, code)
    of = measure_of(measure_id)
    choices = Choices.read(request.GET)
    by_name = request.GET.get("order") == "name"
    found = practices_page.page(facts, area, of, choices, by_name=by_name)
    rows = Paginator(found.lines, ROWS).get_page(request.GET.get("page"))
    start = choices.query()
    address = f"{start}{'&' if start else '?'}{'order=name&' if by_name else ''}page="
    context = {
        "page": found,
        "rows": rows,
        "address": address,
        "by_name": by_name,
        "choices": choices,
        "query": start,
        "heads": measure_page.heads(of),
        "unit": words.unit(of),
        "counts_items": words.counts_items(of),
        "smallest": limit("smallest_list") if of.denominator is None else limit("smallest_items"),
        "smallest_of": "patients" if of.denominator is None else "items",
        "missing": missing.of_data(facts),
    }
    return page(request, "practices", facts, context)
