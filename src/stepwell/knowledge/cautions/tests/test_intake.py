"""From a line of a medication screen to what the cautions need: doses, intervals and what is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from stepwell.knowledge.cautions import Dose, MedicineTaken, medicine_from
from stepwell.knowledge.cautions.tests.made import outcome, person
from stepwell.knowledge.dosage import parse
from stepwell.knowledge.medicines import identify


def read(name: str, instruction: str) -> MedicineTaken:
    found = identify(name=name)
    return medicine_from(found, parse(instruction, product=found.product), name=name)


@pytest.mark.parametrize(
    ("name", "instruction", "s20"),
    [
        ("Zomorph 30mg modified-release capsules", "1 bd", "clear"),
        ("Zomorph 30mg modified-release capsules", "1 mane 2 nocte", "clear"),
        ("Zomorph 30mg modified-release capsules", "1 od", "warn"),
        ("MXL 60mg capsules", "1 od", "clear"),
        ("MXL 60mg capsules", "1 bd", "warn"),
        ("Morphine 30mg modified-release capsules", "1 bd", "not assessed"),  # either brand may be meant
        ("Zomorph 30mg modified-release capsules", "as directed", "not assessed"),
        ("Butec 10micrograms/hour transdermal patches", "one patch every 7 days", "clear"),
        ("Butec 10micrograms/hour transdermal patches", "one patch every 72 hours", "warn"),
        ("Transtec 35micrograms/hour transdermal patches", "one patch every 4 days", "clear"),
        ("Transtec 35micrograms/hour transdermal patches", "apply one patch twice weekly", "clear"),
        ("Hapoctasin 35micrograms/hour transdermal patches", "one patch every 96 hours", "warn"),
        ("Buprenorphine 35micrograms/hour transdermal patches", "one patch every 4 days", "not assessed"),
        ("Oramorph 10mg/5ml oral solution", "5ml od", "clear"),
    ],
)
def test_an_instruction_and_the_interval_of_its_product(name: str, instruction: str, s20: str) -> None:
    assert outcome("S20", person(read(name, instruction))) == s20


def test_each_substance_of_a_compound_has_its_dose() -> None:
    taken = read("Co-codamol 30mg/500mg tablets", "2 qds")
    assert taken.substances == ("codeine", "paracetamol")
    assert taken.doses == (
        Dose("codeine", Decimal(240), Decimal(240)),
        Dose("paracetamol", Decimal(4000), Decimal(4000)),
    )


def test_of_a_liquid_compound_the_paracetamol_is_not_known() -> None:
    taken = read("Co-codamol 30mg/500mg/5ml oral solution sugar free", "5ml qds")
    assert taken.doses[1] == Dose("paracetamol", None, None)


def test_an_instruction_that_is_refused_leaves_the_dose_unknown() -> None:
    taken = read("Pregabalin 300mg capsules", "as directed")
    assert all(each.mg_max is None for each in taken.doses)
    assert outcome("S12B", person(taken)) == "not assessed"


def test_a_compound_known_only_by_its_label_is_its_opioid() -> None:
    taken = medicine_from(identify(name="Co-codamol"), None, name="Co-codamol")
    assert taken.substances == ("codeine",)
    assert outcome("S07", person(taken, age=11)) == "stop"


def test_a_product_not_recognised_is_no_patch_only_if_something_says_so() -> None:
    patches, plain = (
        medicine_from(identify(name=n), None, name=n) for n in ("Buprenorphine patches", "Buprenorphine")
    )
    assert (patches.is_patch, plain.is_patch) == (True, None)
    assert outcome("S03B", person(patches)) == "inform"
    assert outcome("S03B", person(plain)) == "not assessed"
    fentanyl = medicine_from(identify(name="Fentanyl"), None, name="Fentanyl")
    assert outcome("S03", person(fentanyl)) == "not assessed"
