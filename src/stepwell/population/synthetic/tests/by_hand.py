"""Hand-made plans for the tests, told in the field's words."""

from __future__ import annotations

from datetime import date

from stepwell.population.synthetic.edge_case import Case
from stepwell.population.synthetic.plan import Person
from stepwell.population.synthetic.truth import Expected, expected

AS_OF = date(2026, 11, 20).toordinal()


def somebody() -> Case:
    """An adult registered for years, with no record yet."""
    person = Person(
        practice="Z99901",
        index=0,
        nhs_number="9990000018",
        given_name="Ada",
        family_name="Alder",
        sex="F",
        born=date(1970, 5, 5).toordinal(),
        registered=date(2010, 1, 1).toordinal(),
    )
    return Case(person, AS_OF)


def answer(this: Case) -> Expected:
    """What the truth says of them."""
    return expected(this.person, AS_OF)
