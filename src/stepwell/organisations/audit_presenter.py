"""Audit rows in words. The trail holds opaque ids only: whom and what they mean is looked up when a page shows them.

What rows of higher floors are called is known there, so the site hands it in (``provide``). Nobody is named but members: who may
see the trail need not see who people are.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from stepwell.organisations import matrix, tables
from stepwell.organisations.models import AuditEvent, Grant, Member, Organisation
from stepwell.organisations.roles import Role

About = tuple[str, str]  # what kind of thing, and its id

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
class Words:
    """What a higher floor knows: what its rows are called, and the words of its codes."""

    subjects: Callable[[Iterable[About]], Mapping[About, str]]
    codes: Callable[[], Mapping[str, str]]


_words: list[Words] = []


def provide(words: Words) -> None:
    """Say what rows and codes of higher floors are called. Called once, by the site, when it starts."""
    _words[:] = [words]


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A line of the audit trail. ``about`` is what the event is about, in words; ``subject`` finds every event about it."""

    sequence: int
    at: datetime
    who: str
    role: str
    what: str
    about: str
    subject: str
    reason: str
    facts: str


def audit_rows(events: Iterable[AuditEvent]) -> list[AuditRow]:
    """Audit events as rows."""
    events = list(events)
    ids = {str(event.member_id) for event in events if event.member_id}
    ids |= {str(event.snapshot["member"]) for event in events if event.snapshot.get("member")}
    names = {str(pk): name for pk, name in Member.objects.filter(pk__in=ids).values_list("pk", "user__name")}
    found = subject_words({(event.subject_type, event.subject_id) for event in events if event.subject_id})
    codes = _words[0].codes() if _words else {}
    return [_audit_row(event, names, found, codes) for event in events]


def subject_words(abouts: Iterable[About]) -> dict[About, str]:
    """What each of these is called. One that is gone, or has no words, is called by its kind."""
    abouts = list(abouts)
    known = _own_words(abouts)
    if _words:
        known |= _words[0].subjects(each for each in abouts if each not in known and _is_id(each[1]))
    return {about: known.get(about) or about[0].replace("_", " ") for about in abouts}


def _own_words(abouts: list[About]) -> dict[About, str]:
    def ids(kind: str) -> list[str]:
        return [pk for of, pk in abouts if of == kind and _is_id(pk)]

    members = Member.objects.filter(pk__in=ids("member")).values_list("pk", "user__name")
    grants = Grant.objects.filter(pk__in=ids("grant")).values_list("pk", "member__user__name")
    organisations = Organisation.objects.filter(pk__in=ids("organisation")).values_list("pk", "name")
    titles = {table.name: table.title for table in tables.present()}
    return {
        **{("member", str(pk)): name for pk, name in members},
        **{("grant", str(pk)): f"Grant to {name}" for pk, name in grants},
        **{("organisation", str(pk)): name for pk, name in organisations},
        **{("table", name): titles[name] for of, name in abouts if of == "table" and name in titles},
    }


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _audit_row(
    event: AuditEvent, names: Mapping[str, str], found: Mapping[About, str], codes: Mapping[str, str]
) -> AuditRow:
    who = (
        names.get(str(event.member_id), "Member no longer known")
        if event.member_id
        else f"System: {event.job}"
    )
    role = dict(Role.choices).get(event.role, event.role.replace("_", " "))
    about = (event.subject_type, event.subject_id)
    called = found.get(about, "")
    facts = [fact_words(key, value, names, codes) for key, value in event.snapshot.items()]
    return AuditRow(
        sequence=event.sequence,
        at=event.at,
        who=who,
        role=f"{role} at {event.ods_code}" if role else event.ods_code,
        what=event_words(event.event),
        about=called,
        subject=f"{about[0]}.{about[1]}" if event.subject_id else "",
        reason=codes.get(event.reason, event.reason),
        facts=", ".join(fact for fact in facts if fact and fact not in called),
    )


def _people(n: object) -> str:
    return "1 person" if n == 1 else f"{n:,} people"


# Facts of a snapshot that read better than "key: value".
_FACTS: Mapping[str, Callable[[object], str]] = {
    "people": _people,
    "rows": lambda n: "1 row" if n == 1 else f"{n:,} rows",
    "in": lambda n: f"{n:,} in",
    "check": lambda n: f"{n:,} to check",
    "out": lambda n: f"{n:,} out",
    "version": lambda version: f"version {version}",
    "starts_on": lambda day: f"from {_day(day)}",
    "ends_on": lambda day: f"until {_day(day)}",
    "role": lambda role: str(dict(Role.choices).get(str(role), role)),
    "prescribes": lambda yes: "prescribes" if yes else "does not prescribe",
    "demonstration": lambda yes: "demonstration only" if yes else "",
    "installation": lambda yes: "for the whole installation" if yes else "for this organisation",
    "extract_days": lambda n: "extract 1 day old" if n == 1 else f"extract {n:,} days old",
    "old_extract_accepted": lambda yes: "old extract accepted, with a reason" if yes else "",
    "route": lambda route: f"page: {str(route).rpartition(':')[2].replace('_', ' ')}",
}


def fact_words(key: str, value: object, names: Mapping[str, str], codes: Mapping[str, str]) -> str:
    """One fact of a snapshot in words; nothing where there is nothing to say."""
    if key == "member":
        return names.get(str(value), "member no longer known")
    if key == "permission" and str(value) in matrix.permissions():
        about = matrix.permission(str(value)).about
        return f"needs: {about[:1].lower()}{about[1:]}"
    if key in _FACTS and value is not None:
        return _FACTS[key](value)
    said = codes.get(f"{key}.{value}") or (codes.get(value) if isinstance(value, str) else None)
    return said or f"{key.replace('_', ' ')}: {_plain(value)}"


def _day(value: object) -> str:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return f"{day.day} {day:%B %Y}"


def _plain(value: object) -> str:
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return (", ".join(map(str, value)) if isinstance(value, list) else str(value)).replace("_", " ")


def about_of(text: str) -> About | None:
    """The subject an address asks for, as ``AuditRow.subject`` gives it; None where it gives none."""
    kind, _, pk = text.partition(".")
    return (kind, pk) if kind and pk else None
