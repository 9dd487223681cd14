"""The audit trail: one hash chain per organisation, appended by actions, never changed or removed."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q

from stepwell.base.ids import uuid7
from stepwell.organisations.models.members import Member
from stepwell.organisations.models.organisations import Organisation
from stepwell.organisations.querysets import VisibleQuerySet


class AppendOnly(Exception):
    """Somebody tried to change or remove a row of the audit trail."""


class AuditEventQuerySet(VisibleQuerySet["AuditEvent"]):
    """Audit rows: read and appended only."""

    def update(self, **_: Any) -> NoReturn:
        raise AppendOnly("An audit row cannot be changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("An audit row cannot be removed.")

    def bulk_update(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnly("An audit row cannot be changed.")

    def bulk_create(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnly("Audit rows are written one at a time, each on the hash of the one before.")

    def newest_first(self) -> AuditEventQuerySet:
        """By sequence, the latest first."""
        return self.order_by("-sequence")

    def counts_by_event(self) -> list[tuple[str, int]]:
        """How many rows of each event, by the event's name."""
        counted = self.order_by("event").values_list("event").annotate(number=models.Count("pk"))
        return [(event, number) for event, number in counted]


class AuditEvent(models.Model):
    """One thing that happened. Holds opaque ids only: erasing a person leaves the chain valid."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="audit_events")
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    # Not a foreign key: the trail stands by itself.
    member_id = models.UUIDField(null=True)
    job = models.CharField(max_length=50, blank=True)
    role = models.CharField(max_length=30, blank=True)
    ods_code = models.CharField(max_length=10)
    event = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    snapshot = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects: ClassVar = AuditEventQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["organisation", "sequence"]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "event", "sequence"], name="audit_by_event"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_by_subject"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "sequence"], name="audit_sequence_unique"),
            models.CheckConstraint(condition=~Q(member_id=None) | ~Q(job=""), name="audit_has_an_actor"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("An audit row cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnly("An audit row cannot be removed.")

    @classmethod
    def visible_to(cls, member: Member) -> AuditEventQuerySet:
        """The trail of organisations whose audit this member may see."""
        return cls.objects.filter(organisation__in=member.organisations_where("see_audit"))


class AuditChain(models.Model):
    """The head of an organisation's chain: how long it is and its last hash, so that a cut-off end shows.

    Its row is what an append locks, so appends to one organisation wait for each other and for nobody else.
    """

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, primary_key=True, related_name="audit_chain"
    )
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64)

    objects: ClassVar[models.Manager[AuditChain]] = models.Manager()
