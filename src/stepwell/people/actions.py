"""What happens to people: a practice takes someone onto its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.organisations import audit
from stepwell.organisations.models import Member, Organisation
from stepwell.people.models import Person


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """Who someone is, as the vault holds it. ``nhs_number`` is ten digits, already checked."""

    patient_key: str
    nhs_number: str
    given_name: str
    family_name: str
    date_of_birth: date | None
    date_of_death: date | None
    sex: str
    postcode: str
    phone_mobile: str
    email: str
    usual_gp: str


@transaction.atomic
def add_person(*, by: Member, practice: Organisation, details: PersonDetails, as_of: date) -> Person:
    """Take someone onto the practice's list, or return them as they are there already.

    Raises ``StepwellError`` when someone else there has the same NHS number: nobody is merged on a number alone.
    """
    standing = Person.objects.filter(practice=practice, nhs_number=details.nhs_number).first()
    if standing is not None:
        if (standing.date_of_birth, standing.family_name.casefold()) != (
            details.date_of_birth,
            details.family_name.casefold(),
        ):
            raise StepwellError(
                "Someone with the same NHS number and another name or birth date is on the list already.",
                next_step="Check both records in the clinical system before adding them.",
            )
        return standing
    fields = {name: getattr(details, name) for name in details.__slots__}
    person = Person.objects.create(
        practice=practice, as_of=as_of, added_at=clock.now(), added_by=by, **fields
    )
    audit.record(by=by, event="person.added", organisation=practice, subject=person)
    return person
