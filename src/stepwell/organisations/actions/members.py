"""Members: added, ended, switched between."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.organisations import audit
from stepwell.organisations.actions.permission import Actor, NotAllowed, require
from stepwell.organisations.models import Grant, Member, Organisation, User
from stepwell.organisations.roles import Role


@transaction.atomic
def add_member(
    *,
    by: Actor,
    organisation: Organisation,
    email: str,
    name: str,
    role: Role,
    starts_on: date,
    professional_number: str = "",
    prescribes: bool = False,
    ends_on: date | None = None,
) -> Member:
    """Make someone a member; an account without a password is made for an address not seen before.

    Raises ``NotAllowed`` without ``manage_members`` there, ``StepwellError`` when they already hold the role.
    """
    require(by, "manage_members", organisation)
    _check_member(
        prescribes=prescribes, professional_number=professional_number, starts_on=starts_on, ends_on=ends_on
    )
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        user = User.objects.create_user(email, name=name.strip())
    if Member.objects.filter(user=user, organisation=organisation, role=role, ends_on=None).exists():
        raise StepwellError("They are already a member in this role here.", next_step="Choose another role.")
    member = Member.objects.create(
        user=user,
        organisation=organisation,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        professional_number=professional_number.strip(),
        prescribes=prescribes,
    )
    audit.record(
        by=by,
        event="member.added",
        organisation=organisation,
        subject=member,
        snapshot={"role": str(role), "starts_on": starts_on.isoformat(), "prescribes": prescribes},
    )
    return member


def _check_member(
    *, prescribes: bool, professional_number: str, starts_on: date, ends_on: date | None
) -> None:
    if prescribes and not professional_number.strip():
        raise StepwellError(
            "Someone who prescribes needs a professional number.",
            next_step="Enter their GMC, GPhC or NMC number.",
        )
    if ends_on is not None and ends_on < starts_on:
        raise StepwellError("The membership would end before it starts.", next_step="Enter a later end date.")


@transaction.atomic
def end_membership(*, by: Actor, member: Member, on: date, reason: str) -> Member:
    """The last day of a membership, and of every grant it held. Raises ``StepwellError`` for the last administrator."""
    require(by, "manage_members", member.organisation)
    if on < member.starts_on:
        raise StepwellError("The membership would end before it starts.", next_step="Enter a later date.")
    if member.role == Role.ADMINISTRATOR and not _another_administrator(member, on):
        raise StepwellError(
            "This is the only administrator here, so nobody could add members afterwards.",
            next_step="Add another administrator first.",
        )
    member.ends_on = on
    member.save(update_fields=["ends_on"])
    for grant in Grant.objects.current(on=on).filter(member=member):
        grant.ends_on = max(on, grant.starts_on)
        grant.save(update_fields=["ends_on"])
        audit.record(by=by, event="grant.ended", organisation=grant.practice, subject=grant)
    audit.record(
        by=by,
        event="member.ended",
        organisation=member.organisation,
        subject=member,
        reason=reason,
        snapshot={"role": member.role, "ends_on": on.isoformat()},
    )
    return member


def _another_administrator(member: Member, on: date) -> bool:
    others = Member.objects.filter(organisation=member.organisation, role=Role.ADMINISTRATOR, ends_on=None)
    return others.filter(starts_on__lte=on, user__is_active=True).exclude(pk=member.pk).exists()


@transaction.atomic
def switch_membership(*, by: Member, to: Member) -> Member:
    """Make another of one's own memberships the current one. Raises ``NotAllowed`` for anybody else's or an ended one."""
    if to.user_id != by.user_id or not to.is_current(on=clock.today()):
        raise NotAllowed("That membership is not yours, or has ended.", next_step="Choose one from the list.")
    audit.record(by=to, event="membership.switched", organisation=to.organisation, subject=to)
    return to
