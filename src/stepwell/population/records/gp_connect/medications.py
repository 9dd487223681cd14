"""Plans as templates and orders as issues, so that nothing is counted twice; every medication entry is accounted for."""

from __future__ import annotations

from stepwell.population.records.gp_connect import facts
from stepwell.population.records.gp_connect.accounting import Accountant
from stepwell.population.records.gp_connect.authorisations import Authorisation, issued_on, kind_of
from stepwell.population.records.gp_connect.bundles import Entry
from stepwell.population.records.gp_connect.events import problems_of_requests
from stepwell.population.records.gp_connect.fhir import extensions, part, reference, references, text
from stepwell.population.records.gp_connect.medicines import Medicine, Quantity, count_of
from stepwell.population.records.gp_connect.people import Row, Whose
from stepwell.population.records.gp_connect.record import Record

_NO_MEDICINE = "the entry names no medicine."
_NO_DATE = "the entry has no date known to the day."


class Medications:
    """The medicines of one record. ``read`` once, then ``templates`` and ``issues`` hold the rows."""

    def __init__(self, record: Record, whose: Whose, accountant: Accountant) -> None:
        self.templates: list[Row] = []
        self.issues: list[Row] = []
        self._record = record
        self._whose = whose
        self._accountant = accountant
        self._problems = problems_of_requests(record)
        self._plans: dict[str, Entry] = {}
        self._orders: list[Entry] = []
        self._statements: dict[str, Entry] = {}  # by the id of their plan
        self._issued: set[str] = set()  # plans that have an order
        self._used_plans: set[str] = set()

    def read(self) -> None:
        """Make the rows and book every entry."""
        for request in self._record.of("MedicationRequest"):
            self._sort(request)
        self._join_statements()
        for order in self._orders:
            self._order(order)
        for plan_id, plan in self._plans.items():
            self._plan(plan_id, plan)
        for plan_id, statement in self._statements.items():
            self._statement(plan_id, statement)
        self._medicines()

    def _sort(self, request: Entry) -> None:
        """Plan or order, unless its status says it does not hold."""
        intent = text(request.resource, "intent")
        row = facts.by_code("statuses").get(text(request.resource, "status") or "")
        if intent not in ("plan", "order"):
            self._accountant.reject(request, "intent", "the entry is neither a plan nor an order.")
        elif row is None:
            self._accountant.reject(request, "status", "the status of the entry is not one that is known.")
        elif (intent == "order" and row["order"] != "use") or row["plan"] in ("draft", "entered in error"):
            self._accountant.left_out(request, row[intent])
        elif intent == "plan":
            self._plans[request.id or ""] = request
        else:
            self._orders.append(request)

    def _join_statements(self) -> None:
        """Each statement to its plan; of two about one plan the one last asserted stands."""
        for statement in self._record.of("MedicationStatement"):
            plans = references(statement.resource, "basedOn", "MedicationRequest")
            plan_id = next((found for found in plans if found in self._plans), None)
            if text(statement.resource, "status") == "entered-in-error":
                self._accountant.left_out(statement, "entered in error")
            elif plan_id is not None:
                self._join(plan_id, statement)
            elif any(self._record.find("MedicationRequest", found) for found in plans):
                self._accountant.left_out(statement, "its plan is not used")
            else:
                self._accountant.reject(statement, "basedOn", "the plan of the entry is not in the record.")

    def _join(self, plan_id: str, statement: Entry) -> None:
        other = self._statements.get(plan_id)
        if other is not None:
            newer = _asserted(statement) >= _asserted(other)
            self._accountant.merged(other if newer else statement, "with another about the same plan")
            statement = statement if newer else other
        self._statements[plan_id] = statement

    def _authorisation(self, plan_id: str | None) -> Authorisation:
        plan = self._plans.get(plan_id or "")
        statement = self._statements.get(plan_id or "")
        if plan is None:
            return Authorisation(self._record)
        return Authorisation(self._record, plan.resource, statement.resource if statement else {})

    def _order(self, order: Entry) -> None:
        found = references(order.resource, "basedOn", "MedicationRequest")
        plan_id = next((plan for plan in found if plan in self._plans), None)
        authorisation = self._authorisation(plan_id)
        medicine, day = authorisation.medicine_of(order.resource), issued_on(order)
        if medicine is None:
            self._accountant.reject(order, "medicationReference", _NO_MEDICINE)
            return
        if day is None:
            self._accountant.reject(order, "dispenseRequest.validityPeriod.start", _NO_DATE)
            return
        self._accountant.used(order, "as orders")
        if plan_id is None:
            self._accountant.note("orders without their plan")
        else:
            self._issued.add(plan_id)
        if text(order.resource, "status") == "stopped":
            self._accountant.note("orders marked stopped, kept as issues")
        here = authorisation.prescribed_here(issued=True)
        self.issues.append(
            self._whose.row(
                order,
                issue_id=order.id,
                template_id=plan_id,
                issue_date=day,
                kind=self._kind(kind_of(order.resource) or authorisation.kind),
                dosage_instruction=authorisation.dosage_of(order.resource, day),
                duration_days=authorisation.days_of(order.resource),
                problem_id=self._problems.get(order.id or "") or self._problems.get(plan_id or ""),
                **_medicine(medicine),
                **_quantity(authorisation.quantity_of(order.resource)),
                **_where(authorisation, here),
            )
        )

    def _plan(self, plan_id: str, plan: Entry) -> None:
        authorisation = self._authorisation(plan_id)
        medicine = authorisation.medicine
        if medicine is None:
            self._accountant.reject(plan, "medicationReference", _NO_MEDICINE)
            return
        self._accountant.used(plan, "as plans")
        self._used_plans.add(plan_id)
        repeats = list(extensions(plan.resource, "repeat_information"))
        made, allowed = (
            next((n for r in repeats if (n := count_of(part(r, name), *_COUNTS)) is not None), None)
            for name in ("numberOfRepeatPrescriptionsIssued", "numberOfRepeatPrescriptionsAllowed")
        )
        self.templates.append(
            self._whose.row(
                plan,
                template_id=plan_id,
                start_date=authorisation.start,
                end_date=authorisation.end,
                status=facts.by_code("statuses")[text(plan.resource, "status") or ""]["plan"] or None,
                kind=self._kind(authorisation.kind),
                dosage_instruction=authorisation.dosage,
                issues_made=made,
                issues_authorised=allowed,
                problem_id=self._problems.get(plan_id),
                **_medicine(medicine),
                **_quantity(authorisation.quantity_of(plan.resource)),
                **_where(authorisation, authorisation.prescribed_here(issued=plan_id in self._issued)),
            )
        )

    def _statement(self, plan_id: str, statement: Entry) -> None:
        """Most statements say no more than their plan; one from elsewhere without an order is the only trace of an issue."""
        if plan_id not in self._used_plans:
            self._accountant.left_out(statement, "its plan is not used")
        elif plan_id in self._issued or self._authorisation(plan_id).prescribed_here(issued=False):
            self._accountant.merged(statement, "into their plans")
        else:
            self._elsewhere(plan_id, statement)

    def _elsewhere(self, plan_id: str, statement: Entry) -> None:
        authorisation = self._authorisation(plan_id)
        medicine, day = authorisation.medicine, authorisation.effective or authorisation.start
        if medicine is None or day is None:
            self._accountant.reject(statement, "effectivePeriod.start", _NO_DATE)
            return
        self._accountant.used(statement, "as one issue from elsewhere")
        plan = authorisation.plan
        self.issues.append(
            self._whose.row(
                statement,
                issue_id=f"statement-{statement.id}",
                template_id=plan_id,
                issue_date=day,
                kind=authorisation.kind,
                dosage_instruction=authorisation.dosage,
                duration_days=authorisation.days_of(plan),
                problem_id=self._problems.get(plan_id),
                **_medicine(medicine),
                **_quantity(authorisation.quantity_of(plan)),
                **_where(authorisation, here=False),
            )
        )

    def _kind(self, kind: str | None) -> str | None:
        if kind is None:
            self._accountant.note("prescriptions of a kind that is not known")
        return kind

    def _medicines(self) -> None:
        """Medication entries are read where they are named."""
        named = {
            reference(entry.resource, "medicationReference", "Medication")
            for kind in ("MedicationRequest", "MedicationStatement")
            for entry in self._record.of(kind)
        }
        for entry in self._record.of("Medication"):
            if entry.id in named:
                self._accountant.merged(entry, "into the entries that name them")
            else:
                self._accountant.left_out(entry, "no entry names them")


_COUNTS = ("valueUnsignedInt", "valuePositiveInt", "valueInteger")


def _asserted(statement: Entry) -> str:
    return text(statement.resource, "dateAsserted") or ""


def _medicine(medicine: Medicine) -> Row:
    return {"drug_code": medicine.drug_code, "bnf_code": None, "drug_name": medicine.drug_name}


def _quantity(quantity: Quantity) -> Row:
    return {
        "quantity_value": quantity.value,
        "quantity_unit": quantity.unit,
        "quantity_text": quantity.words,
    }


def _where(authorisation: Authorisation, here: bool) -> Row:
    source = None if here else authorisation.agency["elsewhere_source"] or "other"
    return {"prescribed_here": here, "elsewhere_source": source}
