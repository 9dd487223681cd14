"""The room of public prescribing data."""

from __future__ import annotations

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """No tables: everything here is read from the lake."""

    name = "stepwell.insight"
    label = "insight"
