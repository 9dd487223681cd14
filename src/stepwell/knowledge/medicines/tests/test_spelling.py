"""One letter wrong in a name: the same medicine, strength and release, or no product. Never another."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stepwell.knowledge.medicines import Identification, MatchedBy, brands, catalogue, identify
from stepwell.knowledge.medicines.catalogue import Shelf
from stepwell.knowledge.medicines.spelling import Spelling, one_edit_apart


def every_name() -> list[str]:
    """Official names, brands with their strengths, and both as they are abbreviated."""
    held = [p for shelf in Shelf for p in catalogue.products(shelf)] + list(catalogue.text_only())
    branded = [
        f"{brand.name} {strength[0]}"
        for shelf in Shelf
        for brand in brands.brands(shelf).values()
        for product in brand.products
        if (strength := re.search(r"\d.*", product.name))
    ]
    full = [*(p.name for p in held), *branded]
    return sorted({*full, *map(_abbreviated, full)})


def _abbreviated(name: str) -> str:
    for long, short in (
        ("modified-release tablets", "MR tabs"),
        ("modified-release capsules", "SR caps"),
        ("micrograms/hour transdermal patches", "mcg/hr patches"),
        (" tablets", " tabs"),
        (" capsules", " caps"),
    ):
        name = name.replace(long, short)
    return name


NAMES = every_name()


@st.composite
def with_one_letter_wrong(draw: st.DrawFn) -> tuple[str, str]:
    name = draw(st.sampled_from(NAMES))
    at = draw(st.sampled_from([place for place, letter in enumerate(name) if letter.isalpha()]))
    letter = draw(st.sampled_from(string.ascii_lowercase))
    wrong = draw(
        st.sampled_from(
            [
                name[:at] + name[at + 1 :],
                name[:at] + letter + name[at + 1 :],
                name[:at] + letter + name[at:],
                name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
            ]
        )
    )
    return name, wrong


def dose(found: Identification) -> tuple[object, ...] | None:
    product = found.product or found.text_only
    if product is None:
        return None
    return (
        product.substance,
        product.other_ingredients,
        product.strength_mg_per_unit,
        product.patch_rate_microgram_per_h,
        product.release,
    )


def never_another_medicine(names: tuple[str, str]) -> None:
    name, wrong = names
    meant, read = dose(identify(name=name)), dose(identify(name=wrong))
    assume(meant is not None)
    assert read in (None, meant), wrong


@given(with_one_letter_wrong())
@settings(max_examples=400, deadline=None)
def test_one_letter_wrong_is_never_another_substance_strength_or_release(names: tuple[str, str]) -> None:
    never_another_medicine(names)


@pytest.mark.slow
@given(with_one_letter_wrong())
@settings(max_examples=20_000, deadline=None)
def test_one_letter_wrong_is_never_another_medicine_at_length(names: tuple[str, str]) -> None:
    never_another_medicine(names)


@pytest.mark.parametrize(
    ("written", "meant", "read_as"),
    [
        ("Oxycodnoe 10mg modified-release tablets", "Oxycodone 10mg modified-release tablets", "oxycodone"),
        ("Morphine 10mg modifed-release tablets", "Morphine 10mg modified-release tablets", "modified"),
        ("Zomorhp 30mg capsules", "Morphine 30mg modified-release capsules", "zomorph"),
        ("Dihydrocodeinne 30mg tablets", "Dihydrocodeine 30mg tablets", "dihydrocodeine"),
        ("Tapentadol 50mg tabletts", "Tapentadol 50mg tablets", "tablet"),
        ("Fentanyl 25microgrms/hour patches", "Fentanyl 25micrograms/hour transdermal patches", "micrograms"),
        ("Amitriptyyline 10mg tablets", "Amitriptyline 10mg tablets", "amitriptyline"),
    ],
)  # fmt: skip
def test_a_misspelt_word_is_read_as_meant_and_said(written: str, meant: str, read_as: str) -> None:
    found = identify(name=written)
    assert found.product is not None and found.product.name == meant
    assert "spelling_corrected" in found.flags
    assert read_as in found.reason
    assert written.split()[0] not in found.reason or written.split()[0] in meant


@pytest.mark.parametrize(
    "written",
    [
        "Trospium chloride 60mg modified-release capsules",  # one letter from a brand of chlordiazepoxide
        "Lonazepam 2mg tablets",  # clonazepam or lorazepam
        "Coodeeine 30mg tablets",  # two letters
    ],
)
def test_what_may_be_another_medicine_or_is_too_far_off_is_left(written: str) -> None:
    found = identify(name=written)
    assert (found.product, found.flags & {"spelling_corrected"}) == (None, frozenset())


@pytest.mark.parametrize("word", ["NR", "M", "XK", "SRR", "MG", "SF", "ER."])
def test_what_may_be_a_misspelt_word_of_release_leaves_the_release_open(word: str) -> None:
    """Tramadol 100mg tablets are made in both releases of 200mg and over only as MR: morphine 10mg is both."""
    found = identify(name=f"Morphine 10mg {word} tablets")
    assert found.product is None or found.product.release == "MR"


@pytest.mark.parametrize(
    "tail", ["Almus", "CD2", "x 56", "(CD)", "- 56 tablets", "(Bell, Sons & Co (Druggists) Ltd)"]
)
def test_a_maker_a_schedule_or_a_count_does_not_look_like_a_release(tail: str) -> None:
    found = identify(name=f"Morphine 10mg tablets {tail}")
    assert found.product is not None and found.product.release == "IR"


def test_more_than_two_misspelt_words_are_not_read() -> None:
    found = identify(name="Oxycodnoe 10mg modifed-relese tablets")
    assert found.matched_by is MatchedBy.NOTHING


class TestSpelling:
    """The corrector alone."""

    spelling = Spelling({"codeine": 1, "codein": 1, "lorazepam": 2, "clonazepam": 3, "mst": 4}, {"codeina"})

    def test_known_and_real_words_stay(self) -> None:
        assert self.spelling.meant("codeine") is None
        assert self.spelling.meant("codeina") is None

    def test_two_meanings_refuse(self) -> None:
        assert self.spelling.candidates("lonazepam") == {"lorazepam", "clonazepam"}
        assert self.spelling.meant("lonazepam") is None

    def test_two_words_of_one_meaning_do_not(self) -> None:
        assert self.spelling.meant("codeinq") in ("codeine", "codein")

    def test_short_words_are_never_corrected_nor_corrections(self) -> None:
        assert self.spelling.meant("mstt") is None

    def test_numbers_are_never_touched(self) -> None:
        assert self.spelling.correct("codeime 30mg 28").text == "codeine 30mg 28"


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("abc", "abc", False), ("abc", "ab", True), ("abc", "abcd", True), ("abc", "axc", True), ("abcd", "acbd", True),
        ("abc", "xabc", True), ("abc", "cba", False), ("abcd", "ab", False), ("ab", "ba", True), ("abcd", "badc", False),
    ],
)  # fmt: skip
def test_one_edit(one: str, other: str, apart: bool) -> None:
    assert one_edit_apart(one, other) is apart
    assert one_edit_apart(other, one) is apart
