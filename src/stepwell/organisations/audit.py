"""Appending to the audit trail, and checking it. The only place that writes an ``AuditEvent``."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import models, transaction

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.organisations.models import AuditChain, AuditEvent, Member, Organisation

START = "0" * 64
LONGEST_WORD = 100
_EVENT = re.compile(r"^[a-z_]+\.[a-z_]+$")
# Ten or eleven digits standing alone, as in an NHS number or a telephone number; not those inside an id or a hash.
_IDENTIFIER = re.compile(r"(?<![0-9a-f-])(?:\d[ -]?){9,10}\d(?![0-9a-f-])|@")
_FORBIDDEN_KEYS = frozenset(
    {"name", "nhs_number", "email", "phone", "address", "birth_date", "password", "patient_key", "text"}
)

Plain = str | int | bool | None
Snapshot = Mapping[str, Plain | list[str] | list[int]]


@dataclass(frozen=True, slots=True)
class SystemJob:
    """Work that no member asked for, named, for example ``SystemJob("retention")``."""

    name: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about: a kind of thing and an opaque id, never a name or a number of a person."""

    type: str
    id: str

    @classmethod
    def of(cls, row: models.Model) -> Subject:
        """The subject for a row of the ledger."""
        return cls(type=row._meta.model_name or "", id=str(row.pk))


def record(
    *,
    by: Member | SystemJob,
    event: str,
    organisation: Organisation,
    subject: Subject | models.Model | None = None,
    reason: str = "",
    snapshot: Snapshot | None = None,
) -> AuditEvent:
    """Append one event to an organisation's chain, in the caller's transaction if there is one.

    ``event`` is "noun.verb". ``snapshot`` holds counts, codes, dates as text and flags; names, numbers of people and
    free text are refused with ``StepwellError``. Appends to one organisation wait for each other.
    """
    _check(event, snapshot or {})
    about = Subject.of(subject) if isinstance(subject, models.Model) else subject
    with transaction.atomic():
        chain = _locked_chain(organisation)
        row = AuditEvent(
            organisation=organisation,
            sequence=chain.length + 1,
            at=clock.now(),
            member_id=by.pk if isinstance(by, Member) else None,
            job=by.name if isinstance(by, SystemJob) else "",
            role=by.role if isinstance(by, Member) else "",
            ods_code=by.organisation.ods_code if isinstance(by, Member) else organisation.ods_code,
            event=event,
            subject_type=about.type if about else "",
            subject_id=about.id if about else "",
            reason=reason,
            snapshot=dict(snapshot or {}),
            previous_hash=chain.head,
        )
        row.hash = hash_of(row)
        row.save(force_insert=True)
        chain.length, chain.head = row.sequence, row.hash
        chain.save(update_fields=["length", "head"])
    return row


def _locked_chain(organisation: Organisation) -> AuditChain:
    # SQLite takes its one write lock at BEGIN IMMEDIATE; PostgreSQL locks this row.
    AuditChain.objects.get_or_create(organisation=organisation)
    return AuditChain.objects.select_for_update().get(organisation=organisation)


def hash_of(row: AuditEvent) -> str:
    """SHA-256 over every field of the row and the hash before it."""
    fields: dict[str, Any] = {
        "organisation": str(row.organisation_id),
        "sequence": row.sequence,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "member": str(row.member_id) if row.member_id else "",
        "job": row.job,
        "role": row.role,
        "ods_code": row.ods_code,
        "event": row.event,
        "subject": [row.subject_type, row.subject_id],
        "reason": row.reason,
        "snapshot": row.snapshot,
        "previous": row.previous_hash,
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking a chain found. ``fault_at`` is the sequence of the first row that does not fit, and ``why`` says how."""

    length: int
    fault_at: int | None = None
    why: str = ""

    @property
    def whole(self) -> bool:
        """Whether every row is there and unchanged."""
        return self.fault_at is None


def verify_chain(organisation: Organisation) -> ChainReport:
    """Walk an organisation's chain from its first row to its head."""
    head = AuditChain.objects.filter(organisation=organisation).first()
    before, expected = START, 1
    for row in AuditEvent.objects.filter(organisation=organisation).order_by("sequence").iterator(2000):
        why = _fault(row, expected, before)
        if why:
            return ChainReport(expected - 1, expected, why)
        before, expected = row.hash, expected + 1
    length = expected - 1
    if head is None:
        return ChainReport(length, expected, "the head of the chain is missing") if length else ChainReport(0)
    if (head.length, head.head) != (length, before):
        return ChainReport(length, expected, "rows are missing at the end")
    return ChainReport(length)


def _fault(row: AuditEvent, expected: int, before: str) -> str:
    if row.sequence != expected:
        return "a row is missing"
    if row.previous_hash != before:
        return "the row does not follow the one before it"
    if row.hash != hash_of(row):
        return "the row was changed"
    return ""


def _check(event: str, snapshot: Snapshot) -> None:
    if not _EVENT.match(event):
        raise StepwellError(f"{event} is not the name of an event.", next_step='Name it "noun.verb".')
    for key, value in snapshot.items():
        words = value if isinstance(value, list) else [value]
        if key in _FORBIDDEN_KEYS or any(_too_telling(word) for word in words):
            raise StepwellError(
                f"The audit snapshot of {event} would hold an identifier or free text in {key}.",
                next_step="Record counts, codes and opaque ids only.",
            )


def _too_telling(word: Plain) -> bool:
    return isinstance(word, str) and (len(word) > LONGEST_WORD or bool(_IDENTIFIER.search(word)))
