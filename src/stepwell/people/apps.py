"""The people app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """A person known to a practice."""

    name = "stepwell.people"
    label = "people"
