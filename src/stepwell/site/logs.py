"""Logs for the people who run the site. They say what happened and how long it took, never to whom.

An address is logged by its route name, not its path: a path holds opaque ids, and a query string may hold anything.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

# Shapes that must not reach a log even by accident: NHS numbers, e-mail addresses and UK telephone numbers.
_SHAPES = re.compile(
    r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b|[^\s@<>\"']+@[^\s@<>\"']+|(?<!\w)(?:\+44|0)(?: ?\d){9,10}\b"
)


def masked(text: str) -> str:
    """The text with every identifier shape replaced."""
    return _SHAPES.sub("[masked]", text)


def _mask_values(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}


class Masked(logging.Formatter):
    """The plain format of packages' own records, masked. Tracebacks keep their lines and lose their values."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _mask_values,
        structlog.processors.JSONRenderer(sort_keys=True),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    logger_factory=structlog.stdlib.LoggerFactory(),
)

CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "masked": {"()": "stepwell.site.logs.Masked", "format": "%(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"stepwell": {"level": "INFO"}, "django.server": {"handlers": [], "propagate": False}},
}
