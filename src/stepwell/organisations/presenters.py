"""Turns organisations and members into what their pages show."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from stepwell.base import clock
from stepwell.organisations.models import Grant, Member, Organisation, OrganisationLink


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A line of the members table."""

    id: uuid.UUID
    name: str
    email: str
    role: str
    since: date
    until: date | None
    prescribes: str
    has_password: bool
    ended: bool


def member_rows(members: Iterable[Member], *, on: date) -> list[MemberRow]:
    """Members as rows: those of today first, then those to come and those that ended."""
    rows = [
        MemberRow(
            id=member.pk,
            name=member.user.name,
            email=member.user.email,
            role=member.get_role_display(),
            since=member.starts_on,
            until=member.ends_on,
            prescribes=member.professional_number if member.prescribes else "",
            has_password=member.user.has_usable_password(),
            ended=not member.is_current(on=on),
        )
        for member in members
    ]
    return sorted(rows, key=lambda row: row.ended)


@dataclass(frozen=True, slots=True)
class Standing:
    """An organisation's place: what it is and what it belongs to today."""

    organisation: Organisation
    belongs_to: tuple[str, ...]

    @classmethod
    def of(cls, organisation: Organisation) -> Standing:
        """Read the parents of today, nearest first, at most four steps up."""
        names, here = [], organisation
        for _ in range(4):
            links = OrganisationLink.objects.all().current(on=clock.today()).filter(child=here)
            link = links.select_related("parent").order_by("starts_on").first()
            if link is None:
                break
            names.append(link.parent.name)
            here = link.parent
        return cls(organisation, tuple(names))


def open_grants(grants: Iterable[Grant], *, on: date) -> list[Grant]:
    """Grants that hold today or later."""
    return [grant for grant in grants if grant.ends_on is None or grant.ends_on >= on]
