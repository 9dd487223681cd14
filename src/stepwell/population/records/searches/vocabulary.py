"""The vocabulary of searches: what a rule may ask about a person, with type and the words a reader is shown.

A rule names a fact; nothing else is visible to it. Unknown is NULL, and a comparison with NULL is false: a rule can only
hold on what is known.
"""

from __future__ import annotations

from dataclasses import dataclass

# A group of classes that one era fact speaks of.
GROUPS: dict[str, tuple[str, ...]] = {
    "opioid": ("opioid",),
    "tramadol": ("tramadol",),
    "gabapentinoid": ("gabapentinoid",),
    "sedative": ("benzodiazepine", "z_drug"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """``kind`` is bool, int, number, date or text. ``words`` complete "This person: ..."."""

    kind: str
    words: str


# Asked of each group: "opioid.open".
GROUP_FACTS = {
    "open": Fact("bool", "{group} supply open at the date (no gap over the limit)"),
    "era_days": Fact("int", "days of the open {group} era"),
    "era_start": Fact("date", "start of the open {group} era"),
    "era_end": Fact("date", "end of supply of the open {group} era"),
    "longest_gap": Fact("int", "longest gap in days inside the open {group} era"),
    "eras": Fact("int", "number of {group} eras on record"),
    "closed_days": Fact("int", "days of the last {group} era, when none is open"),
    "closed_ago": Fact("int", "days since the last {group} era ended, when none is open"),
    "elsewhere": Fact("bool", "a current {group} medicine recorded from elsewhere"),
    "unclear": Fact("bool", "a current {group} medicine whose dose is not clear"),
    "issued_in_window": Fact("bool", "a {group} issue here in the last 12 months"),
    "seen_before": Fact("bool", "a {group} issue in the 12 months before the open era"),
    "registered_before": Fact("int", "days registered here before the open {group} era began"),
    "days_now": Fact(
        "bool", "no open {group} era, but with longer supplies than were worked out there may be one"
    ),
    "days_long": Fact(
        "bool", "with longer supplies than were worked out, an open {group} era may be long-term"
    ),
    "days_stopped": Fact(
        "bool", "with longer supplies than were worked out, a long {group} era may have ended of late"
    ),
    "undated_now": Fact(
        "bool", "{group} issues without a date: it may be taken now, or more than the dated ones show"
    ),
    "undated_eras": Fact(
        "bool", "{group} issues without a date that may change how long it was taken, or when it ended"
    ),
    "undated_before": Fact(
        "bool", "{group} issues without a date, perhaps in the 12 months before the open era"
    ),
    "issues_made": Fact("int", "{group} issues made, where more were made than are dated"),
    "issues_dated": Fact("int", "{group} issues dated, where more were made"),
}

_GROUP_WORDS = {
    "opioid": "opioid",
    "tramadol": "tramadol",
    "gabapentinoid": "gabapentinoid",
    "sedative": "benzodiazepine or Z-drug",
}

FACTS: dict[str, Fact] = {
    **{
        f"{group}.{name}": Fact(fact.kind, fact.words.format(group=words))
        for group, words in _GROUP_WORDS.items()
        for name, fact in GROUP_FACTS.items()
    },
    "ome.low": Fact("number", "daily OME, minimum, all current opioids, mg"),
    "ome.high": Fact("number", "daily OME, maximum, all current opioids, mg"),
    "ome.own_high": Fact("number", "daily OME, maximum, opioids prescribed here, mg"),
    "ome.missing": Fact(
        "bool", "a current opioid has no dose, is a patch of which one is assumed, or is not convertible"
    ),
    "ome.at_least": Fact("bool", "daily OME is a lower bound"),
    "person.registered": Fact("bool", "registered at the practice, and alive, at the date"),
    "person.registration_unclear": Fact(
        "bool", "registered at the date by a registration of a kind that is not known, and alive"
    ),
    "person.age": Fact("text", "age group: adult, under_18, turning_18 or unknown"),
    "person.years": Fact("int", "age in whole years by birth month"),
    "person.sensitive": Fact("bool", "record marked sensitive"),
    "person.withheld": Fact("bool", "part of the record is withheld, or not known to be whole"),
    "person.no_diagnoses": Fact("bool", "the practice's extract holds no diagnoses, of anybody"),
    "cancer.recent": Fact("bool", "a cancer code in the last 12 months"),
    "cancer.ever": Fact("bool", "a cancer code at any time"),
    "palliative.standing": Fact("bool", "a palliative care code that no later code cancels"),
    "palliative.cancelled": Fact("bool", "a palliative care code, cancelled by a later code"),
    "epilepsy.ever": Fact("bool", "an epilepsy code"),
    "neuropathy.ever": Fact("bool", "a neuropathy code"),
    "post_herpetic_pain.ever": Fact("bool", "a post-herpetic pain code"),
    "opioid_dependence.ever": Fact("bool", "an opioid dependence code"),
    "unmapped.ever": Fact("bool", "a record entry without a code whose words suggest an excluding condition"),
    "end_of_life.recent": Fact("bool", "an end-of-life injectable in the last 12 months"),
    "dependence_treatment.recent": Fact("bool", "a dependence-treatment medicine in the last 12 months"),
    "dependence_treatment.older": Fact(
        "bool", "a dependence-treatment medicine more than 12 months ago, or on a day not known"
    ),
    "end_of_life.undated": Fact(
        "bool", "an end-of-life injectable issued without a date, perhaps in the last 12 months"
    ),
    "dependence_treatment.undated": Fact(
        "bool", "a dependence-treatment medicine issued without a date, perhaps in the last 12 months"
    ),
}


def column(name: str) -> str:
    """The column that holds a fact. Dots are for readers; columns have none."""
    return name.replace(".", "__")
