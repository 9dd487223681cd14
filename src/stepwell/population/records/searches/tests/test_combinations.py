"""A gabapentinoid, a benzodiazepine or a Z-drug beside an opioid is found and flagged, whichever of each it is; alone it is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from stepwell.knowledge.medicines import catalogue
from stepwell.knowledge.medicines.model import MedicineClass, Product
from stepwell.population import engine
from stepwell.population.records.searches import assurance
from stepwell.population.records.searches.assurance import Case

AS_OF = date(2026, 11, 20)
OPIOIDS = {
    "codeine": ("Codeine 30mg tablets", "One four times a day", 112),
    "tramadol": ("Tramadol 50mg capsules", "One four times a day", 112),
    "morphine": ("Morphine 10mg modified-release tablets", "One twice a day", 56),
    "fentanyl": ("Fentanyl 25micrograms/hour transdermal patches", "One every 72 hours", 10),
    "no dose": ("Oxycodone 10mg tablets", "As directed", None),
}
GABAPENTINOIDS = frozenset({MedicineClass.GABAPENTINOID})
SEDATIVES = frozenset({MedicineClass.BENZODIAZEPINE, MedicineClass.Z_DRUG})
# search of the pair, its flag on every list, the classes that make it
PAIRS = [
    ("opioid-with-gabapentinoid", "gabapentinoid", GABAPENTINOIDS),
    ("opioid-with-benzodiazepine", "benzodiazepine", SEDATIVES),
]


def _one_of_each(classes: frozenset[MedicineClass]) -> dict[str, Product]:
    """A product of every substance of these classes, a tablet or capsule where there is one."""
    found: dict[str, Product] = {}
    swallowed = ("tablet", "capsule")
    # One medicine in one form; the rest would only be read as "strength not known".
    offered = [each for each in catalogue.products() if each.classes & classes and " and " not in each.name]
    for product in sorted(offered, key=lambda each: not any(form in each.name for form in swallowed)):
        found.setdefault(product.substance, product)
    return found


def _line(medicine: str, instruction: str, quantity: int | None, **more: object) -> Mapping[str, object]:
    taken = {"medicine": medicine, "instruction": instruction, "quantity": quantity}
    return {**taken, "first": date(2026, 5, 1), "every": 28, "times": 8, **more}


def _people(search_id: str, classes: frozenset[MedicineClass]) -> list[Case]:
    people = []
    for opioid, taken in OPIOIDS.items():
        lines = [_line(*taken)]
        people.append((f"{opioid} alone", lines))
        people.append(
            (f"{opioid} with amlodipine", [*lines, _line("Amlodipine 5mg tablets", "One a day", 28)])
        )
        for substance, product in _one_of_each(classes).items():
            second = _line(product.name, "One at night", 28)
            ended = _line(product.name, "One at night", 28, first=date(2026, 5, 1), times=2)
            elsewhere = _line(product.name, "One at night", 28, **{"from": "private"})
            people.append((f"{opioid} with {substance}", [*lines, second]))
            people.append((f"{opioid} with {substance} elsewhere", [*lines, elsewhere]))
            people.append((f"{opioid} and before it {substance}", [*lines, ended]))
    # So that the practice is one that records diagnoses.
    code = [{"code": "999003", "date": date(2026, 1, 1)}]
    return [
        Case(search_id, AS_OF, name, "", (), {"name": name, "medicines": lines, "codes": code})
        for name, lines in people
    ]


@pytest.fixture(scope="module", params=PAIRS, ids=lambda pair: pair[1])
def pair(request):
    """The pair's flag, its people, who its own search finds, and who the search for long-term opioids finds."""
    search_id, flag, classes = request.param
    con = engine.connect()
    people = _people(search_id, classes)
    by_pair = assurance.searched(people, con)
    every_opioid = [Case("long-term-opioids", *(getattr(c, f) for f in Case.__slots__[1:])) for c in people]
    on_list = assurance.searched(every_opioid, con)
    return (
        flag,
        people,
        {c.patient_key: c for c in by_pair.candidates},
        {c.patient_key: c for c in on_list.candidates},
    )


def test_every_class_has_its_substances():
    assert {"gabapentin", "pregabalin"} <= set(_one_of_each(GABAPENTINOIDS))
    assert {"diazepam", "zopiclone", "zolpidem", "lorazepam", "temazepam"} <= set(_one_of_each(SEDATIVES))


def test_the_pair_is_found_whichever_two_medicines_make_it(pair):
    _flag, people, by_pair, _on_list = pair
    wanted = {case.name for case in people if " with " in case.name and "amlodipine" not in case.name}
    assert set(by_pair) == wanted
    assert {by_pair[name].outcome for name in wanted} <= {"in", "check"}


def test_the_second_from_elsewhere_is_for_a_clinician_and_not_left_off(pair):
    _flag, people, by_pair, _on_list = pair
    elsewhere = [case.name for case in people if case.name.endswith("elsewhere")]
    assert {by_pair[name].outcome for name in elsewhere} == {"check"}


def test_on_the_list_of_opioids_it_is_flagged_and_named_beside_the_opioid(pair):
    flag, people, _by_pair, on_list = pair
    for case in people:
        both = " with " in case.name and "amlodipine" not in case.name
        assert (flag in on_list[case.name].flags) is both, case.name
        if both:
            second = case.record["medicines"][1]["medicine"]
            assert second in on_list[case.name].medicines, case.name
