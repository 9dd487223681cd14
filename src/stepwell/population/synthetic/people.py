"""Who is on the list: ages, sexes, registrations and invented identities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from stepwell.population.synthetic.plan import Day, Person
from stepwell.population.synthetic.tables import names

# Share of the list in each ten years of age, 0-9 to 90-99.
_AGE_WEIGHTS = (11, 12, 13, 14, 13, 13, 11, 8, 4, 1)
_BLOCK = 27_000  # raw six-digit numbers a practice may draw NHS numbers from
_SCATTER = 600_011  # coprime to a million: neighbours on a list do not have neighbouring numbers


def person_random(seed: int, practice: int, index: int) -> Random:
    """A generator of one person's own: the same person whatever else is built."""
    return Random(f"{seed}:{practice}:{index}")


def nhs_numbers(practice: int) -> Iterator[str]:
    """Valid NHS numbers of the 999 test range for one practice (counted from 0), no two practices the same."""
    for raw in range(practice * _BLOCK, (practice + 1) * _BLOCK):
        digits = f"999{raw * _SCATTER % 1_000_000:06d}"
        check = (
            11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
        )
        number = f"{digits}{0 if check == 11 else check}"
        if check != 10 and len(set(number)) > 1:
            yield number


def age_on(born: Day, day: Day) -> int:
    """Whole years."""
    start, end = date.fromordinal(born), date.fromordinal(day)
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def somebody(rng: Random, *, practice: str, index: int, nhs_number: str, as_of: Day) -> Person:
    """A person of the list without any record yet."""
    sex = "F" if rng.random() < 0.51 else "M"
    decade = rng.choices(range(10), _AGE_WEIGHTS)[0]
    born = as_of - int((decade * 10 + rng.random() * 10) * 365.25) - 1
    on_list = rng.randint(500, 9000) if rng.random() < 0.93 else rng.randint(10, 200)
    person = Person(
        practice=practice,
        index=index,
        nhs_number=nhs_number,
        given_name=rng.choice(names("female" if sex == "F" else "male")),
        family_name=rng.choice(names("family")),
        sex=sex,
        born=born,
        registered=max(born, as_of - on_list),
        house_style="short" if rng.random() < 0.35 else "long",
    )
    _leave(person, rng, as_of)
    person.sensitive = rng.random() < 0.004
    return person


def _leave(person: Person, rng: Random, as_of: Day) -> None:
    """Some have moved away, some have died, a few are here for a short while."""
    chance = rng.random()
    age = age_on(person.born, as_of)
    if chance < 0.015:
        person.left = max(person.registered + 1, as_of - rng.randint(5, 400))
    elif chance < 0.015 + (0.002 if age < 60 else 0.03):
        person.died = max(person.registered + 1, as_of - rng.randint(40, 400))
        person.left = person.died if rng.random() < 0.7 else None
    elif chance > 0.992:
        person.registration = "Temporary"
        person.registered = max(person.born, as_of - rng.randint(3, 80))


def postcode(person: Person) -> str:
    """A postcode of the district kept for people without an address."""
    return (
        f"ZZ99 {person.index % 9 + 1}{'ABCDEFGHJL'[person.index % 10]}{'ABDEFGHJLN'[person.index // 10 % 10]}"
    )


def phone(person: Person) -> str:
    """A mobile number of the range kept for drama, or "" where nobody wrote one down."""
    return "" if person.index % 4 == 0 else f"07700900{person.index % 1000:03d}"
