"""Builds a synthetic neighbourhood: practices, people, their records in the vendors' formats, and the truth about them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from stepwell.base.errors import StepwellError
from stepwell.base.progress import Progress
from stepwell.population.synthetic.difficulty import Difficulty
from stepwell.population.synthetic.edge_case import CASES
from stepwell.population.synthetic.emis_files import EmisWriter
from stepwell.population.synthetic.list_report import ListReportWriter, write_workbook
from stepwell.population.synthetic.lives import plan_person
from stepwell.population.synthetic.people import nhs_numbers, person_random
from stepwell.population.synthetic.plan import Person
from stepwell.population.synthetic.planted import planted_people
from stepwell.population.synthetic.truth_files import TruthFiles

DEFAULT_AS_OF = date(2026, 11, 20)
LARGEST_LIST = 20_000
MOST_PRACTICES = 37
PLANTED_IN_LISTS_OF = 1000
_PLACES = (
    "Alderbrook",
    "Birchfold",
    "Coppice",
    "Damson Lane",
    "Elmgate",
    "Fernhill",
    "Greenway",
    "Hawthorn",
    "Ivy Bank",
    "Juniper",
)
_README = """A synthetic neighbourhood. Nobody in it exists.

emis/<practice>/          EMIS bulk 8.2 files, one folder a practice
list_report/<practice>.csv  the list report the same practice could export by itself
truth/search_<id>.csv     nhs_number, practice, expected (in, check, out). Not listed: the base of the search is not met
truth/daily_ome.csv       lowest and highest daily OME where every current opioid has an instruction that says it
truth/planted.csv         edge cases by id
as_of                     the date the neighbourhood is seen from
difficulty.json           how hard it is to read

A list report cannot carry: durations, template ends, who prescribed (rows from elsewhere are left out), deleted rows (left
out), date precision and SNOMED ids of codes (words only), registrations (only people registered now and not confidential
are in it). Truth is that of the EMIS files.
"""


@dataclass(frozen=True, slots=True)
class BuildSummary:
    """What was built. ``shares`` are shares (0-1) of pain-medicine issues; ``expected`` counts outcomes by search."""

    out: Path
    as_of: date
    practices: tuple[str, ...]
    people: int
    issues: int
    pain_issues: int
    shares: dict[str, float]
    traits: dict[str, int]
    expected: dict[str, dict[str, int]]

    def lines(self) -> list[str]:
        """The summary as printed."""
        issues = f"{self.issues:,} issues ({self.pain_issues:,} of pain medicines)"
        practices = "1 practice" if len(self.practices) == 1 else f"{len(self.practices)} practices"
        found = [f"{practices}, {self.people:,} people, {issues}, seen from {self.as_of.isoformat()}"]
        found.append("Of the pain-medicine issues:")
        found += [f"  {name.replace('_', ' ')}: {share:.1%}" for name, share in self.shares.items()]
        found.append("People whose plan has:")
        found += [f"  {name.replace('_', ' ')}: {count:,}" for name, count in self.traits.items()]
        found.append("Truth (in / to check / out):")
        for search, outcomes in self.expected.items():
            found.append(f"  {search}: {outcomes['in']:,} / {outcomes['check']:,} / {outcomes['out']:,}")
        return found


def build(
    out: Path,
    *,
    practices: int,
    patients: int,
    seed: int,
    progress: Progress,
    as_of: date = DEFAULT_AS_OF,
    list_reports: bool = True,
) -> BuildSummary:
    """Build a neighbourhood of ``patients`` people over ``practices`` practices in the new folder ``out``.

    The same arguments give the same bytes. Memory does not grow with ``patients``. Raises ``StepwellError`` where the
    numbers cannot be met or ``out`` already holds something.
    """
    sizes = list_sizes(practices, patients, seed)
    if out.exists() and any(out.iterdir()):
        raise StepwellError(
            "The folder to build in is not empty.", next_step="Give a new folder, or empty this one."
        )
    out.mkdir(parents=True, exist_ok=True)
    (out / "truth").mkdir()
    difficulty = Difficulty()
    with TruthFiles(out / "truth", as_of) as truth:
        for number, size in enumerate(sizes):
            _build_practice(out, number, size, seed, as_of, list_reports, truth, difficulty, progress)
        counts = truth.counts
    (out / "as_of").write_text(as_of.isoformat() + "\n", encoding="utf-8")
    (out / "README.txt").write_text(_README, encoding="utf-8")
    described = {"seed": seed, "as_of": as_of.isoformat(), **difficulty.as_dict(), "expected": counts}
    (out / "difficulty.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    return BuildSummary(
        out=out,
        as_of=as_of,
        practices=tuple(ods_code(number) for number in range(practices)),
        people=difficulty.people,
        issues=difficulty.issues,
        pain_issues=difficulty.pain_issues,
        shares=difficulty.shares(),
        traits=dict(sorted(difficulty.traits.items())),
        expected=counts,
    )


def ods_code(number: int) -> str:
    """The fictional code of a practice, counted from 0."""
    return f"Z{99901 + number}"


def practice_name(number: int) -> str:
    """The invented name of a practice, counted from 0."""
    name = _PLACES[number % len(_PLACES)]
    return f"{name} Surgery" if number < len(_PLACES) else f"{name} Surgery {number // len(_PLACES) + 1}"


def list_sizes(practices: int, patients: int, seed: int) -> list[int]:
    """How ``patients`` people are spread: lists of unequal size, every one large enough for the edge cases in the first."""
    if not 1 <= practices <= MOST_PRACTICES:
        raise StepwellError(
            f"A neighbourhood has 1 to {MOST_PRACTICES} practices.",
            next_step="Ask for a number in that range.",
        )
    least = len(CASES) + 20
    if patients < practices * least:
        raise StepwellError(
            f"{practices} practices need at least {practices * least} people between them.",
            next_step="Ask for more people or fewer practices.",
        )
    if patients > practices * LARGEST_LIST:
        raise StepwellError(
            f"{practices} practices can hold at most {practices * LARGEST_LIST} people.",
            next_step="Ask for fewer people or more practices.",
        )
    rng = Random(f"{seed}:sizes")
    weights = [rng.uniform(0.7, 1.3) for _ in range(practices)]
    spare = patients - practices * least
    sizes = [least + int(spare * weight / sum(weights)) for weight in weights]
    sizes = [min(size, LARGEST_LIST) for size in sizes]
    while (missing := patients - sum(sizes)) > 0:
        for position in range(practices):
            room = min(LARGEST_LIST - sizes[position], -(-missing // practices), patients - sum(sizes))
            sizes[position] += room
    return sizes


def people_of(number: int, size: int, seed: int, as_of: date) -> Iterator[Person]:
    """The people of one practice in list order, each made when asked for."""
    practice, day, numbers = ods_code(number), as_of.toordinal(), nhs_numbers(number)
    planted: list[Person] = []
    if number == 0 or size >= PLANTED_IN_LISTS_OF:
        planted = planted_people(
            seed, practice=practice, number=number, as_of=day, nhs_numbers=lambda: next(numbers)
        )
    yield from planted
    for index in range(len(planted), size):
        rng = person_random(seed, number, index)
        yield plan_person(rng, practice=practice, index=index, nhs_number=next(numbers), as_of=day)


def write_list_report_workbook(
    path: Path, *, practice: int, practices: int, patients: int, seed: int, as_of: date = DEFAULT_AS_OF
) -> None:
    """Write one practice's list report (counted from 0) as XLSX: the same rows as the CSV of ``build`` with these numbers."""
    size = list_sizes(practices, patients, seed)[practice]
    write_workbook(
        path,
        people_of(practice, size, seed, as_of),
        lambda person: words_of(seed, practice, person.index),
        ods=ods_code(practice),
        number=practice,
        name=practice_name(practice),
        as_of=as_of.toordinal(),
    )


def _build_practice(
    out: Path,
    number: int,
    size: int,
    seed: int,
    as_of: date,
    list_reports: bool,
    truth: TruthFiles,
    difficulty: Difficulty,
    progress: Progress,
) -> None:
    ods, name, day = ods_code(number), practice_name(number), as_of.toordinal()
    progress.step(f"Making {size:,} people of practice {number + 1}")
    with ExitStack() as stack:
        emis = stack.enter_context(
            EmisWriter(out / "emis" / ods, ods=ods, number=number, name=name, as_of=day)
        )
        report = None
        if list_reports:
            path = out / "list_report" / f"{ods}.csv"
            report = stack.enter_context(ListReportWriter(path, ods=ods, number=number, name=name, as_of=day))
        since = 0
        for person in people_of(number, size, seed, as_of):
            truth.write(person)  # before any text exists
            difficulty.add(person, day)
            emis.write(person, words_of(seed, number, person.index))
            if report is not None:
                report.write(person, words_of(seed, number, person.index))
            since += 1
            if since == 500:
                progress.done(since)
                since = 0
        progress.done(since)


def words_of(seed: int, number: int, index: int) -> Random:
    """What chooses one person's wording: the same in every format."""
    return Random(f"{seed}:{number}:{index}:words")
