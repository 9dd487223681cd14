"""One made-up practice as EMIS files and as the report it could export, and what the report's columns cannot hold.

Each loss takes away from the EMIS files' facts what has no column in the report, one after another. With all of them
taken away nothing may be left between the two: every search finds the same people with the same outcome and the same
reasons. So a person found otherwise from the report is explained by the losses that change what is found of them, and a
difference that no loss brings about is the reader's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stepwell.base.progress import Silent
from stepwell.population import engine, synthetic
from stepwell.population.records import derived, formats
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.extracts import Options
from stepwell.population.records.importing import import_extract
from stepwell.population.records.searches import all_searches, prepare, run
from stepwell.population.stores import Stores, open_stores

ODS = "Z99901"
WHOLE, REPORT, WORKBOOK = "the EMIS files", "the report", "the report as a workbook"
Facts = Mapping[str, pa.Table]
Person = str  # NHS number


@dataclass(frozen=True, slots=True)
class Found:
    """What a search says of a person. Outcome "not found": they do not meet its base. ``ome``: mg a day, from and to."""

    outcome: str
    reasons: tuple[str, ...] = ()
    ome: tuple[float | None, float | None] = (None, None)

    def __str__(self) -> str:
        return f"{self.outcome} ({', '.join(self.reasons) or '-'}; OME {self.ome[0]} to {self.ome[1]})"


NOT_FOUND = Found("not found")


@dataclass(frozen=True, slots=True)
class Loss:
    """``words``: what the report has no column for. ``take`` gives the facts without it, at a date."""

    words: str
    take: Callable[[Facts, date], Facts]


def _blank(table: pa.Table, *columns: str) -> pa.Table:
    for name in columns:
        at = table.schema.get_field_index(name)
        table = table.set_column(
            at, table.schema.field(at), pa.nulls(table.num_rows, table.schema.field(at).type)
        )
    return table


def _only_listed(facts: Facts, on: date) -> Facts:
    """People registered as regular on the day, alive and not confidential."""
    people, registered = facts["patients"], facts["registrations"]
    regular = pc.and_kleene(
        pc.equal(pc.fill_null(registered["registration_type"], "regular"), "regular"),
        pc.or_kleene(pc.is_null(registered["end_date"]), pc.greater(registered["end_date"], pa.scalar(on))),
    )
    now = registered.filter(regular)["patient_key"]
    there = pc.and_kleene(pc.is_in(people["patient_key"], now), pc.is_null(people["death_year"]))
    listed = people.filter(pc.and_not(there, pc.fill_null(people["sensitive"], False)))["patient_key"]
    return {
        name: table.filter(pc.is_in(table["patient_key"], listed))
        if "patient_key" in table.schema.names
        else table
        for name, table in facts.items()
    }


def _only_prescribed_here(facts: Facts, on: date) -> Facts:
    """Without issues from elsewhere, and without the templates of such issues only."""
    issues, templates = facts["issues"], facts["templates"]
    here = issues.filter(issues["prescribed_here"])
    elsewhere = issues.filter(pc.invert(issues["prescribed_here"]))
    only = pc.and_not(
        pc.is_in(templates["template_id"], elsewhere["template_id"]),
        pc.is_in(templates["template_id"], here["template_id"]),
    )
    kept = pc.and_not(templates["prescribed_here"], only)
    return {**facts, "issues": here, "templates": templates.filter(kept)}


def _no_templates(facts: Facts, on: date) -> Facts:
    return {
        **facts,
        "templates": facts["templates"].slice(0, 0),
        "issues": _blank(facts["issues"], "template_id", "kind"),
    }


def _no_durations(facts: Facts, on: date) -> Facts:
    return {**facts, "issues": _blank(facts["issues"], "duration_days")}


def _no_medicine_codes(facts: Facts, on: date) -> Facts:
    return {**facts, "issues": _blank(facts["issues"], "drug_code", "bnf_code")}


def _no_ids_of_codes(facts: Facts, on: date) -> Facts:
    return {**facts, "events": _blank(facts["events"], "snomed_id", "ctv3", "read_term_id")}


def _no_registration_dates(facts: Facts, on: date) -> Facts:
    return {**facts, "registrations": _blank(facts["registrations"], "start_date", "end_date")}


def _all_regular(facts: Facts, on: date) -> Facts:
    return _filled(facts, "registrations", "registration_type", "regular")


def _nothing_withheld(facts: Facts, on: date) -> Facts:
    at = facts["patients"].schema.get_field_index("withheld")
    none = pa.array([False] * facts["patients"].num_rows)
    return {**facts, "patients": facts["patients"].set_column(at, facts["patients"].schema.field(at), none)}


def _filled(facts: Facts, table: str, column: str, value: str) -> Facts:
    rows = facts[table]
    at = rows.schema.get_field_index(column)
    return {**facts, table: rows.set_column(at, rows.schema.field(at), pc.fill_null(rows[column], value))}


LOSSES = (
    Loss("people who are not registered now, who died or whose record is confidential", _only_listed),
    Loss("when somebody registered", _no_registration_dates),
    Loss("that nobody wrote of what kind a registration is", _all_regular),
    Loss("that part of a record is withheld", _nothing_withheld),
    Loss("medicines recorded from elsewhere", _only_prescribed_here),
    Loss("courses: their end and the number of issues made", _no_templates),
    Loss("the duration of an issue", _no_durations),
    Loss("ids of medicines", _no_medicine_codes),
    Loss("ids of codes: the words are there", _no_ids_of_codes),
)


@dataclass(frozen=True)
class SamePractice:
    """What each search finds of each person: in the EMIS files, as they lose one thing after another, and in the report.

    ``found[variant][search][person]``. Variants in order: ``WHOLE``, the words of each loss, ``REPORT``, ``WORKBOOK``.
    """

    found: Mapping[str, Mapping[str, Mapping[Person, Found]]]

    def of(self, variant: str, search: str, person: Person) -> Found:
        """``NOT_FOUND`` for people the search does not find."""
        return self.found[variant][search].get(person, NOT_FOUND)

    def people(self, search: str) -> list[Person]:
        """Everybody the search finds in any variant."""
        return sorted({person for by_search in self.found.values() for person in by_search[search]})

    def differing(self, search: str) -> Iterator[Person]:
        """People whose outcome in the report is another than in the EMIS files."""
        for person in self.people(search):
            if self.of(WHOLE, search, person).outcome != self.of(REPORT, search, person).outcome:
                yield person

    def causes(self, search: str, person: Person) -> list[str]:
        """The losses that change what the search finds of a person, each added to those before it."""
        steps = [WHOLE, *(loss.words for loss in LOSSES)]
        return [
            after
            for before, after in pairwise(steps)
            if self.of(before, search, person) != self.of(after, search, person)
        ]

    def unexplained(self, search: str) -> list[str]:
        """People of whom a report is told otherwise than the EMIS files less all it has no column for."""
        left = LOSSES[-1].words
        return [
            f"{search} {person}: {self.of(left, search, person)} in {WHOLE} without what a report has no column for, "
            f"{self.of(form, search, person)} in {form}; in {WHOLE} {self.of(WHOLE, search, person)}"
            for person in self.people(search)
            for form in (REPORT, WORKBOOK)
            if self.of(form, search, person) != self.of(left, search, person)
        ]


def same_practice(folder: Path, people: int, seed: int) -> SamePractice:
    """Build the practice in ``folder``, import its files, and ask every search of them and of what lies between."""
    out, workbook = folder / "neighbourhood", folder / "report.xlsx"
    synthetic.build(out, practices=1, patients=people, seed=seed, progress=Silent())
    synthetic.write_list_report_workbook(workbook, practice=0, practices=1, patients=people, seed=seed)
    return compare(folder / "lake", out / "emis" / ODS, out / "list_report" / f"{ODS}.csv", workbook)


def compare(lake: Path, emis: Path, report: Path, workbook: Path) -> SamePractice:
    """All in one lake, so that a person has one key in each."""
    stores = open_stores(lake)
    variants = {WHOLE: _imported(stores, emis)}
    on = stores.lake.current().loads[0].extract_date
    for loss in LOSSES:
        variants[loss.words] = loss.take(list(variants.values())[-1], on)
    variants |= {REPORT: _imported(stores, report), WORKBOOK: _imported(stores, workbook)}
    return SamePractice(_searched(variants, on, _names(stores)))


def _imported(stores: Stores, path: Path) -> Facts:
    options = Options(practice=ODS)
    before = {load.load_id for load in stores.lake.current().loads}
    import_extract(stores.lake, stores.vault, formats.open_reader(path, options), options, progress=Silent())
    (load,) = (load for load in stores.lake.current().loads if load.load_id not in before)
    folder = stores.lake.load_directory(load.load_id)
    return {
        name: pq.read_table(folder / f"{name}.parquet").select(schema.names)
        for name, schema in TABLES.items()
    }


def _names(stores: Stores) -> dict[str, Person]:
    """NHS numbers by patient key. Everybody is made up."""
    named = {}
    for load in stores.lake.current().loads:
        for who in stores.vault.read(load.practice, load.load_id, who="a test", why="comparing", keys=None):
            named[who.patient_key] = who.nhs_number or who.patient_key
    return named


def _searched(
    variants: Mapping[str, Facts], on: date, names: Mapping[str, Person]
) -> dict[str, dict[str, dict[Person, Found]]]:
    """Every search of every variant at once: each variant stands as a practice of its own."""
    con = engine.connect()
    practices = {f"V{number}": variant for number, variant in enumerate(variants)}
    tables = {name: engine.kept(con, ibis.memtable(_together(name, variants, practices))) for name in TABLES}
    worked_out = {name: engine.kept(con, table) for name, table in derived.derive(tables, con).items()}
    prepared = prepare({**tables, **worked_out}, on, con)
    found: dict[str, dict[str, dict[Person, Found]]] = {
        variant: {name: {} for name in all_searches()} for variant in variants
    }
    for name, search in all_searches().items():
        for one in run(search, prepared).candidates:
            person = names[one.patient_key]
            found[practices[one.practice]][name][person] = Found(
                one.outcome, one.reasons, (one.daily_ome_min, one.daily_ome_max)
            )
    con.disconnect()
    return found


def _together(name: str, variants: Mapping[str, Facts], practices: Mapping[str, str]) -> pa.Table:
    parts = []
    for practice, variant in practices.items():
        table = variants[variant][name]
        if "practice" in table.schema.names:
            at = table.schema.get_field_index("practice")
            table = table.set_column(
                at, table.schema.field(at), pa.array([practice] * table.num_rows, pa.string())
            )
        parts.append(table.cast(TABLES[name]))
    return pa.concat_tables(parts)
