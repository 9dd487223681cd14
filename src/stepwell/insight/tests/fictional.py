"""Public prescribing data of a small made-up country: 30 practices in 3 sub-ICB locations, month by month, as published files.

``Z00001`` prescribes much and falls from half way; ``Z00030`` is tiny; ``Z00029`` has no list size in the newest month;
``Z00028`` closed. Everything is fictional and the same each time.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stepwell.population.prescribing import months
from stepwell.population.prescribing.importing import import_file, open_lake

FIRST, NEWEST = "2024-10", "2026-09"
PRACTICES = 30
TINY, UNLISTED, CLOSED, FALLING = "Z00030", "Z00029", "Z00028", "Z00001"
AREAS = (("Z1A", "Westmere"), ("Z1B", "Eastmere"), ("Z2A", "Farhold"))
HEADER = (
    "YEAR_MONTH REGIONAL_OFFICE_NAME REGIONAL_OFFICE_CODE ICB_NAME ICB_CODE PCO_NAME PCO_CODE PRACTICE_NAME PRACTICE_CODE "
    "ADDRESS_1 ADDRESS_2 ADDRESS_3 ADDRESS_4 POSTCODE BNF_CHEMICAL_SUBSTANCE CHEMICAL_SUBSTANCE_BNF_DESCR BNF_CODE "
    "BNF_DESCRIPTION BNF_CHAPTER_PLUS_CODE QUANTITY ITEMS TOTAL_QUANTITY ADQUSAGE NIC ACTUAL_COST UNIDENTIFIED"
).split()


@dataclass(frozen=True, slots=True)
class Product:
    """A presentation; items per 1,000 patients a month, quantity of an item, price of a unit, and its drift over the years."""

    code: str
    name: str
    items: float
    quantity: int
    price: float
    drift: float = 1.0


PRODUCTS = (
    Product("0407020Q0AAEFEF", "Morphine sulfate 10mg modified-release capsules", 3, 56, 0.06),
    Product("0407020Q0BKACEH", "Zomorph 60mg modified-release capsules", 1.5, 56, 0.25, 0.8),
    Product("0407020ADAAAHAH", "Oxycodone 40mg modified-release tablets", 0.8, 56, 1.66, 0.8),
    Product("0407020ADAAAFAF", "Oxycodone 10mg modified-release tablets", 1, 56, 0.42),
    Product("0407020A0AAAEAE", "Fentanyl 25micrograms/hour transdermal patches", 1, 10, 3.3),
    Product("0407020C0AAAEAE", "Codeine 30mg tablets", 15, 84, 0.03),
    Product("0407010F0AAAHAH", "Co-codamol 30mg/500mg tablets", 22, 100, 0.03, 0.9),
    Product("040702040AAAAAA", "Tramadol 50mg capsules", 14, 84, 0.02, 0.7),
    Product("0407020Q0AACNCN", "Morphine sulfate 10mg/5ml oral solution", 2, 300, 0.02),
    Product("0407020Q0BCAGCN", "Oramorph 10mg/5ml oral solution", 0.5, 500, 0.02),
    Product("0408010G0AAABAB", "Gabapentin 300mg capsules", 16, 100, 0.03),
    Product("0408010AEAAAEAE", "Pregabalin 150mg capsules", 9, 56, 0.05, 1.4),
    Product("0401020K0AAAIAI", "Diazepam 5mg tablets", 8, 28, 0.03),
    Product("0401010Z0AAAAAA", "Zopiclone 7.5mg tablets", 9, 20, 0.03),
    Product("0403010B0AAAGAG", "Amitriptyline 10mg tablets", 30, 50, 0.03),
    Product("1001010P0AAAEAE", "Naproxen 500mg tablets", 18, 56, 0.04),
    Product("1001010C0AAAEAE", "Diclofenac sodium 50mg gastro-resistant tablets", 3, 56, 0.08),
    Product("0407010H0AAAMAM", "Paracetamol 500mg tablets", 40, 100, 0.02),
    Product("0407010H0AAAQAQ", "Paracetamol 500mg soluble tablets", 1, 100, 0.11),
)


def code(number: int) -> str:
    """The code of the practice so numbered."""
    return f"Z{number:05d}"


def name(number: int) -> str:
    """What a practice is called."""
    first = ("Alder", "Beacon", "Brook", "Castle", "Dene", "Elm", "Ford", "Glebe", "Hill", "Ivy")
    return f"{first[(number - 1) % 10]} {('Road', 'Lane', 'House')[(number - 1) // 10]} Surgery".upper()


def area(number: int) -> tuple[str, str]:
    """The sub-ICB location of a practice."""
    return AREAS[(number - 1) // 10]


def patients(number: int) -> int:
    """How many are registered."""
    return 600 if code(number) == TINY else 4000 + 400 * number


def write(folder: Path, *, first: str = FIRST, last: str = NEWEST, seed: int = 5) -> list[Path]:
    """The files, in the order to import them: organisations, then list sizes and rows of each month."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [_organisations(folder / "epraccur.csv")]
    every = months.between(first, last)
    # The list sizes of the third month were never got.
    for place, month in enumerate(every):
        if place != 2:
            files.append(_list_sizes(folder / f"list_sizes_{month}.csv", month))
        files.append(_month(folder / f"EPD_{month.replace('-', '')}.csv", month, place / len(every), seed))
    return files


def imported(lake: Path, folder: Path, **more: str) -> Path:
    """A lake of all of it."""
    opened = open_lake(lake)
    for file in write(folder, **more):
        import_file(opened, file, published_on=date(2026, 11, 19) if NEWEST[:4] in file.name else None)
    return lake


def _organisations(path: Path) -> Path:
    rows = []
    for number in range(1, PRACTICES + 1):
        cells = [""] * 27
        closed = code(number) == CLOSED
        cells[0], cells[1], cells[10], cells[12] = (
            code(number),
            name(number),
            "19740401",
            "C" if closed else "A",
        )
        cells[11] = "20260630" if closed else ""
        cells[14] = cells[23] = area(number)[0]
        cells[25] = "4"
        rows.append(cells)
    return _csv(path, rows)


def _list_sizes(path: Path, month: str) -> Path:
    rows = [["PUBLICATION", "EXTRACT_DATE", "CODE", "SEX", "AGE", "NUMBER_OF_PATIENTS"]]
    day = f"{month}-01"
    for number in range(1, PRACTICES + 1):
        if code(number) == UNLISTED and month == NEWEST:
            continue
        rows.append(["GP_PRAC_PAT_LIST", day, code(number), "ALL", "ALL", str(patients(number))])
    return _csv(path, rows)


def _month(path: Path, month: str, along: float, seed: int) -> Path:
    chance = random.Random(f"{seed} {month}")
    rows = [HEADER]
    for number in range(1, PRACTICES + 1):
        if code(number) == CLOSED and month > "2026-06":
            continue
        sub, named = area(number)
        icb = ("Z1", "NORTHWATER ICB") if sub != "Z2A" else ("Z2", "FARHOLD ICB")
        frame = [
            month.replace("-", ""),
            "MIDDLE REGION",
            "Z0R",
            icb[1],
            icb[0],
            named.upper(),
            sub,
            name(number),
            code(number),
        ]
        for product in PRODUCTS:
            items = _items(number, product, along, chance)
            if items:
                rows.append(
                    [
                        *frame,
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        "",
                        product.code,
                        product.name,
                        "",
                        *_sums(product, items),
                    ]
                )
    return _csv(path, rows)


def _items(number: int, product: Product, along: float, chance: random.Random) -> int:
    """Practices differ, each by its number; the falling one falls in opioids after half the time."""
    level = 0.6 + 0.8 * ((number * 7) % PRACTICES) / PRACTICES
    opioid = product.code.startswith(("0407020", "040702040", "0407010F0"))
    if code(number) == FALLING and opioid:
        level = 2.0 if along < 0.5 else 1.4
    expected = product.items * level * product.drift**along * patients(number) / 1000
    return max(0, round(chance.gauss(expected, 0.35 * expected**0.5)))


def _sums(product: Product, items: int) -> list[str]:
    quantity = product.quantity * items
    cost = quantity * product.price
    return [str(product.quantity), str(items), str(quantity), "0", f"{cost:.2f}", f"{cost * 0.93:.5f}", "N"]


def _csv(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path
