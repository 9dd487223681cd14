"""Two or more organisations on one measure."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from stepwell.insight import compare_page, groups, words
from stepwell.insight.choices import Choices
from stepwell.insight.facts import Facts
from stepwell.insight.views.shared import measure_of, of_facts, page

MOST_TYPED = 400


@of_facts
def compare(request: HttpRequest, facts: Facts) -> HttpResponse:
    """The form, and below it what it asks for."""
    of = measure_of(request.GET.get("measure") or groups.headline()[0])
    typed = [text[:MOST_TYPED] for text in request.GET.getlist("codes")]
    choices = Choices.read(request.GET)
    found = compare_page.page(facts, of, typed, choices)
    context = {
        "page": found,
        "groups": groups.groups(),
        "typed": ", ".join(each.code for each in found.chosen) if found.chosen else ", ".join(typed),
        "asked": bool(typed and any(typed)),
        "most": compare_page.MOST,
        "unit": words.unit(of),
        "counts_items": words.counts_items(of),
        "csv": urlencode({"measure": of.id, "codes": ",".join(each.code for each in found.chosen)}),
    }
    return page(request, "compare", facts, context)
