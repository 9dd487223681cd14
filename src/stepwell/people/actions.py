"""What happens to people: a practice takes someone onto its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q

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
    standing = _standing(practice, details)
    if standing is not None:
        return standing
    fields = {name: getattr(details, name) for name in details.__slots__}
    try:
        with transaction.atomic():
            person = Person.objects.create(
                practice=practice, as_of=as_of, added_at=clock.now(), added_by=by, **fields
            )
    except IntegrityError:
        # Somebody else took them on between our look and our writing: then they stand there now.
        standing = _standing(practice, details)
        if standing is None:
            raise
        return standing
    audit.record(by=by, event="person.added", organisation=practice, subject=person)
    return person


def _standing(practice: Organisation, details: PersonDetails) -> Person | None:
    """The person as they are on the list already. Raises ``StepwellError`` when the number or the key is another's."""
    same = Q(nhs_number=details.nhs_number) | Q(patient_key=details.patient_key)
    standing = Person.objects.filter(same, practice=practice).order_by("added_at").first()
    if standing is None:
        return None
    if standing.nhs_number != details.nhs_number:
        raise StepwellError(
            "Someone is on the list already under another NHS number than the extract now has for them.",
            next_step="Check both records in the clinical system before adding them.",
        )
    told = (details.date_of_birth, details.family_name.casefold())
    if (standing.date_of_birth, standing.family_name.casefold()) != told:
        raise StepwellError(
            "Someone with the same NHS number and another name or birth date is on the list already.",
            next_step="Check both records in the clinical system before adding them.",
        )
    return standing
