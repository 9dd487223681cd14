"""What a dm+d code is, from the BNF product list and official generic names. Nothing here uses the catalogue."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from stepwell.knowledge.medicines import Product

Amount = tuple[Decimal, str]  # milligrams (or microgram/h), and what they are in: "", "ml", "g", "h"

# What the British approved names of mixtures stand for, in the order of their strengths.
MIXTURES = {
    "co-codamol": ("codeine", "paracetamol"),
    "co-dydramol": ("dihydrocodeine", "paracetamol"),
    "co-proxamol": ("dextropropoxyphene", "paracetamol"),
    "co-codaprin": ("codeine", "aspirin"),
}
_MG = {"microgram": Decimal("0.001"), "micrograms": Decimal("0.001"), "mg": Decimal(1), "g": Decimal(1000), "gram": Decimal(1000)}  # fmt: skip
_STRENGTH = re.compile(
    r"([\d.,]+)\s?(micrograms?|mg|g|%)(?:/(?:([\d.]+)\s?)?(ml|dose|actuation|hour|g|tube))?(?![a-z])"
)
_MANUFACTURER = re.compile(r"\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*$")
_NOT_A_NAME = re.compile(r"VMP (previous|subsequent) to ")
_PREVIOUS = re.compile(r"VMP (?:previous|subsequent) to (\d+)")

# The first that occurs in the official name decides.
_FORMS = (
    ("injection", "injection"), ("infusion", "injection"), ("ampoule", "injection"), ("pre-filled syringe", "injection"),
    ("medicated plaster", "plaster"), ("transdermal patch", "patch"), ("patches", "patch"), ("nasal spray", "nasal spray"),
    ("cutaneous spray", "spray"), ("spray", "spray"), ("foam", "foam"), ("gel", "gel"), ("cream", "cream"), ("ointment", "ointment"), ("poultice", "poultice"), ("cutaneous stick", "stick"),
    ("suppositor", "suppository"), ("rectal", "enema"), ("enema", "enema"),
    ("sublingual tablet", "sublingual tablet"), ("buccal tablet", "buccal tablet"), ("buccal film", "buccal film"),
    ("orodispersible film", "orodispersible film"), ("lozenge", "lozenge"), ("lyophilisate", "lyophilisate"), ("orodispersible", "orodispersible tablet"),
    ("oral suspension", "liquid"), ("oral solution", "liquid"), ("effervescent powder", "sachet"), ("sachet", "sachet"), ("granules", "sachet"),
    ("effervescent tablet", "effervescent tablet"), ("gastro-resistant tablet", "gastro-resistant tablet"), ("gastro-resistant capsule", "gastro-resistant capsule"), ("dispersible tablet", "soluble tablet"), ("soluble tablet", "soluble tablet"), ("chewable", "chewable"),
    ("cigarette", "cigarette"), ("oromucosal solution", "liquid"), ("oral drops", "liquid"), ("linctus", "liquid"),
    ("syrup", "liquid"), ("elixir", "liquid"), ("cutaneous solution", "topical liquid"), ("liquid", "liquid"), ("capsule", "capsule"), ("tablet", "tablet"), ("caplet", "tablet"), ("powder", "powder"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """Ingredients with their strengths, the form and the release of a product."""

    strengths: frozenset[tuple[str, Amount | None]]
    form: str
    release: str

    def __str__(self) -> str:
        parts = " + ".join(
            f"{name} {'?' if amount is None else f'{amount[0].normalize():f}/{amount[1] or 1}'}"
            for name, amount in sorted(self.strengths, key=str)
        )
        return f"{parts}, {self.form}, {self.release}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A distinct name of the lists and what each of its codes is: facts, or several where one BNF code is of several.

    ``has_strength``: some name of the code has a number with a unit.
    """

    name: str
    truths: tuple[frozenset[Facts], ...]
    has_strength: bool


def form_of(text: str) -> str:
    """The form in an official generic name."""
    text = text.lower()
    form = next((form for word, form in _FORMS if word in text), "")
    return (
        f"gastro-resistant {form}" if "gastro-resistant" in text and form in ("tablet", "capsule") else form
    )


def release_of(name: str, form: str) -> str:
    """Release in an official generic name: always written there when it is not immediate."""
    if form in ("patch",):
        return "TD"
    return "MR" if re.search(r"modified-release|prolonged-release", name.lower()) else "IR"


def read_generic(name: str) -> Facts:
    """An official generic (dm+d VMP) name, which follows one pattern: ingredient strength / ingredient strength form."""
    if name.startswith("Generic "):  # a made-up name: it does not say the ingredients
        return Facts(frozenset(), "", "")
    form = form_of(name)
    pack = re.split(r"\s(?:and|then|with)\s", name)
    if len(pack) > 1 and all(_STRENGTH.search(part) for part in pack):
        return Facts(
            frozenset().union(*(read_generic(part).strengths for part in pack)),
            "mixed pack",
            release_of(name, form),
        )
    head = name.split(" in ")[0]
    mixture = next((kind for kind in MIXTURES if head.lower().startswith(kind)), None)
    amounts = _amounts(head, form)
    if mixture:
        parts: tuple[str, ...] = MIXTURES[mixture]
    else:
        parts = tuple(_ingredient(part) for part in re.split(r"\s/\s", head))
        if len(amounts) < len(parts):
            amounts += [None] * (len(parts) - len(amounts))
    return Facts(frozenset(zip(parts, amounts, strict=False)), form, release_of(name, form))


def _ingredient(part: str) -> str:
    words = re.findall(r"[a-z][a-z\-]+", re.split(r"\s[\d.]", part.lower())[0])
    return words[0] if words else ""


def _amounts(text: str, form: str) -> list[Amount | None]:
    found: list[tuple[Decimal, str, Decimal | None]] = []
    for number, unit, per, per_unit in _STRENGTH.findall(text.replace(",", "")):
        amount = Decimal(number)
        if unit == "%":
            found.append((amount * 10, "g", Decimal(1)))
        elif per_unit == "hour":
            found.append((amount, "h", Decimal(1)))
        else:
            volume = Decimal(per or 1) if per_unit in ("ml", "g") else None
            found.append((amount * _MG[unit], per_unit if volume is not None else "", volume))
    if form == "enema":  # a tube is given whole
        found = [(mg, "", None) for mg, _, _ in found]
    volumes = {(unit, volume) for _, unit, volume in found if volume is not None}
    if len(volumes) == 1:  # "8mg/500mg/5ml"
        ((unit, volume),) = volumes
        found = [(mg, unit, volume) for mg, _, _ in found]
    return [((mg / volume).normalize() if volume else mg.normalize(), unit) for mg, unit, volume in found]


def facts_of_product(product: Product) -> Facts:
    """The catalogue's answer in the same words: strength of the substance from its fields, the others from its name."""
    named = read_generic(product.name)
    if product.patch_rate_microgram_per_h is not None:
        ours: Amount | None = (product.patch_rate_microgram_per_h.normalize(), "h")
    elif product.strength_mg_per_unit is None:
        ours = None
    else:
        ours = (product.strength_mg_per_unit.normalize(), product.unit)
    if product.form == "mixed pack":
        return named
    others = frozenset(each for each in named.strengths if each[0] != product.substance.split()[0])
    return Facts(
        others | {(product.substance.split()[0], ours)},
        form_of(product.form) or product.form,
        product.release.value,
    )


def same(answer: Facts, truth: Facts) -> bool:
    """Whether an answer is the truth in substances, strengths, form and release."""
    if answer.release != truth.release or answer.form != truth.form:
        return False
    ours = {(name, amount and amount[0]) for name, amount in answer.strengths}
    theirs = {(name, amount and amount[0]) for name, amount in truth.strengths}
    return ours == theirs


class Reference:
    """The code lists and the BNF product list."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.index = self._read("codelists/INDEX.csv")
        self.bnf: dict[str, list[dict[str, str]]] = defaultdict(list)
        self.generic: dict[str, str] = {}  # generic key -> a generic code
        self.by_vmp: dict[str, str] = {}
        for row in self._read("prescribing/bnf_products.csv"):
            code = row["bnf_code"]
            self.bnf[code].append(row)
            if code[9:11] == "AA":
                self.generic[_key(code)] = code
                self.by_vmp[row["vpid"]] = code
        self.lists: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.bnf_of: dict[str, str] = {}
        self.vmp_names: dict[str, set[str]] = defaultdict(
            set
        )  # generic key -> names of its VMPs in the lists
        self.replaced_by: dict[str, str] = {}
        self.names_of: dict[str, set[str]] = defaultdict(set)
        for entry in self.index:
            if entry["coding_system"] == "dm+d":
                self._add(entry["topic"], self._read(f"codelists/{entry['file']}"))

    def _read(self, path: str) -> list[dict[str, str]]:
        with (self.data / path).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _add(self, topic: str, rows: Iterable[dict[str, str]]) -> None:
        for row in rows:
            code = (row.get("code") or row.get("dmd_id") or row["id"]).strip()
            name = row.get("term") or row.get("dmd_name") or ""
            if found := _PREVIOUS.match(name):
                self.replaced_by[code] = found.group(1)
                continue
            self.lists[topic].append((code, name))
            self.names_of[code].add(name)
            if row.get("bnf_code"):
                self.bnf_of[code] = row["bnf_code"]
                if row.get("dmd_type") == "VMP":
                    self.vmp_names[_key(row["bnf_code"])].add(name)

    def names(self, topics: tuple[str, ...]) -> list[Listed]:
        """The distinct product names of some lists."""
        codes: dict[str, set[str]] = defaultdict(set)
        for topic in topics:
            for code, name in self.lists[topic]:
                codes[name].add(code)
        found = []
        for name in sorted(codes):
            truths = [self.truth(code) for code in sorted(codes[name])]
            known = any(amount for each in truths for facts in each for _, amount in facts.strengths)
            named = any(_STRENGTH.search(other) for code in codes[name] for other in self.names_of[code])
            whole = (frozenset(facts for facts in each if _whole(facts)) for each in truths)
            found.append(Listed(name, tuple(each for each in whole if each), known or named))
        return found

    def codes(self, topics: tuple[str, ...]) -> dict[str, frozenset[Facts]]:
        """The distinct codes of some lists that have a truth."""
        found = {}
        for topic in topics:
            for code, _ in self.lists[topic]:
                whole = frozenset(facts for facts in self.truth(code) if _whole(facts))
                if whole:
                    found[code] = whole
        return found

    def abbreviated(self, sections: tuple[str, ...]) -> list[Listed]:
        """The distinct names of the prescribing data in some BNF sections, which abbreviates: "Codeine Phos_Tab 30mg"."""
        codes: dict[str, set[str]] = defaultdict(set)
        for file in ("EPD_2017-09.csv", "EPD_2017-10.csv"):
            for row in self._read(f"prescribing/{file}"):
                if row["BNF_CODE"].startswith(sections):
                    codes[row["BNF_DESCRIPTION"]].add(row["BNF_CODE"])
        found = []
        for name in sorted(codes):
            truths = [self.of_bnf(code) for code in sorted(codes[name])]
            known = any(amount for each in truths for facts in each for _, amount in facts.strengths)
            whole = (frozenset(facts for facts in each if _whole(facts)) for each in truths)
            found.append(
                Listed(name, tuple(each for each in whole if each), known or bool(_STRENGTH.search(name)))
            )
        return found

    def truth(self, code: str) -> frozenset[Facts]:
        """What a dm+d code is, through its BNF code."""
        bnf = self.bnf_of.get(code) or self.by_vmp.get(code, "")
        return self.of_bnf(bnf) if bnf else frozenset()

    def of_bnf(self, bnf: str) -> frozenset[Facts]:
        """What a BNF code is. Several where it is of several official products; empty where nothing outside says."""
        generic = self.generic.get(_key(bnf))
        names = {row["name"] for row in self.bnf[generic]} if generic else set()
        found = {read_generic(name) for name in names | self.vmp_names.get(_key(bnf), set())}
        return frozenset(each for each in found if not generic or self._agrees(each, generic))

    def _agrees(self, facts: Facts, generic: str) -> bool:
        """Whether the structured strengths of the BNF product list are those of the name. Blank ones cannot disagree."""
        for row in self.bnf[generic]:
            scale = {"mg": Decimal(1), "microgram": Decimal("0.001"), "gram": Decimal(1000)}.get(
                row["numerator_unit_of_measure"]
            )
            if scale is None or not row["numerator"] or row["denominator_unit_of_measure"] not in ("", "ml"):
                continue
            amount = Decimal(row["numerator"]) * scale / Decimal(row["denominator"] or 1)
            amounts = (amount, amount * Decimal(row["form_size"] or 1))  # of a tube, the whole of it
            held = [mine[0] for _, mine in facts.strengths if mine]
            if not any(abs(mine - each) <= each / 200 for mine in held for each in amounts):
                return False
        return True


def _key(code: str) -> str:
    return code[:9] + code[13:15]


def _whole(facts: Facts) -> bool:
    return bool(facts.form and facts.strengths) and all(
        name and amount is not None for name, amount in facts.strengths
    )
