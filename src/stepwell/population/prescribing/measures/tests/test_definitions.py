"""Each measure over a small table of lines typed by hand, with the answer worked out by hand."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from stepwell.knowledge import supplied
from stepwell.population import engine
from stepwell.population.prescribing import tables
from stepwell.population.prescribing.measures import Direction, measure, measures
from stepwell.population.prescribing.measures.compiling import all_worths, factor_tables, sums
from stepwell.population.prescribing.measures.model import Kind

# BNF code, name, quantity of an item, items, actual cost. All of one practice.
LINES = {
    "zomorph 10": ("0407020Q0BKAAEF", "Zomorph 10mg modified-release capsules", 60, 1, "5.00"),
    "morphine mr 60": ("0407020Q0AAAIAI", "Morphine 60mg modified-release tablets", 60, 2, "20.00"),
    "morphine mr 30": ("0407020Q0AAALAL", "Morphine 30mg modified-release tablets", 60, 4, "20.00"),
    "mxl 60": ("0407020Q0BIABEH", "MXL 60mg capsules", 28, 8, "9.00"),
    "mxl 90": ("0407020Q0BIACDU", "MXL 90mg capsules", 28, 16, "9.00"),
    "mxl 120": ("0407020Q0BIADDV", "MXL 120mg capsules", 28, 32, "9.00"),
    "longtec 30": ("0407020ADBEAHAR", "Longtec 30mg modified-release tablets", 56, 64, "9.00"),
    "oxycontin 40": ("0407020ADBCACAH", "OxyContin 40mg modified-release tablets", 56, 128, "9.00"),
    "onexila 40": ("0407020ADBQACAH", "Onexila XL 40mg tablets", 28, 256, "9.00"),
    "targinact 40": ("0407020AFBBADAD", "Targinact 40mg/20mg modified-release tablets", 56, 512, "70.00"),
    "fentanyl 25": ("0407020A0AAAEAE", "Fentanyl 25micrograms/hour transdermal patches", 10, 1024, "9.00"),
    "fentanyl 37.5": ("0407020A0AABWBW", "Fentanyl 37.5microgram/hour transdermal patches", 10, 2048, "9.00"),
    "fentanyl 50": ("0407020A0AAAFAF", "Fentanyl 50micrograms/hour transdermal patches", 10, 4096, "9.00"),
    "buprenorphine 35": ("0407020B0AAAEAE", "Buprenorphine 35micrograms/hour transdermal patches", 8, 8192, "9.00"),
    "buprenorphine 52.5": ("0407020B0AAAFAF", "Buprenorphine 52.5micrograms/hour transdermal patches", 8, 16384, "9.00"),
    "tapentadol 100": ("0407020AGAAADAD", "Tapentadol 100mg modified-release tablets", 56, 32768, "9.00"),
    "tapentadol 150": ("0407020AGAAAEAE", "Tapentadol 150mg modified-release tablets", 56, 65536, "9.00"),
    "hydromorphone 8": ("040702050AAACAC", "Hydromorphone 8mg modified-release capsules", 56, 131072, "9.00"),
    "hydromorphone 16": ("040702050AAAAAA", "Hydromorphone 16mg modified-release capsules", 56, 262144, "9.00"),
    "oramorph 300": ("0407020Q0BCAGCN", "Oramorph 10mg/5ml oral solution", 300, 1, "5.00"),
    "oramorph 301": ("0407020Q0BCAGCN", "Oramorph 10mg/5ml oral solution", 301, 2, "5.00"),
    "morphine liquid 500": ("0407020Q0AACNCN", "Morphine sulfate 10mg/5ml oral solution", 500, 1, "5.00"),
    "co-codamol": ("0407010F0AAAHAH", "Co-codamol 30mg/500mg tablets", 100, 3, "4.00"),
    "co-codamol fizzy": ("0407010F0AAAFAF", "Co-codamol 30mg/500mg effervescent tablets", 100, 1, "8.00"),
    "paracetamol": ("0407010H0AAAMAM", "Paracetamol 500mg tablets", 100, 6, "2.00"),
    "co-proxamol": ("0407010Q0AAAAAA", "Co-proxamol 32.5mg/325mg tablets", 100, 1, "61.00"),
    "tramacet": ("040702040BFAAAU", "Tramacet 37.5mg/325mg tablets", 60, 1, "7.50"),
    "linctus": ("0309010C0AAAAAA", "Codeine 15mg/5ml linctus sugar free", 200, 1, "1.00"),
    "methadone": ("0410030C0AAAFAF", "Methadone 1mg/ml oral solution sugar free", 500, 1, "5.00"),
    "abstral": ("0407020A0AAAWAW", "Fentanyl 100microgram sublingual tablets sugar free", 10, 1, "49.90"),
    "gabapentin": ("0408010G0AAABAB", "Gabapentin 300mg capsules", 100, 2, "5.00"),
    "pregabalin": ("0408010AEAAAGAG", "Pregabalin 300mg capsules", 56, 1, "5.00"),
    "lyrica": ("0408010AEBBAGAG", "Lyrica 300mg capsules", 56, 1, "60.00"),
    "diazepam": ("0401020K0AAAIAI", "Diazepam 5mg tablets", 28, 2, "1.00"),
    "diazepam rectal": ("0401020K0AAAEAE", "Diazepam 10mg/2.5ml rectal solution tube", 5, 1, "1.00"),
    "diazepam injection": ("0401020K0AAACAC", "Diazepam 10mg/2ml solution for injection ampoules", 10, 1, "1.00"),
    "zopiclone": ("0401010Z0AAAAAA", "Zopiclone 7.5mg tablets", 28, 1, "1.00"),
    "melatonin": ("0401010ADAAAAAA", "Melatonin 2mg modified-release tablets", 30, 1, "9.00"),
    "ibuprofen": ("1001010J0AAAEAE", "Ibuprofen 400mg tablets sugar coated", 84, 5, "3.00"),
    "diclofenac": ("1001010C0AAAEAE", "Diclofenac sodium 50mg gastro-resistant tablets", 84, 2, "3.00"),
    "lidocaine": ("1502010J0BSAAEL", "Versatis 700mg medicated plasters", 30, 1, "72.40"),
    "deep heat": ("1003020N0BIADA0", "Deep Heat spray", 1, 1, "3.30"),
    "ibuprofen gel": ("1003020P0AAACAC", "Ibuprofen 5% gel", 100, 1, "3.30"),
    "amitriptyline": ("0403010B0AAAGAG", "Amitriptyline 10mg tablets", 28, 3, "1.00"),
    "duloxetine": ("0704020AAAAABAB", "Duloxetine 40mg gastro-resistant capsules", 56, 1, "9.00"),
}  # fmt: skip


def totals(name: str, lines: list[str], table: str | None = None) -> tuple[float, float | None]:
    """Numerator and denominator of a measure over some of the lines."""
    one = measure(name)
    table = table or factor_tables(one)[0]
    known = [supplied.resolve(*said) for said in {LINES[line][:2] for line in lines}]
    worths, _ = all_worths([one], known)
    rows = []
    for line in lines:
        code, _, quantity, items, cost = LINES[line]
        rows.append(
            {
                "practice": "Z99901", "presentation": code, "quantity": Decimal(quantity), "items": items,
                "total_quantity": Decimal(quantity * items), "actual_cost": Decimal(cost), "nic": Decimal(0),
            }
        )  # fmt: skip
    con = engine.connect()
    import ibis
    import pyarrow as pa

    held = ibis.memtable(pa.Table.from_pylist(rows, tables.LINES))
    found = con.to_pyarrow(sums(held, [each for each in worths if each.factor_table == table])).to_pylist()
    if not found:
        return 0.0, None
    return found[0]["numerator"] or 0.0, found[0]["denominator"]


LONG_ACTING = [name for name in LINES if LINES[name][3] >= 8 or name.startswith(("zomorph", "morphine mr"))]
AT_90 = (
    "morphine mr 60", "mxl 90", "mxl 120", "longtec 30", "oxycontin 40", "targinact 40", "fentanyl 37.5", "fentanyl 50",
    "buprenorphine 52.5", "tapentadol 150", "hydromorphone 16",
)  # fmt: skip
AT_120 = (
    "morphine mr 60", "mxl 120", "oxycontin 40", "targinact 40", "fentanyl 50", "buprenorphine 52.5", "tapentadol 150",
)  # fmt: skip


@pytest.mark.parametrize(("set_", "strong"), [("90", AT_90), ("120", AT_120)])
def test_high_dose_counts_each_strong_unit_and_no_other(set_: str, strong: tuple[str, ...]):
    """Items are powers of two, so that the sum tells which lines are in it."""
    above, below = totals(f"opioid_high_dose_share_{set_}", LONG_ACTING)
    assert above == sum(LINES[name][3] for name in strong)
    assert below == sum(LINES[name][3] for name in LONG_ACTING)
    assert totals(f"opioid_high_dose_items_{set_}", list(LINES))[0] == above


OME = {
    "zomorph 10": "600", "co-codamol": "900", "tramacet": "225", "linctus": "60", "methadone": "0", "fentanyl 50": "14745600",
    "buprenorphine 35": "22020096", "oramorph 300": "600", "co-proxamol": "325", "longtec 30": "161280", "paracetamol": "0",
    "gabapentin": "0", "abstral": "130", "hydromorphone 8": "293601280",
}  # fmt: skip


@pytest.mark.parametrize("line", OME)
def test_oral_morphine_equivalent_of_one_line(line: str):
    assert totals("opioid_ome", [line])[0] == pytest.approx(float(OME[line]))


def test_a_line_is_worth_what_the_table_of_its_time_says():
    assert totals("opioid_ome", ["longtec 30"], "UK-OPX-PRE2022")[0] == 64 * 56 * 30 * 2


def test_a_compound_of_two_substances_is_counted_once():
    assert totals("opioid_ome", ["co-codamol", "tramacet"])[0] == pytest.approx(900 + 225)
    assert totals("opioid_items", ["co-codamol", "tramacet"])[0] == 4


# The numerator and the denominator of each measure over all lines; None where it is per 1,000 patients.
EXPECTED = {
    "morphine_solution_mg": (300 * 2 + 602 * 2 + 500 * 2, None),
    "morphine_solution_high_quantity": (602 + 500, 300 + 602 + 500),
    "gabapentinoid_ddd": (200 / 6 + 56 + 56, None),
    "pregabalin_mg": (2 * 56 * 300, None),
    "bdz_adq": (56 * 0.5 + 28, None),
    "bdz_adq_per_item": (56 * 0.5 + 28, 3),
    "dfm_items_gabapentinoids": (4, None),
    "dfm_items_benzodiazepines": (4, None),
    "dfm_items_z_drugs": (1, None),
    "lp_fentanyl_ir": (49.90, None),
    "lp_lidocaine_plaster": (72.40, None),
    "lp_coproxamol": (61.00, None),
    "lp_oxycodone_naloxone": (70.00, None),
    "lp_tramadol_paracetamol": (7.50, None),
    "lp_rubefacients": (3.30, None),
    "nsaid_non_preferred": (2, 7),
    "soluble_paracetamol": (1, 3 + 1 + 6),
    "pain_antidepressant_items": (4, None),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_measure_over_all_lines(name: str):
    above, below = totals(name, list(LINES))
    expected_above, expected_below = EXPECTED[name]
    assert above == pytest.approx(expected_above)
    assert below == (None if expected_below is None else pytest.approx(expected_below))


def test_shares_of_the_dependence_forming_classes_add_up_to_all():
    found = {name: totals(name, list(LINES)) for name in measures() if name.startswith("dfm_mix_")}
    (below,) = {denominator for _, denominator in found.values()}
    assert sum(numerator for numerator, _ in found.values()) == below
    for name, (numerator, _) in found.items():
        assert numerator == totals(name.replace("mix", "items"), list(LINES))[0]


@pytest.mark.parametrize(
    ("brand", "generic"), [("lyrica", "pregabalin"), ("oramorph 300", "morphine liquid 500")]
)
def test_a_brand_counts_as_its_generic_does(brand: str, generic: str):
    counted = defaultdict(set)
    for name in (brand, generic):
        resolved = supplied.resolve(*LINES[name][:2])
        for worth in all_worths(measures().values(), [resolved])[0]:
            counted[name].add((worth.measure, worth.factor_table, worth.side, worth.column, worth.each))
    assert counted[brand] == counted[generic] != set()


IDS = (
    "opioid_ome opioid_high_dose_items_90 opioid_high_dose_items_120 opioid_high_dose_share_90 opioid_high_dose_share_120 gabapentinoid_ddd "
    "pregabalin_mg bdz_adq bdz_adq_per_item dfm_items_gabapentinoids dfm_items_benzodiazepines dfm_items_z_drugs dfm_items_opioids "
    "morphine_solution_mg morphine_solution_high_quantity lp_fentanyl_ir lp_lidocaine_plaster lp_coproxamol lp_oxycodone_naloxone "
    "lp_tramadol_paracetamol lp_rubefacients nsaid_non_preferred soluble_paracetamol pain_antidepressant_items"
).split()


def test_every_measure_people_ask_for_is_held():
    assert set(IDS) <= set(measures())


@pytest.mark.parametrize("name", list(measures()))
def test_what_every_measure_says_of_itself(name: str):
    one = measure(name)
    assert one.caveats
    assert one.source
    assert one.status in {"verified", "unverified"}
    assert one.quantity_per_item is None or one.quantity_per_item in measures()
    if one.upstream is None:
        assert one.status == "unverified"
    if one.numerator.column == "items" and one.kind is Kind.LIST and one.direction is Direction.NONE:
        assert one.secondary
    assert (one.kind is Kind.LIST) == (one.denominator is None)


def test_high_dose_measures_say_what_they_do_not_see_and_their_threshold():
    for name in IDS:
        if name.startswith("opioid_high_dose"):
            assert measure(name).threshold == f"{name[-3:].strip('_')} mg OME a day, at or over"
            assert any("not people" in caveat for caveat in measure(name).caveats)
