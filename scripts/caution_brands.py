"""Brand names of the groups of medicines the cautions name, for ``reauthor_tables``: where a record holds a name and no code."""

from __future__ import annotations

import csv
import re
from pathlib import Path

Row = dict[str, str]

SOURCE = "NHSBSA BNF products as held in ebmdatalab/jupyter-notebooks; group by BNF code"
# Heads of names that are a maker's, a shop's or a substance's, not one medicine's.
_SHORTEST = 4


def brands(reference: Path, groups: list[Row]) -> list[Row]:
    """A row for each group and brand. A brand of which any product lies outside the group is left out: Canesten is also a cream."""
    prefixes: dict[str, tuple[str, ...]] = {}
    for row in groups:
        if row["kind"] == "bnf":
            prefixes[row["group"]] = (*prefixes.get(row["group"], ()), row["value"])
    with (reference / "data/prescribing/bnf_products.csv").open(encoding="utf-8", newline="") as file:
        products = [(row["bnf_code"], row["name"].lower()) for row in csv.DictReader(file)]
    said = _codes_by_word(products)
    known = {row["value"].lower() for row in groups if row["kind"] != "bnf"}
    found = []
    for group, codes in sorted(prefixes.items()):
        heads = {_head(name) for code, name in products if code.startswith(codes) and code[9:11] != "AA"}
        for head in sorted(heads - known - {""}):
            if all(code.startswith(codes) for code in said.get(head, ())):
                found.append({"group": group, "kind": "word", "value": head, "not_words": "", "source": SOURCE, "status": "unverified"})  # fmt: skip
    return found


def _head(name: str) -> str:
    """The first word, if it is long enough to be a brand."""
    word = re.match(r"[a-z][a-z-]*[a-z]", name)
    return word.group(0) if word and len(word.group(0)) >= _SHORTEST else ""


def _codes_by_word(products: list[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for code, name in products:
        for word in set(re.findall(r"[a-z][a-z-]*[a-z]", name)):
            found.setdefault(word, set()).add(code)
    return found
