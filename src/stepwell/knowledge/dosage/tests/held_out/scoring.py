"""How far the parser agrees with the held-out answers: totals only, so that whoever works on the grammar does not learn the texts."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from stepwell.knowledge.dosage import Dosage, parse
from stepwell.knowledge.medicines import identify

HERE = Path(__file__).parent
TOLERANCE = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Score:
    """Counts. ``right``, ``wrong`` and ``refused`` are of ``with_dose``; ``false_answers`` are of ``without``, where none is safe."""

    with_dose: int
    right: int
    wrong: int
    refused: int
    without: int
    false_answers: int

    @property
    def shares(self) -> tuple[float, float, float]:
        """Right and wrong of those with a dose, false answers of those without."""
        return self.right / self.with_dose, self.wrong / self.with_dose, self.false_answers / self.without


def instructions() -> list[dict[str, str]]:
    """The rows, with every recorded adjudication applied."""
    with (HERE / "instructions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    changed = HERE / "adjudications.csv"
    if changed.exists():
        with changed.open(encoding="utf-8", newline="") as file:
            after = {row["id"]: row for row in csv.DictReader(file)}
        for row in rows:
            row |= {name: after[row["id"]][name] for name in _ANSWER} if row["id"] in after else {}
    return rows


_ANSWER = ("answer", "daily_min", "daily_max")


def score() -> Score:
    """Read every held-out instruction with its product and count."""
    return scored(instructions())


def scored(rows: list[dict[str, str]]) -> Score:
    """Counts of rows with product, text, answer, daily_min and daily_max."""
    counts = dict.fromkeys(("right", "wrong", "refused", "false"), 0)
    with_dose = [row for row in rows if row["answer"] == "dose"]
    for row in with_dose:
        counts[_judged(row, parse(row["text"], identify(name=row["product"]).product))] += 1
    without = [row for row in rows if row["answer"] != "dose"]
    for row in without:
        dosage = parse(row["text"], identify(name=row["product"]).product)
        counts["false"] += dosage.daily_max is not None
    return Score(
        len(with_dose), counts["right"], counts["wrong"], counts["refused"], len(without), counts["false"]
    )


def _judged(row: dict[str, str], dosage: Dosage) -> str:
    if dosage.daily_max is None:
        return "refused"
    low, high = Decimal(row["daily_min"]), Decimal(row["daily_max"])
    near = dosage.daily_min is not None and abs(dosage.daily_min - low) <= TOLERANCE
    return "right" if near and abs(dosage.daily_max - high) <= TOLERANCE else "wrong"
