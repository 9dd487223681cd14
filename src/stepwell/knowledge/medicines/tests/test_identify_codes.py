"""Codes before names: dm+d ids (generic, brand, earlier), BNF codes, and codes that quarrel with the name."""

from __future__ import annotations

import pytest

from stepwell.knowledge import tables
from stepwell.knowledge.medicines import MatchedBy, MedicineClass, identify
from stepwell.knowledge.medicines.verhoeff import check_digit_right

MORPHINE_MR_30 = "36127211000001105"
CODEINE_30_TABLETS_BNF = "0407020C0AAAEAE"


def brand_code(brand: str, product: str) -> str:
    """Any dm+d id of a brand of a product."""
    return next(
        row["code"]
        for row in tables.rows("dmd_codes")
        if row["brand"] == brand and row["product_id"] == product
    )


def test_a_generic_dmd_id() -> None:
    found = identify(code=MORPHINE_MR_30)
    assert found.product is not None and found.product.name == "Morphine 30mg modified-release capsules"
    assert (found.matched_by, found.reason) == (MatchedBy.DMD, "")


def test_a_brand_dmd_id_gives_the_generic_and_the_brand() -> None:
    found = identify(code=brand_code("MXL", "0407020Q0AAEGEG"))
    assert found.product is not None and found.product.dmd_vmp_id == MORPHINE_MR_30
    assert found.brand == "MXL" and "once_daily_brand" in found.flags


def test_a_patch_brand_by_code_brings_its_change_interval() -> None:
    found = identify(code=brand_code("Hapoctasin", "0407020B0AAAEAE"))
    assert found.patch_interval_hours == 72


def test_an_earlier_dmd_id_leads_to_todays_product() -> None:
    earlier = [row for row in tables.rows("dmd_codes") if row["kind"] == "VMP previous" and row["product_id"]]
    assert earlier
    for row in earlier:
        found = identify(code=row["code"])
        assert found.substance is not None
        assert found.product is None or found.product.product_id == row["product_id"]


@pytest.mark.parametrize(
    "code",
    [
        "354043009",  # morphine: the id before the one the end-of-life list names
        "333941005",
        "408078009",  # oxycodone
        "333909004",  # alfentanil
        "322523005",  # diamorphine
        "42011311000001108",  # diamorphine: today's id, of which the list names only the earlier one
        "39146511000001100",  # morphine: a maker's pack, newer than the list
    ],
)
def test_an_injectable_of_the_end_of_life_is_one_by_every_id_it_has_had(code: str) -> None:
    assert {c.value for c in identify(code=code).classes} == {
        "opioid",
        "strong_opioid",
        "end_of_life_injectable",
    }


@pytest.mark.parametrize(
    ("written", "product"),
    [
        (CODEINE_30_TABLETS_BNF, "Codeine 30mg tablets"),
        ("0407020Q0BCAEEG", "Morphine 30mg modified-release capsules"),  # a brand: first nine and last two
        ("0410030C0AAAFAF", "Methadone 1mg/ml oral solution colour free sugar free"),
    ],
)
def test_bnf_codes(written: str, product: str) -> None:
    found = identify(bnf_code=written)
    assert found.product is not None and found.product.name == product
    assert found.matched_by is MatchedBy.BNF


@pytest.mark.parametrize(
    ("written", "label", "classes"),
    [
        ("0407020V0AAAEAE", "pethidine", {"opioid", "strong_opioid"}),
        ("0407020Q0AAABAB", "morphine injection", {"opioid", "strong_opioid", "end_of_life_injectable"}),
        ("0401020K0AAZZZZ", "diazepam", {"benzodiazepine"}),
    ],
)
def test_a_bnf_code_of_no_product_held_still_gives_the_class(
    written: str, label: str, classes: set[str]
) -> None:
    found = identify(bnf_code=written)
    assert (found.product, found.matched_by, found.substance) == (None, MatchedBy.SUBSTANCE_ONLY, label)
    assert found.classes == {MedicineClass(each) for each in classes}


def test_gabapentin_on_the_skin_is_not_counted_by_code_either() -> None:
    found = identify(bnf_code="0407030ADAAAAAA")
    assert (found.matched_by, found.classes) == (MatchedBy.NOTHING, frozenset())
    assert found.reason == "Gabapentin on the skin is not counted here."


def test_a_code_of_another_medicine_leaves_it_to_the_name() -> None:
    found = identify(code="319283006", bnf_code="0206020A0AAAAAA", name="Codeine 30mg tablets")
    assert found.product is not None and found.matched_by is MatchedBy.NAME
    assert {"code_not_recognised", "bnf_code_not_recognised"} <= found.flags


def test_a_code_of_no_concern_and_a_name_of_no_concern_are_nothing() -> None:
    assert identify(code="319283006", name="Amlodipine 5mg tablets").matched_by is MatchedBy.NOTHING


@pytest.mark.parametrize("damaged", ["36127211000001100", "3.61272E+16", "36127211000001105.0", "abc"])
def test_a_damaged_code_is_not_used_and_is_flagged(damaged: str) -> None:
    found = identify(code=damaged, name="Zomorph 30mg capsules")
    assert found.matched_by is MatchedBy.NAME
    assert "code_damaged" in found.flags


def test_no_code_and_no_name() -> None:
    found = identify()
    assert found.matched_by is MatchedBy.NOTHING and found.reason


class TestCodeAndName:
    """A code goes before a name, until they cannot both be right."""

    def test_they_agree(self) -> None:
        found = identify(code=MORPHINE_MR_30, name="Zomorph 30mg modified-release capsules")
        assert found.product is not None and found.matched_by is MatchedBy.DMD
        assert found.brand == "Zomorph"
        assert "code_name_conflict" not in found.flags

    def test_a_name_that_says_less_changes_nothing(self) -> None:
        assert identify(code=MORPHINE_MR_30, name="Morphine").product is not None

    def test_a_name_that_is_not_recognised_is_flagged(self) -> None:
        found = identify(code=MORPHINE_MR_30, name="Item 4711")
        assert found.product is not None and "name_not_recognised" in found.flags

    def test_another_form_of_one_strength_is_flagged(self) -> None:
        capsules = identify(name="Pregabalin 75mg capsules").product
        assert capsules is not None
        found = identify(code=capsules.dmd_vmp_id, name="Pregabalin 75mg tablets")
        assert found.product is not None and "code_name_differ" in found.flags

    @pytest.mark.parametrize(
        ("name", "reason"),
        [
            ("Pregabalin 75mg capsules", "Code and name are of different medicines."),
            ("Longtec 20mg tablets", "Code and name are of different medicines."),
            ("Morphine 10mg tablets", "Code and name give different strengths."),
            ("Zomorph 60mg capsules", "Code and name give different strengths."),
            ("Morphine 10mg/1ml solution for injection", "The name is of an injection and the code is not."),
        ],
    )
    def test_a_quarrel_takes_the_product_away(self, name: str, reason: str) -> None:
        found = identify(code=MORPHINE_MR_30, name=name)
        assert (found.product, found.matched_by, found.reason) == (None, MatchedBy.SUBSTANCE_ONLY, reason)
        assert "code_name_conflict" in found.flags
        assert MedicineClass.OPIOID in found.classes

    def test_a_quarrel_counts_the_classes_of_both(self) -> None:
        found = identify(code=MORPHINE_MR_30, name="Pregabalin 75mg capsules")
        assert {MedicineClass.OPIOID, MedicineClass.GABAPENTINOID} <= found.classes

    def test_a_quarrel_over_patch_rates(self) -> None:
        patch = identify(name="Fentanyl 25micrograms/hour transdermal patches").product
        assert patch is not None
        found = identify(code=patch.dmd_vmp_id, name="Fentanyl 50micrograms/hour transdermal patches")
        assert found.product is None and "code_name_conflict" in found.flags

    def test_a_code_that_only_says_benzodiazepine_is_filled_in_by_the_name(self) -> None:
        code = next(row["code"] for row in tables.rows("dmd_codes") if row["label"] == "benzodiazepine")
        found = identify(code=code, name="Bromazepam 3mg tablets")
        assert found.product is not None and found.product.substance == "bromazepam"

    def test_a_code_of_an_injection_is_not_filled_in_by_the_name(self) -> None:
        code = next(row["code"] for row in tables.rows("dmd_codes") if row["label"] == "oxycodone injection")
        found = identify(code=code, name="Oxycodone 10mg/1ml")
        assert (found.product, found.substance) == (None, "oxycodone injection")


class TestTwoCodes:
    """A dm+d id and a BNF code in one row."""

    def test_one_dmd_id_two_purposes_the_bnf_code_decides(self) -> None:
        analgesic = identify(name="Buprenorphine 400microgram sublingual tablets").product
        assert analgesic is not None
        found = identify(code=analgesic.dmd_vmp_id, bnf_code="0410030A0AAACAC")
        assert found.classes == {MedicineClass.DEPENDENCE_TREATMENT}
        assert "purpose_from_bnf_code" in found.flags

    def test_codes_of_different_medicines_give_no_product(self) -> None:
        found = identify(code=MORPHINE_MR_30, bnf_code=CODEINE_30_TABLETS_BNF)
        assert found.product is None and "codes_conflict" in found.flags
        assert found.substance == "codeine or morphine"

    def test_the_dmd_id_goes_first(self) -> None:
        assert identify(code=MORPHINE_MR_30, bnf_code="0407020Q0AAEGEG").matched_by is MatchedBy.DMD


@pytest.mark.parametrize("id_", ["24700007", "36127211000001105", "1048611000000104"])
def test_check_digits(id_: str) -> None:
    assert check_digit_right(id_)
    assert not check_digit_right(id_[:-1] + str((int(id_[-1]) + 1) % 10))
