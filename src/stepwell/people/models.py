"""A person a practice has taken onto its own list. Never shared between practices, whatever their NHS number."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from stepwell.base.ids import uuid7
from stepwell.organisations.models import Member, Organisation
from stepwell.organisations.querysets import VisibleQuerySet


class PersonQuerySet(VisibleQuerySet["Person"]):
    """People, read."""

    def by_name(self) -> PersonQuerySet:
        """In the order of a list of names."""
        return self.order_by("family_name", "given_name", "id")


class Person(models.Model):
    """Who someone is, as the practice's extract of ``as_of`` had it. Unique per practice and NHS number."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    # Joins the ledger to the lake. Never in an address, a log or the audit trail.
    patient_key = models.CharField(max_length=64)
    nhs_number = models.CharField(max_length=10)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    date_of_birth = models.DateField(null=True)
    date_of_death = models.DateField(null=True)
    sex = models.CharField(max_length=10, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    phone_mobile = models.CharField(max_length=30, blank=True)
    email = models.CharField(max_length=254, blank=True)
    usual_gp = models.CharField(max_length=100, blank=True)
    as_of = models.DateField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="people_added")

    objects: ClassVar = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural: ClassVar = "people"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["practice", "nhs_number"], name="person_once_per_practice"),
            models.UniqueConstraint(fields=["practice", "patient_key"], name="person_key_once_per_practice"),
            models.CheckConstraint(condition=~Q(nhs_number=""), name="person_has_an_nhs_number"),
        ]

    @classmethod
    def visible_to(cls, member: Member) -> PersonQuerySet:
        """People of the practices where this member may see identities."""
        practices = member.organisations_where("see_identities")
        return cls.objects.filter(practice__in=practices).select_related("practice")
