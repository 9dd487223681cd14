"""The medicines of one person as they are planned: which products are spoken for, and how courses are added."""

from __future__ import annotations

from random import Random

from stepwell.population.synthetic.courses import acute
from stepwell.population.synthetic.plan import Day, Person, Template
from stepwell.population.synthetic.tables import Product, menu, products


class Medicines:
    """Adds courses to one person. Keeps each product to one course, so that two courses never share an issue day."""

    def __init__(self, person: Person, rng: Random, as_of: Day) -> None:
        self.person, self.rng, self.as_of = person, rng, as_of
        self.used: set[str] = set()
        self.tells_days = rng.random() < 0.6

    def choose(self, kind: str) -> Product | None:
        """A product of the menu ``kind`` not used yet, by weight; None where all are used."""
        left = [(key, weight) for key, weight in menu(kind) if key not in self.used]
        if not left:
            return None
        key = self.rng.choices([key for key, _ in left], [weight for _, weight in left])[0]
        return self.take(key)

    def take(self, key: str) -> Product:
        """This product, marked as used."""
        self.used.add(key)
        return products()[key]

    def add(self, *templates: Template) -> None:
        """Into the plan."""
        self.person.templates.extend(templates)

    def short(self, kind: str, day: Day) -> None:
        """A short acute course, sometimes repeated once."""
        key = self.rng.choice([key for key, _ in menu(kind)])
        if key in self.used:
            return
        product = self.take(key)
        days = self.rng.choice((5, 7, 7, 14))
        self.add(acute(product, self.rng, day=day, days=days, tells_days=self.tells_days))
        again = day + days + self.rng.randint(0, 12)
        if self.rng.random() < 0.3 and again <= self.as_of:
            self.add(acute(product, self.rng, day=again, days=days, tells_days=self.tells_days))
