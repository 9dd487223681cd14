"""What is written down although nothing was changed: reads, exports, refusals."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from stepwell.organisations import audit
from stepwell.organisations.audit import Snapshot, Subject
from stepwell.organisations.models import AuditEvent, Member, Organisation


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
