"""Doses, dates and codes in words. Unknown is a word, a range stays a range, and micrograms are written in full."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

BASES = {
    "instruction": "by instruction",
    "quantity": "by quantity issued",
    "quantity_28": "by quantity issued, over 28 days",
    "earlier_instruction": "by an earlier instruction",
    "patch_default": "by patch rate",
    "none": "dose not known",
}

KINDS = {
    "acute": "Acute",
    "repeat": "Repeat",
    "repeat_dispensing": "Repeat dispensing",
    "automatic": "Automatic",
    "over_the_counter": "Over the counter",
}

# Where a medicine not prescribed by the practice is from.
ELSEWHERE = {
    "hospital": "a hospital",
    "drug_service": "a drug service",
    "private": "a private prescriber",
    "over_the_counter": "over the counter",
    "other": "another organisation",
}

# A substance, a class or a condition where the word for it is not just its name.
CONDITIONS = {
    "cancer": "Cancer",
    "palliative": "Palliative care",
    "palliative_not_indicated": "Palliative care not indicated",
    "epilepsy": "Epilepsy",
    "neuropathy": "Neuropathy",
    "post_herpetic_pain": "Post-herpetic pain",
    "opioid_dependence": "Opioid dependence",
}


def figure(number: Decimal | float) -> str:
    """A dose without empty decimals: 60, 7.5, 3.75. What two decimals do not hold exactly is rounded: to one, below 0.1 to three."""
    value = Decimal(str(number))
    places = Decimal("0.1") if abs(value) >= Decimal("0.1") or not value else Decimal("0.001")
    if abs(value - value.quantize(Decimal("0.01"))) < Decimal("0.000001"):
        places = Decimal("0.01")
    text = f"{value.quantize(places):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def span(low: Decimal | float | None, high: Decimal | float | None, *, at_least: bool = False) -> str:
    """A daily amount: "60", "120 to 150", "at least 30" or "not known"."""
    if low is None or high is None:
        return "not known"
    bottom, top = figure(low), figure(high)
    words = bottom if bottom == top else f"{bottom} to {top}"
    return f"at least {words}" if at_least else words


def mg(low: Decimal | float | None, high: Decimal | float | None, *, at_least: bool = False) -> str:
    """``span`` with its unit: "60mg", "120mg to 150mg", "at least 30mg" or "not known"."""
    return span(low, high, at_least=at_least).replace(" to ", "mg to ") + ("mg" if low is not None else "")


def count(number: int, one: str) -> str:
    """1 day, 1,638 days."""
    return f"{number:,} {one if number == 1 else one + 's'}"


def counted_unit(unit: str, counted: str) -> str:
    """A unit after its number: 1 tablet, 2 tablets, 0 to 4 capsules, 5 ml."""
    if counted == "1" or unit in ("ml", "g", "mg") or unit.endswith("s"):
        return unit
    if unit.endswith("y"):
        return f"{unit[:-1]}ies"
    return f"{unit}es" if unit.endswith("ch") else f"{unit}s"


def bases(joined: str) -> str:
    """The bases of a dose, stored as "a|b", in words."""
    names = [name for name in joined.split("|") if name]
    return ", ".join(BASES.get(name, name.replace("_", " ")) for name in names) or "dose not known"


def condition(name: str) -> str:
    """A code list's name as a condition's name."""
    return CONDITIONS.get(name, name.replace("_", " ").capitalize())


def long_date(day: date | None) -> str:
    """6 August 2026."""
    return f"{day.day} {day:%B %Y}" if day else "date not known"


def month(day: date | None) -> str:
    """August 2026."""
    return f"{day:%B %Y}" if day else "a date not known"


def age_on(born: date | None, day: date) -> int | None:
    """Whole years; None when the birth date is not known."""
    if born is None:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def full_name(given: str, family: str) -> str:
    """As it is said, or the word for a name the extract does not hold."""
    return f"{given} {family}".strip() or "Name not recorded"
