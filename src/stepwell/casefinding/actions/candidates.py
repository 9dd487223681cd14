"""A clinician decides about someone to check; a practice adopts people from a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.casefinding import stores
from stepwell.casefinding.actions.permission import require
from stepwell.casefinding.models import Candidate, CandidateList
from stepwell.knowledge.extract_age import ExtractAge, extract_age
from stepwell.organisations import audit
from stepwell.organisations.models import Member
from stepwell.people.actions import PersonDetails, add_person
from stepwell.people.models import Person
from stepwell.population.records.canonical import Identity


@transaction.atomic
def decide(*, by: Member, candidate: Candidate, decision: Candidate.Decision, reason: str) -> Candidate:
    """Record what a clinician decided about someone to check. Needs a reason; may be changed, each time audited."""
    practice = candidate.candidate_list.practice
    require(by, "decide_to_check", practice)
    if candidate.outcome != Candidate.Outcome.CHECK:
        raise StepwellError("Only people to check are decided about.", next_step="Go back to the list.")
    if not reason.strip():
        raise StepwellError("Enter why you decided so.", next_step="One sentence is enough.")
    candidate.decision, candidate.decision_reason = decision, reason.strip()[:500]
    candidate.decided_by, candidate.decided_at = by, clock.now()
    candidate.save(update_fields=["decision", "decision_reason", "decided_by", "decided_at"])
    audit.record(
        by=by,
        event="candidate.decided",
        organisation=practice,
        subject=candidate,
        snapshot={"decision": str(decision)},
    )
    return candidate


def adopt(
    *,
    by: Member,
    of: CandidateList,
    candidates: Sequence[Candidate],
    evidence: Mapping[str, Any] | None = None,
    old_extract_reason: str = "",
) -> list[Person]:
    """Take people from one list onto the practice's own list: fetched from the vault, evidence copied with them.

    All or none. Raises ``StepwellError`` naming what stands in the way: someone out, someone to check and not decided,
    someone without an NHS number, a list that is not of the load now in the lake, or an extract that is too old with no
    ``old_extract_reason`` given. ``evidence`` is by patient key; the reason is kept with it.
    """
    require(by, "adopt_people", of.practice)
    require_adoptable(of, candidates)
    age, reason = extract_age(of.extract_date, on=clock.today()), old_extract_reason.strip()[:500]
    if age.needs_reason and not reason:
        raise StepwellError(
            f"The extract this list was made from is {age.days:,} days old, so what people take may have changed."
            if age.days >= 0
            else "The extract this list was made from has a date after today, so how old it is cannot be told.",
            next_step="Import a newer extract and run the search again, or enter why this one will do.",
        )
    found = stores.stores_read_by(by, of.practice, what="identities")
    keys = [c.patient_key for c in candidates]
    read = found.vault.read(of.practice.ods_code, of.load_id, who=str(by.pk), why="adoption", keys=keys)
    identities = {identity.patient_key: identity for identity in read}
    missing = [key for key in keys if key not in identities]
    if missing:
        raise StepwellError(
            f"{len(missing)} of these people {'is' if len(missing) == 1 else 'are'} no longer in the practice's extract.",
            next_step="Run the search again on the newest extract.",
        )
    copied = {key: _evidence((evidence or {}).get(key, {}), age, reason) for key in keys}
    return _adopted(by, of, candidates, identities, copied, age)


def _evidence(found: Mapping[str, Any], age: ExtractAge, reason: str) -> dict[str, Any]:
    """What was found, with why an old extract would do where one was used."""
    if not age.needs_reason:
        return dict(found)
    return {**found, "old_extract": {"days": age.days, "reason": reason}}


def require_adoptable(of: CandidateList, candidates: Sequence[Candidate]) -> None:
    """Raises ``StepwellError`` when one of them may not be taken on, as ``adopt`` would."""
    for candidate in candidates:
        _require_adoptable(of, candidate)
    keys = [candidate.patient_key for candidate in candidates]
    left = Candidate.objects.not_to_be_contacted(of.practice, keys).values()
    if left:
        titles = sorted({said.candidate_list.title for said in left})
        raise StepwellError(
            f"A clinician decided that {len(left)} of those chosen {'is' if len(left) == 1 else 'are'} not to be "
            f"contacted, on the list {' and '.join(titles)}.",
            next_step="Take them off the choice, or change that decision there first.",
        )


def _require_adoptable(of: CandidateList, candidate: Candidate) -> None:
    if candidate.candidate_list_id != of.pk:
        raise StepwellError("Those people are not on this list.", next_step="Go back to the list.")
    if candidate.outcome == Candidate.Outcome.OUT:
        raise StepwellError("Somebody chosen is out of this search.", next_step="Take them off the choice.")
    decided = candidate.decision == Candidate.Decision.KEEP
    if candidate.outcome == Candidate.Outcome.CHECK and not decided:
        raise StepwellError(
            "Somebody chosen is to check, and no clinician has decided that they may be contacted.",
            next_step="Decide about them first.",
        )
    if not candidate.can_be_adopted:
        raise StepwellError(
            "Somebody chosen has no valid NHS number in the extract, so they cannot be told apart safely.",
            next_step="Correct the number in the clinical system and import again.",
        )


@transaction.atomic
def _adopted(
    by: Member,
    of: CandidateList,
    candidates: Sequence[Candidate],
    identities: Mapping[str, Identity],
    evidence: Mapping[str, dict[str, Any]],
    age: ExtractAge,
) -> list[Person]:
    people = []
    for candidate in candidates:
        # The page may be older than a clinician's last word.
        candidate.refresh_from_db(fields=["decision"])
    require_adoptable(of, candidates)
    for candidate in candidates:
        details = _details(identities[candidate.patient_key])
        person = add_person(by=by, practice=of.practice, details=details, as_of=of.extract_date)
        candidate.person = person
        candidate.evidence = evidence[candidate.patient_key]
        candidate.save(update_fields=["person", "evidence"])
        people.append(person)
    snapshot = {"people": len(people), "extract_days": age.days, "old_extract_accepted": age.needs_reason}
    audit.record(by=by, event="list.adopted", organisation=of.practice, subject=of, snapshot=snapshot)
    return people


def _details(identity: Identity) -> PersonDetails:
    return PersonDetails(
        patient_key=identity.patient_key,
        nhs_number=identity.nhs_number or "",
        given_name=identity.given_name,
        family_name=identity.family_name,
        date_of_birth=identity.date_of_birth,
        date_of_death=identity.date_of_death,
        sex=identity.sex or "",
        postcode=identity.postcode,
        phone_mobile=identity.phone_mobile,
        email=identity.email,
        usual_gp=identity.usual_gp,
    )
