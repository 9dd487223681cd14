"""The site as a Django app: it holds the layout, the home page and the commands of the demonstration."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "stepwell.site"
    label = "site"
    verbose_name = "Site"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from stepwell.site import accounts, audit_words, tables

        authenticator_added.connect(accounts.note_first_code)
        tables.hand_in()
        audit_words.hand_in()
