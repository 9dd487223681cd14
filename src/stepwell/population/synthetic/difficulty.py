"""How hard the neighbourhood is to read, counted over issues of pain medicines (opioids and gabapentinoids)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from stepwell.population.synthetic.plan import Day, Person, Words

_PAIN = frozenset({"opioid", "gabapentinoid"})

# The least share (0-1) of pain-medicine issues that a neighbourhood must have of each.
LEAST = {
    "no_dosage_text": 0.10,
    "range_or_as_needed": 0.35,
    "name_only": 0.01,
    "two_monthly": 0.05,
}


@dataclass(slots=True)
class Difficulty:
    """Counts while people are made; shares when they all are."""

    people: int = 0
    issues: int = 0
    pain_issues: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    traits: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)

    def add(self, person: Person, as_of: Day) -> None:
        """Count one person's issues up to ``as_of``."""
        self.people += 1
        self.traits.update(person.traits)
        had: set[str] = set()
        for template in person.templates:
            issued = sum(supply.day <= as_of and not supply.deleted for supply in template.supplies)
            self.issues += issued
            classes = template.product.classes
            if issued:
                had |= classes
            if classes.isdisjoint(_PAIN):
                continue
            self.pain_issues += issued
            self.counts["no_dosage_text"] += issued * (template.words is Words.BLANK)
            self.counts["unreadable_text"] += issued * (template.words is Words.UNREADABLE)
            written = template.words is Words.CLEAR
            self.counts["range_or_as_needed"] += issued * (written and template.regimen.varies)
            self.counts["name_only"] += issued * (template.written_name is not None)
            self.counts["two_monthly"] += issued * (template.cycle == 56)
            self.counts["weekly"] += issued * (template.cycle == 7)
            self.counts["brand"] += issued * (template.brand is not None)
            self.counts["elsewhere"] += issued * (not template.own)
            self.counts["misspelt"] += issued * template.misspelt
            self.counts["no_duration"] += sum(supply.days is None for supply in template.supplies)
        self.classes.update(had)

    def shares(self) -> dict[str, float]:
        """Share of pain-medicine issues (0-1) by kind of difficulty, to four places."""
        whole = max(1, self.pain_issues)
        return {name: round(count / whole, 4) for name, count in sorted(self.counts.items())}

    def too_easy(self) -> list[str]:
        """The kinds of difficulty below the least share they must have."""
        shares = self.shares()
        return [name for name, least in LEAST.items() if shares.get(name, 0.0) < least]

    def as_dict(self) -> dict[str, object]:
        """Everything counted, for ``difficulty.json``."""
        return {
            "people": self.people,
            "issues": self.issues,
            "pain_medicine_issues": self.pain_issues,
            "shares_of_pain_medicine_issues": self.shares(),
            "people_ever_supplied": dict(sorted(self.classes.items())),
            "people_whose_plan_has": dict(sorted(self.traits.items())),
        }
