"""A named clinician accepts one version of a table of clinical facts, for one organisation or the whole installation."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from stepwell.base import clock
from stepwell.base.ids import uuid7
from stepwell.organisations.models.members import Member
from stepwell.organisations.models.organisations import Organisation


class SignOffQuerySet(models.QuerySet["SignOff"]):
    """Sign-offs, read."""

    def holding_for(self, organisation: Organisation) -> SignOffQuerySet:
        """Those that count at an organisation: its own, and those of the whole installation."""
        return self.filter(Q(organisation=organisation) | Q(organisation=None)).select_related(
            "signed_by__user"
        )


class SignOff(models.Model):
    """One signature. Never edited: a new version of a table needs a new one. No organisation: the installation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    table = models.CharField(max_length=100)
    version = models.CharField(max_length=50)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="sign_offs"
    )
    signed_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="sign_offs")
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=500, blank=True)
    # Signed by a fictional clinician: everything that relies on it carries a watermark.
    demonstration = models.BooleanField(default=False)

    objects: ClassVar = SignOffQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["table", "-at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["table", "version", "organisation"], name="one_sign_off_per_organisation"
            ),
            models.UniqueConstraint(
                fields=["table", "version"],
                condition=Q(organisation=None),
                name="one_sign_off_per_installation",
            ),
        ]
