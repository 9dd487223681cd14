"""Rows of products from official generic (dm+d VMP) names and the structured strengths of the BNF product list.

The names follow one pattern: ingredient strength / ingredient strength, then the form. A name that does not is left out,
and so is one whose structured strengths say otherwise: neither is guessed at.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

Row = dict[str, str]

_STRENGTH = re.compile(
    r"(\d[\d.,]*)\s?(micrograms?|mg|g|%)(?:/(?:([\d.]+)\s?)?(ml|g|dose|actuation|hour))?(?![a-z])"
)
_MG = {"microgram": Decimal("0.001"), "mg": Decimal(1), "g": Decimal(1000), "gram": Decimal(1000)}
MIXTURES = {"co-codamol": ("codeine", "paracetamol"), "co-dydramol": ("dihydrocodeine", "paracetamol")}
_SALT = re.compile(
    r"\s(hydrochloride|sulfate|phosphate|sodium|potassium|anhydrous|hemihydrate|maleate|tartrate|base)(?=\s|$)"
)

# (words of the official name, form, route, unit); the first that occurs. text-only forms are in TEXT_ONLY.
FORMS = (
    ("powder and solvent for solution for injection", "powder for injection", "injection", "vial"),
    ("powder for solution for injection", "powder for injection", "injection", "vial"),
    ("solution for infusion", "solution for infusion", "injection", "ml"),
    ("infusion bags", "solution for infusion", "injection", "ml"),
    ("emulsion for injection", "solution for injection", "injection", "ml"),
    ("for injection", "solution for injection", "injection", "ml"),
    ("nasal spray", "nasal spray", "nasal", "ml"),
    ("cutaneous spray", "cutaneous spray", "topical", "ml"),
    ("medicated plaster", "medicated plaster", "topical", "plaster"),
    ("patches", "medicated plaster", "topical", "plaster"),
    ("gel", "gel", "topical", "g"), ("cream", "cream", "topical", "g"), ("ointment", "ointment", "topical", "g"),
    ("foam", "foam", "topical", "g"), ("cutaneous solution", "cutaneous solution", "topical", "ml"),
    ("suppositor", "suppository", "rectal", "suppository"),
    ("rectal solution", "enema", "rectal", "enema"),
    ("sublingual tablet", "sublingual tablet", "sublingual", "tablet"),
    ("orodispersible tablet", "orodispersible tablet", "oral", "tablet"),
    ("effervescent tablet", "effervescent tablet", "oral", "tablet"),
    ("soluble tablet", "soluble/dispersible tablet", "oral", "tablet"),
    ("dispersible tablet", "soluble/dispersible tablet", "oral", "tablet"),
    ("chewable", "chewable capsule", "oral", "capsule"),
    ("effervescent granules", "effervescent powder sachet", "oral", "sachet"),
    ("granules sachet", "granules sachet", "oral", "sachet"),
    ("powder sachet", "powder sachet", "oral", "sachet"),
    ("oral drops", "oral drops", "oral", "ml"),
    ("oral solution", "oral solution", "oral", "ml"), ("oral suspension", "oral suspension", "oral", "ml"),
    ("linctus", "oral solution", "oral", "ml"), ("syrup", "oral solution", "oral", "ml"), ("elixir", "oral solution", "oral", "ml"),
    ("gastro-resistant tablet", "gastro-resistant tablet", "oral", "tablet"),
    ("gastro-resistant capsule", "gastro-resistant capsule", "oral", "capsule"),
    ("tablet", "tablet", "oral", "tablet"), ("caplet", "tablet", "oral", "tablet"), ("capsule", "capsule", "oral", "capsule"),
)  # fmt: skip
# Known and named, never counted or converted: what a person takes a day of these is not in a primary care instruction.
TEXT_ONLY = ("injection", "topical", "nasal")


@dataclass
class Official:
    """A generic product: its official name, dm+d id, BNF code and the structured strengths held (mg per unit or ml)."""

    name: str
    vmp: str
    bnf: str
    source: str
    structured: list[Decimal] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """An ingredient and its milligrams, in ``per`` ("ml", "g" or "" for one unit) of ``amount``."""

    ingredient: str
    mg: Decimal
    amount: Decimal
    per: str

    @property
    def strength(self) -> Decimal:
        return self.mg / self.amount


def plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def parts_of(name: str) -> list[Part]:
    """Ingredients and strengths of an official name; [] when it does not follow the pattern."""
    head = name.split(" in ")[0]
    mixture = next((parts for kind, parts in MIXTURES.items() if head.lower().startswith(kind)), None)
    written = [_amount(*found) for found in _STRENGTH.findall(head.replace(",", ""))]
    names = list(mixture) if mixture else [_ingredient(part) for part in head.split(" / ")]
    volumes = {(amount, per) for _, amount, per in written if per}
    if len(volumes) == 1:
        ((amount, per),) = volumes
        written = [(mg, amount, per) for mg, _, _ in written]
    if not names or not all(names) or len(names) != len(written):
        return []
    return [Part(each, *found) for each, found in zip(names, written, strict=True)]


def _amount(number: str, unit: str, per: str, per_unit: str) -> tuple[Decimal, Decimal, str]:
    if unit == "%":
        return Decimal(number) * 10, Decimal(1), "g"
    mg = Decimal(number) * _MG[unit.removesuffix("s")]
    return (mg, Decimal(per or 1), per_unit) if per_unit in ("ml", "g") else (mg, Decimal(1), "")


def _ingredient(part: str) -> str:
    words = re.split(r"\s\d", part, maxsplit=1)[0].strip().lower()
    return _SALT.sub("", _SALT.sub("", words))


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def officials(
    reference: Path, prefixes: Iterable[str], lists: Iterable[str]
) -> Iterator[tuple[Official, bool]]:
    """Every generic product of some BNF chemicals, and whether a code list has it or only the older BNF product list."""
    wanted = tuple(prefixes)
    structured: dict[str, list[Row]] = defaultdict(list)
    for row in read(reference / "data/prescribing/bnf_products.csv"):
        if row["bnf_code"].startswith(wanted) and row["bnf_code"][9:11] == "AA":
            structured[row["bnf_code"]].append(row)
    found: dict[str, Official] = {}
    index = {row["file"]: row["opencodelists_id"] for row in read(reference / "data/codelists/INDEX.csv")}
    for file in lists:
        for row in read(reference / "data/codelists" / file):
            name, bnf = row.get("term") or row.get("dmd_name") or "", row.get("bnf_code") or ""
            if row.get("dmd_type") == "VMP" and bnf.startswith(wanted) and not name.startswith("VMP "):
                found.setdefault(bnf, Official(name, row.get("code") or row["dmd_id"], bnf, index[file]))
    source = "NHSBSA BNF products as held in ebmdatalab/jupyter-notebooks"
    for bnf, rows in structured.items():
        plainest = min(rows, key=lambda row: ("caplet" in row["name"], len(row["name"]), row["name"]))
        official = found.setdefault(bnf, Official(plainest["name"], plainest["vpid"], bnf, source))
        official.structured = [amount for row in rows if (amount := _structured(row)) is not None]
    for each in sorted(found.values(), key=lambda each: each.bnf):
        yield each, each.source != source


def _structured(row: Row) -> Decimal | None:
    scale = _MG.get(row["numerator_unit_of_measure"])
    if scale is None or not row["numerator"] or row["denominator_unit_of_measure"] not in ("", "ml", "gram"):
        return None
    return Decimal(row["numerator"]) * scale / Decimal(row["denominator"] or 1)


def product_row(official: Official, chemical: Mapping[str, str]) -> Row | None:
    """A row of a product table, or None when name and structure do not agree or say too little."""
    lowered = official.name.lower()
    form = next((each for each in FORMS if each[0] in lowered), None)
    if form is not None and "gastro-resistant" in lowered and form[1] in ("tablet", "capsule"):
        form = (
            form[0],
            f"gastro-resistant {form[1]}",
            *form[2:],
        )  # "75mg gastro-resistant / Misoprostol ... tablets"
    parts = parts_of(official.name)
    ours = next((part for part in parts if part.ingredient == chemical["substance"]), None)
    if form is None or ours is None or official.name.startswith("Generic"):
        return None
    whole = form[3] in ("enema", "vial")
    strengths = [part.mg if whole else part.strength for part in parts]
    if (
        official.structured
        and not whole
        and not all(any(abs(mine - each) <= each / 200 for mine in strengths) for each in official.structured)
    ):
        return None
    if (form[3] == "ml") != (ours.per == "ml") and form[3] in ("ml", "tablet", "capsule") and ours.per != "g":
        return None
    return {
        "product_id": official.bnf, "name": official.name, "dmd_vmp_id": official.vmp, "bnf_code": official.bnf,
        "classes": chemical["classes"], "substance": chemical["substance"],
        "other_ingredients": "; ".join(_other(part) for part in parts if part is not ours),
        "route": form[2], "form": form[1], "release": "MR" if "modified-release" in lowered else "IR", "unit": form[3],
        "strength_mg_per_unit": plain(ours.mg if whole else ours.strength), "splitting": splitting(form[1], "modified-release" in lowered),
        "flags": "", "source": official.source, "status": "unverified",
    }  # fmt: skip


def _other(part: Part) -> str:
    """An accompanying ingredient with its strength as labelled: "paracetamol 500mg", "kaolin light 1500mg/5ml"."""
    volume = f"/{'' if part.amount == 1 else plain(part.amount)}{part.per}" if part.per else ""
    return f"{part.ingredient} {plain(part.mg)}mg{volume}"


def splitting(form: str, modified: bool) -> str:
    """May it be split? The rule of the medicines reference, section 4, by form."""
    if modified or form in ("medicated plaster", "gastro-resistant tablet", "gastro-resistant capsule"):
        return "never"
    if form == "tablet":
        return "check_score_line"
    if form in ("oral solution", "oral suspension", "oral drops"):
        return "measure"
    return "no"


def further_products(
    reference: Path,
    chemicals: Mapping[str, Mapping[str, str]],
    lists: Iterable[str],
    held: set[str],
    *,
    older: bool,
) -> tuple[list[Row], list[Row], list[str]]:
    """Products not held yet: those that are counted, those that stay text, and the names left out."""
    products, text_only, left_out = [], [], []
    for official, listed in officials(reference, chemicals, lists):
        if official.bnf[:9] + official.bnf[13:15] in held:
            continue
        if "idocaine" in official.name and "plaster" not in official.name:
            continue  # of lidocaine, only the plaster is for pain
        row = product_row(official, chemicals[official.bnf[:9]])
        if row is None:
            left_out.append(official.name)
        elif row["route"] in TEXT_ONLY or not row["classes"]:
            text_only.append(row)
        elif (
            listed or older
        ):  # an older name of a counted product may be of one that is held under a newer code
            products.append(row)
    newest = {
        row["name"]: row
        for row in sorted(text_only, key=lambda row: row["source"].startswith("NHSBSA"), reverse=True)
    }
    return products, sorted(newest.values(), key=lambda row: row["bnf_code"]), left_out
