"""Contact details in free text are masked; doses are not. Every number and address here is fictional."""

from __future__ import annotations

import pyarrow as pa
import pytest

from stepwell.population.records.importing.masking import MASK, Masker, mask

MASKED = [
    ("Take one daily. Ring 07700 900123 if sleepy", f"Take one daily. Ring {MASK} if sleepy"),
    ("07700900123", MASK),
    ("0770 090 0123", MASK),
    ("+44 7700 900123", MASK),
    ("+447700900123", MASK),
    ("+44 (0)7700 900123", MASK),
    ("0044 7700 900123", MASK),
    ("01632 960123", MASK),
    ("01632 960 123", MASK),
    ("(01632) 960123", MASK),
    ("020 7946 0958", MASK),
    ("0113-496-0000 after six", f"{MASK} after six"),
    ("call 960123", f"call {MASK}"),
    ("tel: 960 123", f"tel: {MASK}"),
    ("phone no. 496-0123", f"phone no. {MASK}"),
    ("ada.example+pain@mail.example.org", MASK),
    ("as directed (ada@example.com)", f"as directed ({MASK})"),
    ("999 000 0018", MASK),
    ("NHS 9990000018", f"NHS {MASK}"),
    ("999-000-0018 one daily", f"{MASK} one daily"),
    ("deliver to SW1A 1AA", f"deliver to {MASK}"),
    ("leeds ls1 4ap", f"leeds {MASK}"),
    ("M11AE", MASK),
    ("B12 5TD", MASK),
]
KEPT = [
    "",
    "Codeine 30mg tablets",
    "10mg/5ml",
    "30/500",
    "2.5ml",
    "1-2 qds prn",
    "0.5mg at night",
    "Take 1 to 2 every 4-6 hours, max 8 in 24 hours",
    "0800 1200 1800 2200",
    "08:00 and 20:00",
    "01/02/2024 to 28/02/2024",
    "01-02-2024 28 tablets",
    "07/01/2024 28 28",
    "2 x 28",
    "1,000,000 units",
    "100mg 200mg 300mg",
    "300 300 600",
    "10 9 8 7 6 5 4 3 2 1",
    "Vitamin B12 5UG",
    "hydroxocobalamin B12 1ng",
    "B12 1MG",
    "5ML 5MG",
    "E45 cream",
    "T1 2ND day",
    "week 1 2 tablets, week 2 1 tablet",
    "25micrograms/hour every 72 hours",
    "123456789012345678",
    "call 111 if worse",
    "ring 999",
    "Text: 2 daily",
    "Oxycodone 5mg/5ml oral solution sugar free 250 ml",
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_masked(text: str, masked: str):
    assert mask(text) == masked


@pytest.mark.parametrize("text", KEPT)
def test_left_alone(text: str):
    assert mask(text) == text


def test_masking_twice_changes_nothing():
    for text, masked in MASKED:
        assert mask(mask(text)) == masked


def test_a_column_is_masked_and_counted_and_its_nulls_stay():
    masker = Masker()
    column = pa.array(["one daily", None, "ring 07700 900123", "one daily", "ring 07700 900123"])
    assert masker.column(column).to_pylist() == [
        "one daily",
        None,
        f"ring {MASK}",
        "one daily",
        f"ring {MASK}",
    ]
    assert masker.masked == 2


def test_a_column_with_nothing_to_mask_is_the_same_column():
    column = pa.array(["one daily", None])
    assert Masker().column(column) is column


def test_what_is_remembered_is_bounded():
    masker = Masker(remember=2)
    texts = [f"take {n}" for n in range(7)]
    assert masker.column(pa.array(texts)).to_pylist() == texts
    assert len(masker._known) <= 2
