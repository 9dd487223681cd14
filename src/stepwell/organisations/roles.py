"""The words for who someone is. Stored in the ledger and used in ``matrix.yaml``."""

from __future__ import annotations

from django.db.models import TextChoices


class Kind(TextChoices):
    """What an organisation is, from the smallest to the largest."""

    PRACTICE = "practice", "Practice"
    PCN = "pcn", "PCN"
    SUB_ICB = "sub_icb", "Sub-ICB location"
    ICB = "icb", "ICB"
    REGION = "region", "Region"


class Role(TextChoices):
    """What a member does at an organisation. What each may see is in ``matrix.yaml``."""

    GP = "gp", "GP"
    PHARMACIST = "pharmacist", "Pharmacist"
    CARE_COORDINATOR = "care_coordinator", "Care coordinator"
    SOCIAL_PRESCRIBER = "social_prescriber", "Social prescriber"
    PCN_LEAD = "pcn_lead", "PCN lead"
    ICB_ANALYST = "icb_analyst", "ICB analyst"
    CLINICAL_SAFETY_OFFICER = "clinical_safety_officer", "Clinical safety officer"
    INVITED_CLINICIAN = "invited_clinician", "Invited clinician"
    ADMINISTRATOR = "administrator", "Administrator"
