"""What a search found: a list for one practice at one date, and the people on it by key, with reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from stepwell.base.ids import uuid7
from stepwell.organisations.models import Member, Organisation
from stepwell.organisations.querysets import VisibleQuerySet
from stepwell.people.models import Person
from stepwell.population.records.searches import all_searches


class CandidateListQuerySet(VisibleQuerySet["CandidateList"]):
    """Candidate lists, read."""

    def newest_first(self) -> CandidateListQuerySet:
        """The latest first."""
        return self.order_by("-made_at", "-id")

    def latest_of(self, practice: Organisation, search_id: str) -> CandidateList | None:
        """The newest whole list of a search at a practice: no options, no sample."""
        return self.filter(practice=practice, search_id=search_id, is_narrowed=False).newest_first().first()


class CandidateList(models.Model):
    """One run of one search over one load. Everything needed to run it again is on the row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="candidate_lists")
    search_id = models.CharField(max_length=60)
    search_version = models.PositiveIntegerField()
    as_of = models.DateField()
    extract_date = models.DateField()
    load_id = models.CharField(max_length=64)
    knowledge_version = models.CharField(max_length=64)
    rules_id = models.CharField(max_length=20)
    options = models.JSONField(default=dict)
    is_narrowed = models.BooleanField(default=False)
    # registered, issued_in_window, base, registered_base, outcomes, reasons: the flow of counts, as found.
    counts = models.JSONField(default=dict)
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="candidate_lists")
    made_at = models.DateTimeField()

    objects: ClassVar = CandidateListQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["practice", "search_id", "-made_at"], name="lists_of_a_practice")
        ]

    @classmethod
    def visible_to(cls, member: Member) -> CandidateListQuerySet:
        """Lists of practices where this member may see counts. Who is on them is another permission."""
        practices = member.organisations_where("see_counts")
        return cls.objects.filter(practice__in=practices).select_related("practice", "made_by__user")

    @property
    def registered_base(self) -> int:
        """How many meet the definition and are registered. A list kept without it says who was known not to be."""
        kept = self.counts.get("registered_base")
        if kept is not None:
            return int(kept)
        return int(self.counts["base"]) - int(self.counts.get("reasons", {}).get("not_registered", 0))

    @property
    def title(self) -> str:
        """The title of its search; of one that is gone, its id."""
        found = all_searches().get(self.search_id)
        return found.title if found else self.search_id


class Filter(models.TextChoices):
    """The pills above a list, each with its count. A value is also the word in the address."""

    WANTED = "in-and-check", "In and to check"
    IN = "in", "In"
    CHECK = "check", "To check"
    OUT = "out", "Out, with reasons"
    HIGH_DOSE = "90mg-or-more", "90mg or more"
    GABAPENTINOID = "with-gabapentinoid", "With gabapentinoid"
    SEDATIVE = "with-benzodiazepine", "With benzodiazepine or Z-drug"
    TRAMADOL = "tramadol", "Tramadol"
    AGE_75 = "age-75", "Age 75 or over"
    UNCLEAR = "dose-not-clear", "Dose not clear"


class Sort(models.TextChoices):
    """The orders of a list, said aloud above it. Never remembered silently."""

    RISK = "risk", "most flags of harm first, then highest OME"
    OME = "ome", "highest OME first"
    LONGEST = "longest", "longest first"


# The flags of harm that order a list. Each counts once; the sum is an order, never shown. Nobody has both of the first two.
HARMS = ("ome_120", "ome_90", "benzodiazepine", "gabapentinoid", "two_opioids", "age_75")

_FLAG_OF = {
    Filter.GABAPENTINOID: ("gabapentinoid",),
    Filter.SEDATIVE: ("benzodiazepine",),
    Filter.TRAMADOL: ("tramadol",),
    Filter.AGE_75: ("age_75",),
    Filter.UNCLEAR: ("dose_unclear",),
    Filter.HIGH_DOSE: ("ome_90", "ome_120"),
}


class CandidateQuerySet(VisibleQuerySet["Candidate"]):
    """People on lists, read."""

    def by_filter(self, chosen: Filter) -> CandidateQuerySet:
        """The rows behind one pill."""
        wanted = [Candidate.Outcome.IN, Candidate.Outcome.CHECK]
        if chosen == Filter.WANTED:
            return self.filter(outcome__in=wanted)
        if chosen in (Filter.IN, Filter.CHECK, Filter.OUT):
            return self.filter(outcome=chosen.value)
        flagged = Q()
        for flag in _FLAG_OF[chosen]:
            # Flags are stored as "|a|b|" so that one word never matches inside another.
            flagged |= Q(flags__contains=f"|{flag}|")
        return self.filter(flagged, outcome__in=wanted)

    def filter_counts(self) -> dict[Filter, int]:
        """How many rows each pill holds; the same query sets as the rows."""
        return {chosen: self.by_filter(chosen).count() for chosen in Filter}

    def not_to_be_contacted(self, practice: Organisation, keys: Iterable[str]) -> dict[str, Candidate]:
        """Of these people, those about whom the last word of a clinician there, on whichever list, was to leave them.

        A decision is about a person, so it holds on every list, older and newer. By patient key.
        """
        decided = self.filter(candidate_list__practice=practice, patient_key__in=list(keys)).exclude(
            decision=""
        )
        last: dict[str, Candidate] = {}
        for candidate in decided.select_related("candidate_list", "decided_by__user").order_by("decided_at"):
            last[candidate.patient_key] = candidate
        return {key: said for key, said in last.items() if said.decision == Candidate.Decision.LEAVE}

    def sorted_by(self, order: Sort) -> CandidateQuerySet:
        """In one of the offered orders, with ties broken by id so that pages do not shift."""
        highest = F("daily_ome_max").desc(nulls_last=True)
        longest = F("era_days").desc(nulls_last=True)
        if order == Sort.OME:
            return self.order_by(highest, "id")
        if order == Sort.LONGEST:
            return self.order_by(longest, "id")
        return self.order_by("-risk", highest, longest, "id")


class Candidate(models.Model):
    """One person on a list, by key. Who they are is read from the vault when a page shows them."""

    class Outcome(models.TextChoices):
        """What the search said."""

        IN = "in", "In"
        CHECK = "check", "To check"
        OUT = "out", "Out"

    class Decision(models.TextChoices):
        """What a clinician said about someone to check."""

        NONE = "", "Not decided"
        KEEP = "keep", "May be contacted"
        LEAVE = "leave", "Not to be contacted"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    candidate_list = models.ForeignKey(CandidateList, on_delete=models.CASCADE, related_name="candidates")
    patient_key = models.CharField(max_length=64)
    outcome = models.CharField(max_length=5, choices=Outcome.choices)
    reasons = models.JSONField(default=list)
    basis = models.CharField(max_length=100, blank=True)
    daily_ome_min = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    daily_ome_max = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    ome_at_least = models.BooleanField(default=False)
    era_start = models.DateField(null=True)
    era_days = models.PositiveIntegerField(null=True)
    longest_gap = models.PositiveIntegerField(null=True)
    age = models.PositiveSmallIntegerField(null=True)
    sex = models.CharField(max_length=10, blank=True)
    medicines = models.JSONField(default=list)
    # The supplies that met the definition, as found: see casefinding.record.reasons.
    spells = models.JSONField(default=list)
    flags = models.CharField(max_length=200, blank=True)
    # How many kinds of harm are flagged: only an order for the list, never shown as a score.
    risk = models.PositiveSmallIntegerField(default=0)
    can_be_adopted = models.BooleanField(default=True)
    decision = models.CharField(max_length=5, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="decisions")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="candidates")
    # Copied when the person is adopted: the rules asked, the lines and the issues they rest on.
    evidence = models.JSONField(default=dict)

    objects: ClassVar = CandidateQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["candidate_list", "patient_key"], name="candidate_once_per_list"),
            models.CheckConstraint(
                condition=Q(daily_ome_min=None) | Q(daily_ome_max__gte=F("daily_ome_min")),
                name="candidate_ome_is_a_range",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["candidate_list", "outcome", "-risk"], name="candidates_of_a_list")
        ]

    @classmethod
    def visible_to(cls, member: Member) -> CandidateQuerySet:
        """People on lists of practices where this member may see identities."""
        practices = member.organisations_where("see_identities")
        return cls.objects.filter(candidate_list__practice__in=practices).select_related(
            "candidate_list__practice", "person"
        )

    @property
    def flag_names(self) -> list[str]:
        """The flags as words."""
        return [flag for flag in self.flags.split("|") if flag]
