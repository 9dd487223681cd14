"""Grants: a practice lets a member of another organisation see who its people are, and takes it back."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.organisations import audit, matrix
from stepwell.organisations.actions.permission import Actor, require
from stepwell.organisations.models import Grant, Member, Organisation
from stepwell.organisations.roles import Kind


@transaction.atomic
def grant_identities(
    *, by: Actor, practice: Organisation, member: Member, starts_on: date, ends_on: date, reason: str = ""
) -> Grant:
    """Let a member of another organisation see who this practice's people are, until a date.

    Raises ``NotAllowed`` without ``grant_identities`` there; ``StepwellError`` for a member whose role may never see them.
    """
    require(by, "grant_identities", practice)
    if practice.kind != Kind.PRACTICE or member.organisation_id == practice.pk:
        raise StepwellError("Only a practice grants this, to a member of another organisation.")
    if not _may_be_granted(member):
        raise StepwellError(
            f"A member with the role {member.get_role_display()} never sees who people are.",
            next_step="Grant it to a care role: GP, pharmacist or care coordinator.",
        )
    if ends_on < starts_on:
        raise StepwellError("The grant would end before it starts.", next_step="Enter a later end date.")
    if Grant.objects.current(on=starts_on).filter(practice=practice, member=member).exists():
        raise StepwellError("They already have this grant.", next_step="End it first to change its dates.")
    granted_by = by if isinstance(by, Member) else member
    grant = Grant.objects.create(
        practice=practice, member=member, granted_by=granted_by, starts_on=starts_on, ends_on=ends_on
    )
    audit.record(
        by=by,
        event="grant.given",
        organisation=practice,
        subject=grant,
        reason=reason,
        snapshot={"member": str(member.pk), "role": member.role, "ends_on": ends_on.isoformat()},
    )
    return grant


def _may_be_granted(member: Member) -> bool:
    return matrix.Scope.GRANTED in matrix.permission("see_identities").scopes(member.role)


@transaction.atomic
def revoke_identities(*, by: Actor, grant: Grant, reason: str) -> None:
    """Take a grant back at once: from now on, not from tomorrow, so the row's last day becomes yesterday."""
    require(by, "grant_identities", grant.practice)
    audit.record(by=by, event="grant.revoked", organisation=grant.practice, subject=grant, reason=reason)
    yesterday = date.fromordinal(clock.today().toordinal() - 1)
    if grant.starts_on > yesterday:
        # Given and taken back on one day: the trail keeps both events, the row has no day left to hold.
        grant.delete()
        return
    grant.ends_on = yesterday
    grant.save(update_fields=["ends_on"])
