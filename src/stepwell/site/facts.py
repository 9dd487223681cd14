"""Facts still unverified: which tables hold them, and every one of them, for a clinician to go through and sign."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from stepwell.knowledge import unverified as facts
from stepwell.organisations.access import public

ROWS = 50
# Said once for the whole table; or of no use to somebody checking a fact.
_LEFT_OUT = frozenset({"status"})


@public
def unverified(request: HttpRequest) -> HttpResponse:
    """The tables, with how many facts of each are unverified."""
    found = facts.unverified()
    context = {"found": found, "total": sum(len(each.facts) for each in found)}
    return render(request, "pages/unverified.jinja", context)


@public
def unverified_table(request: HttpRequest, table: str) -> HttpResponse:
    """The unverified facts of one table, some at a time."""
    found = next((each for each in facts.unverified() if each.table.name == table), None)
    if found is None:
        raise Http404
    page = Paginator(found.facts, ROWS).get_page(request.GET.get("page"))
    rows = [
        {
            "label": facts.label(found.table, fact),
            "cells": [
                (name.replace("_", " "), text)
                for name, text in fact.items()
                if text and name not in _LEFT_OUT
            ],
        }
        for fact in page
    ]
    return render(request, "pages/unverified_table.jinja", {"found": found, "page": page, "rows": rows})
