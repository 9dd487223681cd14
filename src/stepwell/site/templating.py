"""Jinja2 for our pages, with the NHS components and without their logo, footer or typeface."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import jinja2
from django.template import TemplateDoesNotExist
from django.template.backends.jinja2 import Jinja2
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse

from stepwell.base.clock import LONDON


class Templates(Jinja2):
    """Finds ``templates/`` of every app, and then the NHS components. Only names ending in ``.jinja`` are ours."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__(params)
        components = jinja2.PackageLoader("nhsuk_frontend_jinja")
        assert self.env.loader is not None
        self.env.loader = jinja2.ChoiceLoader([self.env.loader, components])

    def get_template(self, template_name: str) -> Any:
        if not template_name.endswith(".jinja"):
            raise TemplateDoesNotExist(template_name, backend=self)
        return super().get_template(template_name)


def environment(**options: Any) -> jinja2.Environment:
    """The environment of every page."""
    options["undefined"] = jinja2.ChainableUndefined
    env = jinja2.Environment(**options, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.do"])
    env.globals.update(static=static, url=address, url_if_any=address_if_any)
    env.filters.update(
        long_date=long_date, long_time=long_time, thousands=thousands, nhs_number=spaced, plural=plural
    )
    return env


def address(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page by its name."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def address_if_any(name: str, *args: Any) -> str:
    """The address of a page, or an empty text when this site does not have it."""
    try:
        return reverse(name, args=args or None)
    except NoReverseMatch:
        return ""


def long_date(day: date | datetime | None) -> str:
    """6 August 2018, in London. Nothing known is said in words."""
    if day is None:
        return "not known"
    if isinstance(day, datetime):
        day = day.astimezone(LONDON).date()
    return f"{day.day} {day:%B %Y}"


def long_time(at: datetime | None) -> str:
    """6 August 2018, 5:30pm, in London."""
    if at is None:
        return "not known"
    local = at.astimezone(LONDON)
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02}" if local.minute else ""
    clock = {(0, 0): "midnight", (12, 0): "midday"}.get(
        (local.hour, local.minute), f"{hour}{minutes}{'am' if local.hour < 12 else 'pm'}"
    )
    return f"{long_date(local)}, {clock}"


def thousands(number: int) -> str:
    """9,842."""
    return f"{number:,}"


def spaced(number: str) -> str:
    """999 526 0182. Anything but ten digits is shown as it is."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if len(number) == 10 and number.isdigit() else number


def plural(count: int, one: str, many: str = "") -> str:
    """1 person, 2 people, 1,000 people."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
