"""Short ways to ask for a plan in tests."""

from __future__ import annotations

from datetime import date

from stepwell.knowledge import medicines, tapers

START = date(2026, 12, 1)


def product(name: str) -> medicines.Product:
    """A product by name."""
    found = medicines.identify(name=name).product
    assert found is not None, name
    return found


def plan(name: str, dosage: str, profile: str, **constraints: object) -> tapers.Plan:
    """A plan that begins on a Tuesday."""
    wanted = tapers.Constraints(**constraints)
    return tapers.plan_from_instruction(medicines.identify(name=name), dosage, profile, START, wanted)


def doses(made: tapers.Plan) -> list[float]:
    """The daily doses in order."""
    return [float(step.daily_dose) for step in made.steps]


def percents(made: tapers.Plan) -> list[float]:
    """The falls in per cent, in order."""
    return [float(step.percent_change) for step in made.steps]


def taken(step: tapers.Step) -> dict[str, dict[str, float]]:
    """What is taken on a step: product name to units by time."""
    return {
        item.product.name: {time: float(units) for time, units in item.units_by_time.items()}
        for item in step.regimen.items
    }
