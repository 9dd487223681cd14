"""The page of the paste box. What is pasted is in the body of a POST, is answered, and is gone."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from stepwell.base import clock
from stepwell.knowledge import equivalence, tables
from stepwell.knowledge.dosage import PARSER_VERSION
from stepwell.organisations.access import public
from stepwell.site.paste import plain, presenters, tapers
from stepwell.site.paste.answer import Answer, answer
from stepwell.site.paste.forms import EXAMPLE, PasteForm


@public
@never_cache
@sensitive_post_parameters("medicines")
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: HttpRequest) -> HttpResponse:
    """The box, and below it how what was pasted is read. A download asks for the same text again."""
    if request.method != "POST":
        return _no_store(render(request, "paste/page.jinja", {"form": PasteForm()}))
    example = "example" in request.POST
    form = PasteForm({"medicines": EXAMPLE} if example else request.POST)
    if not form.is_valid():
        return _no_store(render(request, "paste/page.jinja", {"form": form}))
    text = form.cleaned_data["medicines"]
    found = answer(text, clock.today())
    if "csv" in request.POST:
        return _no_store(_download(found, request.POST["csv"]))
    if found.screen.covered:
        text = _without(text, {line.line for line in found.screen.covered})
        form = PasteForm(initial={"medicines": text})
    return _no_store(render(request, "paste/page.jinja", {"form": form, "text": text, **_context(found)}))


def _without(text: str, refused: set[int]) -> str:
    """The text without the lines that were refused: they are never sent back."""
    return "\n".join(line for number, line in enumerate(text.splitlines(), start=1) if number not in refused)


def _context(found: Answer) -> dict[str, object]:
    findings = found.findings
    lines = presenters.lines(found)
    drawn = tapers.drawn(found)
    versions = {
        "parser": PARSER_VERSION,
        "products": tables.version("products"),
        "table": equivalence.DEFAULT_TABLE,
        "calculation": equivalence.CALCULATION_VERSION,
        "cautions": tables.version("cautions"),
    }
    gaps = {gap: None for each in findings.not_assessed for gap in each.gaps} if findings else {}
    return {
        "answered": True,
        "lines": lines,
        "unread": [each for each in lines if each.refused],
        "screen": found.screen,
        "sum": presenters.the_sum(found),
        "fired": presenters.fired(findings) if findings else [],
        "not_assessed": findings.not_assessed if findings else (),
        "gaps": list(gaps),
        "quiet": len(findings.clear) if findings else 0,
        "tapers": drawn,
        "versions": versions,
        "copied": plain.as_text(found, drawn, versions),
    }


def _download(found: Answer, wanted: str) -> HttpResponse:
    for each in tapers.drawn(found):
        if str(each.number) == wanted and each.plan is not None:
            response = HttpResponse(tapers.as_csv(each.plan), content_type="text/csv; charset=utf-8")
            response["Content-Disposition"] = 'attachment; filename="taper.csv"'
            return response
    raise Http404


def _no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
