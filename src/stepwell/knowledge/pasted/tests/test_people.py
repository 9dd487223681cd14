"""Somebody's name inside a line, and the words of medicines, places and dosing that are none. Everybody here is made up."""

from __future__ import annotations

import pytest

from stepwell.knowledge.pasted import read

MORPHINE = "Morphine 30mg modified-release capsules"

NAMED = [
    "1 bd give to Mary Smith",
    "one twice a day give to mary smith",
    "GIVE TO MARY SMITH ONE TWICE A DAY",
    "Give To Mary Smith One Twice A Day",
    "1 bd Mary Smith",
    "1 bd. Rowan Alder to collect",
    "1 bd, dispense weekly to daughter Jane",
    "1 qds c/o Rowan",
    "1 bd collected by Alder",
    "1 bd as per J Smith",
    "1 bd (Rowan Alder)",
    "1 bd - discussed with Rowan Alder",
    "1 nocte, husband Bryn gives it",
    "1 bd for Siân Évans",
    "1 bd Priya Sharma-Patel",
    "1 bd | Rowan Alder | 56 capsule",
    "1 bd  Prescriber: J Smith",
    "Mary Smith 1 bd",
    "1 bd (Alder, Rowan)",
    "1 bd for Mary",
    "1 bd mary smith",
    "1 bd Will Baker to collect",
    "1 bd  last issued by Mary Smith",
]


@pytest.mark.parametrize("said", NAMED)
def test_a_line_that_names_somebody_is_refused(said):
    screen = read(f"{MORPHINE}  {said}")

    assert [(each.what, each.medicine) for each in screen.covered] == [("a name", True)]
    assert screen.entries == ()
    assert said not in repr(screen)


@pytest.mark.parametrize("line", [f"Rowan Alder {MORPHINE} 1 bd", "Mary Smith Zomorph 30mg capsules 1 bd"])
def test_a_name_before_the_medicine_is_refused(line):
    assert [(each.what, each.medicine) for each in read(line).covered] == [("a name", True)]


def test_a_name_on_the_line_below_is_refused_and_the_medicine_stays():
    screen = read(f"{MORPHINE}\n1 bd\ngive to mary smith")

    assert [(each.line, each.what) for each in screen.covered] == [(3, "a name")]
    assert [each.instruction for each in screen.entries] == ["1 bd"]


NOBODY = [
    "One To Be Taken Twice A Day For Back Pain",
    "ONE TO BE TAKEN TWICE DAYLI WITH FOOD OR MILK",
    "1 bd give to carer weekly",
    "1 bd give to the school nurse",
    "1 bd deliver to pharmacy",
    "1 bd as per Addenbrookes Pain Clinic",
    "1 bd as per Royal London Hospital",
    "1 bd under St Thomas Pain Clinic",
    "1 bd collected by patient",
    "1 bd daughter aware",
    "1 bd Daughter Collecting",
    "1 bd Zomorph Brand Only",
    "1 bd Replaces Zapain Tablets",
    "1 bd Trigeminal Neuralgia",
    "1 bd For Parkinson's Disease",
    "1 bd For Restless Legs Syndrome",
    "1 bd Sugar Free Brand Please",
    "1 bd Sent to Nominated Pharmacy",
    "1 bd Blister Pack",
    "1 bd Nurse To Administer",
    "1 bd as per St Mary's Hospital",
    "1 bd as per Queen Elizabeth Hospital",
    "1 bd Will Need Review",
    "1 bd May Cause Drowsiness",
]


@pytest.mark.parametrize("said", NOBODY)
@pytest.mark.parametrize("form", [str, str.upper], ids=["as written", "capitals"])
def test_places_conditions_brands_and_slips_are_nobody(said, form):
    assert read(f"{MORPHINE}  {form(said)}").covered == ()


@pytest.mark.parametrize(
    "name",
    [
        "Longtec 10mg modified-release tablets (Qdem Pharmaceuticals Ltd)",
        "Rapifen Intensive Care 5mg/1ml solution for injection ampoules",
        "Lamberts 5-HTP 100mg tablets",
        "Laxido Orange oral powder sachets",
        "Fostair Nexthaler 100micrograms/dose",
        "MST Continus 30mg tablets",
    ],
)
def test_a_brand_of_several_words_is_nobody(name):
    assert read(f"{name}  1 bd").covered == ()


@pytest.mark.parametrize(
    "said", ["deliver to zz99 3aa", "ZZ993AA", "Zz99  3aa", "e1 4zz", "sw1a 1zz", "post to ZZ99 3aa"]
)
def test_a_postcode_in_any_letters_is_refused(said):
    screen = read(f"{MORPHINE}  1 bd {said}")

    assert [(each.what, each.medicine) for each in screen.covered] == [("a postcode", True)]


@pytest.mark.parametrize(
    "line",
    [
        "Vitamin b12 1bd",
        "Vitamin B12 5mg tablets 1 bd",
        "tramadol sr50 1bd",
        "Oxycodone 10mg/5ml oral solution  2.5ml q4h max 6",
        "Tramadol 50mg capsules  take x2 4hrly",
        "Codeine 30mg tablets  1 q6h 2qds",
    ],
)
def test_doses_and_vitamins_are_no_postcodes(line):
    assert read(line).covered == ()
