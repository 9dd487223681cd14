"""Talking to the open-data service: which addresses may be opened at all, and which failures are worth another try.

Only https; http only to this machine, for a stand-in, and only when that is the service asked. No message holds a link: links are signed.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import IO, Any
from urllib.parse import quote, urlsplit

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing.fetch.service import service

Wait = Callable[[float], None]

_THIS_MACHINE = "127.0.0.1"
_MOST_JSON = 64 << 20
_API = "/api/3/action"
_GONE = frozenset({400, 401, 403, 404, 409, 410})
_BUSY = frozenset({408, 425, 429})


class Failed(Exception):
    """A failure that may pass: no connection, cut short, or the service has a fault of its own. ``why`` says which."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Gone(Exception):
    """The service says that what was asked for is not there, or not for us (any more)."""


class Unsatisfiable(Exception):
    """The service has no such part of the file."""


class Connection:
    """A connection to one service. ``address`` is its home, with or without the path of the API.

    Raises ``StepwellError`` for an address that may not be opened. ``wait`` sleeps so many seconds between tries.
    """

    def __init__(self, address: str, *, wait: Wait = time.sleep) -> None:
        home = address.strip().rstrip("/")
        self._local = _is_local(home)
        self._require(home)
        self._actions = home if home.endswith(_API) else f"{home.removesuffix('/api/3')}{_API}"
        self._wait = wait
        handlers: list[urllib.request.BaseHandler] = [_Redirects(self._require)]
        if self._local:
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)

    def action(self, name: str, wanted: str) -> dict[str, Any]:
        """The result of an action about one thing, tried again while it fails. Raises ``Gone`` or ``StepwellError``."""
        url = f"{self._actions}/{name}?id={quote(wanted, safe='')}"
        for tried in range(1, service().tries + 1):
            try:
                with self.open(url) as answer:
                    return _result(read(answer, _MOST_JSON))
            except Failed as failed:
                if tried == service().tries:
                    raise unreachable(failed) from None
                self._wait(pause(tried))
        raise AssertionError("at least one try is made")

    def open(self, url: str, headers: Mapping[str, str] | None = None) -> http.client.HTTPResponse:
        """Open an address. Raises ``Failed``, ``Gone``, ``Unsatisfiable``, or ``StepwellError`` for one that may not be opened."""
        self._require(url)
        asked = {"User-Agent": "Stepwell", "Accept-Encoding": "identity", **(headers or {})}
        request = urllib.request.Request(url, headers=asked)
        try:
            opened: http.client.HTTPResponse = self._opener.open(request, timeout=service().seconds)
            return opened
        except urllib.error.HTTPError as error:
            with error:
                raise _meaning(error.code) from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                raise StepwellError(
                    "The service could not prove who it is: its certificate is not trusted here.",
                    next_step="Ask whoever runs this network; nothing was fetched.",
                ) from None
            raise Failed("no connection") from None
        except (OSError, http.client.HTTPException):
            raise Failed("no connection") from None

    def _require(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme == "https" and parts.hostname and not parts.username:
            return
        if self._local and _is_local(url):
            return
        raise StepwellError(
            "Only addresses that begin with https:// are opened.",
            next_step="Give the address of the service as https://..., or leave it out.",
        )


def read(answer: IO[bytes], most: int) -> bytes:
    """So many bytes at most, b"" at the end. Raises ``Failed`` when the connection breaks."""
    try:
        return answer.read(most)
    except (OSError, http.client.HTTPException):
        raise Failed("the connection was cut") from None


def pause(tried: int) -> float:
    """How long to wait after so many failures: longer each time, a minute at most."""
    return float(min(2 ** (tried - 1), 60))


def unreachable(failed: Failed) -> StepwellError:
    """What to tell the person when there is no use in trying further."""
    return StepwellError(
        f"The open-data service did not give it, also when asked again: {failed.why}.",
        next_step="Run the same command again later. What was fetched so far is kept, and not fetched again.",
    )


def _is_local(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname == _THIS_MACHINE and not parts.username


def _meaning(code: int) -> Exception:
    if code in _GONE:
        return Gone()
    if code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return Unsatisfiable()
    if code >= http.HTTPStatus.INTERNAL_SERVER_ERROR or code in _BUSY:
        return Failed(f"it answered with error {code}")
    return StepwellError(
        f"The open-data service answered with error {code}.",
        next_step="The service may have changed. Get the files by hand from its pages; a folder of files does as well.",
    )


def _result(text: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        raise Failed("its answer was cut short or is not of the API") from None
    if isinstance(answer, dict) and answer.get("success", True) and isinstance(answer.get("result"), dict):
        found: dict[str, Any] = answer["result"]
        return found
    raise Gone()


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirection only to an address that may be opened."""

    def __init__(self, require: Callable[[str], None]) -> None:
        self._require = require

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Look at the new address first."""
        self._require(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
