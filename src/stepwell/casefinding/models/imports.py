"""Extracts on their way into the lake, and the mappings a practice saved for its own reports."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from stepwell.base import clock
from stepwell.base.ids import uuid7
from stepwell.organisations.models import Member, Organisation
from stepwell.organisations.querysets import VisibleQuerySet


class MappingPresetQuerySet(VisibleQuerySet["MappingPreset"]):
    """Saved mappings, read."""

    def for_headings(self, practice: Organisation, headings_hash: str) -> MappingPresetQuerySet:
        """Those a practice keeps for exactly these headings, the last saved first."""
        return (
            self.filter(practice=practice, headings_hash=headings_hash)
            .select_related("saved_by__user")
            .order_by("-saved_at", "name")
        )


class MappingPreset(models.Model):
    """How a practice's own report is read: its headings, by their hash, and what each means."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mapping_presets")
    name = models.CharField(max_length=100)
    headings_hash = models.CharField(max_length=64)
    mapping_yaml = models.TextField()
    saved_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="mapping_presets")
    saved_at = models.DateTimeField()

    objects: ClassVar = MappingPresetQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "name"], name="preset_name_once_per_practice")
        ]

    @classmethod
    def visible_to(cls, member: Member) -> MappingPresetQuerySet:
        """Presets of practices where this member may import."""
        return cls.objects.filter(practice__in=member.organisations_where("import_records"))


class ImportJobQuerySet(VisibleQuerySet["ImportJob"]):
    """Imports, read."""

    def newest_first(self) -> ImportJobQuerySet:
        """The latest first."""
        return self.order_by("-created_at", "-id")

    def waiting(self, *, at: datetime) -> ImportJobQuerySet:
        """Those that no living worker is reading: not begun, or begun by one whose lease ran out."""
        abandoned = Q(state=ImportJob.State.READING, lease_until__lt=at)
        return self.filter(Q(state=ImportJob.State.WAITING) | abandoned).order_by("created_at", "id")

    def unconfirmed(self, *, since: datetime) -> ImportJobQuerySet:
        """Reports uploaded before ``since`` whose headings nobody has confirmed."""
        return self.filter(state=ImportJob.State.MAPPING, created_at__lt=since)


class ImportJob(models.Model):
    """One uploaded extract. Carries its own state and lease, because a task killed while running is never picked up again."""

    class State(models.TextChoices):
        """Where an import stands."""

        MAPPING = "mapping", "Waiting for its headings to be confirmed"
        WAITING = "waiting", "Waiting to be read"
        READING = "reading", "Being read"
        DONE = "done", "Imported"
        REFUSED = "refused", "Refused"
        STOPPED = "stopped", "Stopped"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="import_jobs")
    created_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="import_jobs")
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    kind = models.CharField(max_length=5, default="full")
    # The name the person's file had; shown to them and never a path.
    file_name = models.CharField(max_length=200)
    # Under the data folder's uploads; removed once the import has ended.
    stored_as = models.CharField(max_length=100)
    mapping_yaml = models.TextField(blank=True)
    extract_date = models.DateField(null=True)
    step = models.CharField(max_length=200, blank=True)
    rows = models.PositiveBigIntegerField(default=0)
    # About how many rows there are to read, counted from its lines; none where a file has no lines to count.
    rows_expected = models.PositiveBigIntegerField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    load_id = models.CharField(max_length=64, blank=True)
    report = models.JSONField(default=dict)
    # What was wrong, where and what to do next, as the person is told.
    problem = models.TextField(blank=True)

    objects: ClassVar = ImportJobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["state", "lease_until"], name="imports_to_do")]

    @classmethod
    def visible_to(cls, member: Member) -> ImportJobQuerySet:
        """Imports of practices where this member may import."""
        practices = member.organisations_where("import_records")
        return cls.objects.filter(practice__in=practices).select_related("practice", "created_by__user")

    @property
    def broke_off(self) -> bool:
        """Whether its worker gave no sign of life for the length of its lease: the next sweep takes it up again."""
        return (
            self.state == self.State.READING
            and self.lease_until is not None
            and self.lease_until < clock.now()
        )

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in (self.State.DONE, self.State.REFUSED, self.State.STOPPED)
