"""CareRecord_Observation as coded events, joined with CareRecord_Problem. Associated free text is not read."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from stepwell.base.progress import Progress
from stepwell.population.records.emis import facts
from stepwell.population.records.emis.codes import Clinical
from stepwell.population.records.emis.dates import Dates, Known, floored
from stepwell.population.records.emis.layout import Layout
from stepwell.population.records.emis.patients import People
from stepwell.population.records.emis.rows import Batch, Cells, Lenient, Reading, Unusable, each, simple_rows
from stepwell.population.records.extracts import Sink
from stepwell.population.records.reading import cells

_EVENT_COLUMNS = (
    "ObservationGuid", "PatientGuid", "EffectiveDate", "EffectiveDatePrecision", "CodeId", "Value", "NumericUnit",
    "IsConfidential", "Deleted",
)  # fmt: skip
_PROBLEM_COLUMNS = ("ObservationGuid", "PatientGuid", "EndDate", "ProblemStatusDescription", "Deleted")


class Problem(NamedTuple):
    """What makes an event a problem. ``is_problem`` None: not known, as the extract has no problem table."""

    is_problem: bool | None
    status: str | None
    end_date: date | None


_MERGED = "problem rows merged into their events"
_NO_PROBLEM = Problem(False, None, None)
_NOT_SAID = Problem(None, None, None)


class Events:
    """Reads problems, then the events they belong to."""

    def __init__(
        self,
        layout: Layout,
        practice: str,
        people: People,
        codes: dict[str, Clinical],
        sink: Sink,
        progress: Progress,
        *,
        delta: bool,
    ) -> None:
        self._layout, self._practice, self._people, self._sink, self._progress = (
            layout, practice, people, sink, progress,
        )  # fmt: skip
        self._delta = delta
        self._codes = codes
        self._problems: dict[str, Problem] = {}
        self._places: dict[str, tuple[str, int]] = {}  # where a delta's problem rows are
        self._status = Known(facts.values("problem_status"), sink, "problems of an unknown status")
        self._precision = Known(
            facts.values("date_precision"), sink, "dates of an unknown precision, taken as days"
        )
        self._ends, self._days = Dates("EndDate", sink), Dates("EffectiveDate", sink)
        self._deleted = Reading("Deleted", cells.boolean)
        self._confidential = Reading("IsConfidential", cells.boolean)
        self._texts = Reading("NumericUnit", cells.text)
        self._values = Lenient("Value", cells.number, sink)
        self._batch = Batch.of(sink, "events")

    def read(self) -> int:
        """Push events. The number of observation rows read."""
        problems = self._layout.of("CareRecord_Problem")
        observations = self._layout.of("CareRecord_Observation")
        self._without_problem = _NO_PROBLEM if problems or self._delta else _NOT_SAID
        sorted_first = self._delta or max(len(problems), len(observations)) > 1
        each(
            problems, _PROBLEM_COLUMNS, self._problem, sink=self._sink, progress=self._progress,
            in_order=sorted_first,
        )  # fmt: skip
        if self._delta:
            self._look_back()
        read = each(
            observations, _EVENT_COLUMNS, self._event, sink=self._sink, progress=self._progress,
            in_order=sorted_first,
        )  # fmt: skip
        self._batch.flush()
        return read

    def _problem(self, file: str, line: int, row: Cells) -> None:
        guid, person, end, status, deleted = row
        event_id = cells.guid(guid)
        if event_id is None:
            raise Unusable("the row has no id", "ObservationGuid")
        if self._deleted[deleted]:
            self._problems[event_id] = _NO_PROBLEM
        elif self._people.key(person) is None:
            return
        else:
            self._problems[event_id] = Problem(True, self._status[status], self._ends.read(end))
        self._sink.count(_MERGED)
        if self._delta:
            self._places[event_id] = (file, line)

    def _look_back(self) -> None:
        """A delta may hold an event without its problem row, or the other way round: the earlier load has the rest."""
        ids = {
            cells.guid(guid)
            for file in self._layout.of("CareRecord_Observation")
            for (guid,) in simple_rows(file, ["ObservationGuid"])
        }
        if not ids and not self._problems:
            return
        for row in self._sink.previous("events"):
            event_id = str(row["event_id"])
            problem = self._problems.get(event_id)
            if problem is not None and event_id not in ids:
                # Now it stands in the load because of its problem row, so that is where it says it is from.
                file, line = self._places[event_id]
                self._batch.add(
                    {
                        **row,
                        "is_problem": problem.is_problem,
                        "problem_status": problem.status,
                        "problem_end_date": problem.end_date,
                        "source_file": file,
                        "source_line": line,
                    }
                )
                self._sink.count(_MERGED, -1)
            elif problem is None and event_id in ids and row["is_problem"]:
                status, end = row["problem_status"], row["problem_end_date"]
                self._problems[event_id] = Problem(
                    True, None if status is None else str(status), end if isinstance(end, date) else None
                )

    def _event(self, file: str, line: int, row: Cells) -> None:
        guid, person, day, precision_text, code_id, value, unit, confidential, deleted = row
        event_id = cells.guid(guid)
        if event_id is None:
            raise Unusable("the row has no id", "ObservationGuid")
        if self._deleted[deleted]:
            self._batch.delete(event_id)
            return
        key = self._people.key(person)
        if key is None:
            return
        if self._confidential[confidential]:
            self._sink.withhold(key)
            if self._delta or self._layout.in_parts:
                self._batch.delete(event_id)
                self._sink.count("confidential events taken back")
            else:
                self._sink.count("confidential events left out")
            return
        code = self._codes.get(code_id) or self._codes.get(code_id.strip())
        if code is None:
            raise Unusable("CodeId not in Coding_ClinicalCode", "CodeId")
        event_date, precision = self._days.read(day), None
        if event_date is None:
            self._sink.count("events without a date")
        else:
            precision = self._precision[precision_text] or "day"
            event_date = event_date if precision == "day" else floored(event_date, precision)
        number = self._values[value]
        problem = self._problems.get(event_id, self._without_problem)
        self._batch.add(
            {
                "event_id": event_id,
                "patient_key": key,
                "practice": self._practice,
                "event_date": event_date,
                "date_precision": precision,
                "snomed_id": code.snomed_id,
                "ctv3": None,
                "read_term_id": code.read_term_id,
                "term": code.term,
                "numeric_value": None if number is None else float(number),
                "unit": self._texts[unit],
                "is_problem": problem.is_problem,
                "problem_status": problem.status,
                "problem_end_date": problem.end_date,
                "source_file": file,
                "source_line": line,
            }
        )
