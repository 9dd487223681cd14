"""What holds of every text."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from stepwell.knowledge.dosage import Dosage, Status, parse
from stepwell.knowledge.dosage.parse import LONGEST_TEXT, parse_uncached
from stepwell.knowledge.dosage.tests.generated import HEADS, TAILS, make
from stepwell.knowledge.dosage.tests.products import PRODUCTS
from stepwell.knowledge.dosage.vocabulary import vocabulary

WORDS = st.sampled_from(
    [
        *sorted(vocabulary().words),
        *"1 2 3 4 6 7 12 24 28 56 72 0.5 1-2 1/2 7/7 30/500 10mg 5ml 8am , . ; - / ( ) + & ½".split(),
    ]
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
PRODUCT = st.sampled_from([None, *PRODUCTS.values()])
MADE = st.sampled_from(list(make(3, 400)))


def _coherent(dosage: Dosage) -> None:
    for low, high in (
        (dosage.daily_min, dosage.daily_max),
        (dosage.dose_min, dosage.dose_max),
        (dosage.frequency_min, dosage.frequency_max),
        (dosage.interval_days_min, dosage.interval_days_max),
        (dosage.daily_mg_min, dosage.daily_mg_max),
    ):
        assert low is None or low >= 0
        assert high is None or low is None or low <= high
    if dosage.status is Status.REFUSED:
        assert dosage.reason
        assert dosage.daily_min is None
        assert dosage.daily_max is None
    else:
        assert dosage.reason is None
    for span in dosage.spans:
        assert 0 <= span.start <= span.end <= len(dosage.text)


@given(text=st.text(max_size=LONGEST_TEXT), product=PRODUCT)
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str, product: object) -> None:
    _coherent(parse_uncached(text, product))  # type: ignore[arg-type]


@given(text=SENTENCES, product=PRODUCT)
@settings(max_examples=1500, deadline=None)
def test_any_words_it_knows_in_any_order_are_read_or_refused(text: str, product: object) -> None:
    _coherent(parse_uncached(text, product))  # type: ignore[arg-type]


@given(text=st.text(min_size=LONGEST_TEXT + 1, max_size=2 * LONGEST_TEXT))
@settings(max_examples=20, deadline=None)
def test_longer_texts_are_refused(text: str) -> None:
    assert parse(text).reason == "too_long"


@given(text=SENTENCES)
@settings(max_examples=200, deadline=None)
def test_the_same_text_gives_the_same_answer(text: str) -> None:
    assert parse_uncached(text, None) == parse_uncached(text, None) == parse(text)


@given(
    made=MADE,
    head=st.sampled_from([head for head in HEADS if "Swallow" not in head]),
    tail=st.sampled_from(TAILS),
)
@settings(max_examples=400, deadline=None)
def test_noise_never_changes_a_number(made: object, head: str, tail: str) -> None:
    text = made.text  # type: ignore[attr-defined]
    plain, noisy = parse_uncached(text, None), parse_uncached(head + text + tail, None)

    if Status.REFUSED not in (plain.status, noisy.status):
        assert (noisy.daily_min, noisy.daily_max) == (plain.daily_min, plain.daily_max)


@given(made=MADE)
@settings(max_examples=300, deadline=None)
def test_case_does_not_matter(made: object) -> None:
    text = made.text  # type: ignore[attr-defined]
    upper, lower = parse_uncached(text.upper(), None), parse_uncached(text.lower(), None)

    assert (upper.status, upper.daily_min, upper.daily_max) == (
        lower.status,
        lower.daily_min,
        lower.daily_max,
    )


def test_capitals_alone_make_on_a_time_of_day() -> None:
    assert parse("ON two capsules for pain").daily_max == Decimal(2)
    assert parse("on two capsules for pain").status is Status.REFUSED
