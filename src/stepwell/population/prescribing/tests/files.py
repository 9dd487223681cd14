"""Months of prescribing, list sizes and a list of practices as files, in the forms they are published in. Every practice is made up."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stepwell.population import engine
from stepwell.population.lake import Lake
from stepwell.population.prescribing import importing, tables

EPD = (
    "YEAR_MONTH REGIONAL_OFFICE_NAME REGIONAL_OFFICE_CODE AREA_TEAM_NAME AREA_TEAM_CODE PCO_NAME PCO_CODE PRACTICE_NAME PRACTICE_CODE "
    "ADDRESS_1 ADDRESS_2 ADDRESS_3 ADDRESS_4 POSTCODE BNF_CHEMICAL_SUBSTANCE CHEMICAL_SUBSTANCE_BNF_DESCR BNF_CODE BNF_DESCRIPTION "
    "BNF_CHAPTER_PLUS_CODE QUANTITY ITEMS TOTAL_QUANTITY ADQUSAGE NIC ACTUAL_COST UNIDENTIFIED"
).split()
EPD_SNOMED = (
    "year_month regional_office_name regional_office_code icb_name icb_code pco_name pco_code practice_name practice_code "
    "address_1 address_2 address_3 address_4 postcode bnf_chemical_substance_code bnf_chemical_substance bnf_presentation_code bnf_presentation_name "
    "bnf_chapter_plus_code quantity items total_quantity adq_usage nic actual_cost unidentified snomed_code"
).split()
PDPI = " SHA,PCT,PRACTICE,BNF CODE,BNF NAME                                    ,ITEMS  ,NIC        ,ACT COST   ,QUANTITY,PERIOD,"

ZOMORPH = ("0407020Q0BKAAEF", "Zomorph 10mg modified-release capsules")
MORPHINE_60 = ("0407020Q0AAAIAI", "Morphine 60mg modified-release tablets")
ORAMORPH = ("0407020Q0BCAGCN", "Oramorph 10mg/5ml oral solution")
CO_CODAMOL = ("0407010F0AAAHAH", "Co-codamol 30mg/500mg tablets")
GABAPENTIN = ("0408010G0AAAAAA", "Gabapentin 100mg capsules")
STATIN = ("0212000B0AAABAB", "Atorvastatin 20mg tablets")
DRESSING = ("23854108549", "A stoma bag of some kind")


@dataclass(frozen=True)
class Row:
    """One row, as text. ``total`` is the quantity times the items where it is not said."""

    practice: str = "Z99901"
    product: tuple[str, str] = ZOMORPH
    quantity: str = "56"
    items: str = "2"
    total: str | None = None
    nic: str = "10.00"
    cost: str = "9.31234"
    month: str = "2026-07"
    region: str = "Y99"
    icb: str = "QZZ"
    sub_icb: str = "99Z00"
    name: str = "Fictional Surgery"
    unidentified: str = "N"
    snomed: str = "999000000001"

    @property
    def total_quantity(self) -> str:
        if self.total is not None:
            return self.total
        return f"{float(self.quantity) * int(self.items):g}"


def cells(row: Row, header: Sequence[str]) -> list[str]:
    """The row under a header of either form of the English Prescribing Dataset."""
    code, name = row.product
    found: dict[str, str] = {
        "YEAR_MONTH": row.month, "REGIONAL_OFFICE_NAME": f"Region {row.region}", "REGIONAL_OFFICE_CODE": row.region,
        "PCO_NAME": f"Location {row.sub_icb}", "PCO_CODE": row.sub_icb, "PRACTICE_NAME": row.name, "PRACTICE_CODE": row.practice,
        "BNF_CODE": code, "BNF_DESCRIPTION": name, "BNF_PRESENTATION_CODE": code, "BNF_PRESENTATION_NAME": name,
        "BNF_CHEMICAL_SUBSTANCE": code[:9], "BNF_CHEMICAL_SUBSTANCE_CODE": code[:9], "QUANTITY": row.quantity, "ITEMS": row.items,
        "TOTAL_QUANTITY": row.total_quantity, "NIC": row.nic, "ACTUAL_COST": row.cost, "UNIDENTIFIED": row.unidentified,
        "SNOMED_CODE": row.snomed, **{f"{area}_NAME": f"ICB {row.icb}" for area in ("AREA_TEAM", "STP", "ICB")},
        **{f"{area}_CODE": row.icb for area in ("AREA_TEAM", "STP", "ICB")},
    }  # fmt: skip
    return [found.get(name.upper(), "") for name in header]


def text(
    rows: Iterable[Row], header: Sequence[str] = EPD_SNOMED, *, quoted: bool = False, end: str = "\n"
) -> str:
    """A whole file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow(header)
    writer.writerows(cells(row, header) for row in rows)
    return out.getvalue()


def month_file(
    folder: Path,
    rows: Iterable[Row],
    header: Sequence[str] = EPD_SNOMED,
    *,
    name: str = "month.csv",
    **how: Any,
) -> Path:
    """The file, written. Its name tells no month unless ``name`` does."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text(rows, header, **how), encoding="utf-8", newline="")
    return path


def pdpi_file(folder: Path, rows: Iterable[Row], *, name: str = "pdpi.csv") -> Path:
    """The rows padded and summed as PDPI is: one a practice and presentation, a comma at the end of each."""
    lines = [PDPI]
    for row in rows:
        code, called = row.product
        lines.append(
            f"QZZ,99Z,{row.practice},{code:<15},{called:<40},{int(row.items):07d},{float(row.nic):011.2f},{float(row.cost):011.2f},"
            f"{int(float(row.total_quantity)):07d},{row.month.replace('-', '')},"
        )
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def many(count: int, **same: Any) -> list[Row]:
    """Rows of as many practices, Z90000 and on."""
    return [replace(Row(**same), practice=f"Z9{number:04d}") for number in range(count)]


def list_file(
    folder: Path, sizes: dict[str, int], *, day: str = "01JUL2026", name: str = "reg-pat.csv"
) -> Path:
    """List sizes by five-year bands: all, and two bands by two sexes that add up to it."""
    lines = [
        "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,POSTCODE,SEX,AGE_GROUP_5,NUMBER_OF_PATIENTS"
    ]
    for code, patients in sizes.items():
        old = patients // 4
        for sex, age, count in (
            ("ALL", "ALL", patients), ("FEMALE", "ALL", patients), ("MALE", "ALL", 0),
            ("FEMALE", "0_4", patients - old), ("FEMALE", "65_69", old),
        ):  # fmt: skip
            lines.append(f"GP_PRAC_PAT_LIST,{day},GP,{code},,,{sex},{age},{count}")
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def practices_file(folder: Path, practices: Iterable[dict[str, str]], *, name: str = "epraccur.csv") -> Path:
    """The list of practices: ``code``, and where not usual ``setting``, ``status``, ``closed``, ``parent``."""
    lines = []
    for each in practices:
        row = [""] * 27
        row[0], row[1], row[2], row[10] = each["code"], "Fictional Surgery", "Y99", "19900401"
        row[11], row[12], row[15] = each.get("closed", ""), each.get("status", "A"), "20130401"
        row[23], row[25] = each.get("parent", "99Z"), each.get("setting", "4")
        lines.append(",".join(f'"{cell}"' for cell in row))
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def lake_of(folder: Path, *files: Path) -> Lake:
    """A lake with the files in it."""
    lake = importing.open_lake(folder / "lake")
    for file in files:
        importing.import_file(lake, file)
    return lake


def held(lake: Lake, table: str, dataset: str = "month", period: str = "2026-07") -> list[dict[str, Any]]:
    """The rows of a table of the load that stands."""
    load = lake.current().current_public(dataset, period)
    assert load is not None
    con = engine.connect()
    path = lake.load_directory(load.load_id) / f"{table}.parquet"
    return con.to_pyarrow(engine.parquet(con, [path], tables.DATASETS[dataset][table])).to_pylist()


def checks(lake: Lake, dataset: str = "month", period: str = "2026-07") -> str:
    """What the checks of the load that stands say, as one text."""
    load = lake.current().current_public(dataset, period)
    assert load is not None
    return "\n".join(load.checks)
