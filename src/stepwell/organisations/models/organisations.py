"""Practices, PCNs, sub-ICB locations, ICBs and regions, and who belonged to whom from when to when."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from stepwell.base.ids import uuid7
from stepwell.organisations.querysets import VisibleQuerySet
from stepwell.organisations.roles import Kind

if TYPE_CHECKING:
    from stepwell.organisations.models.members import Member

# Region, ICB, sub-ICB location, PCN, practice: nothing lies deeper than four steps under anything.
DEEPEST = 4


class OrganisationQuerySet(VisibleQuerySet["Organisation"]):
    """Organisations, read."""

    def beneath(self, organisation_id: uuid.UUID, *, on: date) -> OrganisationQuerySet:
        """Those under an organisation on a date, at any depth, without itself."""
        found: set[uuid.UUID] = set()
        level = {organisation_id}
        for _ in range(DEEPEST):
            links = OrganisationLink.objects.current(on=on).filter(parent_id__in=level)
            level = set(links.values_list("child_id", flat=True)) - found
            found |= level
        return self.filter(pk__in=found - {organisation_id})


class Organisation(models.Model):
    """An organisation of the health service, known by its ODS code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    ods_code = models.CharField(
        "ODS code",
        max_length=10,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z0-9]{3,10}\Z", "Enter an ODS code: 3 to 10 capital letters and figures")
        ],
    )
    name = models.CharField(max_length=200)
    # The organisation that runs this installation: its clinical safety officer may sign for all of it.
    hosts_installation = models.BooleanField(default=False)

    objects: ClassVar = OrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "ods_code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="organisation_kind_known"),
            models.UniqueConstraint(
                fields=["hosts_installation"], condition=Q(hosts_installation=True), name="one_host"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible_to(cls, member: Member) -> OrganisationQuerySet:
        """The member's own organisation and those that granted them sight of identities."""
        return cls.objects.filter(pk__in=[member.organisation_id, *member.granted_ids()])


class OrganisationLinkQuerySet(models.QuerySet["OrganisationLink"]):
    """Belongings, read."""

    def current(self, *, on: date) -> OrganisationLinkQuerySet:
        """Those that held on a date. The last day counts."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)


class OrganisationLink(models.Model):
    """One organisation belonged to another between two dates."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    child = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="parent_links")
    parent = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="child_links")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects: ClassVar = OrganisationLinkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(child=models.F("parent")), name="not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="link_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["child", "parent"], condition=Q(ends_on=None), name="one_open_link_per_pair"
            ),
        ]
