"""Finding an organisation, and one at a glance."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from stepwell.insight import missing, organisation_page
from stepwell.insight.choices import Choices
from stepwell.insight.directory import MOST_FOUND, WORDS, Organisation, england
from stepwell.insight.facts import Facts
from stepwell.insight.views.shared import of_facts, organisation_of, page
from stepwell.population.prescribing.areas import Level

MOST_TYPED = 100


@of_facts
def find(request: HttpRequest, facts: Facts) -> HttpResponse:
    """Find an organisation by name or code. A whole code goes to its page."""
    typed = request.GET.get("q", "").strip()[:MOST_TYPED]
    found = facts.directory.find(typed) if typed else []
    exact = [each for each in found if each.code == typed.upper()]
    if len(exact) == 1:
        return redirect("insight:organisation", exact[0].level.value, exact[0].code)
    context = {
        "typed": typed,
        "found": found[:MOST_FOUND],
        "more": len(found) > MOST_FOUND,
        "most": MOST_FOUND,
        "own": _own(request, facts),
        "areas": [(WORDS[level][1], facts.directory.of_level(level)) for level in (Level.REGION, Level.ICB)],
        "england": england(facts.directory),
        "practices": facts.directory.open_practices(england(facts.directory)),
        "open_practices": facts.directory.open_practices,
        "missing": missing.of_data(facts),
    }
    return page(request, "find", facts, context)


def _own(request: HttpRequest, facts: Facts) -> Organisation | None:
    """The organisation somebody is signed in at, where the data has it."""
    member = getattr(request, "member", None)
    if member is None:
        return None
    code = member.organisation.ods_code
    return next((found for level in Level if (found := facts.directory.get(level, code))), None)


@of_facts
def show(request: HttpRequest, facts: Facts, level: str, code: str) -> HttpResponse:
    """One organisation at a glance."""
    organisation = organisation_of(facts, level, code)
    choices = Choices.read(request.GET)
    found = organisation_page.page(facts, organisation, choices)
    context = {
        "page": found,
        "choices": choices,
        "area": choices.area(facts.directory, organisation),
        "inside": _inside(facts, organisation),
    }
    return page(request, "organisation", facts, context)


def _inside(facts: Facts, organisation: Organisation) -> list[tuple[str, list[Organisation]]]:
    """What lies in an area, level by level, the next smaller first; all practices of a country are found by name."""
    if organisation.level is Level.PRACTICE:
        return []
    found = []
    for level in reversed(list(Level)):
        smaller = list(Level).index(level) < list(Level).index(organisation.level)
        if smaller and not (level is Level.PRACTICE and organisation.level in (Level.ENGLAND, Level.REGION)):
            inside = facts.directory.within(organisation, level)
            if inside:
                found.append((WORDS[level][1], inside))
    return found
