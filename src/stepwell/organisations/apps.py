"""Organisations as a Django app."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "stepwell.organisations"
    label = "organisations"
    verbose_name = "Organisations"
