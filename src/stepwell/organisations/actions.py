"""What happens to organisations, members, grants and sign-offs. Each is atomic and writes its own audit row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import models, transaction

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.organisations import audit, matrix
from stepwell.organisations.audit import Snapshot, Subject, SystemJob
from stepwell.organisations.models import (
    AuditEvent,
    Grant,
    Member,
    Organisation,
    OrganisationLink,
    SignOff,
    User,
)
from stepwell.organisations.roles import Kind, Role

Actor = Member | SystemJob


class NotAllowed(StepwellError):
    """The member who asked does not hold the permission at that organisation."""


def _require(by: Actor, permission: str, organisation: Organisation) -> None:
    """Actions check for themselves: a page is not the only way in. A system job is trusted."""
    if isinstance(by, Member) and not by.may(permission, organisation):
        raise NotAllowed(
            f"Your role does not allow this at {organisation.name}.",
            next_step="Ask an administrator of that organisation.",
        )


@transaction.atomic
def create_organisation(
    *,
    by: SystemJob,
    kind: Kind,
    ods_code: str,
    name: str,
    parent: Organisation | None = None,
    since: date | None = None,
    hosts_installation: bool = False,
) -> Organisation:
    """A new organisation, under ``parent`` from ``since`` (today when absent). Made by set-up, not by members."""
    organisation = Organisation(
        kind=kind, ods_code=ods_code.strip().upper(), name=name.strip(), hosts_installation=hosts_installation
    )
    organisation.full_clean()
    organisation.save(force_insert=True)
    if parent is not None:
        OrganisationLink.objects.create(child=organisation, parent=parent, starts_on=since or clock.today())
    audit.record(
        by=by,
        event="organisation.created",
        organisation=organisation,
        subject=organisation,
        snapshot={"kind": str(kind), "ods_code": organisation.ods_code},
    )
    return organisation


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
    _require(by, "manage_members", organisation)
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
    _require(by, "manage_members", member.organisation)
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


@transaction.atomic
def grant_identities(
    *, by: Actor, practice: Organisation, member: Member, starts_on: date, ends_on: date, reason: str = ""
) -> Grant:
    """Let a member of another organisation see who this practice's people are, until a date.

    Raises ``NotAllowed`` without ``grant_identities`` there; ``StepwellError`` for a member whose role may never see them.
    """
    _require(by, "grant_identities", practice)
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
    _require(by, "grant_identities", grant.practice)
    audit.record(by=by, event="grant.revoked", organisation=grant.practice, subject=grant, reason=reason)
    yesterday = date.fromordinal(clock.today().toordinal() - 1)
    if grant.starts_on > yesterday:
        # Given and taken back on one day: the trail keeps both events, the row has no day left to hold.
        grant.delete()
        return
    grant.ends_on = yesterday
    grant.save(update_fields=["ends_on"])


@transaction.atomic
def sign_off_table(
    *,
    by: Member,
    table: str,
    version: str,
    organisation: Organisation | None,
    note: str = "",
    demonstration: bool = False,
) -> SignOff:
    """Accept one version of a table. Without an organisation, for the whole installation, by its host's officer only.

    Raises ``NotAllowed`` without the safety role there, ``StepwellError`` when it is already signed.
    """
    _require(by, "sign_off_tables", organisation or by.organisation)
    if organisation is None and not by.organisation.hosts_installation:
        raise NotAllowed(
            "Only the safety officer of the organisation that runs this installation signs for all of it.",
            next_step="Sign it for your own organisation.",
        )
    if SignOff.objects.filter(table=table, version=version, organisation=organisation).exists():
        raise StepwellError("This version is already signed off here.")
    sign_off = SignOff.objects.create(
        table=table,
        version=version,
        organisation=organisation,
        signed_by=by,
        note=note.strip(),
        demonstration=demonstration,
    )
    audit.record(
        by=by,
        event="table.signed_off",
        organisation=organisation or by.organisation,
        subject=Subject("table", table),
        snapshot={"version": version, "installation": organisation is None, "demonstration": demonstration},
    )
    return sign_off


def record_read(
    *,
    by: Member,
    organisation: Organisation,
    what: str,
    subject: Subject | models.Model | None = None,
    reason: str = "",
    snapshot: Snapshot | None = None,
) -> AuditEvent:
    """Somebody saw identifiable facts: ``what`` is a noun such as ``person`` or ``candidates``."""
    return audit.record(
        by=by,
        event=f"{what}.read",
        organisation=organisation,
        subject=subject,
        reason=reason,
        snapshot=snapshot,
    )


def record_export(
    *,
    by: Member,
    organisation: Organisation,
    what: str,
    rows: int,
    subject: Subject | models.Model | None = None,
    snapshot: Mapping[str, str | int | bool | None] | None = None,
) -> AuditEvent:
    """Somebody took a copy out of the site, of so many rows."""
    return audit.record(
        by=by,
        event=f"{what}.exported",
        organisation=organisation,
        subject=subject,
        snapshot={**(snapshot or {}), "rows": rows},
    )


def record_refusal(*, by: Member, permission: str, route: str) -> AuditEvent:
    """Somebody asked for a page their role does not open. Written to the chain of their own organisation."""
    return audit.record(
        by=by,
        event="access.refused",
        organisation=by.organisation,
        snapshot={"permission": permission, "route": route},
    )


def record_not_found(*, by: Member, route: str) -> AuditEvent:
    """Somebody asked for a row that is not there, or not theirs to see. Which of the two is not said."""
    return audit.record(
        by=by, event="access.not_found", organisation=by.organisation, snapshot={"route": route}
    )
