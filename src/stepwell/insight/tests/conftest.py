"""A site whose lake holds the made-up country."""

from __future__ import annotations

import pytest

from stepwell.insight.tests import fictional


@pytest.fixture(scope="session")
def country(tmp_path_factory):
    """A data folder with 14 months of it: a year before the newest is held. Pages add what they work out, and change nothing."""
    folder = tmp_path_factory.mktemp("country")
    fictional.imported(folder / "lake", folder / "files", first="2025-08")
    return folder


@pytest.fixture
def data(country, settings):
    """The site reads it."""
    settings.STEPWELL_DATA = str(country)
    return country
