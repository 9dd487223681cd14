"""Product names of the public code lists, their code withheld, and their codes, the name withheld: recognised as what?

    python -m bench.names --reference FOLDER

The truth of a name is found by its code, never by the catalogue under test: the code's BNF code, the generic product of
that BNF code in the BNF product list, and that product's official name and structured strengths, which must agree.
A name is right when substances, strengths, form and release all are. Every wrong one is printed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.name_truth import Listed, Reference, facts_of_product, same
from stepwell.knowledge.medicines import Identification, Release, identify

# topic of the index -> the heading it is counted under
LISTS: dict[str, tuple[str, ...]] = {
    "opioids": (
        "opioid_all", "opioid_strong", "opioid_tramadol_tapentadol", "opioid_weak", "opioid_long_acting",
        "opioid_high_dose_long_acting", "opioid_route_oral", "opioid_route_transdermal", "opioid_route_parenteral",
        "opioid_route_buccal_nasal", "opioid_route_rectal", "opioid_route_inhalation",
    ),
    "gabapentinoids": ("gabapentinoid",),
    "benzodiazepines and z-drugs": ("benzodiazepine", "z_drug"),
    "NSAIDs": ("nsaid", "nsaid_pincer"),
    "antidepressants": ("antidepressant_pain", "antidepressant_all"),
}  # fmt: skip
# Heading -> BNF sections, for the names the prescribing data abbreviates.
ABBREVIATED: dict[str, tuple[str, ...]] = {
    "opioids, abbreviated": (
        "0407020", "0407010F0", "0407010N0", "0407010M0", "0407010Q0", "0309010C0", "0309010S0",
    ),
    "gabapentinoids, abbreviated": ("0408010AE", "0408010G0"),
    "benzodiazepines and z-drugs, abbreviated": (
        "0401010L0", "0401010N0", "0401010P0", "0401010R0", "0401010T0", "0401010Y0", "0401010Z0", "0401020A0",
        "0401020E0", "0401020K0", "0401020P0", "0401020T0", "0408010F0", "040801060",
    ),
    "NSAIDs and paracetamol, abbreviated": ("1001010", "0407010H0"),
    "antidepressants, abbreviated": ("0403",),
}  # fmt: skip
TARGET_SHARE = 0.99
HELD_TO_TARGET = ("opioids", "gabapentinoids")


@dataclass
class Score:
    """What became of the names of one heading."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    no_strength: list[str] = field(default_factory=list)
    no_truth: list[str] = field(default_factory=list)

    @property
    def judged(self) -> int:
        """Names with a strength and a truth."""
        return self.right + len(self.wrong) + sum(map(len, self.refused.values()))

    @property
    def share(self) -> float:
        """Of the names judged, those right."""
        return self.right / self.judged if self.judged else 0.0

    @property
    def meets_target(self) -> bool:
        """99 % right and none wrong."""
        return not self.wrong and self.share >= TARGET_SHARE


def judge(listed: list[Listed], identify_name: Callable[[str], Identification]) -> Score:
    """Score every distinct name of a heading."""
    score = Score()
    for each in listed:
        found = identify_name(each.name)
        product = found.product or found.text_only
        if not each.has_strength:
            score.no_strength.append(each.name)
        elif not each.truths:
            score.no_truth.append(each.name)
        elif product is None:
            score.refused.setdefault(found.reason, []).append(each.name)
        elif product.release is Release.UNKNOWN:
            score.refused.setdefault(
                "The release is left open: a plain name may hide a slow capsule.", []
            ).append(each.name)
        else:
            answer = facts_of_product(product)
            missed = [truth for truth in each.truths if not any(same(answer, facts) for facts in truth)]
            if missed:
                told = " or ".join(sorted(map(str, missed[0])))
                score.wrong.append(f"{each.name}: answered {answer}; by its code {told}")
            else:
                score.right += 1
    return score


def judge_codes(reference: Reference, topics: tuple[str, ...]) -> tuple[int, list[str], int]:
    """Of the distinct codes of a heading with a truth: how many are right, which are wrong, how many give no product."""
    right, wrong, none = 0, [], 0
    for code, truth in reference.codes(topics).items():
        found = identify(code=code)
        product = found.product or found.text_only
        if product is None or product.release is Release.UNKNOWN:
            none += 1
        elif any(same(facts_of_product(product), facts) for facts in truth):
            right += 1
        else:
            wrong.append(f"{code}: answered {facts_of_product(product)}")
    return right, wrong, none


def _report(heading: str, score: Score) -> None:
    print(f"\n{heading}: {score.judged} distinct names with a strength and a truth by code")
    print(
        f"  right {score.right} ({score.share:.2%}), wrong {len(score.wrong)}, refused {sum(map(len, score.refused.values()))}"
    )
    for line in score.wrong:
        print(f"  WRONG   {line}")
    for reason, names in sorted(score.refused.items(), key=lambda item: -len(item[1])):
        print(f"  refused {len(names):3}  {reason}  {_some(names)}")
    print(f"  no strength in any name of the code: {len(score.no_strength)}  {_some(score.no_strength, 100)}")
    print(f"  code leads to no generic product held outside: {len(score.no_truth)}  {_some(score.no_truth)}")


def _some(names: list[str], most: int = 12) -> str:
    more = f", and {len(names) - most} more" if len(names) > most else ""
    return f"({'; '.join(sorted(names)[:most])}{more})" if names else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, default=os.environ.get("STEPWELL_REFERENCE"))
    folder = parser.parse_args().reference
    if folder is None or not Path(folder).is_dir():
        print("Product names: give the folder of reference data with --reference. Nothing was measured.")
        return 1
    reference = Reference(Path(folder) / "data")
    missed = Counter[str]()
    for heading, topics in LISTS.items():
        score = judge(reference.names(topics), lambda name: identify(name=name))
        _report(heading, score)
        right, wrong, none = judge_codes(reference, topics)
        print(f"  codes, the name withheld: right {right}, wrong {len(wrong)}, no product {none}")
        print(*(f"  WRONG   {line}" for line in wrong), sep="\n", end="\n" if wrong else "")
        if heading in HELD_TO_TARGET and not score.meets_target:
            missed[heading] += 1
    for heading, sections in ABBREVIATED.items():
        _report(heading, judge(reference.abbreviated(sections), lambda name: identify(name=name)))
    print()
    for heading in HELD_TO_TARGET:
        print(
            f"{heading}: {'BELOW THE TARGET' if missed[heading] else 'meets the target'} (99 % right, none wrong)"
        )
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
