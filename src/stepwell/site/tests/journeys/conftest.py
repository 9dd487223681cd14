"""A made-up practice as files, its records imported, and a browser that notes what goes wrong behind a page."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from stepwell.base import clock
from stepwell.base.progress import Silent
from stepwell.population import synthetic
from stepwell.site.tests.test_browser import WIDE
from stepwell.site.tests.test_browser import browser as browser

ODS, PEOPLE, SEED = "Z99901", 400, 7
PASSWORD = "three calm otters"
# A search or an import runs inside the request that asks for it; the machine may be busy.
WAIT = 30_000
expect.set_options(timeout=WAIT)


@dataclass(frozen=True, slots=True)
class Files:
    """One practice's records in each form a practice can upload."""

    csv: Path
    workbook: Path
    emis: Path


@dataclass(slots=True)
class Watched:
    """A browser's context with every address it asked for and every error its pages reported."""

    context: BrowserContext
    addresses: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """A new page, watched."""
        page = self.context.new_page()
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """A few days after the made-up extracts, whenever the tests are run: an old extract asks for a reason."""
    monkeypatch.setattr(clock, "today", lambda: synthetic.DEFAULT_AS_OF + timedelta(days=4))


@pytest.fixture(scope="session")
def files(tmp_path_factory) -> Files:
    folder = tmp_path_factory.mktemp("practice")
    out = folder / "neighbourhood"
    synthetic.build(out, practices=1, patients=PEOPLE, seed=SEED, progress=Silent())
    workbook, emis = folder / "report.xlsx", folder / "emis.zip"
    synthetic.write_list_report_workbook(workbook, practice=0, practices=1, patients=PEOPLE, seed=SEED)
    with ZipFile(emis, "w") as archive:
        for path in sorted((out / "emis" / ODS).iterdir()):
            archive.write(path, path.name)
    return Files(out / "list_report" / f"{ODS}.csv", workbook, emis)


@pytest.fixture(scope="session")
def imported(files, tmp_path_factory) -> Path:
    """A data folder with the practice's EMIS files in it. Nobody writes to it: see ``data``."""
    from stepwell.population.records import formats
    from stepwell.population.records.derived import DERIVATION
    from stepwell.population.records.extracts import Options
    from stepwell.population.records.importing import import_extract
    from stepwell.population.stores import open_stores

    folder = tmp_path_factory.mktemp("imported")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("STEPWELL_KEY", raising=False)
        found = open_stores(folder / "lake")
        options = Options(practice=ODS)
        reader = formats.open_reader(files.emis, options)
        import_extract(found.lake, found.vault, reader, options, derive=DERIVATION, progress=Silent())
    return folder


@pytest.fixture
def data(settings, tmp_path, monkeypatch) -> Callable[[str], None]:
    """``data("csv")``: from here on the site has an empty data folder of this name."""
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    settings.SECOND_FACTOR_REQUIRED = False

    def use(name: str) -> None:
        settings.STEPWELL_DATA = str(tmp_path / name)
        (tmp_path / name).mkdir()

    return use


@pytest.fixture
def practice_imported(data, imported, settings, tmp_path) -> None:
    """The site already holds the practice's records."""
    settings.STEPWELL_DATA = str(shutil.copytree(imported, tmp_path / "imported"))


@pytest.fixture
def watched(browser, live_server):
    """``watched()`` gives a browser's context, with options of Playwright; closed at the end."""
    opened: list[BrowserContext] = []

    def open_one(**options) -> Watched:
        context = browser.new_context(base_url=live_server.url, **({"viewport": WIDE} | options))
        context.set_default_timeout(WAIT)
        opened.append(context)
        return Watched(context)

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def enter(make_member):
    """``enter(page, "pharmacist")`` signs somebody in by the sign-in page."""

    def sign_in(page: Page, role: str, **more):
        member = make_member(role, **more)
        page.goto("/account/sign-in/")
        page.get_by_label("Email address").fill(member.user.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Sign out").wait_for(state="attached")
        return member

    return sign_in
