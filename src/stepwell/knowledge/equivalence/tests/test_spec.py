"""The equivalence page, section by section: every worked example as a table row. Read it beside the page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge.equivalence import (
    Equivalence,
    Method,
    Refusal,
    Supply,
    Taken,
    Total,
    band,
    bounds,
    convert,
    from_injections,
    from_patches_supplied,
    from_syringe_driver,
    from_units,
    population_total,
    shown,
    side_by_side,
    tables,
    threshold,
    total,
)
from stepwell.knowledge.equivalence.factors import factor
from stepwell.knowledge.equivalence.patches import at_rate
from stepwell.knowledge.medicines import identify
from stepwell.knowledge.medicines.model import Product

ON = date(2026, 11, 24)
DEFAULT, CDC, OLD = "SW-DEFAULT-1", "US-CDC-2022", "UK-OPX-PRE2022"


def medicine(name: str) -> Product:
    found = identify(name=name).product
    assert found is not None, name
    return found


def units(name: str, low: str, high: str | None = None, table: str = DEFAULT) -> Equivalence:
    return from_units(medicine(name), Decimal(low), Decimal(high or low), table=table)


def patch(substance: str, rate: str) -> Product:
    return medicine(f"{substance} {rate}micrograms/hour transdermal patches")


def supplied(
    substance: str, rate: str, patches: str, days: str, brand_hours: int | None = None
) -> Equivalence:
    return from_patches_supplied(
        patch(substance, rate),
        patches_supplied=Decimal(patches),
        days=Decimal(days),
        brand_interval_hours=brand_hours,
    )


# --- 1. One row a drug and route, one column a table. "-": the table does not define it, which is not zero.

# Where the page and its data differ the data are followed, as they refuse: it has no older OpenPrescribing row for
# dextropropoxyphene (page: 0.1), and calls dihydrocodeine not listed by ANZCA (page: use codeine).
COLUMNS = ["UK-FPM-2020", "UK-OPX-2025", OLD, CDC, "AU-ANZCA-2021", DEFAULT]
FACTORS = [
    ("morphine", "oral", "1 1 1 1 1 1"),
    ("codeine", "oral", "0.1 0.1 0.1 0.15 0.13 0.1"),
    ("dihydrocodeine", "oral", "0.1 0.1 0.1 - - 0.1"),
    ("tramadol", "oral", "0.1 0.1 0.1 0.2 0.2 0.1"),
    ("tapentadol", "oral", "0.4 0.4 0.4 0.4 0.3 0.4"),
    ("oxycodone", "oral", "1.5 1.5 2 1.5 1.5 1.5"),
    ("hydromorphone", "oral", "5 5 5 5 5 5"),
    ("pethidine", "oral", "- 0.1 0.1 - - 0.1"),
    ("meptazinol", "oral", "- 0.03 0.03 - - 0.03"),
    ("dipipanone", "oral", "- 0.5 0.5 - - 0.5"),
    ("pentazocine", "oral", "- 0.37 0.37 - - 0.37"),
    ("dextropropoxyphene", "oral", "- 0.1 - - 0.1 0.1"),
    ("buprenorphine", "sublingual", "- 60 60 - 40 60"),
    ("fentanyl", "buccal", "- 130 130 - - 130"),
    ("fentanyl", "sublingual", "- 130 130 - - 130"),
    ("fentanyl", "nasal", "- 160 - - - 160"),
    ("morphine", "parenteral", "- 2 - - 3 2"),
    ("diamorphine", "parenteral", "- 3.3 - - - 3.3"),
    ("oxycodone", "parenteral", "- 3 - - 3 3"),
]


@pytest.mark.parametrize(("substance", "route", "values"), FACTORS, ids=[" ".join(r[:2]) for r in FACTORS])
def test_1_factors_of_every_table(substance: str, route: str, values: str) -> None:
    held = [factor(table, substance, route) for table in COLUMNS]
    assert [str(row.value) if row else "-" for row in held] == values.split()


@pytest.mark.parametrize(
    ("substance", "values"), [("buprenorphine", "48 48 48 - 40 48"), ("fentanyl", "48 48 48 48 60 48")]
)
def test_1_patches_of_every_table_at_20_micrograms_an_hour(substance: str, values: str) -> None:
    # The table per mg released, and the one that excludes buprenorphine, say the same as the page's 2.4 and "excluded".
    found = [at_rate(substance, "transdermal", Decimal(20), table) for table in COLUMNS]
    assert [format(e.ome_max.normalize(), "f") if e.ome_max else "-" for e in found] == values.split()


@pytest.mark.parametrize(("table", "per_mg"), [("UK-OPX-2025", "3"), (OLD, "3"), (CDC, "4.7")])
def test_1_methadone_has_a_factor_in_some_tables_and_never_for_a_person(table: str, per_mg: str) -> None:
    row = factor(table, "methadone", "oral")
    assert row is not None and row.value == Decimal(per_mg)
    assert units("Methadone 5mg tablets", "2", table=table).refusal is Refusal.NEVER


def test_1_the_default_needs_sign_off() -> None:
    assert next(each for each in tables() if each.id == DEFAULT).status == "unverified"


def test_2_old_national_totals_are_compared_by_three_quarters_of_their_oxycodone() -> None:
    then, now = (factor(table, "oxycodone", "oral") for table in (OLD, DEFAULT))
    assert then is not None and now is not None and then.value is not None and now.value is not None
    assert now.value / then.value == Decimal("0.75")


# --- 3. Formulas per form.

FORMS = [
    ("Oxycodone 20mg modified-release tablets", "2", "60", "2 tablet x 20 mg x 1.5 = 60 mg"),
    ("Co-codamol 15mg/500mg tablets", "8", "12", "8 tablet x 15 mg x 0.1 = 12 mg"),
    ("Morphine sulfate 10mg/5ml oral solution", "10", "20", "10 ml x 2 mg x 1 = 20 mg"),
    ("Morphine sulfate 20mg/ml oral solution", "10", "200", "10 ml x 20 mg x 1 = 200 mg"),
    ("Buprenorphine 15micrograms/hour transdermal patches", "1", "36", "15 microgram/h x 2.4 = 36 mg"),
    ("Buprenorphine 200microgram sublingual tablets", "3", "36", "3 tablet x 0.2 mg x 60 = 36 mg"),
    ("Fentanyl 200microgram lozenges", "1", "26", "1 lozenge x 0.2 mg x 130 = 26 mg"),
]


@pytest.mark.parametrize(("name", "a_day", "ome", "formula"), FORMS, ids=[row[0] for row in FORMS])
def test_3_units_a_day(name: str, a_day: str, ome: str, formula: str) -> None:
    found = units(name, a_day)
    assert (found.ome_min, found.ome_max) == (Decimal(ome), Decimal(ome))
    assert (found.formula, found.table) == (formula, DEFAULT)
    assert found.factor is not None and found.method is not None
    assert {each.name for each in found.inputs} >= {"substance", "route", "factor"}


def test_3_patches_by_quantity() -> None:
    found = supplied("Fentanyl", "25", "10", "30")
    assert found.ome_max == 60
    assert found.formula == "10 patches x 25 microgram/h x 72 h x 2.4 / 24 = 1800 mg / 30 days = 60 mg"


def test_3_a_fentanyl_12_patch_by_both_methods() -> None:
    by_lookup = convert(patch("Fentanyl", "12"), patch_mcg_per_hour=Decimal(12))
    by_supply = supplied("Fentanyl", "12", "1", "3")
    assert (by_lookup.ome_max, by_lookup.method) == (30, Method.PUBLISHED)
    assert by_lookup.other_method == "patch rate x factor: 12 microgram/h x 2.4 = 28.8 mg"
    assert (by_supply.ome_max, by_supply.method) == (Decimal("28.8"), Method.PATCH_QUANTITY)
    assert "= 86.4 mg / 3 days" in by_supply.formula


def test_3_injections() -> None:
    assert from_injections("morphine", Decimal(20), Decimal(20)).formula == "20 mg injected x 2 = 40 mg"
    oxycodone = from_injections("oxycodone", Decimal(10), Decimal(10))
    assert (oxycodone.ome_max, "sources_disagree" in oxycodone.flags) == (30, True)


def test_3_a_syringe_driver_is_text() -> None:
    found = from_syringe_driver("morphine", Decimal(20))
    assert (found.convertible, found.ome_max, found.flags) == (False, None, {"palliative"})
    assert found.reason == "Morphine 20 mg over 24 hours in a syringe driver: shown as text, not converted."


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("Buprenorphine 200microgram sublingual tablets", {"wide_uncertainty"}),
        ("Fentanyl 200microgram lozenges", {"analytic_only", "cancer_or_palliative_use"}),
        ("Fentanyl 100microgram sublingual tablets", {"analytic_only", "cancer_or_palliative_use"}),
    ],
)
def test_3_flags(name: str, flags: set[str]) -> None:
    assert units(name, "1").flags >= flags


CODEINE_60_FOUR_TIMES = Taken("codeine", medicine("Codeine 60mg tablets"), units=(Decimal(4), Decimal(4)))
FENTANYL_25 = Taken("fentanyl", patch("Fentanyl", "25"), patch_mcg_per_hour=Decimal(25))


def test_3_whole_person() -> None:
    found = side_by_side([CODEINE_60_FOUR_TIMES, FENTANYL_25]).under(DEFAULT)
    assert [part.ome_max for part in found.parts] == [24, 60]
    assert (found.total.ome_max, found.band) == (84, band(Decimal(50)))


def test_3_as_needed_doses_are_a_part_of_their_own() -> None:
    needed = Taken(
        "morphine",
        medicine("Morphine sulfate 10mg/5ml oral solution"),
        daily_mg=(Decimal(0), Decimal(60)),
        as_needed=True,
    )
    found = side_by_side([CODEINE_60_FOUR_TIMES, needed]).under(DEFAULT)
    said = shown(found.total, on=ON, as_needed=found.as_needed)
    assert said.short == "OME 24-84 (as-needed part 0-60)"


def test_3_populations_go_by_quantity() -> None:
    found = population_total(
        [
            Supply(Decimal(10), patch("Fentanyl", "25")),  # 72 h
            Supply(Decimal(4), patch("Buprenorphine", "20")),  # 168 h
            Supply(Decimal(10), patch("Buprenorphine", "35")),  # 96 h, though the brand is not known
            Supply(Decimal(5), substance="morphine", route="parenteral", mg_per_unit=Decimal(10)),
            Supply(Decimal(100), medicine("Methadone 5mg tablets")),
            Supply(Decimal(100), medicine("Methadone 1mg/ml oral solution")),  # 0410
        ]
    )
    assert found.ome_mg == 1800 + 1344 + 3360 + 100 + 1500
    assert (found.table, found.excluded, found.at_least) == ("UK-OPX-2025", 1, False)
    assert found.sums[-1] == "methadone: 100 x 5 x 3 = 1500 mg"


# --- 4. Published patch values, the sum of them, and other sources' bounds.

FENTANYL = {"12": "30", "25": "60", "37.5": "90", "50": "120", "75": "180", "100": "240"}
BUPRENORPHINE = {"5": "12", "10": "24", "15": "36", "20": "48", "35": "84", "52.5": "126", "70": "168"}
BY_ARITHMETIC = {("fentanyl", "37.5"), ("buprenorphine", "15")}
PATCHES = [("fentanyl", *each) for each in FENTANYL.items()] + [
    ("buprenorphine", *each) for each in BUPRENORPHINE.items()
]


@pytest.mark.parametrize(("substance", "rate", "ome"), PATCHES)
def test_4_published_values(substance: str, rate: str, ome: str) -> None:
    found = at_rate(substance, "transdermal", Decimal(rate), "UK-FPM-2020")
    assert (found.ome_max, found.method) == (Decimal(ome), Method.PUBLISHED)
    assert (found.status == "unverified") == ((substance, rate) in BY_ARITHMETIC)
    assert at_rate(substance, "transdermal", Decimal(rate), DEFAULT).ome_max == Decimal(ome)


@pytest.mark.parametrize("rate", ["62", "62.5"])
def test_4_a_combination_is_the_sum_of_its_patches(rate: str) -> None:
    found = convert(patch("Fentanyl", "50"), patch_mcg_per_hour=Decimal(rate))
    assert (found.ome_max, found.method) == (150, Method.PUBLISHED_SUM)


@pytest.mark.parametrize(
    ("rate", "said"),
    [("12", {("UK-MHRA-2020", None, 45), ("UK-SCOT-PALL", 30, 60)}), ("25", {("UK-SCOT-PALL", 60, 90)})],
)
def test_4_bounds_are_shown_and_not_used(rate: str, said: set[tuple[str, int | None, int]]) -> None:
    assert {(each.table, each.low, each.high) for each in bounds("fentanyl", Decimal(rate))} == said


# --- 5. Never converted.


@pytest.mark.parametrize(
    ("taken", "refusal"),
    [
        (
            Taken("methadone", medicine("Methadone 5mg tablets"), units=(Decimal(2), Decimal(2))),
            Refusal.NEVER,
        ),
        (
            Taken(
                "drug service", medicine("Methadone 1mg/ml oral solution"), units=(Decimal(60), Decimal(60))
            ),
            Refusal.NEVER,
        ),
        (
            Taken("gabapentin", medicine("Gabapentin 300mg capsules"), units=(Decimal(3), Decimal(3))),
            Refusal.NOT_AN_OPIOID,
        ),
        (Taken("unknown strength", reason="the strength is not known"), Refusal.NOT_KNOWN),
        (Taken("as directed", medicine("Codeine 30mg tablets")), Refusal.NOT_KNOWN),
    ],
    ids=lambda each: getattr(each, "name", str(each)),
)
def test_5_never_converted_and_at_least(taken: Taken, refusal: Refusal) -> None:
    for found in side_by_side([FENTANYL_25, taken]).by_table:
        assert found.parts[1].refusal is refusal
        assert found.parts[1].ome_max is None and found.parts[1].reason
    figure = shown(side_by_side([FENTANYL_25, taken]).under(DEFAULT).total, on=ON).figure
    assert figure == ("60" if refusal is Refusal.NOT_AN_OPIOID else "at least 60")


@pytest.mark.parametrize("substance", ["alfentanil", "nalbuphine", "dextromoramide", "papaveretum"])
def test_5_some_have_a_value_for_populations_only(substance: str) -> None:
    assert from_injections(substance, Decimal(1), Decimal(1), table="UK-OPX-2025").refusal is Refusal.NEVER
    route = "oral" if substance == "dextromoramide" else "parenteral"
    one = Supply(Decimal(1), substance=substance, route=route, mg_per_unit=Decimal(1))
    assert population_total([one]).ome_mg is not None


def test_5_naloxone_is_ignored_and_the_oxycodone_counts() -> None:
    found = units("Oxycodone 10mg / Naloxone 5mg modified-release tablets", "2")
    assert found.ome_max == 30
    assert any(each.name == "not counted" and "aloxone" in each.value for each in found.inputs)


# --- 6. Thresholds. Bands include their lower end; ">120" and ">=120" differ at 120 exactly.


@pytest.mark.parametrize(
    ("ome", "label"),
    [
        ("49.9", "under 50"),
        ("50", "50 to under 90"),
        ("84", "50 to under 90"),
        ("89.9", "50 to under 90"),
        ("90", "90 to under 120"),
        ("116", "90 to under 120"),
        ("120", "120 to under 300"),
        ("300", "300 or more"),
    ],
)
def test_6_bands(ome: str, label: str) -> None:
    assert band(Decimal(ome)).label == label


@pytest.mark.parametrize(
    ("name", "value", "since", "until"),
    [
        ("band_50", 50, "2022-11", None),
        ("high_90", 90, "2025-11", None),
        ("legacy_120", 120, None, "2025-11"),
        ("specialist_300", 300, None, None),
    ],
)
def test_6_lines_are_dated(name: str, value: int, since: str | None, until: str | None) -> None:
    line = threshold(name)
    assert (line.value, line.operator, line.effective_from, line.effective_to) == (value, ">=", since, until)


# --- 7. Sensitivity between tables.


def test_7_tramadol_and_codeine_change_band() -> None:
    found = side_by_side(
        [
            Taken("tramadol", medicine("Tramadol 50mg capsules"), daily_mg=(Decimal(400), Decimal(400))),
            Taken("codeine", medicine("Codeine 30mg tablets"), daily_mg=(Decimal(240), Decimal(240))),
        ]
    )
    ours, theirs = found.under(DEFAULT), found.under(CDC)
    assert [part.ome_max for part in ours.parts] == [40, 24] and ours.total.ome_max == 64
    assert [part.ome_max for part in theirs.parts] == [80, 36] and theirs.total.ome_max == 116
    assert ours.band == band(Decimal(50)) and theirs.band == band(Decimal(90))
    assert found.threshold_class_differs is True


def test_7_oxycodone_80_is_120_by_both_and_160_by_the_old_factor() -> None:
    oxycodone = medicine("Oxycodone 20mg modified-release tablets")
    found = side_by_side([Taken("oxycodone", oxycodone, daily_mg=(Decimal(80), Decimal(80)))])
    assert [found.under(each).total.ome_max for each in (DEFAULT, CDC, OLD)] == [120, 120, 160]
    assert found.threshold_class_differs is False
    line = threshold("legacy_120")
    assert line.reached_by(Decimal(120)) and not Decimal(120) > line.value  # met only because of >=


def test_7_buprenorphine_is_not_defined_which_raises_no_flag() -> None:
    found = side_by_side(
        [Taken("buprenorphine", patch("Buprenorphine", "20"), patch_mcg_per_hour=Decimal(20))]
    )
    assert found.under(CDC).not_defined == ("buprenorphine",)
    assert found.under(CDC).total.ome_max is None  # not zero
    assert found.threshold_class_differs is None


# --- 8. Display.


@pytest.mark.parametrize(
    ("low", "high", "at_least", "figure", "label"),
    [
        ("60", "60", False, "60", "50 to under 90"),
        ("60", "60", True, "at least 60", "50 to under 90 or higher"),
        ("16.5", "16.5", False, "17", "under 50"),
        ("89.6", "89.6", False, "90 (89.6)", "50 to under 90"),
        ("90.4", "90.4", False, "90 (90.4)", "90 to under 120"),
        ("88.9", "88.9", False, "89", "50 to under 90"),
        ("24", "84", False, "24-84", "50 to under 90 (under 50 at the minimum)"),
        ("12", "24", False, "12-24", "under 50"),
        ("400", "400", True, "at least 400", "300 or more"),
    ],
)
def test_8_what_people_read(low: str, high: str, at_least: bool, figure: str, label: str) -> None:
    said = shown(Total(Decimal(low), Decimal(high), at_least, (), DEFAULT), on=ON)
    assert (said.figure, said.band) == (figure, label)
    assert said.sentence == (
        f"{figure} mg oral morphine equivalent a day, band {label} (thresholds TH-1), "
        "table SW-DEFAULT-1, 24 November 2026"
    )


def test_8_nothing_converted_is_not_known() -> None:
    said = shown(total([units("Methadone 5mg tablets", "2")]), on=ON)
    assert said.sentence == "OME not known, 24 November 2026"
    assert said.not_in_it == ("Methadone is never converted for a person. A specialist must judge the dose.",)


def test_8_a_range_from_text_is_a_range() -> None:
    found = units("Codeine 30mg tablets", "4", "8")
    assert found.formula == "4 to 8 tablet x 30 mg x 0.1 = 12 to 24 mg"
    assert shown(total([found]), on=ON).figure == "12-24"


def test_8_an_as_needed_part_belongs_to_its_whole() -> None:
    whole, more = (
        Total(Decimal(0), Decimal(20), False, (), DEFAULT),
        Total(Decimal(0), Decimal(30), False, (), DEFAULT),
    )
    with pytest.raises(StepwellError, match="more than the whole"):
        shown(whole, on=ON, as_needed=more)
    with pytest.raises(StepwellError, match="one factor table"):
        shown(more, on=ON, as_needed=Total(Decimal(0), Decimal(1), False, (), CDC))


# --- 9. Traps: what is right, and that it is not what is wrong.

TRAPS = [
    ("patch divided by interval", units("Buprenorphine 20micrograms/hour transdermal patches", "1"), "48"),
    ("patch quantity without interval", supplied("Buprenorphine", "20", "4", "28"), "48"),
    ("mg of the other ingredient", units("Co-codamol 15mg/500mg tablets", "1"), "1.5"),
    ("microgram read as mg", units("Fentanyl 25micrograms/hour transdermal patches", "1"), "60"),
    ("concentrate: 5 ml of 20mg/ml", units("Morphine sulfate 20mg/ml oral solution", "5"), "100"),
    ("40 mg on a 20 mg tablet is two", units("Oxycodone 20mg modified-release tablets", "2"), "60"),
    ("two patches, 50 and 25", convert(patch("Fentanyl", "50"), patch_mcg_per_hour=Decimal(75)), "180"),
    ("tramadol as needed", units("Tramadol 50mg capsules", "0", "8"), "40"),
    ("old oxycodone: 40 mg", units("Oxycodone 20mg modified-release tablets", "2"), "60"),
    ("brand interval: Hapoctasin 35", supplied("Buprenorphine", "35", "10", "30", brand_hours=72), "84"),
    ("and by a 96 hour brand", supplied("Buprenorphine", "35", "10", "30", brand_hours=96), "112"),
]


@pytest.mark.parametrize(("found", "right"), [row[1:] for row in TRAPS], ids=[row[0] for row in TRAPS])
def test_9_traps(found: Equivalence, right: str) -> None:
    assert found.ome_max == Decimal(right)


def test_9_an_interval_nobody_knows_is_refused() -> None:
    found = supplied("Buprenorphine", "35", "10", "30")
    assert found.refusal is Refusal.NOT_KNOWN and "brand's interval is not known" in found.reason
