"""The EMIS bulk reader: what the extract is, then its tables in the order they need each other."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from stepwell.base.errors import StepwellError
from stepwell.base.progress import Progress
from stepwell.population.records.emis import layout as layouts
from stepwell.population.records.emis.codes import read_clinical, read_drugs
from stepwell.population.records.emis.events import Events
from stepwell.population.records.emis.medicines import Medicines
from stepwell.population.records.emis.patients import People
from stepwell.population.records.emis.practice import Practice, of_patients
from stepwell.population.records.emis.rows import require_rows, simple_rows
from stepwell.population.records.extracts import Description, Kind, Options, Sink
from stepwell.population.records.reading import cells
from stepwell.population.records.reading.sources import open_source

SOURCE = "emis"
# Whose EnteredDate tells the date of an extract. Not issues: one dated ahead may carry that date as entered too.
_ENTERED = ("Prescribing_DrugRecord", "CareRecord_Observation")


class EmisReader:
    """An EMIS bulk extract at a path: a folder, a zip, of 5.x to 8.2."""

    def __init__(self, path: Path, options: Options) -> None:
        self._options = options
        self._members = open_source(path)
        self._delta = options.kind is Kind.DELTA
        self._layout: layouts.Layout | None = None
        self._practice: Practice | None = None
        self._description: Description | None = None

    def describe(self) -> Description:
        """See ``Reader``. Checks every file that will be read, so it reads each once."""
        if self._description is None:
            self._layout = layouts.recognise(self._members, whole=not self._delta)
            self._practice = of_patients(self._layout, self._options)
            extract_date, how = self._extract_date(self._layout)
            self._description = Description(
                source=SOURCE,
                practice=self._practice.ods_code,
                practice_name=self._practice.name,
                extract_date=extract_date,
                kind=self._options.kind,
                files=self._layout.sources,
                notes=(*self._layout.notes, how, *_what_is_missing(self._layout, self._delta)),
            )
        return self._description

    def read(self, sink: Sink, progress: Progress) -> None:
        """See ``Reader``."""
        self.describe()
        layout, practice = self._layout, self._practice
        assert layout is not None and practice is not None
        code, delta = practice.ods_code, self._delta
        counted: Counter[str] = Counter()
        people = People(layout, code, sink, progress, delta=delta)
        counted["Admin_Patient"] = people.read()
        drugs, counted["Coding_DrugCode"] = read_drugs(layout, sink, progress)
        medicines = Medicines(layout, code, people, drugs, sink, progress, delta=delta)
        counted["Prescribing_DrugRecord"] = medicines.read_templates()
        counted["Prescribing_IssueRecord"] = medicines.read_issues()
        codes, counted["Coding_ClinicalCode"] = read_clinical(layout, sink, progress)
        events = Events(layout, code, people, codes, sink, progress, delta=delta)
        counted["CareRecord_Observation"] = events.read()
        if not delta:
            for table, rows in counted.items():
                require_rows(table, rows, layout.of(table))
        elif practice.only_stated and counted.total() and not people.known_before:
            raise StepwellError(
                f"nobody in this delta is in the earlier load of practice {code}, and the delta does not say whose it is.",
                next_step="Check that it is this practice's.",
            )

    def _extract_date(self, layout: layouts.Layout) -> tuple[date, str]:
        """The date the extract shows the practice at, and a sentence saying where it comes from.

        As stated; else the newest date in the file names; else the newest date on which a template or an event was
        entered or the sharing agreement changed, which is at or shortly before the day of the extract.
        """
        if self._options.extract_date is not None:
            return self._options.extract_date, "The extract date was stated."
        if (named := layout.named_date) is not None:
            return named, "The extract date is that of the file names."
        newest: date | None = None
        for table, column in (
            ("Agreements_SharingOrganisation", "LastModifiedDate"),
            *((table, "EnteredDate") for table in _ENTERED),
        ):
            for file in layout.of(table):
                newest = max(filter(None, (newest, _newest(file, column))), default=None)
        if newest is None:
            raise StepwellError(
                "neither the file names nor the rows say which date this extract is of.",
                next_step="State the extract date.",
            )
        return (
            newest,
            "The file names give no date: the extract date is the newest on which anything was entered.",
        )


def _newest(file: layouts.TableFile, column: str) -> date | None:
    if file.positions.get(column) is None:
        return None
    texts = {text for (text,) in simple_rows(file, [column])}
    found = []
    for text in texts:
        try:
            found.append(cells.day(text))
        except cells.BadCell:
            continue
    return max(filter(None, found), default=None)


def _what_is_missing(layout: layouts.Layout, delta: bool) -> list[str]:
    notes = []
    issues = layout.of("Prescribing_IssueRecord")
    if any(file.positions["IsPrivatelyPrescribed"] is None for file in issues):
        notes.append(
            "This version of the extract does not say which issues were private: all count as prescribed here "
            "unless their words say otherwise."
        )
    if not layout.of("CareRecord_Problem") and not delta:
        notes.append("The extract has no problem table: whether a coded event is a problem is not known.")
    return notes
