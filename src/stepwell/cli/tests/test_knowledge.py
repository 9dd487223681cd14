"""The clinical floor at the command line: names other people's scripts rely on."""

from __future__ import annotations

import csv
import json

import pytest
from typer.testing import CliRunner

from stepwell.base.errors import StepwellError
from stepwell.cli.app import app

run = CliRunner()


def answer(*words):
    done = run.invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_dosage_instruction_is_read():
    (read,) = answer("dosage", "parse", "1-2 qds prn max 8")
    assert (read["status"], read["daily_min"], read["daily_max"]) == ("parsed", 0, 8)


def test_a_product_gives_milligrams():
    (read,) = answer("dosage", "parse", "1 bd", "--product", "Morphine 10mg modified-release tablets")
    assert (read["daily_mg_min"], read["daily_mg_max"]) == (20, 20)


def test_a_file_of_instructions_keeps_its_order_and_its_blanks(tmp_path):
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        "drug,text\nMorphine 10mg modified-release tablets,1 bd\n,as directed\n,\n", encoding="utf-8"
    )
    words = ["--column", "text", "--product-column", "drug", "--out", str(out)]
    assert run.invoke(app, ["dosage", "parse", "--file", str(source), *words]).exit_code == 0
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [row["status"] for row in rows] == ["parsed", "refused", "refused"]
    assert [row["daily_mg_max"] for row in rows] == ["20", "", ""]


def test_a_missing_column_is_named(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("a,b\n1,2\n", encoding="utf-8")
    done = run.invoke(app, ["dosage", "parse", "--file", str(source), "--column", "text"])
    assert isinstance(done.exception, StepwellError)
    assert "column text" in str(done.exception) and "a, b" in str(done.exception)


@pytest.mark.parametrize(
    ("encoding", "separator"), [("cp1252", ","), ("utf-16", ","), ("cp1252", ";"), ("utf-8-sig", "\t")]
)
def test_a_file_is_read_in_the_encoding_and_separator_it_has(tmp_path, encoding, separator):
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    lines = ["text|drug", "1 bd|Morphine 10mg modified-release tablets", "take \u00bd tablet at night|"]
    source.write_text("\n".join(lines).replace("|", separator) + "\n", encoding=encoding)
    words = ["--column", "text", "--out", str(out)]
    assert run.invoke(app, ["dosage", "parse", "--file", str(source), *words]).exit_code == 0
    assert [row["text"] for row in csv.DictReader(out.open(encoding="utf-8"))] == [
        "1 bd",
        "take \u00bd tablet at night",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("in.csv", b"", "in.csv: the file is empty"),
        ("in.csv", b"text,drug\n1 bd,a\n1 bd\n", "line 3"),
        ("in.csv", b"text\n1 bd\n\x81\x8d\xff\n", "line 3"),
        ("in.xlsx", b"PK\x03\x04 not one", "Save it as CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_written(tmp_path, name, content, said):
    source, out = tmp_path / name, tmp_path / "out.csv"
    source.write_bytes(content)
    done = run.invoke(app, ["dosage", "parse", "--file", str(source), "--column", "text", "--out", str(out)])
    assert isinstance(done.exception, StepwellError)
    assert said in str(done.exception)
    assert not out.exists()


EQUIVALENCES = [
    ("Morphine 10mg modified-release tablets", "1 bd", True, 20, 20),
    ("Codeine 30mg tablets", "1-2 qds prn", True, 0, 24),
    ("Fentanyl 75micrograms/hour transdermal patches", "change every 48 hours", True, 180, 180),
    ("Buprenorphine 20micrograms/hour transdermal patches", "one weekly", True, 48, 48),
    ("Methadone 5mg tablets", "1 bd", False, None, None),
    ("Gabapentin 300mg capsules", "1 tds", False, None, None),
    ("Morphine MR capsules", "1 bd", False, None, None),
    ("Morphine 10mg modified-release tablets", "as directed", False, None, None),
]


@pytest.mark.parametrize(("product", "dosage", "convertible", "low", "high"), EQUIVALENCES)
def test_equivalence(product, dosage, convertible, low, high):
    found = answer("equivalence", product, dosage)
    assert set(found) >= {"convertible", "ome_mg_per_day", "table", "factor", "formula", "reason"}
    assert found["convertible"] is convertible
    assert found["ome_mg_per_day"] == {"min": low, "max": high}
    assert bool(found["reason"]) is not convertible


def test_a_medicine_is_recognised_or_said_not_to_be():
    known = answer("medicines", "identify", "MST Continus 10mg tablets")
    assert known["product"]["substance"] == "morphine"
    unknown = answer("medicines", "identify", "Amlodipine 5mg tablets")
    assert unknown["product"] is None and unknown["matched_by"] == "nothing" and unknown["reason"]


def test_plain_answers_name_what_was_asked():
    shown = run.invoke(app, ["medicines", "identify", "Zomorph 30mg modified-release capsules"]).stdout
    assert "Zomorph" in shown and "morphine" in shown
    assert "formula" in run.invoke(app, ["equivalence", "Codeine 30mg tablets", "1 qds"]).stdout


class TestEveryTableSideBySide:
    """``stepwell equivalence ... --all-tables``: each table's figure with its sum; not defined is not zero."""

    def asked(self, product, dosage):
        return answer("equivalence", product, dosage, "--all-tables")

    def test_a_band_the_table_decides_is_said(self):
        found = self.asked("Tramadol 50mg capsules", "2 qds")
        figures = {each["table"]: each["ome_mg_per_day"]["max"] for each in found["tables"]}
        assert figures == {
            "SW-DEFAULT-1": 40, "UK-FPM-2020": 40, "UK-OPX-2025": 40, "UK-OPX-PRE2022": 40,
            "US-CDC-2022": 80, "AU-ANZCA-2021": 80,
        }  # fmt: skip
        assert found["threshold_class_differs"] is True
        assert found["tables"][4]["formula"] == "8 capsule x 50 mg x 0.2 = 80 mg"
        assert (found["threshold_set"], found["calculation"]) == ("TH-1", "OME-CALC-1")

    def test_not_defined_is_not_zero_and_no_flag(self):
        found = self.asked("Buprenorphine 20micrograms/hour transdermal patches", "one weekly")
        cdc = next(each for each in found["tables"] if each["table"] == "US-CDC-2022")
        assert cdc["not_defined"] and cdc["ome_mg_per_day"] == {"min": None, "max": None}
        assert found["threshold_class_differs"] is None

    def test_both_methods_and_other_bounds_of_a_patch_are_shown(self):
        words = ["equivalence", "Fentanyl 12micrograms/hour transdermal patches", "one every 72 hours"]
        shown = run.invoke(app, [*words, "--all-tables"]).stdout
        assert "12 microgram/h: 30 mg (published values)" in shown
        assert "the other method: patch rate x factor: 12 microgram/h x 2.4 = 28.8 mg" in shown
        assert "up to 45 mg (MHRA" in shown
        assert shown.rstrip().endswith("It is not a dose to switch to.")

    def test_what_is_not_an_opioid_has_its_daily_dose_and_no_table_is_said_to_be_short(self):
        shown = run.invoke(app, ["equivalence", "Gabapentin 300mg capsules", "2 tds", "--all-tables"]).stdout
        assert "Not an opioid" in shown and "1800 mg of it a day." in shown
        assert "cannot be told" not in shown

    def test_an_as_needed_dose_is_a_part_of_its_own(self):
        shown = run.invoke(app, ["equivalence", "Codeine 30mg tablets", "1-2 qds prn", "--all-tables"]).stdout
        assert "0-24 mg oral morphine equivalent a day (as-needed part 0-24)" in shown

    @pytest.mark.parametrize(
        ("product", "dosage", "reason"),
        [
            ("Methadone 5mg tablets", "1 bd", "Methadone is never converted"),
            ("Morphine 10mg modified-release tablets", "as directed", "could not be read"),
            ("Amlodipine 5mg tablets", "1 od", "Not recognised"),
            ("Gabapentin 300mg capsules", "1 tds", "not opioids"),
        ],
    )
    def test_what_has_no_figure_says_why_under_every_table(self, product, dosage, reason):
        found = self.asked(product, dosage)
        assert len(found["tables"]) == 6
        assert all(reason in each["reason"] and not each["convertible"] for each in found["tables"])

    def test_a_table_for_reference_is_refused(self):
        done = run.invoke(app, ["equivalence", "Codeine 30mg tablets", "1 qds", "--table", "UK-SCOT-PALL"])
        assert isinstance(done.exception, StepwellError) and "held for reference" in str(done.exception)
