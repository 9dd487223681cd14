"""The check every action here makes for itself: a page is not the only way in."""

from __future__ import annotations

from stepwell.organisations.actions import NotAllowed
from stepwell.organisations.models import Member, Organisation


def require(by: Member, permission: str, practice: Organisation) -> None:
    """Raises ``NotAllowed`` unless the member holds the permission at the practice."""
    if not by.may(permission, practice):
        raise NotAllowed(
            f"Your role does not allow this at {practice.name}.",
            next_step="Ask an administrator of that practice.",
        )
