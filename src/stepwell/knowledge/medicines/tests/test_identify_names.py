"""Names as real extracts write them -> the product meant, or why it cannot be said."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.knowledge.medicines import Identification, MatchedBy, MedicineClass, Release, identify, products

RECOGNISED = [
    # written, product
    ("Tramadol 50mg caps (imported record)", "Tramadol 50mg capsules"),
    ("TRAMADOL HYDROCHLORIDE CAPS 50 MG", "Tramadol 50mg capsules"),
    ("50mg Tramadol capsules", "Tramadol 50mg capsules"),
    ("Caps tramadol 50mg, 01/02/2026", "Tramadol 50mg capsules"),
    ("Tramadol 100mg m/r tabs", "Tramadol 100mg modified-release tablets"),
    ("Tramadol SR 100mg capsules", "Tramadol 100mg modified-release capsules"),
    ("Zydol XL 150mg tablets", "Tramadol 150mg modified-release tablets"),
    ("Zamadol Melt 50mg tablets", "Tramadol 50mg orodispersible tablets sugar free"),
    ("Tramacet 37.5mg/325mg tablets", "Tramadol 37.5mg / Paracetamol 325mg tablets"),
    ("Tramadol HCl/Paracet_Tab 37.5mg/325mg", "Tramadol 37.5mg / Paracetamol 325mg tablets"),
    ("Zomorph 30mg modified-release capsules", "Morphine 30mg modified-release capsules"),
    ("Zomorph 30mg caps", "Morphine 30mg modified-release capsules"),
    ("MXL 30mg capsules", "Morphine 30mg modified-release capsules"),
    ("MST Continus 10mg tablets", "Morphine 10mg modified-release tablets"),
    ("MST 10 mg tabs", "Morphine 10mg modified-release tablets"),
    ("Morph Sulf_Tab 10mg M/R", "Morphine 10mg modified-release tablets"),
    ("Morphine sulphate 10mg modified release tablets", "Morphine 10mg modified-release tablets"),
    ("Morphine Sulfate 10mg tablets", "Morphine 10mg tablets"),
    ("Oramorph 10mg/5ml oral solution", "Morphine sulfate 10mg/5ml oral solution"),
    ("Oramorph concentrated 20mg/1ml oral solution", "Morphine sulfate 20mg/ml oral solution sugar free"),
    ("CODEINE PHOSPHATE TABS 30 MG", "Codeine 30mg tablets"),
    ("Codeine Phosphate 30mg Tablets (Teva UK Ltd) (28 tablets)", "Codeine 30mg tablets"),
    ("Co-codamol 30/500 tabs", "Co-codamol 30mg/500mg tablets"),
    ("Cocodamol 8/500mg tablets", "Co-codamol 8mg/500mg tablets"),
    ("CO CODAMOL 30MG/500MG CAPLETS", "Co-codamol 30mg/500mg tablets"),
    ("Codeine phosphate 30mg / Paracetamol 500mg tablets", "Co-codamol 30mg/500mg tablets"),
    ("Paracetamol 500mg / Codeine 30mg tablets", "Co-codamol 30mg/500mg tablets"),
    ("Co-codamol 30mg/500mg soluble tablets", "Co-codamol 30mg/500mg effervescent tablets"),
    ("Nurofen Plus tablets", "Ibuprofen 200mg / Codeine 12.8mg tablets"),
    ("Nurofen Plus", "Ibuprofen 200mg / Codeine 12.8mg tablets"),
    ("Remedeine", "Co-dydramol 20mg/500mg tablets"),
    ("REMEDEINE FORTE TABS", "Co-dydramol 30mg/500mg tablets"),
    ("Paramol", "Co-dydramol 7.46mg/500mg tablets"),
    ("Diconal", "Dipipanone 10mg / Cyclizine 30mg tablets"),
    ("Dihydrocodeine 30mg tab", "Dihydrocodeine 30mg tablets"),
    ("DF118 Forte 40mg tablets", "Dihydrocodeine 40mg tablets"),
    ("DHC Continus 60mg tablets", "Dihydrocodeine 60mg modified-release tablets"),
    ("Longtec 20mg tablets", "Oxycodone 20mg modified-release tablets"),
    ("Oxycodone HCl/NaloxoneHCl_Tab 20/10mgM/R", "Oxycodone 20mg / Naloxone 10mg modified-release tablets"),
    ("Targinact 40mg/20mg modified-release tablets", "Oxycodone 40mg / Naloxone 20mg modified-release tablets"),
    ("OxyNorm 5mg capsules", "Oxycodone 5mg capsules"),
    ("Fentanyl 25 patches", "Fentanyl 25micrograms/hour transdermal patches"),
    ("Fentanyl 12.5mcg/hr patch", "Fentanyl 12micrograms/hour transdermal patches"),
    ("Fentanyl 37.5 micrograms per hour patches", "Fentanyl 37.5microgram/hour transdermal patches"),
    ("Durogesic DTrans 75mcg patches", "Fentanyl 75micrograms/hour transdermal patches"),
    ("Matrifen 100µg/h transdermal patches", "Fentanyl 100micrograms/hour transdermal patches"),
    ("BuTrans 10micrograms/hour transdermal patches (Napp Pharmaceuticals Ltd)", "Buprenorphine 10micrograms/hour transdermal patches"),
    ("Buprenorphine 52.5 ug/hour patch", "Buprenorphine 52.5micrograms/hour transdermal patches"),
    ("Temgesic 200microgram sublingual tablets", "Buprenorphine 200microgram sublingual tablets sugar free"),
    ("Buprenorphine_Tab Subling 200mcg S/F", "Buprenorphine 200microgram sublingual tablets sugar free"),
    ("Pregabalin 75 mg capsule", "Pregabalin 75mg capsules"),
    ("Pregablin 75mg caps", "Pregabalin 75mg capsules"),
    ("Tramadal 50mg capsules", "Tramadol 50mg capsules"),
    ("Dihydrocodiene 30mg tabs", "Dihydrocodeine 30mg tablets"),
    ("Co-codomol 30/500 tablets", "Co-codamol 30mg/500mg tablets"),
    ("Lyrica 300mg capsules", "Pregabalin 300mg capsules"),
    ("Gabapentin 300mg", "Gabapentin 300mg capsules"),
    ("Gabapentin 250mg/5ml oral solution", "Gabapentin 250mg/5ml oral solution"),
    ("Diazepam 5mg tabs", "Diazepam 5mg tablets"),
    ("Stesolid 10mg rectal tube", "Diazepam 10mg/2.5ml rectal solution tube"),
    ("Zopiclone 7.5mg tablets", "Zopiclone 7.5mg tablets"),
    ("Subutex 8mg S/L tabs", "Buprenorphine 8mg sublingual tablets sugar free"),
    ("Palfium 5mg tablets", "Dextromoramide 5mg tablets"),
    ("Tapimio 50mg modified-release capsules", "Tapentadol 50mg modified-release capsules"),
    ("Espranor 8mg oral lyophilisates", "Buprenorphine 8mg oral lyophilisates sugar free"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), RECOGNISED)
def test_recognised(written: str, meant: str) -> None:
    found = identify(name=written)
    assert found.product is not None, found.reason
    assert (found.product.name, found.matched_by) == (meant, MatchedBy.NAME)
    assert found.substance == found.product.substance
    assert found.classes == found.product.classes


REFUSED = [
    # written, label, the reason begins
    ("Tramadol", "tramadol", "The name gives no strength"),
    ("Tramadol capsules as directed", "tramadol", "The name gives no strength"),
    ("Tramadol 55mg capsules", "tramadol", "The strength written"),
    ("Tramadol 50mg", "tramadol", "The name gives no form"),
    ("Codeine 30mg", "codeine", "The name gives no form"),
    ("Codeine 30 tablets", "codeine", "The name gives no strength"),
    ("MST 30", "morphine", "The name gives no strength"),
    ("Morphine sulfate 30mg tablets", "morphine", "No product"),
    ("Morphine 10mg capsules", "morphine", "No product"),
    ("Oxycodone 15mg tablets", "oxycodone", "No product"),
    ("Oramorph", "morphine", "The name gives no strength"),
    ("Fentanyl patches", "fentanyl", "The name gives no strength"),
    ("Fentanyl 12 or 25 patches", "fentanyl", "The name gives no strength"),
    ("Fentanyl 30micrograms/hour patches", "fentanyl", "The strength written"),
    ("Oramorph 10/5", "morphine", "The strength written"),
    ("Oxycodone 5mg/2.5mg MR tablets", "oxycodone", "The strength written"),
    ("Fentanyl 25mcg", "fentanyl", "The strength written"),
    ("Fentanyl 100 lozenges", "fentanyl", "The name gives no strength"),
    ("Buprenorphine 10mg patches", "buprenorphine", "The name gives no strength"),
    ("Tramadol 50mg and paracetamol 500mg", "tramadol", "The strength written"),
    ("Co-codamol tablets", "co-codamol", "The name gives no strength"),
    ("Co-codamol 500mg tablets", "co-codamol", "The strength written"),
    ("Codeine 30mg / Paracetamol 250mg tablets", "co-codamol", "The strength written"),
    ("Zomorph 30mg tablets", "morphine", "The form written"),
    ("Solpadeine Plus tablets", "codeine compound", "The product is known"),
    ("Gabapentin 600mg tablets and Gabapentin 300mg capsules", "gabapentin", "The product is known"),
    ("Tramadol 100mg/2ml solution for injection ampoules", "tramadol", "Injections"),
    ("Dropizol 10mg/ml oral drops", "morphine", "No product of this brand"),
    ("Syndol", "co-codamol", "The name gives no strength"),
    ("Migraleve Pink", "codeine compound", "The product is known"),
]


@pytest.mark.parametrize(("written", "label", "reason"), REFUSED)
def test_the_substance_is_known_and_the_strength_is_not_guessed(
    written: str, label: str, reason: str
) -> None:
    found = identify(name=written)
    assert (found.product, found.matched_by, found.substance) == (None, MatchedBy.SUBSTANCE_ONLY, label)
    assert found.reason.startswith(reason)
    assert found.classes


@pytest.mark.parametrize(
    "written",
    [
        "Amlodipine 5mg tablets", "Aspirin 300mg tablets", "Apomorphine 10mg/ml solution for injection",
        "Naloxone 400micrograms/1ml injection", "Kaolin and Morphine mixture", "Gabapentin 6% gel", "Aspirin 75mg",
        "Midazolam 10mg/2ml oromucosal solution", "Midazolam 10mg/2ml oromucosal solution pre-filled oral syringes",
        "Naltrexone 8mg / Bupropion 90mg modified-release tablets", "Dextromethorphan 7.5mg/5ml linctus", "", None, "()", "25",
    ],
)  # fmt: skip
def test_everything_else_is_nothing(written: str | None) -> None:
    found = identify(name=written)
    assert (found.product, found.matched_by, found.classes) == (None, MatchedBy.NOTHING, frozenset())
    assert found.reason


class TestForm:
    """Form and release are what the name says, never what is likely."""

    def test_zomorph_and_mxl_share_a_generic_but_not_an_interval(self) -> None:
        zomorph, mxl = identify(name="Zomorph 30mg capsules"), identify(name="MXL 30mg capsules")
        assert zomorph.product == mxl.product
        assert "once_daily_brand" in mxl.flags and "once_daily_brand" not in zomorph.flags
        assert (zomorph.brand, mxl.brand) == ("Zomorph", "MXL")

    def test_a_generic_whose_interval_depends_on_the_brand_says_so(self) -> None:
        assert "interval_set_by_brand" in identify(name="Morphine 30mg modified-release capsules").flags

    @pytest.mark.parametrize("strength", [30, 60, 200])
    def test_plain_morphine_capsules_have_an_unknown_release(self, strength: int) -> None:
        found = identify(name=f"Morphine {strength}mg capsules")
        assert found.product is not None and found.product.release is Release.UNKNOWN
        assert "release_uncertain" in found.flags

    def test_the_opioid_is_not_always_the_first_number(self) -> None:
        found = identify(name="Aspirin 500mg / Codeine 8mg dispersible tablets")
        assert found.product is not None and str(found.product.strength_mg_per_unit) == "8"

    def test_two_liquids_of_one_brand_differ_tenfold(self) -> None:
        weak, strong = identify(name="Oramorph 10mg/5ml"), identify(name="Oramorph 20mg/ml")
        assert weak.product is not None and strong.product is not None
        assert (weak.product.strength_mg_per_unit, strong.product.strength_mg_per_unit) == (2, 20)

    def test_a_strength_the_brand_is_not_listed_with_keeps_the_written_release(self) -> None:
        found = identify(name="Zydol 150mg XL tablets")
        assert found.product is not None and found.product.release is Release.MODIFIED
        assert {"brand_strength_not_listed", "interval_set_by_brand"} <= found.flags


class TestPatches:
    """The brand decides how long a patch is worn."""

    @pytest.mark.parametrize(
        ("written", "hours"),
        [
            ("BuTrans 20micrograms/hour patches", 168),
            ("Hapoctasin 35micrograms/hour patches", 72),
            ("Transtec 35micrograms/hour patches", 96),
            ("Matrifen 12micrograms/hour patches", 72),
            ("Buplast 35micrograms/hour patches", None),
            ("Buprenorphine 35micrograms/hour patches", None),
        ],
    )
    def test_change_interval(self, written: str, hours: int | None) -> None:
        assert identify(name=written).patch_interval_hours == hours

    def test_a_brand_whose_interval_is_not_known_says_so(self) -> None:
        found = identify(name="Buplast 35micrograms/hour patches")
        assert "patch_interval_unknown" in found.flags and found.reason
        assert found.product is not None and found.product.patch_interval_hours is None

    def test_a_date_is_not_a_strength(self) -> None:
        assert not identify(name="Tramadol 50mg capsules 01/02/2026").flags

    def test_a_bare_number_on_a_patch_is_flagged(self) -> None:
        found = identify(name="Fentanyl 25 patches")
        assert "rate_unit_assumed" in found.flags and "micrograms an hour" in found.reason


class TestDependence:
    """Methadone and buprenorphine are in two chapters."""

    @pytest.mark.parametrize(
        ("written", "dependence", "opioid", "flag"),
        [
            ("Methadone 1mg/ml oral solution", True, False, "dependence_by_name"),
            ("Methadone 5mg tablets", False, True, None),
            ("Buprenorphine 8mg sublingual tablets", True, False, "dependence_by_name"),
            ("Buprenorphine 400microgram sublingual tablets", False, True, "also_dependence_treatment"),
            ("Subutex 0.4mg sublingual tablets", True, False, None),
            ("Suboxone 8mg/2mg sublingual tablets", True, False, None),
            ("Naltrexone 50mg tablets", True, False, "dependence_by_name"),
            ("Buvidal 64mg/0.18ml prolonged-release injection", True, False, None),
            (
                "Buprenorphine 64mg/0.18ml prolonged-release solution for injection pre-filled syringes",
                True,
                False,
                None,
            ),
            ("Buprenorphine 74.2mg implant", True, False, None),
            ("Buprenorphine 300micrograms/1ml solution for injection ampoules", False, True, None),
            ("Lofexidine", True, False, None),
            ("Buprenorphine and naloxone", True, False, None),
        ],
    )
    def test_purpose(self, written: str, dependence: bool, opioid: bool, flag: str | None) -> None:
        found = identify(name=written)
        assert (MedicineClass.DEPENDENCE_TREATMENT in found.classes) is dependence
        assert (MedicineClass.OPIOID in found.classes) is opioid
        assert flag is None or flag in found.flags

    @pytest.mark.parametrize(
        "written", ["Methadone", "Methadone mixture", "Buprenorphine sublingual tablets"]
    )
    def test_an_unknown_purpose_counts_as_both(self, written: str) -> None:
        found = identify(name=written)
        assert {MedicineClass.OPIOID, MedicineClass.DEPENDENCE_TREATMENT} <= found.classes
        assert found.substance is not None and "purpose not known" in found.substance


@pytest.mark.parametrize(
    "drug", ["Morphine sulfate 10mg/1ml", "Oxycodone 10mg/1ml", "Midazolam 10mg/2ml", "Diamorphine 10mg"]
)
def test_injectables_of_the_end_of_life_are_recognised_by_name(drug: str) -> None:
    found = identify(name=f"{drug} solution for injection ampoules")
    assert MedicineClass.END_OF_LIFE_INJECTABLE in found.classes
    assert found.product is None


def test_two_medicines_in_one_name_are_both_counted() -> None:
    found = identify(name="Tramadol / pregabalin")
    assert {MedicineClass.OPIOID, MedicineClass.GABAPENTINOID} <= found.classes


def test_a_brand_of_another_medicine_takes_the_product_away_and_both_are_counted() -> None:
    found = identify(name="Pregabalin 150mg MXL capsules")
    assert (found.product, found.substance) == (None, "morphine or pregabalin")
    assert {MedicineClass.OPIOID, MedicineClass.GABAPENTINOID} <= found.classes
    assert identify(name="Ketoprofen 150mg MXL capsules").product is None


class TestStaysText:
    """Known by name and strength, and never a product to count with."""

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("Oxycodone 10mg/1ml solution for injection ampoules", "Oxycodone 10mg/1ml solution for injection ampoules"),
            ("Morphine 10mg/1ml inj", "Morphine sulfate 10mg/1ml solution for injection ampoules"),
            ("Cyclimorph 10 solution for injection 1ml ampoules", "Morphine tartrate 10mg/1ml / Cyclizine tartrate 50mg/1ml solution for injection ampoules"),
            ("Morphine 0.1% gel", "Morphine 0.1% gel"),
            ("Gabapentin 6% cream", "Gabapentin 6% cream"),
            ("Neurontin titration pack", "Gabapentin 600mg tablets and Gabapentin 300mg capsules"),
        ],
    )  # fmt: skip
    def test_by_name(self, written: str, meant: str) -> None:
        found = identify(name=written)
        assert found.product is None
        assert found.text_only is not None and found.text_only.name == meant

    @pytest.mark.parametrize(
        "written",
        ["Morphine 10mg/3ml injection", "Morphine injection", "Morphine 3% gel", "Cyclimorph injection"],
    )
    def test_a_strength_that_is_not_held_is_not_guessed(self, written: str) -> None:
        found = identify(name=written)
        assert (found.product, found.text_only) == (None, None)
        assert MedicineClass.OPIOID in found.classes

    def test_by_code(self) -> None:
        named = identify(name="Oxycodone 10mg/1ml solution for injection ampoules").text_only
        assert named is not None and named.bnf_code is not None
        coded = identify(bnf_code=named.bnf_code)
        assert (coded.product, coded.text_only) == (None, named)
        assert MedicineClass.END_OF_LIFE_INJECTABLE in coded.classes


# The same number in mg and g, or mg and mcg: one letter apart, so only a code can tell.
ONE_LETTER_APART = {
    "Morphine sulfate 1mg/5ml oral solution",
    "Morphine sulfate 1g/5ml oral solution",
    "Clonazepam 25micrograms/5ml oral solution",
    "Clonazepam 25mg/5ml oral solution",
}


@pytest.mark.parametrize("name", sorted(ONE_LETTER_APART))
def test_two_products_whose_names_are_one_letter_apart_are_told_apart_by_code_only(name: str) -> None:
    product = next(p for p in products() if p.name == name)
    assert identify(name=name).product is None
    assert identify(name=name).reason.startswith("Another strength")
    assert identify(code=product.dmd_vmp_id).product == product


@pytest.mark.parametrize(
    "product",
    [
        p
        for p in products()
        if not {"strength_missing", "mixed_pack"} & p.flags and p.name not in ONE_LETTER_APART
    ],
    ids=lambda p: p.name,
)
def test_every_product_is_recognised_by_its_own_name(product) -> None:  # type: ignore[no-untyped-def]
    found = identify(name=product.name)
    assert found.product is not None
    same = ("name", "strength_mg_per_unit", "patch_rate_microgram_per_h", "release", "unit")
    assert [getattr(found.product, each) for each in same] == [getattr(product, each) for each in same]


SPACES = st.text(" \t", min_size=1, max_size=3)


@given(
    st.sampled_from([p for p in products() if p.strength_mg_per_unit is not None]),
    st.sampled_from([str.upper, str.lower, str.title]),
    st.sampled_from(["", " (Almus Pharmaceuticals Ltd)", " (imported record)", " (100 tablets)"]),
    SPACES,
)
def test_case_spacing_and_manufacturers_change_nothing(product, case, tail: str, space: str) -> None:  # type: ignore[no-untyped-def]
    written = case(product.name).replace(" ", space) + tail
    assert _dose(identify(name=written)) == _dose(identify(name=product.name))


@given(
    st.sampled_from([p for p in products() if "microgram" in p.name]),
    st.sampled_from(["mcg", "ug", "µg", "μg", " microgram", "micrograms"]),
)
def test_every_spelling_of_microgram_is_one(product, spelling: str) -> None:  # type: ignore[no-untyped-def]
    written = re.sub("micrograms?", spelling, product.name)
    assert _dose(identify(name=written)) == _dose(identify(name=product.name))


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(identify(name=text), Identification)


def _dose(found: Identification) -> tuple[object, ...]:
    if found.product is None:
        return (found.substance,)
    return found.product.name, found.product.strength_mg_per_unit, found.product.patch_rate_microgram_per_h


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Remedeine Fte_Tab", "Co-dydramol 30mg/500mg tablets"),
        ("Remedeine_Tab", "Co-dydramol 20mg/500mg tablets"),
        ("Remedeine Xtra_Tab", None),  # a word not known after a brand whose name leaves out the strength
        ("MXL and Zomorph 60mg", "Morphine 60mg modified-release capsules"),  # two brands of one product
        ("MXL / OxyContin 60mg", None),
        ("Gabapentin 600md tablets and Gabapentin 300mg capsules", None),
        ("Oxycodone 10m / Naloxone 5mg modified-release tablets", None),
    ],
)
def test_brands_that_leave_out_the_strength_and_strengths_left_out(written: str, meant: str | None) -> None:
    found = identify(name=written)
    assert (found.product.name if found.product else None) == meant
    assert found.classes
