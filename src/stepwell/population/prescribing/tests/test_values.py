"""Values, areas, percentiles, deciles and sums over three months, beside the same worked out over plain lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.base.errors import StepwellError
from stepwell.population import engine
from stepwell.population.lake import Lake, writing
from stepwell.population.prescribing import derived, importing, values
from stepwell.population.prescribing.areas import Level
from stepwell.population.prescribing.kept import Kept
from stepwell.population.prescribing.measures import measure, measures, read_measure
from stepwell.population.prescribing.tests import oracle
from stepwell.population.prescribing.tests.files import (
    GABAPENTIN,
    MORPHINE_60,
    ORAMORPH,
    STATIN,
    ZOMORPH,
    Row,
    lake_of,
    list_file,
    month_file,
    pdpi_file,
    practices_file,
)
from stepwell.population.prescribing.tests.oracle import Seen
from stepwell.population.prescribing.tests.test_organisations_ods import practice
from stepwell.population.prescribing.values import Asked

SHARE, LISTED = "opioid_high_dose_share_90", "opioid_high_dose_items_90"
MONTHS = ("2026-05", "2026-06", "2026-07")


def lake_with(folder: Path, seen: list[Seen]) -> Lake:
    """A lake of files that say this. ``below`` items in all, ``above`` of them of a high dose."""
    files = []
    for month in sorted({each.month for each in seen}):
        rows = [row for each in seen if each.month == month for row in rows_of(each)]
        files.append(month_file(folder, rows, name=f"EPD_{month}.csv"))
        sizes = {
            each.practice: each.patients for each in seen if each.month == month and each.patients is not None
        }
        if sizes:
            files.append(list_file(folder, sizes, day=f"{month}-01", name=f"reg-{month}.csv"))
    return lake_of(folder, *files)


def rows_of(each: Seen) -> list[Row]:
    usual = Row(
        practice=each.practice, month=each.month, sub_icb=f"{each.sub_icb}00", icb=each.icb, quantity="56"
    )
    rows = [replace(usual, product=STATIN, items="1")]
    if each.above:
        rows.append(replace(usual, product=MORPHINE_60, items=str(each.above)))
    if each.below - each.above:
        rows.append(replace(usual, product=ZOMORPH, items=str(each.below - each.above)))
    return rows


def found(lake: Lake, asked: Asked) -> dict[tuple[str, str], dict[str, Any]]:
    with lake.pin() as snapshot:
        table = values.values(snapshot, engine.connect(), asked)
    assert table.schema == values.VALUES
    return {(row["month"], row["organisation"]): row for row in table.to_pylist()}


def agree(
    lake: Lake, seen: list[Seen], name: str, level: Level, *, then: bool = False, smoothed: bool = False
) -> None:
    told = found(lake, Asked(measure(name), level, then=then, smoothed=smoothed))
    truth = oracle.values(seen, level.value, by_list=name == LISTED, then=then, smoothed=smoothed)
    assert set(told) == set(truth)
    for key, row in told.items():
        for column in ("numerator", "denominator", "value", "percentile"):
            expected = getattr(truth[key], column)
            assert row[column] == (None if expected is None else pytest.approx(float(expected))), (
                key,
                column,
            )
        assert row["without_list_size"] == truth[key].without


def a_practice(number: int) -> st.SearchStrategy[list[Seen]]:
    """One practice over the months it was open in; its location may change once, and an ICB takes in another."""

    def of(drawn: tuple[int, int, list[tuple[int, int, int | None]], int]) -> list[Seen]:
        opened, place, counts, moves = drawn
        told = []
        for index, (above, more, patients) in enumerate(counts):
            if index < opened or (moves == 3 and index == len(MONTHS) - 1):
                continue
            merged = place == 1 and index == len(MONTHS) - 1
            told.append(
                Seen(
                    MONTHS[index], f"Z9{number:04d}", above, above + more, patients,
                    f"9{place}Z", "QAA" if merged else f"Q{'ABC'[place]}A",
                )
            )  # fmt: skip
        return told

    # Few different numbers, so that there are ties.
    count = st.tuples(
        st.integers(0, 3), st.sampled_from([0, 0, 1, 5]), st.sampled_from([None, 0, 1000, 2000, 4000])
    )
    return st.tuples(
        st.integers(0, 2), st.integers(0, 2), st.lists(count, min_size=3, max_size=3), st.integers(0, 3)
    ).map(of)


neighbourhoods = (
    st.tuples(*(a_practice(number) for number in range(6)))
    .map(lambda each: [one for some in each for one in some])
    .filter(lambda seen: {each.month for each in seen} == set(MONTHS))
)


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(seen=neighbourhoods)
def test_values_are_those_worked_out_over_lists(tmp_path_factory: pytest.TempPathFactory, seen: list[Seen]):
    lake = lake_with(tmp_path_factory.mktemp("lake"), seen)
    for name in (SHARE, LISTED):
        for level in (Level.PRACTICE, Level.SUB_ICB, Level.ICB, Level.ENGLAND):
            agree(lake, seen, name, level)
        agree(lake, seen, name, Level.ICB, then=True)
        agree(lake, seen, name, Level.PRACTICE, smoothed=True)
        agree(lake, seen, name, Level.SUB_ICB, smoothed=True)


# Two locations in two ICBs; the second ICB goes into the first in July, when the practice Z90004 had closed.
FIXED = [
    Seen(month, f"Z9000{n}", above, below, patients, f"9{n % 2}Z", "QAA" if n % 2 == 0 or month == "2026-07" else "QBA")
    for month in MONTHS
    for n, above, below, patients in (
        (0, 6, 62, 1000), (1, 4, 34, 2000), (2, 0, 7, None), (3, 0, 0, 4000), (5, 1, 10, 0),
    )
] + [Seen("2026-05", "Z90007", 2, 9, 3000, "91Z", "QBA")]  # fmt: skip


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    return lake_with(tmp_path_factory.mktemp("fixed"), FIXED)


@pytest.mark.parametrize("name", [SHARE, LISTED])
@pytest.mark.parametrize("level", [Level.PRACTICE, Level.SUB_ICB, Level.ICB, Level.ENGLAND])
def test_a_fixed_neighbourhood_agrees_too(fixed: Lake, name: str, level: Level):
    agree(fixed, FIXED, name, level)


def test_an_area_is_the_sum_over_the_sum_and_never_a_mean_of_ratios(fixed: Lake):
    july = found(fixed, Asked(measure(SHARE), Level.ENGLAND))["2026-07", "ENGLAND"]
    assert (july["numerator"], july["denominator"]) == (11.0, 113.0)
    assert july["value"] == pytest.approx(11 / 113)
    assert july["practices"] == 5


def test_no_items_of_it_is_zero_and_no_list_size_is_no_value(fixed: Lake):
    told = found(fixed, Asked(measure(LISTED)))
    none_of_it, no_list, empty_list = (told["2026-07", f"Z9000{n}"] for n in (3, 2, 5))
    assert (none_of_it["numerator"], none_of_it["value"]) == (0.0, 0.0)
    assert (no_list["numerator"], no_list["denominator"], no_list["value"], no_list["percentile"]) == (
        0.0,
        None,
        None,
        None,
    )
    assert (empty_list["denominator"], empty_list["value"], empty_list["percentile"]) == (0.0, None, None)


def test_nothing_of_the_denominator_is_no_value(fixed: Lake):
    share = found(fixed, Asked(measure(SHARE)))["2026-07", "Z90003"]
    assert (share["numerator"], share["denominator"], share["value"], share["percentile"]) == (
        0.0,
        0.0,
        None,
        None,
    )


def test_a_closed_practice_has_no_row_after_it_closed(fixed: Lake):
    assert {month for month, code in found(fixed, Asked(measure(SHARE))) if code == "Z90007"} == {"2026-05"}


def test_a_merged_icb_has_the_history_of_both_as_now_and_its_own_as_then(fixed: Lake):
    now = found(fixed, Asked(measure(SHARE), Level.ICB))
    assert {code for _, code in now} == {"QAA"}
    assert now["2026-05", "QAA"]["denominator"] == 122.0
    then = found(fixed, Asked(measure(SHARE), Level.ICB, then=True))
    assert {code for month, code in then if month == "2026-05"} == {"QAA", "QBA"}
    assert then["2026-05", "QBA"]["denominator"] == 53.0


def test_a_practice_that_merged_counts_with_its_heir_in_every_month_but_not_as_then(tmp_path: Path):
    seen = [
        Seen("2026-05", "Z90001", 2, 10, 1000, "90Z", "QAA"),
        Seen("2026-05", "Z90002", 3, 10, 3000, "90Z", "QAA"),
        Seen("2026-06", "Z90002", 6, 20, 4000, "90Z", "QAA"),
    ]
    lake = lake_with(tmp_path, seen)
    listed = tmp_path / "organisations.json"
    listed.write_text(
        json.dumps({"orgArray": [practice("Z90001", successor=[{"code": "Z90002"}]), practice("Z90002")]})
    )
    importing.import_file(lake, listed)
    now = found(lake, Asked(measure(LISTED)))
    assert {code for _, code in now} == {"Z90002"}
    both = now["2026-05", "Z90002"]
    assert (both["numerator"], both["denominator"], both["practices"]) == (5.0, 4.0, 2)
    then = found(lake, Asked(measure(LISTED), then=True))
    assert (then["2026-05", "Z90001"]["numerator"], then["2026-05", "Z90002"]["numerator"]) == (2.0, 3.0)


def test_three_months_are_summed_only_where_all_three_are_there(fixed: Lake):
    told = found(fixed, Asked(measure(SHARE), smoothed=True))
    assert told["2026-06", "Z90000"]["value"] is None
    assert told["2026-07", "Z90000"]["denominator"] == 186.0


def table_of(values_: list[Fraction | None]) -> pa.Table:
    rows = [{"month": "2026-07", "value": None if each is None else float(each)} for each in values_]
    return pa.Table.from_pylist(rows, pa.schema([("month", pa.string()), ("value", pa.float64())]))


@given(st.lists(st.one_of(st.none(), st.fractions(0, 9, max_denominator=20)), min_size=1, max_size=40))
def test_deciles_lie_on_straight_lines_between_places(drawn: list[Fraction | None]):
    known = [each for each in drawn if each is not None]
    rows = values.centiles(table_of(drawn)).to_pylist()
    assert len(rows) == (9 if known else 0)
    for tenth, row in enumerate(rows, start=1):
        assert row["value"] == pytest.approx(float(oracle.decile(known, tenth)))
        assert (row["centile"], row["organisations"]) == (tenth / 10, len(known))


def test_practices_of_another_setting_count_for_nobody(tmp_path: Path):
    rows = [Row(practice=code, product=MORPHINE_60) for code in ("Z90001", "Z90002", "Z90003")]
    listed = [
        {"code": "Z90001"},
        {"code": "Z90002", "setting": "13"},
        {"code": "Z90004", "status": "C", "closed": "20200101"},
    ]
    lake = lake_of(tmp_path, practices_file(tmp_path, listed), month_file(tmp_path, rows))
    assert {code for _, code in found(lake, Asked(measure(SHARE)))} == {"Z90001"}
    england = found(lake, Asked(measure(SHARE), Level.ENGLAND))["2026-07", "ENGLAND"]
    assert england["denominator"] == 2.0


def test_pcns_are_not_known_without_a_list_and_never_as_then(tmp_path: Path):
    lake = lake_of(tmp_path, month_file(tmp_path, [Row()]))
    with pytest.raises(StepwellError, match="PCN is not known"):
        found(lake, Asked(measure(SHARE), Level.PCN))
    with pytest.raises(StepwellError, match="which PCN a practice was in at the time"):
        found(lake, Asked(measure(SHARE), Level.PCN, then=True))


def test_large_quantities_have_no_value_in_months_already_summed(tmp_path: Path):
    summed = pdpi_file(tmp_path, [Row(month="2026-06", product=ORAMORPH, items="1", total="500")])
    whole = month_file(tmp_path, [Row(product=ORAMORPH, quantity="500", items="1")])
    lake = lake_of(tmp_path, summed, whole)
    assert {month for month, _ in found(lake, Asked(measure("morphine_solution_high_quantity")))} == {
        "2026-07"
    }
    assert {month for month, _ in found(lake, Asked(measure("morphine_solution_mg")))} == {
        "2026-06",
        "2026-07",
    }


def test_a_lake_without_prescribing_says_what_to_import(tmp_path: Path):
    with pytest.raises(StepwellError) as refused:
        found(lake_of(tmp_path, list_file(tmp_path, {"Z90001": 5})), Asked(measure(SHARE)))
    assert "stepwell prescribing import" in str(refused.value.next_step)


OWN = {
    "id": "own_gabapentin", "version": 1, "title": "Gabapentin items", "plain": "Items of gabapentin in any strength.", "unit": "items",
    "direction": "none", "family": "gabapentinoids", "numerator": {"sum": "items", "of": {"bnf": ["0408010G0"]}}, "denominator": "list_size",
    "caveats": ["Made up."], "valid_from": "2026-11", "review": "2027-11", "source": "a member", "status": "unverified",
}  # fmt: skip


def test_a_measure_somebody_made_is_worked_out_from_the_rows(tmp_path: Path):
    rows = [Row(product=GABAPENTIN, items="3"), Row(product=MORPHINE_60)]
    lake = lake_of(tmp_path, list_file(tmp_path, {"Z99901": 2000}), month_file(tmp_path, rows))
    told = found(lake, Asked(read_measure(OWN)))["2026-07", "Z99901"]
    assert (told["numerator"], told["denominator"], told["value"]) == (3.0, 2.0, 1.5)


@pytest.mark.parametrize("name", ["opioid_ome", SHARE, "bdz_adq", "morphine_solution_high_quantity"])
def test_months_kept_under_another_version_are_worked_out_from_their_rows(
    fixed: Lake, name: str, monkeypatch: pytest.MonkeyPatch
):
    before = found(fixed, Asked(measure(name)))
    monkeypatch.setattr(derived, "version", lambda: "prx-another")
    assert found(fixed, Asked(measure(name))) == before


def test_the_next_import_works_out_anew_what_is_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lake = lake_of(tmp_path, month_file(tmp_path, [Row()], name="EPD_202607.csv"))
    monkeypatch.setattr(derived, "version", lambda: "prx-another")
    done = importing.import_file(lake, month_file(tmp_path, [Row(month="2026-08")], name="EPD_202608.csv"))
    assert done.derived.months == 2
    assert {load.derived for load in lake.current().public} == {"prx-another"}
    assert derived.rederive(lake, importing.Silent()).months == 0


def test_a_reader_who_holds_a_version_does_not_stand_in_the_way_of_going_back_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lake = lake_of(tmp_path, month_file(tmp_path, [Row()]))
    first = derived.version()
    with lake.pin():
        for version in ("prx-another", first):
            monkeypatch.setattr(derived, "version", lambda version=version: version)
            assert derived.rederive(lake, importing.Silent()).months == 1
    assert {load.derived for load in lake.current().public} == {first}
    assert found(lake, Asked(measure("opioid_items")))


def test_a_reader_sees_the_month_it_began_with_while_it_is_replaced_and_taken_out(tmp_path: Path):
    asked = Asked(measure("opioid_items"), Level.ENGLAND)
    lake = lake_of(tmp_path, month_file(tmp_path, [Row(items="2")]))
    con = engine.connect()
    with lake.pin() as snapshot:
        importing.import_file(lake, month_file(tmp_path, [Row(items="3")]))
        importing.import_file(lake, month_file(tmp_path, [Row(items="4")]))
        with writing(lake) as writer:
            writer.withdraw_public("month", "2026-07")
        (row,) = values.values(snapshot, con, asked).to_pylist()
        assert row["numerator"] == 2.0
    with writing(lake):
        pass
    assert not list((lake.path / "loads").iterdir())


def test_tables_of_factors_are_never_mixed_and_another_is_asked_for_by_name(tmp_path: Path):
    oxycodone = ("0407020ADAAACAC", "Oxycodone 5mg capsules")
    lake = lake_of(tmp_path, month_file(tmp_path, [Row(product=oxycodone, quantity="10", items="1")]))
    usual = found(lake, Asked(measure("opioid_ome"), Level.ENGLAND))["2026-07", "ENGLAND"]
    then = found(lake, Asked(measure("opioid_ome"), Level.ENGLAND, "UK-OPX-PRE2022"))["2026-07", "ENGLAND"]
    assert (usual["numerator"], then["numerator"]) == (75.0, 100.0)
    with pytest.raises(StepwellError, match="no factor table"):
        Asked(measure("opioid_ome"), factor_table="NOT-ONE").table()
    with pytest.raises(StepwellError, match="uses no table of factors"):
        Asked(measure(SHARE), factor_table="UK-OPX-PRE2022").table()


def test_the_same_asked_twice_is_worked_out_once_and_anew_for_another_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lake = lake_of(tmp_path, month_file(tmp_path, [Row(items="2")]))
    asked = Asked(measure("opioid_items"), Level.ENGLAND)
    first = found(lake, asked)
    with monkeypatch.context() as patch:
        patch.setattr(values, "_values", lambda *_: pytest.fail("worked out again"))
        assert found(lake, asked) == first
    importing.import_file(lake, month_file(tmp_path, [Row(items="5")]))
    assert found(lake, asked)["2026-07", "ENGLAND"]["numerator"] == 5.0


def test_tables_are_kept_up_to_so_many_bytes_and_the_longest_unasked_make_room():
    table = pa.table({"a": [1, 2, 3]})
    kept = Kept(2 * table.nbytes)
    kept.put("first", table)
    kept.put("second", table)
    assert kept.get("first") is table
    kept.put("third", table)
    assert (kept.get("second"), kept.get("first"), kept.get("third")) == (None, table, table)
    kept.put("large", pa.concat_tables([table] * 5))
    assert kept.get("large") is None


def test_many_threads_may_keep_and_ask():
    table = pa.table({"a": [1, 2, 3]})
    kept = Kept(3 * table.nbytes)
    wrong: list[object] = []

    def work(number: int) -> None:
        for turn in range(300):
            kept.put((number + turn) % 7, table)
            if kept.get((number + turn) % 5) not in (None, table):
                wrong.append(turn)

    threads = [Thread(target=work, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not wrong
    assert sum(kept.get(number) is not None for number in range(7)) <= 3


def test_every_measure_can_be_asked_at_every_level_there_is(fixed: Lake):
    for each in measures().values():
        told = found(fixed, Asked(each, Level.ENGLAND))
        assert {month for month, _ in told} == set(MONTHS), each.id
