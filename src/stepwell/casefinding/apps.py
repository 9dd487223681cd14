"""The case-finding app."""

from django.apps import AppConfig


class CasefindingConfig(AppConfig):
    """Uploads, searches, candidate lists."""

    name = "stepwell.casefinding"
    label = "casefinding"
