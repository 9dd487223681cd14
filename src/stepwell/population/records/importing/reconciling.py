"""Does every row add up? What was read of each file against what became of it, and what that says about the extract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
from ibis.backends import BaseBackend

from stepwell.base.errors import StepwellError
from stepwell.population import engine
from stepwell.population.lake import FileCount, TableCount
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.importing import wording
from stepwell.population.records.importing.people import Settled
from stepwell.population.records.importing.sink import LoadSink

STALE_AFTER = timedelta(days=35)
# A counter named so counts source rows that became no row of their own.
_SET_ASIDE = ("left out", "merged")


def file_counts(con: BaseBackend, sink: LoadSink) -> dict[str, FileCount]:
    """Of each source file: rows read, rows that became canonical rows, rows rejected and why."""
    used = _lines_used(con, sink)
    files = sorted({*sink.rows_read, *sink.rejected, *used})
    return {
        file: FileCount(
            read=sink.rows_read[file],
            used=used[file],
            rejected=sink.rejected[file],
            reasons=_reasons(sink, file),
        )
        for file in files
    }


def _reasons(sink: LoadSink, file: str) -> dict[str, int]:
    """How often each reason was given, the commonest first."""
    found = sorted(sink.why[file].values(), key=lambda why: -why.rows)
    return {why.reason: why.rows for why in found}


def refuse_if_empty(tables: Mapping[str, TableCount]) -> None:
    """Raises ``StepwellError`` when the load would hold nobody, or no issues."""
    for table, word in (("patients", "people"), ("issues", "issues of medicines")):
        if tables[table].kept == 0:
            raise StepwellError(
                f"The extract holds no {word}.",
                next_step="Nothing was imported. Check that the extract is complete and of the right kind.",
            )


def unaccounted(counts: Mapping[str, FileCount], sink: LoadSink) -> int:
    """Rows read less rows used, rejected, deleted, left out or merged. Zero when everything adds up."""
    set_aside = sum(
        number for name, number in sink.counters.items() if any(word in name for word in _SET_ASIDE)
    )
    read = sum(count.read for count in counts.values())
    return read - sum(count.used + count.rejected for count in counts.values()) - sink.deletions - set_aside


def _lines_used(con: BaseBackend, sink: LoadSink) -> Counter[str]:
    """Distinct source lines per file; a row that names no line counts as one."""
    given = [engine.parquet(con, [sink.staged(table)]) for table in TABLES if sink.given[table]]
    if not given:
        return Counter()
    lined = ibis.union(
        *(rows.select("source_file", "source_line").distinct() for rows in given), distinct=True
    )
    unlined = ibis.union(*(rows.filter(rows.source_line.isnull()).select("source_file") for rows in given))
    used: Counter[str] = Counter()
    # Counting a column counts its known values, so rows without a line are left to the second query.
    for query in (
        lined.group_by("source_file").agg(lines=lined.source_line.count()),
        unlined.group_by("source_file").agg(lines=unlined.count()),
    ):
        used.update({row["source_file"]: row["lines"] for row in con.to_pyarrow(query).to_pylist()})
    return used


def facts(con: BaseBackend, load: Path, extract_date: date) -> dict[str, Any]:
    """Of the issues of a load: first and newest date up to the extract's, and how many are later, undated, uncoded or
    of someone who is not in the load."""
    issues = engine.parquet(con, [load / "issues.parquet"], TABLES["issues"])
    patients = engine.parquet(con, [load / "patients.parquet"], TABLES["patients"])
    table = issues.mutate(past=issues.issue_date <= ibis.literal(extract_date))
    found = table.aggregate(
        first=table.issue_date.min(where=table.past),
        newest=table.issue_date.max(where=table.past),
        future=(~table.past).sum(),
        undated=table.issue_date.isnull().sum(),
        uncoded=(table.drug_code.isnull() & table.bnf_code.isnull()).sum(),
    )
    row: dict[str, Any] = con.to_pyarrow(found).to_pylist()[0]
    row["orphans"] = con.to_pyarrow(issues.anti_join(patients, "patient_key").count()).as_py()
    row["withheld"] = con.to_pyarrow(patients.withheld.fill_null(True).sum()).as_py()
    return {
        name: 0 if value is None and name not in ("first", "newest") else value for name, value in row.items()
    }


def warnings(
    extract_date: date,
    facts: Mapping[str, Any],
    settled: Settled,
    counts: Mapping[str, FileCount],
    sink: LoadSink,
) -> tuple[str, ...]:
    """What the person importing should know before they rely on the load. Names nobody."""
    newest = facts["newest"]
    stale = newest is None or extract_date - newest > STALE_AFTER
    missing = unaccounted(counts, sink)
    until = wording.day(extract_date)
    said = (
        (
            stale and newest,
            newest
            and f"The newest issue is of {wording.day(newest)}, more than 35 days before the extract date {until}.",
        ),
        (stale and not newest, f"No issue has a date up to the extract date {until}."),
        (
            facts["future"],
            wording.count(facts["future"], "issue is", "issues are")
            + " dated after the extract date and"
            + (" does not count yet." if facts["future"] == 1 else " do not count yet."),
        ),
        (facts["undated"], wording.count(facts["undated"], "issue has no date.", "issues have no date.")),
        (
            facts["uncoded"],
            wording.count(facts["uncoded"], "issue names", "issues name")
            + " a medicine without a code: it is recognised by name, or not.",
        ),
        (
            facts["orphans"],
            wording.count(facts["orphans"], "issue is of somebody who is", "issues are of people who are")
            + " not in this load.",
        ),
        (
            facts["newcomers"],
            wording.count(facts["newcomers"], "person", "people")
            + " came new with these changes though registered before the extract they change. What was recorded of "
            "them before is not here: searches may miss them, or find them to check. A full extract has it.",
        ),
        (
            facts["returned"],
            wording.count(facts["returned"], "medicine", "medicines")
            + " begun before the extract these changes build on came new, of people of whom part was withheld. What was "
            "issued before is not here, so searches may miss it. A full extract has it.",
        ),
        (
            len(settled.joined),
            wording.count(len(settled.joined), "person", "people")
            + " came under two source ids and agree in name and birth.",
        ),
        (
            settled.conflicts,
            wording.count(settled.conflicts, "NHS number is", "NHS numbers are")
            + " shared by people whose name or birth differ: none is matched by number.",
        ),
        (
            missing,
            wording.count(missing, "row read is", "rows read are") + " not accounted for: please report it.",
        ),
    )
    return tuple(sentence for holds, sentence in said if holds)
