"""What a person does on the pages, in their words."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect


def upload(page: Page, file: Path) -> None:
    """Choose a file on the upload page and send it."""
    page.goto("/imports/")
    page.get_by_role("link", name="Import an extract").first.click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload").click()


def run(page: Page, title: str) -> None:
    """Run a search from the page of searches and arrive at its list."""
    page.goto("/searches/")
    page.get_by_role("button", name=re.compile(f"^Run {re.escape(title)} at ")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def downloaded(page: Page) -> list[dict[str, str]]:
    """The rows of the list's download."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download CSV").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def candidates(page: Page, title: str) -> dict[str, str]:
    """Who a search finds on the site's extract, in or to check: outcome by NHS number."""
    run(page, title)
    return {row["nhs_number"].replace(" ", ""): row["outcome"] for row in downloaded(page)}


def left_out(page: Page) -> list[str]:
    """The NHS numbers of those the list on the page leaves out."""
    page.goto(page.url.split("?")[0].rstrip("/") + "/out/")
    if not page.get_by_role("link", name="Download CSV").count():
        return []
    return [row["nhs_number"].replace(" ", "") for row in downloaded(page)]


def shoot(page: Page, name: str) -> None:
    """A picture for a person to look at, where a folder for pictures is named."""
    if folder := os.environ.get("STEPWELL_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
