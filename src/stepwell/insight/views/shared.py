"""What every page of this room does: open the data for the request, and say in words what stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stepwell.base.errors import StepwellError
from stepwell.insight import words
from stepwell.insight.directory import Organisation
from stepwell.insight.facts import Facts, open_facts
from stepwell.insight.kept import Busy
from stepwell.organisations.access import public
from stepwell.population.prescribing.measures import Measure, measures

RETRY_SECONDS = "10"


class NotHere(StepwellError):
    """An address of something the data does not hold."""


def of_facts(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A public page of the data: the view takes ``facts`` beside the request. No data, and what went wrong, are pages too."""

    @public
    @require_safe
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with open_facts() as facts:
            if facts is None:
                return render(request, "insight/nothing.jinja")
            try:
                return view(request, facts, *args, **kwargs)
            except StepwellError as error:
                return _said(request, error)

    return opened


def _said(request: HttpRequest, error: StepwellError) -> HttpResponse:
    status = 503 if isinstance(error, Busy) else 404
    response = render(request, "insight/not_here.jinja", {"error": error}, status=status)
    if status == 503:
        response["Retry-After"] = RETRY_SECONDS
    return response


def page(request: HttpRequest, template: str, facts: Facts, context: dict[str, Any]) -> HttpResponse:
    """A page with what every page of the data says: its newest month and when that was published."""
    load = facts.load("month", facts.newest)
    shared = {
        "facts": facts,
        "words": words,
        "newest_words": words.month(facts.newest),
        "published": load.published_on if load else None,
    }
    return render(request, f"insight/{template}.jinja", shared | context)


def organisation_of(facts: Facts, level: str, code: str) -> Organisation:
    """The organisation of an address. Raises ``NotHere``."""
    found = facts.directory.get(level, code)
    if found is None:
        raise NotHere(
            "The prescribing data held here has no such organisation.",
            next_step="Look for it by name: it may have merged, closed, or have another code.",
        )
    return found


def measure_of(measure_id: str) -> Measure:
    """The measure of an address. Raises ``NotHere``."""
    found = measures().get(measure_id)
    if found is None:
        raise NotHere("There is no such measure.", next_step="Choose one from the list of measures.")
    return found
