"""Edge cases planted by id: people whose plan sits exactly on a rule's edge, or shows one trap and nothing else.

Each is made by hand; what every search must say of them is worked out like everybody else's and spelled out in the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from stepwell.population.synthetic import edge_cases_people, edge_cases_supply, edge_cases_withheld
from stepwell.population.synthetic.edge_case import CASES, Case
from stepwell.population.synthetic.people import person_random, somebody
from stepwell.population.synthetic.plan import Day, Person

# Importing the modules is what registers their cases, in this order.
SOURCES = (edge_cases_supply, edge_cases_people, edge_cases_withheld)


def planted_people(
    seed: int, *, practice: str, number: int, as_of: Day, nhs_numbers: Callable[[], str]
) -> list[Person]:
    """Every edge case once, for the practice with this number. They hold the first places of its list."""
    people = []
    for index, (name, (shows, make)) in enumerate(CASES.items()):
        rng = person_random(seed, number, index)
        person = _plain_person(rng, practice, index, nhs_numbers(), as_of)
        person.planted = (name, shows)
        make(Case(person, as_of))
        people.append(person)
    return people


def _plain_person(rng: Random, practice: str, index: int, nhs_number: str, as_of: Day) -> Person:
    person = somebody(rng, practice=practice, index=index, nhs_number=nhs_number, as_of=as_of)
    person.born = as_of - rng.randint(40 * 366, 70 * 365)
    person.registered = as_of - 3000
    person.left = person.died = None
    person.registration, person.sensitive = "Regular", False
    return person
