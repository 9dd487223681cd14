"""Short words for planting an edge case: a person made by hand, counted back from the index date."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from stepwell.population.synthetic.lives import earliest
from stepwell.population.synthetic.plan import Code, Day, Person, Supply, Template
from stepwell.population.synthetic.regimens import Regimen, patch, times
from stepwell.population.synthetic.tables import conditions, products

ONCE, TWICE, THREE_A_DAY, FOUR_A_DAY = times(1, 1, 1), times(1, 1, 2), times(1, 1, 3), times(1, 1, 4)
ONE_OR_TWO = times(1, 2, 4, as_needed=True, ceiling=8)
WEEKLY_PATCH = patch(1, 168)


class Case:
    """The person of one edge case, with short words for giving them a record. Days are counted back from the index date."""

    def __init__(self, person: Person, as_of: Day) -> None:
        self.person, self.as_of = person, as_of

    def course(
        self,
        key: str,
        regimen: Regimen,
        *ago: int,
        days: int | None = 28,
        quantity: Fraction | int | None = None,
        **also: object,
    ) -> Template:
        """A template of product ``key`` with issues so many days ago, oldest first."""
        template = Template(products()[key], regimen, self.as_of - ago[0], **also)  # type: ignore[arg-type]
        if quantity is None:
            quantity = regimen.daily_max * 28 if regimen.daily_max is not None else Fraction(56)
        template.supplies = [Supply(self.as_of - day, Fraction(quantity), days) for day in ago]
        self.person.templates.append(template)
        return template

    def monthly(
        self, key: str, regimen: Regimen, since: int = 252, until: int = 0, **also: object
    ) -> Template:
        """A course every 28 days from ``since`` days ago to ``until`` days ago."""
        return self.course(key, regimen, *range(since, until - 1, -28), **also)  # type: ignore[arg-type]

    def code(self, kind: str, ago: int, precision: str = "YMD", *, confidential: bool = False) -> None:
        """A coded condition so many days ago."""
        day = earliest(self.as_of - ago, precision)
        self.person.codes.append(Code(conditions(kind)[0], day, precision, confidential))

    def opioid(self, since: int = 252, until: int = 0) -> Template:
        """An ordinary long-term opioid: codeine 30 mg, one four times a day."""
        return self.monthly("codeine30", FOUR_A_DAY, since, until)


Make = Callable[[Case], object]
CASES: dict[str, tuple[str, Make]] = {}


def case(name: str, shows: str) -> Callable[[Make], Make]:
    """Register an edge case."""

    def register(make: Make) -> Make:
        CASES[name] = (shows, make)
        return make

    return register
