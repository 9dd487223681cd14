"""The one box."""

from __future__ import annotations

from django import forms

from stepwell.knowledge.pasted import MOST_CHARACTERS, MOST_LINES

EXAMPLE = """Morphine 30mg modified-release capsules  1 bd  56 capsule  28 days
Co-codamol 30mg/500mg tablets  1-2 up to qds prn for back, max 8  100 tablet  28 days
Buprenorphine 10micrograms/hour 7 day patches  1 every 7/7, dispense 4  4 patch  28 days
Gabapentin 300mg capsules  ii om i midday ii on  196 capsule  28 days
Oxycodone 20mg modified-release tablets  take as instructed by pain team  56 tablet
Ramipril 5mg capsules  one daily  28 capsule"""


class PasteForm(forms.Form):
    """A text of at most so many lines and characters, which is read and forgotten."""

    medicines = forms.CharField(
        label="Medicines, with what is taken. Leave out names and numbers of people",
        help_text="One or more lines for each medicine, as any clinical system prints them. Nothing is stored or sent on.",
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": "Paste at least one medicine, like: Morphine 30mg modified-release capsules 1 bd",
            "max_length": f"Paste at most {MOST_CHARACTERS:,} characters",
        },
    )

    def clean_medicines(self) -> str:
        """The text, unless it has too many lines."""
        text = str(self.cleaned_data["medicines"])
        if len(text.splitlines()) > MOST_LINES:
            raise forms.ValidationError(f"Paste at most {MOST_LINES} lines")
        return text
