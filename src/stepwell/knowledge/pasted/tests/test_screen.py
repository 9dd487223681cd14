"""How medication screens are written, and what is read from them."""

from __future__ import annotations

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge.pasted import MOST_LINES, read

MORPHINE = "Morphine 30mg modified-release capsules"
# layout, text, then (name, instruction, rest) of each medicine.
LAYOUTS = [
    ("EMIS, on two lines", f"{MORPHINE}\nOne To Be Taken Twice A Day, 56 capsule\n",
     [(MORPHINE, "One To Be Taken Twice A Day", ["56 capsule"])]),
    ("EMIS, in columns", ("Drug\tDosage\tQuantity\tLast Issued\n"
     f"{MORPHINE}\tOne To Be Taken Twice A Day\t56 capsule\t12-Oct-2026\n"
     "Gabapentin 300mg capsules\tTwo To Be Taken Three Times A Day\t168 capsule\t12-Oct-2026"),
     [(MORPHINE, "One To Be Taken Twice A Day", ["56 capsule", "12-Oct-2026"]),
      ("Gabapentin 300mg capsules", "Two To Be Taken Three Times A Day", ["168 capsule", "12-Oct-2026"])]),
    ("SystmOne, the date first", f"12 Oct 2026  {MORPHINE}  1 capsule twice a day  56 capsules",
     [(MORPHINE, "1 capsule twice a day", ["12 Oct 2026", "56 capsules"])]),
    ("SystmOne, name and dose on two lines", "Co-codamol 30mg/500mg tablets\n  take 1 or 2 4 times/day when required - 100 tablets",
     [("Co-codamol 30mg/500mg tablets", "take 1 or 2 4 times/day when required", ["100 tablets"])]),
    ("Vision, with upright lines", "| R | Tramadol 50mg capsules | 1-2 qds prn | 100 | 01/10/2026 |",
     [("Tramadol 50mg capsules", "1-2 qds prn", ["R", "100", "01/10/2026"])]),
    ("Vision, labelled", "Tramadol 50mg capsules\nQty: 100 capsules\nDosage: 1-2 qds prn",
     [("Tramadol 50mg capsules", "1-2 qds prn", ["Qty: 100 capsules"])]),
    ("a letter's list", "Current medication:\n1. Zomorph 30mg capsules, one twice daily\n2. Pregabalin 75mg capsules - one twice a day\n• Paracetamol 500mg tablets 2 qds",
     [("Zomorph 30mg capsules", "one twice daily", []), ("Pregabalin 75mg capsules", "one twice a day", []),
      ("Paracetamol 500mg tablets", "2 qds", [])]),
    ("one line, several spaces", f"{MORPHINE}  1 bd  56 capsule", [(MORPHINE, "1 bd", ["56 capsule"])]),
    ("one line, single spaces", f"{MORPHINE} 1 bd 56 capsule", [(MORPHINE, "1 bd", ["56 capsule"])]),
    ("no form", "Tramadol 50mg take two capsules qds", [("Tramadol 50mg", "take two capsules qds", [])]),
    ("slow release after the strength", "Tramadol 100mg MR bd", [("Tramadol 100mg MR", "bd", [])]),
    ("a maker", "Longtec 10mg modified-release tablets (Qdem Pharmaceuticals Ltd) one bd",
     [("Longtec 10mg modified-release tablets (Qdem Pharmaceuticals Ltd)", "one bd", [])]),
    ("a liquid", "Morphine sulfate 10mg/5ml oral solution 5ml every 4 hours prn",
     [("Morphine sulfate 10mg/5ml oral solution", "5ml every 4 hours prn", [])]),
    ("a patch", "Fentanyl 25micrograms/hour transdermal patches\tApply one every 72 hours\t10 patch",
     [("Fentanyl 25micrograms/hour transdermal patches", "Apply one every 72 hours", ["10 patch"])]),
    ("a patch with the days it is worn", "Buprenorphine 10micrograms/hour 7 day patches 1 every 7/7", [("Buprenorphine 10micrograms/hour 7 day patches", "1 every 7/7", [])]),
    ("a brand alone", "Oramorph 5ml qds prn", [("Oramorph", "5ml qds prn", [])]),
    ("not a medicine of pain", "Ramipril 5mg capsules  one daily", [("Ramipril 5mg capsules", "one daily", [])]),
    ("an instruction that goes on", f"{MORPHINE}\nTake one twice a day\nfor back pain",
     [(MORPHINE, "Take one twice a day for back pain", [])]),
    ("no instruction", MORPHINE, [(MORPHINE, "", [])]),
    ("issue numbers", f"{MORPHINE} | 1 bd | 3 of 6 | Repeat | 28 days", [(MORPHINE, "1 bd", ["3 of 6", "Repeat", "28 days"])]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"), [each[1:] for each in LAYOUTS], ids=[each[0] for each in LAYOUTS]
)
def test_a_layout_is_read(text, wanted):
    screen = read(text)

    assert [(e.name, e.instruction, list(e.rest)) for e in screen.entries] == wanted
    assert screen.covered == ()
    assert screen.left_over == ()


POINTING = [
    ("NHS No: 999 012 3456", "number"),
    ("9990123456", "ten-digit"),
    ("DOB 14-Feb-1961 (65y)", "date of birth"),
    ("Born 14 February 1961", "date of birth"),
    ("14/02/1961", "date of birth"),
    ("ALDER, Rowan (Mrs)", "name"),
    ("Mrs Rowan Alder", "name"),
    ("Rowan Alder", "name"),
    ("Patient: Rowan", "name"),
    ("12 Example Road", "address"),
    ("Testtown ZZ99 3AA", "postcode"),
    ("07700 900123", "telephone"),
    ("rowan@example.org", "e-mail"),
    ("aged 65", "age"),
]


@pytest.mark.parametrize(("line", "what"), POINTING)
def test_a_line_that_may_point_at_a_person_is_refused_and_its_text_is_not_kept(line, what):
    screen = read(f"{line}\n{MORPHINE} 1 bd")

    assert [(each.line, what in each.what, each.medicine) for each in screen.covered] == [(1, True, False)]
    assert line not in repr(screen)
    assert [(e.name, e.instruction) for e in screen.entries] == [(MORPHINE, "1 bd")]


def test_a_refused_line_that_holds_a_medicine_is_said_to():
    screen = read(f"{MORPHINE} 1 bd for Mrs Alder")

    assert [(each.what, each.medicine) for each in screen.covered] == [("a name", True)]
    assert screen.entries == ()


@pytest.mark.parametrize(
    "line", ["Repeat Templates", "Current Medication", "Last Issued", "Drug | Dosage | Quantity"]
)
def test_headings_of_a_screen_are_no_names(line):
    screen = read(f"{line}\n{MORPHINE} 1 bd")

    assert (screen.covered, screen.left_over, len(screen.entries)) == ((), (), 1)


@pytest.mark.parametrize(
    "name", ["Morphine MR 30mg capsules", "MORPHINE SULFATE MR 30mg tablets", "Vitamin B12 5mg tablets"]
)
def test_a_medicine_is_not_taken_for_a_person(name):
    assert [e.name for e in read(f"{name} 1 bd").entries] == [name]


def test_what_fits_nowhere_is_given_back():
    assert read("something else entirely").left_over == ((1, "something else entirely"),)


def test_an_instruction_does_not_reach_across_an_empty_line():
    screen = read(f"{MORPHINE}\n1 bd\n\n2 qds")

    assert [e.instruction for e in screen.entries] == ["1 bd"]
    assert screen.left_over == ((4, "2 qds"),)


def test_too_much_is_refused():
    with pytest.raises(StepwellError, match="more than this page reads"):
        read("x\n" * (MOST_LINES + 1))
