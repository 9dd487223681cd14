"""Members: a user in a role at an organisation, between two dates. What they may see follows from the matrix."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from stepwell.base import clock
from stepwell.base.ids import uuid7
from stepwell.organisations import matrix
from stepwell.organisations.matrix import Scope
from stepwell.organisations.models.organisations import Organisation, OrganisationQuerySet
from stepwell.organisations.models.users import User
from stepwell.organisations.querysets import VisibleQuerySet
from stepwell.organisations.roles import Role

_DATED = Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))


class MemberQuerySet(VisibleQuerySet["Member"]):
    """Memberships, read."""

    def current(self, *, on: date) -> MemberQuerySet:
        """Those that hold on a date. The last day counts. A closed account holds none."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on, user__is_active=True)


class Member(models.Model):
    """A user in a role at an organisation. One is current in a session."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="members")
    role = models.CharField(max_length=30, choices=Role.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    professional_number = models.CharField(max_length=20, blank=True)
    prescribes = models.BooleanField(default=False)

    objects: ClassVar = MemberQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["user__name", "starts_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="member_role_known"),
            models.CheckConstraint(condition=_DATED, name="member_ends_after_start"),
            # Someone who signs a prescription is known to a register.
            models.CheckConstraint(
                condition=Q(prescribes=False) | ~Q(professional_number=""), name="prescriber_has_a_number"
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ends_on=None),
                name="one_open_membership_per_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.name}, {self.get_role_display()} at {self.organisation.name}"

    @classmethod
    def visible_to(cls, member: Member) -> MemberQuerySet:
        """Members of the organisation this member is at."""
        if not member.holds("see_organisation"):
            return cls.objects.none()
        return cls.objects.filter(organisation_id=member.organisation_id).select_related(
            "user", "organisation"
        )

    @classmethod
    def own(cls, user: User, *, on: date) -> MemberQuerySet:
        """A user's own memberships that hold on a date: what they may switch between."""
        mine = cls.objects.all().current(on=on).filter(user=user)
        return mine.select_related("organisation", "user").order_by("organisation__name", "id")

    def is_current(self, *, on: date) -> bool:
        """Whether the membership holds on a date."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)

    def granted_ids(self) -> list[uuid.UUID]:
        """Practices that granted this member sight of identities, today."""
        grants = Grant.objects.current(on=clock.today()).filter(member=self)
        return list(grants.values_list("practice_id", flat=True))

    def organisations_where(self, permission: str) -> OrganisationQuerySet:
        """The organisations at which this member holds a permission today. Empty for an ended membership."""
        row, today = matrix.permission(permission), clock.today()
        organisations = Organisation.objects.filter(kind__in=row.kinds)
        if not self.is_current(on=today):
            return organisations.none()
        where = Q(pk=None)
        scopes = row.scopes(self.role)
        if Scope.OWN in scopes:
            where |= Q(pk=self.organisation_id)
        if Scope.GRANTED in scopes:
            where |= Q(pk__in=self.granted_ids())
        if Scope.BENEATH in scopes:
            under = Organisation.objects.all().beneath(self.organisation_id, on=today)
            where |= Q(pk__in=under.values("pk"))
        return organisations.filter(where)

    def may(self, permission: str, organisation: Organisation | uuid.UUID) -> bool:
        """Whether this member holds a permission at an organisation, today."""
        pk = organisation if isinstance(organisation, uuid.UUID) else organisation.pk
        if pk == self.organisation_id and self._holds_at_own(permission):
            return True
        return self.organisations_where(permission).filter(pk=pk).exists()

    def holds(self, permission: str) -> bool:
        """Whether this member holds a permission anywhere, today. What they see with it is another question."""
        return self._holds_at_own(permission) or self.organisations_where(permission).exists()

    def _holds_at_own(self, permission: str) -> bool:
        """The commonest answer, without asking the ledger: a page's frame asks a dozen times."""
        row = matrix.permission(permission)
        held = Scope.OWN in row.scopes(self.role) and self.organisation.kind in row.kinds
        return held and self.is_current(on=clock.today())


class GrantQuerySet(VisibleQuerySet["Grant"]):
    """Grants, read."""

    def current(self, *, on: date) -> GrantQuerySet:
        """Those that hold on a date. The last day counts."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)


class Grant(models.Model):
    """A practice lets a member of another organisation see who its people are, between two dates."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="grants")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="grants")
    granted_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="grants_given")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects: ClassVar = GrantQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["member__user__name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_DATED, name="grant_ends_after_start"),
            models.UniqueConstraint(
                fields=["practice", "member"], condition=Q(ends_on=None), name="one_open_grant_per_member"
            ),
        ]

    @classmethod
    def may_be_given_to(cls, email: str, *, practice: Organisation) -> MemberQuerySet:
        """Current members of other organisations with this address, in a role that may be granted."""
        roles = matrix.permission("see_identities").roles[Scope.GRANTED]
        members = (
            Member.objects.all().current(on=clock.today()).filter(user__email__iexact=email, role__in=roles)
        )
        return members.exclude(organisation=practice)

    @classmethod
    def visible_to(cls, member: Member) -> GrantQuerySet:
        """Grants given by the practice this member is at, and those given to them."""
        if not member.holds("see_organisation"):
            return cls.objects.filter(member=member)
        return cls.objects.filter(Q(practice_id=member.organisation_id) | Q(member=member)).select_related(
            "practice", "member__user", "member__organisation"
        )
