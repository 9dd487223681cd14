"""Turns organisations, members and audit rows into what their pages show."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from stepwell.base import clock
from stepwell.organisations.models import AuditEvent, Grant, Member, Organisation, OrganisationLink

# The words of each event on the audit page. One that has none here is shown by its own name.
EVENTS = {
    "candidate.decided": "Decided about somebody to check",
    "candidate.read": "Looked at somebody on a candidate list",
    "candidate_ome.exported": "Downloaded the doses of somebody on a candidate list",
    "candidates.exported": "Downloaded a candidate list",
    "candidates.read": "Saw who people on a candidate list are",
    "identities.read": "Read who people are, to take them on",
    "import.mapped": "Settled what the headings of a report mean",
    "import.stopped": "Stopped an import",
    "import.uploaded": "Uploaded an extract",
    "import_preview.read": "Looked at the first rows of an upload",
    "list.adopted": "Took people from a candidate list onto the practice's list",
    "list.made": "Ran a search and kept its list",
    "people.read": "Looked at the practice's list of people",
    "person.added": "Person taken onto the practice's list",
    "person.read": "Looked at a person's page",
    "person_ome.exported": "Downloaded a person's doses",
    "preset.saved": "Kept the headings of a report as a preset",
    "rejects.read": "Looked at rows an import did not use",
    "access.not_found": "Asked for something that was not found",
    "access.refused": "Was refused a page",
    "grant.ended": "Grant ended with the membership",
    "grant.given": "Granted sight of identities",
    "grant.revoked": "Took back sight of identities",
    "member.added": "Added a member",
    "member.ended": "Ended a membership",
    "member.password_link": "Made a one-time password link",
    "membership.switched": "Switched to this organisation",
    "organisation.created": "Set up the organisation",
    "table.signed_off": "Signed off a table",
}


def event_words(event: str) -> str:
    """An event in words: "person.read" becomes "Person read" where nothing better is known."""
    noun, _, verb = event.partition(".")
    return EVENTS.get(event, f"{noun} {verb}".replace("_", " ").capitalize())


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


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A line of the audit trail, with the member's name where we still know it."""

    sequence: int
    at: datetime
    who: str
    role: str
    ods_code: str
    what: str
    about: str
    reason: str
    facts: str


def audit_rows(events: Iterable[AuditEvent]) -> list[AuditRow]:
    """Audit events as rows. Names of members are looked up here; the trail itself holds ids only."""
    events = list(events)
    names = dict(
        Member.objects.filter(pk__in={event.member_id for event in events if event.member_id}).values_list(
            "pk", "user__name"
        )
    )
    return [_audit_row(event, names) for event in events]


def _audit_row(event: AuditEvent, names: dict[uuid.UUID, str]) -> AuditRow:
    who = names.get(event.member_id, "Member no longer known") if event.member_id else f"System: {event.job}"
    return AuditRow(
        sequence=event.sequence,
        at=event.at,
        who=who,
        role=event.role.replace("_", " "),
        ods_code=event.ods_code,
        what=event_words(event.event),
        about=f"{event.subject_type} {event.subject_id}".strip(),
        reason=event.reason,
        facts=", ".join(
            f"{key.replace('_', ' ')}: {_word(value)}" for key, value in sorted(event.snapshot.items())
        ),
    )


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return (", ".join(map(str, value)) if isinstance(value, list) else str(value)).replace("_", " ")
