"""The forms of case finding. Each error says how to put it right."""

from __future__ import annotations

from typing import Any

from django import forms

from stepwell.casefinding.models import Candidate
from stepwell.organisations.forms import DayField
from stepwell.organisations.models import Organisation

MEDICINES = (
    ("", "Any"),
    ("strong_opioid", "Strong opioid"),
    ("tramadol", "Tramadol"),
    ("morphine", "Morphine"),
    ("oxycodone", "Oxycodone"),
    ("fentanyl", "Fentanyl"),
    ("buprenorphine", "Buprenorphine"),
    ("codeine", "Codeine"),
    ("dihydrocodeine", "Dihydrocodeine"),
    ("gabapentinoid", "Gabapentinoid"),
    ("benzodiazepine", "Benzodiazepine"),
    ("z_drug", "Z-drug"),
)
MOST_SAMPLED = 1000


class OptionsForm(forms.Form):
    """Narrowing of a search. A narrowed list is a list of its own; the whole one stays."""

    medicine_class = forms.ChoiceField(
        label="Takes now", choices=MEDICINES, required=False, help_text="A medicine or a group of them"
    )
    minimum_ome = forms.FloatField(
        label="Daily OME of at least, mg",
        required=False,
        min_value=0,
        max_value=5000,
        help_text="People whose dose is not known stay on the list",
        error_messages={"invalid": "Enter a dose in milligrams, like 90"},
    )
    age_from = forms.IntegerField(
        label="Age from",
        required=False,
        min_value=0,
        max_value=130,
        error_messages={"invalid": "Enter an age in years, like 65"},
    )
    age_to = forms.IntegerField(
        label="Age to",
        required=False,
        min_value=0,
        max_value=130,
        error_messages={"invalid": "Enter an age in years, like 80"},
    )

    def clean(self) -> dict[str, Any]:
        """At least one narrowing, and ages the right way round."""
        found = super().clean() or {}
        low, high = found.get("age_from"), found.get("age_to")
        if low is not None and high is not None and low > high:
            self.add_error("age_to", f"Enter an age of {low} or more")
        if not self.errors and not any(value not in (None, "") for value in found.values()):
            raise forms.ValidationError("Choose at least one way to narrow the list")
        return {name: value if value != "" else None for name, value in found.items()}


class SampleForm(forms.Form):
    """A draw by chance, which the same seed repeats."""

    size = forms.IntegerField(
        label="How many people",
        min_value=1,
        max_value=MOST_SAMPLED,
        error_messages={
            "required": "Enter how many people, like 12",
            "invalid": "Enter how many people, like 12",
        },
    )
    seed = forms.RegexField(
        label="Seed",
        regex=r"^[A-Za-z0-9-]{1,20}\Z",
        help_text="Letters and numbers. The same seed draws the same people.",
        error_messages={"required": "Enter a seed, like 20261123", "invalid": "Use only letters and numbers"},
    )


class DecisionForm(forms.Form):
    """What a clinician decides about somebody to check."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[
            (Candidate.Decision.KEEP.value, "They may be contacted"),
            (Candidate.Decision.LEAVE.value, "They are not to be contacted"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether they may be contacted"},
    )
    reason = forms.CharField(
        label="Why",
        max_length=500,
        help_text="One sentence is enough. It is kept with the decision.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter why you decided so"},
    )


class OldExtractForm(forms.Form):
    """Why people are taken on though the extract they were found in is too old."""

    old_extract_reason = forms.CharField(
        label="Why this extract will do",
        max_length=500,
        help_text="For example, that you looked at each record today. It is kept with each person.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter why this extract will do, or import a newer one"},
    )


class UploadForm(forms.Form):
    """An extract to import."""

    practice = forms.ChoiceField(label="Practice")
    file = forms.FileField(
        label="Extract",
        help_text="A zip of an EMIS extract, a GP Connect bundle (JSON), or a report your system made (CSV, Excel)",
        error_messages={
            "required": "Choose the file of the extract",
            "empty": "This file is empty. Run the report or the extract again, and choose its new file",
        },
    )
    kind = forms.ChoiceField(
        label="What it holds",
        choices=[
            ("full", "Everything: it replaces the earlier extract"),
            ("delta", "Changes since the earlier extract"),
        ],
        initial="full",
        widget=forms.RadioSelect,
    )
    extract_date = DayField(
        label="Date of the extract",
        required=False,
        help_text="Only if the file does not say it itself",
        error_messages={"invalid": "Enter a day, like 6/8/2026"},
    )

    def __init__(self, *args: Any, practices: list[Organisation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.practices = {str(practice.pk): practice for practice in practices}
        field = self.fields["practice"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, practice.name) for key, practice in self.practices.items()]
