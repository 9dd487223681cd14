"""The pieces of a BNF code."""

import pytest

from stepwell.knowledge import bnf

ZOMORPH_30 = "0407020Q0BCAEEG"
MORPHINE_MR_30 = "0407020Q0AAEGEG"


def test_a_brand_and_its_generic_share_the_first_nine_and_last_two() -> None:
    assert bnf.generic_key(ZOMORPH_30) == bnf.generic_key(MORPHINE_MR_30) == "0407020Q0EG"


def test_pieces() -> None:
    assert bnf.chemical(MORPHINE_MR_30) == "0407020Q0"
    assert bnf.product_part(ZOMORPH_30) == "BC"
    assert bnf.is_generic(MORPHINE_MR_30) and not bnf.is_generic(ZOMORPH_30)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (MORPHINE_MR_30, MORPHINE_MR_30),
        (" 0407020q0aaegeg ", MORPHINE_MR_30),
        ("0407020Q0", None),
        ("21010900404", None),
        ("0407020Q0AAEGEG1", None),
        ("", None),
        (None, None),
    ],
)
def test_only_fifteen_characters_are_a_code(text: str | None, code: str | None) -> None:
    assert bnf.clean(text) == code


def test_a_chemical_has_nine_characters() -> None:
    assert bnf.is_chemical("040702040")
    assert not bnf.is_chemical("0407020")


@pytest.mark.parametrize(("code", "answer"), [("0410030C0AAAFAF", True), ("0407020M0AAAEAE", False)])
def test_dependence_treatment_has_its_own_section(code: str, answer: bool) -> None:
    assert bnf.is_dependence_treatment(code) is answer
