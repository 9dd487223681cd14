"""Nothing here turns a dose of one opioid into a dose of another: not a function, not a command, not an address.

An OME ranks risk. Read backwards it would be a switching dose, so what takes two medicines, or an OME and a medicine, is refused here.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib import import_module

import pytest
import typer
from django.urls import get_resolver

import stepwell.knowledge
import stepwell.population
from stepwell.cli.app import app
from stepwell.knowledge import equivalence
from stepwell.knowledge.medicines.model import Product

_SWITCHING = re.compile(
    r"(^|_|-)(switch|swap|rotat|interchange|substitut|equianalgesic)|convert_to|to_opioid|target"
)
_MEDICINE = re.compile(r"\b(Product|Identification|Substance)\b")
_MEDICINE_NAME = re.compile(r"(^|_)(product|medicine|drug|opioid|substance)(_name|_text|_code|_id)?$")
# Named for another kind of switching: the made-up practice changes a brand, and a member changes between memberships.
_NOT_OF_DOSES = frozenset({"stepwell.population.synthetic.ways.brand_switch", "switch/"})
# Charts have targets: a line a series is held against, in any unit. They know no medicine.
_CHARTS = "stepwell.knowledge.spc."
_CHART_COMMANDS = frozenset({"stepwell prescribing spc"})
_OME = re.compile(r"(^|_)(ome|equivalent|morphine)(_|$)")


def _is_medicine(parameter: inspect.Parameter) -> bool:
    return bool(_MEDICINE.search(str(parameter.annotation)) or _MEDICINE_NAME.search(parameter.name))


def faults_of(function: Callable[..., object]) -> list[str]:
    """Why a function could be used to go from one opioid's dose to another's; nothing when it could not."""
    given = list(inspect.signature(function).parameters.values())
    medicines = [each.name for each in given if _is_medicine(each)]
    omes = [each.name for each in given if _OME.search(each.name)]
    faults = []
    if len(medicines) > 1:
        faults.append(f"takes two medicines: {', '.join(medicines)}")
    if medicines and omes:
        faults.append(f"takes an OME and a medicine: {', '.join(omes + medicines)}")
    if any(_SWITCHING.search(name) for name in (function.__name__, *(each.name for each in given))):
        faults.append("is named for switching")
    return faults


def _public_functions(package: object) -> Iterator[tuple[str, Callable[..., object]]]:
    """Every public function and method written in a package, by its full name."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):  # type: ignore[attr-defined]
        if ".tests" in found.name:
            continue
        module = import_module(found.name)
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
                continue
            if inspect.isfunction(value):
                yield f"{module.__name__}.{name}", value
            elif inspect.isclass(value):
                for method, each in vars(value).items():
                    if inspect.isfunction(each) and not method.startswith("_"):
                        yield f"{module.__name__}.{name}.{method}", each


@pytest.mark.parametrize(
    "planted",
    [
        lambda from_product, to_product, daily_mg: daily_mg,
        lambda product, other_medicine: None,
        lambda ome, product: ome,
        lambda daily_mg, target: daily_mg,
    ],
)
def test_a_planted_converter_is_seen(planted):
    assert faults_of(planted)


def test_the_sum_that_is_done_here_is_not_taken_for_one():
    assert faults_of(equivalence.convert) == []
    assert faults_of(equivalence.band) == []
    assert faults_of(equivalence.side_by_side) == []
    assert faults_of(equivalence.from_units) == []


@pytest.mark.parametrize("package", [stepwell.knowledge, stepwell.population], ids=lambda p: p.__name__)
def test_no_public_function_goes_from_one_medicine_to_another(package):
    looked_at = {
        name: each
        for name, each in _public_functions(package)
        if name not in _NOT_OF_DOSES and not name.startswith(_CHARTS)
    }
    assert len(looked_at) > 50
    assert {name: faults for name, each in looked_at.items() if (faults := faults_of(each))} == {}


def test_what_equivalence_offers_is_this_and_no_more():
    """A new name here is a decision about safety: look at hazard 6 first."""
    assert set(equivalence.__all__) == {
        "CALCULATION_VERSION", "DEFAULT_TABLE", "Band", "Bound", "Comparison", "Equivalence", "FactorTable", "Input",
        "Method", "PopulationTotal", "Refusal", "Role", "Shown", "Supply", "Taken", "Threshold", "Total", "UnderTable",
        "band", "bounds", "convert", "counting_table", "from_injections", "from_patches_supplied", "from_syringe_driver",
        "from_units", "is_counted", "population_total", "shown", "side_by_side", "tables", "taken_as_read", "threshold", "thresholds", "total",
    }  # fmt: skip


def test_an_equivalence_holds_no_other_medicine_and_no_dose_to_give():
    fields = equivalence.Equivalence.__dataclass_fields__
    assert not [name for name, each in fields.items() if _MEDICINE.search(str(each.type))]
    assert {name for name, each in fields.items() if "Decimal" in str(each.type)} == {
        "ome_min",
        "ome_max",
        "factor",
    }
    assert not [name for name in fields if "dose" in name or "daily_mg" in name]


def test_a_second_medicine_is_no_argument():
    product = Product.__new__(Product)
    with pytest.raises(TypeError):
        equivalence.convert(product, product, daily_mg_min=Decimal(1), daily_mg_max=Decimal(1))


def _commands() -> Iterator[tuple[str, list[str]]]:
    """Every command's path with the names of its parameters."""
    waiting = [("stepwell", typer.main.get_command(app))]
    while waiting:
        path, command = waiting.pop()
        waiting += [(f"{path} {name}", each) for name, each in getattr(command, "commands", {}).items()]
        yield path, [str(each.name) for each in command.params]


def test_no_command_takes_two_medicines_or_an_ome_to_turn_back():
    # One column holds the product of each row: it is the same medicine, said another way.
    looked_at = {path: set(names) - {"product_column"} for path, names in _commands()}
    assert {"stepwell equivalence", "stepwell dosage parse"} <= set(looked_at)
    two = {
        path: names
        for path, names in looked_at.items()
        if sum(map(bool, map(_MEDICINE_NAME.search, names))) > 1
    }
    assert two == {}
    assert [path for path in looked_at if _SWITCHING.search(path.replace(" ", "-"))] == []
    of_doses = {path: names for path, names in looked_at.items() if path not in _CHART_COMMANDS}
    assert [n for names in of_doses.values() for n in names if _SWITCHING.search(n)] == []


def test_no_address_of_the_site_is_of_a_conversion():
    addresses = {str(each.pattern) for each in _patterns(get_resolver().url_patterns)} - _NOT_OF_DOSES
    assert len(addresses) > 20
    assert [
        each for each in addresses if _SWITCHING.search(each) or "conver" in each or "equivalen" in each
    ] == []


def _patterns(found: list[object]) -> Iterator[object]:
    for each in found:
        yield each
        yield from _patterns(getattr(each, "url_patterns", []))
