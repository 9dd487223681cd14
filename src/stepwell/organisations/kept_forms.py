"""A form sent after the session's time, or left lying until then, is not acted on; its words are kept for the one who typed them.

They stand in the session, under the user's id and the form's address, until that user opens the form again or an hour has gone.
Files, passwords and tokens are never kept, and nothing is of a page that would not give it back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve

from stepwell.base import clock

SESSION_KEY = "kept_form"
HOLDS_SECONDS = 3_600
# Much more than any form here takes; a longer one is not kept, so that a session stays small.
LONGEST = 20_000
# Of passwords, and of the paste box, which stores nothing, nothing is kept.
NEVER = ("/account/", "/try/")
GIVEN_BACK = "You were signed out before this was sent, and nothing was saved. What you had typed is back: check it, then send it."


View = TypeVar("View", bound=Callable[..., Any])


def gives_back(view: View) -> View:
    """Marks a page whose form fills itself in again with what was kept: it makes its form with ``forms.posted``."""
    view.gives_back = True  # type: ignore[attr-defined]
    return view


def is_given_back(path: str) -> bool:
    """Whether the page at ``path`` gives back what was typed on it. What is promised on pages rests on this."""
    if path.startswith(NEVER):
        return False
    try:
        return bool(getattr(resolve(path).func, "gives_back", False))
    except Resolver404:
        return False


def keep(request: HttpRequest, *, path: str, sent: QueryDict) -> dict[str, Any] | None:
    """What to put in a session for later, from a form of the user now signed in; None when there is nothing to keep."""
    if not is_given_back(path):
        return None
    fields = {
        name: sent.getlist(name) for name in sent if name != "csrfmiddlewaretoken" and "password" not in name
    }
    size = sum(len(value) for values in fields.values() for value in values)
    if not size or size > LONGEST:
        return None
    return {"user": str(request.user.pk), "path": path, "fields": fields, "at": clock.now().timestamp()}


def drop_of_others(request: HttpRequest) -> None:
    """Forget what another user of this browser had typed, or what is too old, as soon as somebody is signed in."""
    kept = request.session.get(SESSION_KEY)
    if kept and (
        kept["user"] != str(request.user.pk) or clock.now().timestamp() - kept["at"] > HOLDS_SECONDS
    ):
        del request.session[SESSION_KEY]


def given_back(request: HttpRequest) -> QueryDict | None:
    """What was kept for this user and this page, once. It is shown to them, never acted on by itself."""
    drop_of_others(request)
    kept = request.session.get(SESSION_KEY)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[SESSION_KEY]
    found = QueryDict(mutable=True)
    for name, values in kept["fields"].items():
        found.setlist(name, values)
    messages.info(request, GIVEN_BACK)
    return found
