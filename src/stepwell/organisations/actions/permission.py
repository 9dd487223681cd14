"""Who may act: checked by every action, because a page is not the only way in."""

from __future__ import annotations

from stepwell.base.errors import StepwellError
from stepwell.organisations.audit import SystemJob
from stepwell.organisations.models import Member, Organisation

Actor = Member | SystemJob


class NotAllowed(StepwellError):
    """The member who asked does not hold the permission at that organisation."""


def require(by: Actor, permission: str, organisation: Organisation) -> None:
    """Actions check for themselves: a page is not the only way in. A system job is trusted."""
    if isinstance(by, Member) and not by.may(permission, organisation):
        raise NotAllowed(
            f"Your role does not allow this at {organisation.name}.",
            next_step="Ask an administrator of that organisation.",
        )
