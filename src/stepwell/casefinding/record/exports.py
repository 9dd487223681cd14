"""CSV of one person's daily OME, guarded against spreadsheets."""

from __future__ import annotations

from django.http import HttpResponse

from stepwell.base import csv_files
from stepwell.casefinding.record import chart, words
from stepwell.population.records.person import PersonRecord


def ome_csv(record: PersonRecord) -> HttpResponse:
    """The rows of the chart as a download. Who it is about is not in the file or its name."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="daily-ome.csv"'
    rows = [
        (s.since.isoformat(), s.until.isoformat(), _text(s.low), _text(s.high), s.said)
        for s in chart.segments(record)
    ]
    csv_files.write(response, ("from", "until", "daily_ome_min_mg", "daily_ome_max_mg", "in_words"), rows)  # type: ignore[arg-type]
    return response


def _text(value: object) -> str | None:
    return None if value is None else words.figure(value)  # type: ignore[arg-type]
