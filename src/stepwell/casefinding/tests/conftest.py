"""A site with one imported extract and one list made from it."""

from datetime import timedelta

import pytest


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """``today(date(2026, 6, 10))`` moves the day; it stands a week after the tiny extract, whenever the tests are run."""
    from stepwell.base import clock
    from stepwell.casefinding.tests.records import EXTRACT_DATE

    def move(day):
        monkeypatch.setattr(clock, "today", lambda: day)

    move(EXTRACT_DATE + timedelta(days=7))
    return move


@pytest.fixture(scope="session")
def imported(tmp_path_factory):
    """A data folder with the tiny extract imported, once: no test changes it."""
    from django.test import override_settings

    from stepwell.casefinding.tests import records

    folder = tmp_path_factory.mktemp("data")
    with override_settings(STEPWELL_DATA=str(folder)), pytest.MonkeyPatch.context() as patch:
        patch.delenv("STEPWELL_KEY", raising=False)
        records.bring_in()
    return folder


@pytest.fixture
def lake(imported, settings, monkeypatch):
    """The site's data folder with the tiny extract imported."""
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    settings.STEPWELL_DATA = str(imported)


@pytest.fixture(scope="session")
def searched(imported):
    """The load and what the search for long-term opioids finds in it, worked out once for every test."""
    from django.test import override_settings

    from stepwell.casefinding import stores
    from stepwell.population import engine
    from stepwell.population.records.searches import Options, prepare, run, search

    con = engine.connect()
    with override_settings(STEPWELL_DATA=str(imported)), stores.lake().pin() as snapshot:
        prepared = prepare(snapshot.tables(con), snapshot.in_use[0].extract_date, con)
        return snapshot.in_use[0], run(search("long-term-opioids"), prepared, Options())


@pytest.fixture
def made(lake, searched, member, neighbourhood):
    """The list of long-term opioids at the practice, kept as a run keeps it."""
    from stepwell.casefinding.actions import lists

    return lists._kept(member, neighbourhood["practice"], *searched)


@pytest.fixture
def candidate(made):
    """``candidate("in")``: somebody of the list with this outcome who has an NHS number."""

    def find(outcome):
        return made.candidates.filter(outcome=outcome, can_be_adopted=True).order_by("pk").first()

    return find
