"""The same figures as CSV, sent as they are read."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from stepwell.base import csv_files
from stepwell.insight import compare_page, groups
from stepwell.insight.choices import Choices
from stepwell.insight.facts import Facts
from stepwell.insight.practices_page import CSV_COLUMNS, csv_rows
from stepwell.insight.views.shared import NotHere, measure_of, of_facts, organisation_of
from stepwell.population.prescribing.areas import Level

_AT_ONCE = 2000


@of_facts
def own(request: HttpRequest, facts: Facts, level: str, code: str, measure_id: str) -> HttpResponseBase:
    """Every month of one organisation."""
    organisation = organisation_of(facts, level, code)
    of = measure_of(measure_id)
    rows = csv_rows(
        facts, [organisation.code], organisation.level, of, Choices.read(request.GET), facts.months
    )
    return _sent(rows, f"{of.id}_{organisation.code}.csv")


@of_facts
def area(request: HttpRequest, facts: Facts, level: str, code: str, measure_id: str) -> HttpResponseBase:
    """Every practice of an area: the newest month, or every month. Of all England only the newest."""
    organisation = organisation_of(facts, level, code)
    of = measure_of(measure_id)
    every = request.GET.get("every") == "month"
    if every and organisation.level is Level.ENGLAND:
        raise NotHere(
            "Every month of every practice in England is too much for one download.",
            next_step="Take an ICB, or use the command line: stepwell prescribing measure.",
        )
    months = facts.months if every else (facts.newest,)
    rows = csv_rows(facts, organisation.practices, Level.PRACTICE, of, Choices.read(request.GET), months)
    return _sent(rows, f"{of.id}_practices_of_{organisation.code}.csv")


@of_facts
def compared(request: HttpRequest, facts: Facts) -> HttpResponseBase:
    """Every month of the organisations compared."""
    of = measure_of(request.GET.get("measure") or groups.headline()[0])
    choices = Choices.read(request.GET)
    chosen, _ = compare_page.chosen(facts, request.GET.getlist("codes"))
    rows = [
        row
        for each in chosen[: compare_page.MOST]
        for row in csv_rows(facts, [each.code], each.level, of, choices, facts.months)
    ]
    return _sent(rows, f"{of.id}_compared.csv")


def _sent(rows: Iterable[Sequence[object]], name: str) -> HttpResponseBase:
    # The figures are asked for now, while the data is held still; only writing them is left for later.
    held = list(rows)
    response = StreamingHttpResponse(_text(held), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _text(rows: Sequence[Sequence[object]]) -> Iterator[str]:
    for start in range(0, max(1, len(rows)), _AT_ONCE):
        out = io.StringIO()
        if start == 0:
            csv_files.write(out, CSV_COLUMNS, rows[:_AT_ONCE])
            yield out.getvalue()
        else:
            csv_files.write(out, (), rows[start : start + _AT_ONCE])
            yield out.getvalue().lstrip("\n")
