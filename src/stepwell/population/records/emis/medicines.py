"""Prescribing_DrugRecord as templates, Prescribing_IssueRecord as issues.

Rows marked confidential are left out of the lake and counted: the practice's own system hides them from other staff, and
a list must not bring them back. Issues of a confidential template go with it. What is left out is withheld of the person, which
makes them somebody to check. (A confidential *person* is kept, marked sensitive.) Deleting a template does not undo its issues:
they were issued.

In a delta a template also changes what its earlier issues are: confidential, it takes them back; of a hospital, they are too.

A template of a medicine from elsewhere often has no issue: it is then the only trace of it, and becomes one issue of its start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from stepwell.base.progress import Progress
from stepwell.population.records.canonical import TABLES
from stepwell.population.records.emis import facts
from stepwell.population.records.emis.codes import Drug
from stepwell.population.records.emis.dates import Dates, Known
from stepwell.population.records.emis.layout import Layout
from stepwell.population.records.emis.patients import People
from stepwell.population.records.emis.rows import Batch, Cells, Lenient, Reading, Unusable, each
from stepwell.population.records.extracts import Sink
from stepwell.population.records.reading import cells, quantities

_TEMPLATE_COLUMNS = (
    "DrugRecordGuid", "PatientGuid", "EffectiveDate", "CodeId", "Dosage", "Quantity", "QuantityUnit",
    "ProblemObservationGuid", "PrescriptionType", "IsActive", "CancellationDate", "NumberOfIssues",
    "NumberOfIssuesAuthorised", "IsConfidential", "Deleted",
)  # fmt: skip
_ISSUE_COLUMNS = (
    "IssueRecordGuid", "PatientGuid", "DrugRecordGuid", "EffectiveDate", "CodeId", "Dosage", "Quantity", "QuantityUnit",
    "ProblemObservationGuid", "CourseDurationInDays", "IsConfidential", "IsPrivatelyPrescribed",
    "IssueMethodDescription", "Deleted",
)  # fmt: skip
_NO_DRUG = "CodeId not in Coding_DrugCode"


class _Origin(NamedTuple):
    """What an issue takes from its template."""

    kind: str | None
    elsewhere: str | None
    confidential: bool


_UNKNOWN = _Origin(None, None, False)


class _Turn(NamedTuple):
    """What a delta makes of a template, for the issues of the earlier load. ``now`` None: deleted."""

    was: _Origin
    now: _Origin | None
    file: str
    line: int

    @property
    def matters(self) -> bool:
        """Whether the earlier issues change with it."""
        return self.now is None or self.now.confidential or self.now.elsewhere != self.was.elsewhere


class Medicines:
    """Reads templates, then issues, which need to know their templates' kind."""

    def __init__(
        self,
        layout: Layout,
        practice: str,
        people: People,
        drugs: dict[str, Drug],
        sink: Sink,
        progress: Progress,
        *,
        delta: bool,
    ) -> None:
        self._layout, self._practice, self._people, self._sink, self._progress = (
            layout, practice, people, sink, progress,
        )  # fmt: skip
        self._delta = delta
        self._drugs = drugs
        self._kinds = facts.values("prescription_type")
        self._kind = Known(self._kinds, sink, "templates of an unknown prescription type")
        self._origins: dict[str, _Origin] = {}
        self._shared: dict[_Origin, _Origin] = {}
        self._without_issue: dict[str, dict[str, object]] = {}  # templates of medicines from elsewhere
        self._turned: dict[str, _Turn] = {}  # templates a delta names
        self._starts, self._ends = Dates("EffectiveDate", sink), Dates("CancellationDate", sink)
        self._deleted = Reading("Deleted", cells.boolean)
        self._confidential = Reading("IsConfidential", cells.boolean)
        self._active = Reading("IsActive", cells.boolean)
        self._private = Reading("IsPrivatelyPrescribed", cells.boolean)
        self._texts, self._ids = Reading("Dosage", cells.text), Reading("", cells.guid)
        self._days = Lenient("CourseDurationInDays", cells.whole, sink)
        self._made = Lenient("NumberOfIssues", cells.whole, sink)
        self._authorised = Lenient("NumberOfIssuesAuthorised", cells.whole, sink)
        self._templates, self._issues = Batch.of(sink, "templates"), Batch.of(sink, "issues")

    def read_templates(self) -> int:
        """Push templates. The number of rows read."""
        for row in self._sink.previous("templates"):
            kind, elsewhere = row["kind"], row["elsewhere_source"]
            self._remember(str(row["template_id"]), kind and str(kind), elsewhere and str(elsewhere), False)  # type: ignore[arg-type]
        files = self._layout.of("Prescribing_DrugRecord")
        read = each(
            files, _TEMPLATE_COLUMNS, self._template, sink=self._sink, progress=self._progress,
            in_order=self._delta or len(files) > 1,
        )  # fmt: skip
        self._templates.flush()
        return read

    def read_issues(self) -> int:
        """Push issues. The number of rows read."""
        self._turn_earlier_issues()
        files = self._layout.of("Prescribing_IssueRecord")
        read = each(
            files, _ISSUE_COLUMNS, self._issue, sink=self._sink, progress=self._progress,
            in_order=self._delta or len(files) > 1,
        )  # fmt: skip
        self._issue_what_is_only_recorded()
        self._issues.flush()
        return read

    def _turn_earlier_issues(self) -> None:
        """Before the issues of the delta itself, which know their template."""
        turned = {template_id: turn for template_id, turn in self._turned.items() if turn.matters}
        for row in self._sink.previous("issues") if turned else ():
            turn = turned.get(str(row["template_id"]))
            if turn is not None:
                self._turn(row, turn)
        self._turned.clear()

    def _turn(self, row: Mapping[str, object], turn: _Turn) -> None:
        issue_id, now = str(row["issue_id"]), turn.now
        only_recorded = issue_id == _recorded(str(row["template_id"]))
        if now is not None and now.confidential:
            self._sink.take_back("issues", issue_id)
            self._sink.count("earlier issues of a template that became confidential, taken back")
        elif only_recorded and (now is None or now.elsewhere is None):
            self._sink.take_back("issues", issue_id)  # it stood for a medicine from elsewhere
        elif now is None or only_recorded:
            return
        elif now.elsewhere is None:
            # Whether it was the issue or its template that said elsewhere is not kept.
            self._sink.withhold(str(row["patient_key"]))
        elif row["elsewhere_source"] in (None, turn.was.elsewhere):
            # Now it stands in the load because of its template's row, so that is where it says it is from.
            given = {"kind": now.kind or row["kind"], "source_file": turn.file, "source_line": turn.line}
            elsewhere = {"prescribed_here": False, "elsewhere_source": now.elsewhere}
            self._issues.add({**row, **given, **elsewhere})
            self._sink.count("earlier issues of a template that is from elsewhere now")

    def _issue_what_is_only_recorded(self) -> None:
        if self._delta and self._without_issue:
            for row in self._sink.previous("issues"):
                if row["issue_id"] != _recorded(str(row["template_id"])):
                    self._without_issue.pop(str(row["template_id"]), None)
        for template_id, template in self._without_issue.items():
            self._issues.add(
                {
                    **{name: template.get(name) for name in TABLES["issues"].names},
                    "issue_id": _recorded(template_id),
                    "issue_date": template["start_date"],
                }
            )
            self._sink.count("medicines from elsewhere without an issue, taken as issued once at their start")
        self._without_issue.clear()

    def _remember(
        self, template_id: str, kind: str | None, elsewhere: str | None, confidential: bool
    ) -> None:
        origin = _Origin(kind, elsewhere, confidential)
        self._origins[template_id] = self._shared.setdefault(origin, origin)

    def _template(self, file: str, line: int, row: Cells) -> None:
        (guid, person, start, code_id, dosage, quantity, unit, problem, type_, active, end, made, authorised,
         confidential, deleted) = row  # fmt: skip
        template_id = cells.guid(guid)
        if template_id is None:
            raise Unusable("the row has no id", "DrugRecordGuid")
        is_deleted, is_confidential = bool(self._deleted[deleted]), bool(self._confidential[confidential])
        elsewhere = facts.elsewhere(type_)
        kind = self._kind[type_] if elsewhere is None else self._kinds.get(type_.strip().casefold())
        was = self._turned[template_id].was if template_id in self._turned else self._origins.get(template_id)
        self._remember(template_id, kind, elsewhere, is_confidential and not is_deleted)
        self._without_issue.pop(template_id, None)
        if self._delta:
            now = None if is_deleted else self._origins[template_id]
            self._turned[template_id] = _Turn(was or _UNKNOWN, now, file, line)
        if is_deleted:
            self._templates.delete(template_id)
            return
        key = self._people.key(person)
        if key is None:
            self._turned.pop(template_id, None)
            return
        if is_confidential:
            self._sink.withhold(key)
            self._withdraw(self._templates, template_id, "confidential templates left out")
            return
        supplied = self._supplied(code_id, dosage, quantity, unit, problem, elsewhere)
        is_active, end_date = self._active[active], self._ends.read(end)
        template: dict[str, object] = {
            "template_id": template_id,
            "patient_key": key,
            "practice": self._practice,
            "start_date": self._starts.read(start),
            "end_date": end_date,
            "status": _status(is_active, end_date is not None),
            "kind": kind,
            **supplied,
            "issues_made": self._made[made],
            "issues_authorised": self._authorised[authorised],
            "source_file": file,
            "source_line": line,
        }
        self._templates.add(template)
        if elsewhere is not None:
            self._without_issue[template_id] = template

    def _issue(self, file: str, line: int, row: Cells) -> None:
        (guid, person, record, day, code_id, dosage, quantity, unit, problem, days, confidential, private, method,
         deleted) = row  # fmt: skip
        issue_id = cells.guid(guid)
        if issue_id is None:
            raise Unusable("the row has no id", "IssueRecordGuid")
        if self._deleted[deleted]:
            self._issues.delete(issue_id)
            return
        key = self._people.key(person)
        if key is None:
            return
        template_id = self._ids[record]
        origin = self._origin(template_id)
        if self._confidential[confidential] or origin.confidential:
            self._sink.withhold(key)
            self._withdraw(self._issues, issue_id, "confidential issues left out")
            return
        issue_date = self._starts.read(day)
        if issue_date is None:
            raise Unusable("the issue has no date", "EffectiveDate")
        elsewhere = "private" if self._private[private] else facts.elsewhere(method) or origin.elsewhere
        supplied = self._supplied(code_id, dosage, quantity, unit, problem, elsewhere)
        self._without_issue.pop(template_id or "", None)
        self._issues.add(
            {
                "issue_id": issue_id,
                "patient_key": key,
                "practice": self._practice,
                "template_id": template_id,
                "issue_date": issue_date,
                "kind": origin.kind or self._kind_by_method(method),
                **supplied,
                "duration_days": self._days[days] or None,
                "source_file": file,
                "source_line": line,
            }
        )

    def _supplied(
        self, code_id: str, dosage: str, quantity: str, unit: str, problem: str, elsewhere: str | None
    ) -> dict[str, object]:
        """What of which medicine, for what and from where: the columns a template and an issue fill alike."""
        drug = self._drugs.get(code_id) or self._drugs.get(code_id.strip())
        if drug is None:
            raise Unusable(_NO_DRUG, "CodeId")
        amount = quantities.parse(quantity, unit)
        return {
            "drug_code": drug.drug_code,
            "bnf_code": None,
            "drug_name": drug.name,
            "dosage_instruction": self._texts[dosage],
            "quantity_value": amount.value,
            "quantity_unit": amount.unit,
            "quantity_text": amount.text,
            "prescribed_here": elsewhere is None,
            "elsewhere_source": elsewhere,
            "problem_id": self._ids[problem],
        }

    def _withdraw(self, batch: Batch, row_id: str, counted_as: str) -> None:
        """Leave a confidential row out, and in a delta also take back what was loaded before it was confidential."""
        if self._delta or self._layout.in_parts:
            batch.delete(row_id)
            self._sink.count(counted_as.replace("left out", "taken back"))
        else:
            self._sink.count(counted_as)

    def _origin(self, template_id: str | None) -> _Origin:
        origin = self._origins.get(template_id) if template_id else None
        if origin is None:
            self._sink.count("issues whose template is not known")
            return _UNKNOWN
        return origin

    def _kind_by_method(self, method: str) -> str | None:
        kind = self._kinds.get(method.strip().casefold())
        if kind is None:
            self._sink.count("issues of an unknown kind")
        return kind


def _recorded(template_id: str) -> str:
    """The id of the issue that stands for a template without one."""
    return f"recorded-{template_id}"


def _status(active: bool | None, has_end: bool) -> str | None:
    if active is None:
        return "ended" if has_end else None
    return "active" if active else "ended"
