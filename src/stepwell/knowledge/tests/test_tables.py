"""Every table says where it came from, whether it was verified, and holds each key once."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import bnf, tables
from stepwell.knowledge.medicines.verhoeff import check_digit_right

CSV_TABLES = sorted(name for name, table in tables.register().items() if table.file.endswith(".csv"))
PRODUCT_TABLES = ["products", "products_dependence", "products_sedative", "products_more"]
TEXT_ONLY_TABLES = ["products_text_only"]
PAIN_TABLES = ["products_pain"]
DATA = Path(tables.__file__).parent / "data"


@pytest.mark.parametrize("name", sorted(tables.register()))
def test_the_register_says_what_a_table_is_for(name: str) -> None:
    table = tables.table(name)
    assert table.title and table.source and table.purpose
    assert re.fullmatch(r"[A-Z]+-\d+", table.version)
    assert table.row_status or table.status


@pytest.mark.parametrize("name", CSV_TABLES)
def test_every_row_has_a_source_and_a_status(name: str) -> None:
    rows = tables.rows(name)
    assert rows
    assert [row for row in rows if not row["source"].strip()] == []
    assert {row["status"] for row in rows} <= {"verified", "unverified"}


@pytest.mark.parametrize("name", CSV_TABLES)
def test_every_key_is_there_once(name: str) -> None:
    key = tables.table(name).key
    assert key
    counted = Counter(tuple(row[column] for column in key) for row in tables.rows(name))
    assert [each for each, times in counted.items() if times > 1] == []


def test_every_file_of_data_is_in_the_register() -> None:
    registered = {table.file for table in tables.register().values()} | {"tables.yaml"}
    found = {path.name for path in DATA.iterdir() if path.is_file()}
    assert registered <= found
    assert found - registered == set()


@pytest.mark.parametrize("name", [*PRODUCT_TABLES, *TEXT_ONLY_TABLES, *PAIN_TABLES])
def test_codes_of_products_are_whole(name: str) -> None:
    for row in tables.rows(name):
        assert bnf.clean(row["bnf_code"]) == row["product_id"]
        assert row["dmd_vmp_id"] == "" or check_digit_right(row["dmd_vmp_id"]), row["name"]


def test_dmd_codes_are_text_with_a_right_check_digit() -> None:
    for row in tables.rows("dmd_codes"):
        assert re.fullmatch(r"[1-9]\d{5,17}", row["code"])
        assert check_digit_right(row["code"]), row["code"]


@pytest.mark.parametrize("name", ["dmd_codes", "dmd_codes_pain"])
def test_a_dmd_code_is_either_a_product_or_a_label_with_classes(name: str) -> None:
    for row in tables.rows(name):
        assert bool(row["product_id"]) != bool(row["label"] and row["classes"]), row["code"]


@pytest.mark.parametrize(
    ("name", "column", "held_in"),
    [
        ("dmd_codes", "product_id", PRODUCT_TABLES),
        ("brands", "product_id", PRODUCT_TABLES),
        ("dmd_codes", "text_only_id", TEXT_ONLY_TABLES),
        ("dmd_codes_pain", "product_id", PAIN_TABLES),
        ("brands_pain", "product_id", PAIN_TABLES),
    ],
)
def test_links_lead_to_products(name: str, column: str, held_in: list[str]) -> None:
    held = {row["product_id"] for table in held_in for row in tables.rows(table)}
    linked = {row[column] for row in tables.rows(name)} - {""}
    assert linked and linked <= held


def test_a_label_stands_for_one_set_of_classes() -> None:
    """Issues without a product are grouped by the label, so two meanings of one label would mix people's medicines."""
    meant: dict[str, set[frozenset[str]]] = {}
    for name in (
        "dmd_codes",
        "dmd_codes_pain",
        "bnf_chemicals",
        "bnf_chemicals_pain",
        "bnf_partly_counted",
        "bnf_end_of_life",
    ):
        for row in tables.rows(name):
            if row["label"]:
                meant.setdefault(row["label"], set()).add(frozenset(filter(None, row["classes"].split(";"))))
    assert {label: classes for label, classes in meant.items() if len(classes) > 1} == {}


def test_generated_tables_are_a_few_megabytes_at_most() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 3_000_000


def test_thresholds_have_a_source_each() -> None:
    document = tables.document("thresholds")
    for row in [*document["thresholds"], *document["bands"]]:
        assert row["source"] and row["status"] in ("verified", "unverified")


def test_patches_have_a_rate_and_nothing_else_has() -> None:
    for row in tables.rows("products"):
        assert (row["form"] == "patch") == bool(row["patch_rate_microgram_per_h"])
        if row["strength_mg_per_unit"]:
            assert Decimal(row["strength_mg_per_unit"]) > 0


def test_an_unknown_table_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(StepwellError, match=r"There is no knowledge table called potions.*products"):
        tables.version("potions")


def test_counts_of_rows_and_of_those_not_verified() -> None:
    whole, unverified = tables.counts("products_sedative")
    assert whole == unverified > 100  # the class is our reading of the pharmacology
    assert tables.counts("products")[1] == 0
    assert tables.counts("thresholds") == (0, 0)


def test_rows_of_a_yaml_table_are_refused() -> None:
    with pytest.raises(StepwellError, match=r"thresholds\.yaml"):
        tables.rows("thresholds")


def test_a_row_of_the_wrong_length_is_refused_by_file_and_line(monkeypatch: pytest.MonkeyPatch) -> None:
    tables.rows.cache_clear()
    monkeypatch.setattr(tables, "read_text", lambda file: "code,source\n1,a\n2,b,c\n")
    with pytest.raises(StepwellError, match=r"dmd_codes\.csv, line 3"):
        tables.rows("dmd_codes")
    tables.rows.cache_clear()


def test_the_knowledge_version_is_short_and_stays_the_same() -> None:
    assert re.fullmatch(r"K-[0-9a-f]{12}", tables.knowledge_version())
    first = tables.knowledge_version()
    tables.knowledge_version.cache_clear()
    assert tables.knowledge_version() == first


@pytest.mark.parametrize(
    "changed", ["data/products.csv", "medicines/names.py", "code_lists.py", "data/code_lists/cancer.csv"]
)
def test_the_knowledge_version_changes_with_a_table_or_the_code_that_reads_it(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy_of_knowledge(name: str) -> Path:
        for file in (
            "data/products.csv",
            "data/code_lists/cancer.csv",
            "medicines/names.py",
            "bnf.py",
            "code_lists.py",
        ):
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            if not (tmp_path / file).exists():
                (tmp_path / file).write_text("as it was")
        return tmp_path

    monkeypatch.setattr(tables.resources, "files", copy_of_knowledge)
    tables.knowledge_version.cache_clear()
    before = tables.knowledge_version()
    (tmp_path / changed).write_text("changed")
    tables.knowledge_version.cache_clear()
    after = tables.knowledge_version()
    tables.knowledge_version.cache_clear()
    assert before != after
