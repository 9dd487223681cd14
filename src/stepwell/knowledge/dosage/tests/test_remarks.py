"""Remarks: what may be left unread, and what never is, whatever it looks like."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwell.knowledge.dosage import Status, parse
from stepwell.knowledge.dosage.tests.test_readings import answer
from stepwell.knowledge.dosage.vocabulary import vocabulary

LEFT = [
    # Behind a full stop, a semicolon, in brackets, behind a dash: something about the person, the supply or the plan.
    ("1 bd. Keep a diary of flare-ups", "2/2"),
    ("2 qds prn; stomach protection given", "0/8"),
    ("1 tds (analgesia leaflet given)", "3/3"),
    ("1 nocte - spouse informed", "1/1"),
    ("TAKE ONE TWICE A DAY. [PAIN TEAM INITIATED]", "2/2"),
    ("one at night. Weaning plan to follow from clinic", "1/1"),
    ("1 bd (patient aware max dose reached)", "2/2"),
    ("1 bd. Tell us if pain is getting worse", "2/2"),
    ("1 bd (eGFR 34)", "2/2"),
    ("1 bd. Copied from TTA 06/06/23", "2/2"),
    # What it is for, in words nobody listed.
    ("1 prn sev spasm", "0/-"),
    ("1 bd for stabbing feelings in her heels", "2/2"),
    ("2 tds with ppi cover", "6/6"),
]

NEVER_LEFT = [
    # A number in the same stretch may be a dose, a word nobody knows may be a time.
    "1 bd, plumty 2",
    "1 bd, 2 plumty",
    "1 bd plumty",
    # Words that change what stands before.
    "1 bd, except blaggards",
    "1 bd, omitting fribble",
    "1 bd, alternating fribbles",
    "1 bd, doubled fribbles",
    "2 qds, halve fribbles",
    # Slips of words of dosing.
    "1 tab, nihgtly2",
    "one tablet, weklyy fribbles",
    "one, evrning fribble",
]


@pytest.mark.parametrize(("text", "expected"), LEFT)
def test_remarks_are_left_unread(text: str, expected: str) -> None:
    assert answer(parse(text)) == expected


@pytest.mark.parametrize("text", [text for text, _ in LEFT if "(" in text or "[" in text])
def test_what_was_left_unread_is_told(text: str) -> None:
    dosage = parse(text)
    assert dosage.unread or dosage.noise


@pytest.mark.parametrize("text", NEVER_LEFT)
def test_what_may_change_the_dose_is_never_left_unread(text: str) -> None:
    dosage = parse(text)
    assert dosage.status is Status.REFUSED or dosage.unread == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 bd, if spasms bother him", "0/2"),
        ("Use only if paracetamol has not helped. Two four times a day", "0/8"),
        ("1 bd. If pain persists contact us", "2/2"),
    ],
)
def test_on_a_condition_is_as_needed_and_advice_is_not(text: str, expected: str) -> None:
    assert answer(parse(text)) == expected


_TELLING = sorted(word for word in vocabulary().telling if len(word) >= 4 and word.isalpha())


@st.composite
def slips(draw: st.DrawFn) -> str:
    """A word of dosing with one letter too many, missing, wrong, or two neighbours swapped. The first letter is right."""
    word = draw(st.sampled_from(_TELLING))
    place = draw(st.integers(1, len(word) - 1))
    letter = draw(st.sampled_from(string.ascii_lowercase))
    return draw(
        st.sampled_from(
            [
                word[:place] + letter + word[place:],
                word[:place] + word[place + 1 :],
                word[:place] + letter + word[place + 1 :],
                word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
            ]
        )
    )


@given(
    slip=slips(),
    told=st.sampled_from(["1 bd, {}", "2 qds. {}", "one at night ({})", "1 tds - patient says {}"]),
)
@settings(max_examples=600, deadline=None)
def test_a_slip_of_a_word_of_dosing_is_never_left_unread(slip: str, told: str) -> None:
    known = vocabulary()
    text = told.format(slip)
    dosage = parse(text)

    if slip in known.words:
        return  # it made another word that is known
    left = any(slip in remark.split() for remark in dosage.unread)
    assert dosage.status is Status.REFUSED or not left or "spelling" in dosage.flags, dosage


def test_a_text_of_remarks_alone_is_refused() -> None:
    assert parse("patient prefers the blue ones").status is Status.REFUSED
