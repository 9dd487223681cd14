"""The forms of an organisation's pages. Each error says how to put it right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from stepwell.base import clock
from stepwell.organisations import kept_forms
from stepwell.organisations.models import Grant, Member, Organisation
from stepwell.organisations.roles import Role

# As long as anybody should see another organisation's people without being asked again.
LONGEST_GRANT = timedelta(days=366)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, even if nothing was filled in; None for a page just opened.

    A page opened again after its words were kept over a sign-out gets them back: filled in, and still to be sent.
    """
    return request.POST if request.method == "POST" else kept_forms.given_back(request)


class DayField(forms.DateField):
    """A day, as the browser's date control sends it, or typed as 6/8/2026."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **options: Any) -> None:
        options.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"])
        super().__init__(**options)
        self.widget.input_type = "date"


class AddMemberForm(forms.Form):
    """Someone new at this organisation."""

    name = forms.CharField(
        label="Full name", max_length=200, error_messages={"required": "Enter their full name"}
    )
    email = forms.EmailField(
        label="Work email address",
        help_text="They sign in with this address.",
        error_messages={
            "required": "Enter their work email address",
            "invalid": "Enter an email address, like name@example.org",
        },
    )
    role = forms.ChoiceField(
        label="Role",
        choices=[("", "Choose a role"), *Role.choices],
        error_messages={"required": "Choose a role", "invalid_choice": "Choose a role from the list"},
    )
    starts_on = DayField(
        label="First day",
        error_messages={"required": "Enter their first day", "invalid": "Enter a day, like 6/8/2026"},
    )
    professional_number = forms.CharField(
        label="Professional number",
        max_length=20,
        required=False,
        help_text="GMC, GPhC, NMC or HCPC number. Needed for someone who prescribes.",
    )
    prescribes = forms.BooleanField(label="Prescribes medicines", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("prescribes") and not cleaned.get("professional_number", "").strip():
            self.add_error("professional_number", "Enter their professional number: they prescribe")
        return cleaned


class EndForm(forms.Form):
    """The last day of something, and why."""

    on = DayField(
        label="Last day",
        error_messages={"required": "Enter the last day", "invalid": "Enter a day, like 6/8/2026"},
    )
    reason = forms.CharField(
        label="Why",
        max_length=200,
        help_text="Kept in the audit trail. Do not name a patient.",
        error_messages={"required": "Say why, in a few words"},
    )


class ReasonForm(forms.Form):
    """Why something is done. Kept in the audit trail."""

    reason = forms.CharField(
        label="Why",
        max_length=200,
        help_text="Kept in the audit trail. Do not name a patient.",
        error_messages={"required": "Say why, in a few words"},
    )


class GrantForm(forms.Form):
    """Who of another organisation may see this practice's people, and until when."""

    email = forms.EmailField(
        label="Their work email address",
        help_text="They must already be a member of another organisation here, as a GP, pharmacist or care coordinator.",
        error_messages={
            "required": "Enter their work email address",
            "invalid": "Enter an email address, like name@example.org",
        },
    )
    ends_on = DayField(
        label="Last day",
        help_text="At most a year from today.",
        error_messages={"required": "Enter the last day", "invalid": "Enter a day, like 6/8/2026"},
    )
    reason = forms.CharField(
        label="Why",
        max_length=200,
        help_text="Kept in the audit trail. Do not name a patient.",
        error_messages={"required": "Say why, in a few words"},
    )

    def __init__(self, *args: Any, practice: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practice = practice
        self.member: Member | None = None

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        self.member = Grant.may_be_given_to(email, practice=self.practice).first()
        if self.member is None:
            raise forms.ValidationError(
                "Nobody with this address holds a care role at another organisation here"
            )
        return email

    def clean_ends_on(self) -> Any:
        day = self.cleaned_data["ends_on"]
        if not clock.today() <= day <= clock.today() + LONGEST_GRANT:
            raise forms.ValidationError("Enter a day from today to a year from now")
        return day


class SignOffForm(forms.Form):
    """A clinical safety officer's signature under one version of a table."""

    scope = forms.ChoiceField(
        label="Where does this hold?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where this holds"},
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you checked it against, or a condition. Do not name a patient.",
    )
    read = forms.BooleanField(
        label="I have read this version of the table and accept it for use here",
        error_messages={"required": "Confirm that you have read and accept this version"},
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("organisation", f"At {member.organisation.name}")]
        if member.organisation.hosts_installation:
            choices.append(("installation", "At every organisation of this installation"))
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]
        self.fields["scope"].initial = choices[0][0]
