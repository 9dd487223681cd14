"""A plan, its statement and its orders: what each says, and what an order leaves to its plan.

The sender may leave out of an order what its plan says in the same words, and out of a plan what its statement says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from stepwell.population.records.gp_connect import facts
from stepwell.population.records.gp_connect.bundles import Entry
from stepwell.population.records.gp_connect.fhir import (
    Node,
    extensions,
    fhir_date,
    first_code,
    first_known,
    full_day,
    node,
    part,
    text,
)
from stepwell.population.records.gp_connect.medicines import (
    Medicine,
    Quantity,
    dosage,
    medicine,
    quantity,
    supply_days,
)
from stepwell.population.records.gp_connect.record import Record


@dataclass(frozen=True, slots=True)
class Authorisation:
    """A plan with its statement, either of which may be missing from the record."""

    record: Record
    plan: Node = field(default_factory=dict)
    statement: Node = field(default_factory=dict)

    @property
    def kind(self) -> str | None:
        """acute, repeat, repeat_dispensing; None where it is not said or not known."""
        return kind_of(self.plan)

    @property
    def medicine(self) -> Medicine | None:
        """What was authorised."""
        return medicine(self.record, self.plan) or medicine(self.record, self.statement)

    @property
    def dose_changed(self) -> str | None:
        """When the dose of this same plan was last changed, as written."""
        found = extensions(self.statement, "dosage_last_changed")
        return next((text(item, "valueDateTime") or "" for item in found), None)

    @property
    def dosage(self) -> str | None:
        """The dose as it is now."""
        said = dosage(self.plan, "dosageInstruction"), dosage(self.statement, "dosage")
        now = reversed(said) if self.dose_changed is not None else said
        return next((words for words in now if words), None)

    @property
    def start(self) -> date | None:
        """When it was authorised."""
        return first_known(
            (
                full_day(text(_validity(self.plan), "start")),
                self.effective,
                full_day(text(self.plan, "authoredOn")),
            )
        )

    @property
    def effective(self) -> date | None:
        """When the statement says it began."""
        period = text(node(self.statement, "effectivePeriod"), "start")
        return first_known((full_day(period), full_day(text(self.statement, "effectiveDateTime"))))

    @property
    def end(self) -> date | None:
        """When it was stopped or ran out; None while it runs.

        The end of an acute course is no decision to stop (a taper is a chain of acute courses), so it is not an end.
        """
        status = text(self.plan, "status") or ""
        if facts.by_code("statuses").get(status, {}).get("plan") != "ended":
            return None
        if status == "completed" and self.kind == "acute":
            return None
        changed = (
            full_day(text(part(why, "statusChangeDate"), "valueDateTime"))
            for why in extensions(self.plan, "status_reason")
        )
        ran_out = (_validity(self.plan), node(self.statement, "effectivePeriod"))
        return first_known((*changed, *(full_day(text(period, "end")) for period in ran_out)))

    @property
    def agency(self) -> dict[str, str]:
        """The row of ``agencies`` of whoever prescribes it. An agency we do not know that issued here counts as here."""
        for item in extensions(self.statement, "prescribing_agency"):
            who = first_code(node(item, "valueCodeableConcept"))
            if who is not None:
                return facts.by_code("agencies").get(who, _UNKNOWN_AGENCY)
        if _kind_row(self.plan).get("elsewhere") == "yes":
            return facts.by_code("agencies")["prescribed-by-another-organisation"]
        return facts.by_code("agencies")["prescribed-at-gp-practice"]

    def prescribed_here(self, *, issued: bool) -> bool:
        """Whether this practice prescribes it, given whether it has orders."""
        return self.agency["with_orders" if issued else "without_orders"] == "here"

    def dosage_of(self, order: Node, issued_on: date) -> str | None:
        """The dose of an order. One left to a plan whose dose changed since is not known."""
        own = dosage(order, "dosageInstruction")
        if own is not None or self.dose_changed is None:
            return own or self.dosage
        changed = fhir_date(self.dose_changed)
        return self.dosage if changed and changed.day <= issued_on else None

    def medicine_of(self, order: Node) -> Medicine | None:
        """The medicine of an order."""
        return medicine(self.record, order) or self.medicine

    def quantity_of(self, order: Node) -> Quantity:
        """The quantity of an order."""
        return quantity(order) or quantity(self.plan) or Quantity()

    def days_of(self, order: Node) -> int | None:
        """The days an order is to last."""
        return supply_days(order) or supply_days(self.plan)


_UNKNOWN_AGENCY = {"with_orders": "here", "without_orders": "elsewhere", "elsewhere_source": "other"}


def kind_of(request: Node) -> str | None:
    """The kind of prescription, in the words of the canonical tables."""
    return _kind_row(request).get("kind") or None


def _kind_row(request: Node) -> dict[str, str]:
    for item in extensions(request, "prescription_type"):
        found = first_code(node(item, "valueCodeableConcept"))
        if found is not None:
            return facts.by_code("kinds").get(found, {})
    return {}


def _validity(request: Node) -> Node:
    return node(request, "dispenseRequest", "validityPeriod")


def issued_on(order: Entry) -> date | None:
    """When an order takes effect: the start of its validity, which for repeat dispensing is not when it was written."""
    start = full_day(text(_validity(order.resource), "start"))
    return first_known((start, full_day(text(order.resource, "authoredOn"))))
