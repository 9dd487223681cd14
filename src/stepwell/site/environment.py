"""What the environment says about this installation, read once, with a start refused where it would be unsafe."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stepwell.base.errors import StepwellError

# A key shorter than this can be guessed; Django's own deployment check asks for the same.
SHORTEST_KEY = 50
DEFAULT_KEY_SIGNS = ("changeme", "change-me", "insecure", "default", "secret-key", "example")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings a person gives from outside. ``database_url`` may name SQLite or PostgreSQL."""

    demo: bool
    debug: bool
    secret_key: str
    data: Path
    database_url: str
    hosts: tuple[str, ...]
    behind_proxy: bool


def read(environ: Mapping[str, str]) -> Environment:
    """Read and check the environment.

    Raises ``StepwellError`` outside the demonstration when the secret key is missing, short or a default,
    when debugging is on, or when no host name is given.
    """
    demo = environ.get("STEPWELL_DEMO") == "1"
    debug = environ.get("STEPWELL_DEBUG") == "1"
    data = Path(environ.get("STEPWELL_DATA") or "var").resolve()
    if debug and not demo:
        raise StepwellError(
            "Debugging is on outside the demonstration.",
            next_step="Unset STEPWELL_DEBUG: error pages with debugging on can show people's records.",
        )
    key = environ.get("STEPWELL_SECRET_KEY", "")
    return Environment(
        demo=demo,
        debug=debug,
        secret_key=_demo_key(data) if demo and not key else _checked_key(key),
        data=data,
        database_url=environ.get("DATABASE_URL") or f"sqlite:///{data / 'ledger.sqlite3'}",
        hosts=LOOPBACK_HOSTS if demo else _checked_hosts(environ.get("STEPWELL_ALLOWED_HOSTS", "")),
        behind_proxy=environ.get("STEPWELL_BEHIND_PROXY") == "1",
    )


def _checked_key(key: str) -> str:
    if not key:
        raise StepwellError(
            "No secret key was given.",
            next_step="Set STEPWELL_SECRET_KEY to at least 50 random characters, or STEPWELL_DEMO=1 for the demonstration.",
        )
    if len(key) < SHORTEST_KEY or len(set(key)) < 5 or any(sign in key.lower() for sign in DEFAULT_KEY_SIGNS):
        raise StepwellError(
            "The secret key is too short or a default.",
            next_step="Set STEPWELL_SECRET_KEY to at least 50 random characters.",
        )
    return key


def _checked_hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    if not hosts or "*" in hosts:
        raise StepwellError(
            "The names this site answers to were not given.",
            next_step="Set STEPWELL_ALLOWED_HOSTS to its host names, separated by commas. A star is not accepted.",
        )
    return hosts


def _demo_key(data: Path) -> str:
    """A random key of this demonstration's own, kept so that sessions outlive a restart. Never a fixed one."""
    path = data / "demo_secret_key"
    if path.exists():
        return path.read_text().strip()
    data.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(64)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key
