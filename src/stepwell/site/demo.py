"""The demonstration's organisations and people: an ICB, a PCN and its practices, somebody in every role. All fictional."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.organisations import actions, tables
from stepwell.organisations.audit import SystemJob
from stepwell.organisations.models import Member, Organisation, User
from stepwell.organisations.roles import Kind, Role
from stepwell.population.synthetic.build import ods_code, practice_name

# Sign-ins of the demonstration. Accounts under this domain are refused wherever the site is not a demonstration.
DOMAIN = "demo.example"
PASSWORD = "one-safe-step-down"  # opens fictional records, on this machine only
JOB = SystemJob("demonstration")
_ODS = re.compile(r"^[A-Z][A-Z0-9]{4,5}$")


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice of the neighbourhood, by ODS code and name."""

    ods_code: str
    name: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Somebody of the demonstration: sign-in name, full name, role, where, and a professional number if they prescribe."""

    sign_in: str
    name: str
    role: Role
    at: str
    number: str = ""


CAST = (
    Cast("pharmacist", "Amara Nwosu", Role.PHARMACIST, "practice", "GPhC 0000001"),
    Cast("gp", "Dr Helen Marsh", Role.GP, "practice", "GMC 0000002"),
    Cast("coordinator", "Li Wen Cho", Role.CARE_COORDINATOR, "practice"),
    Cast("admin", "Rosa Delgado", Role.ADMINISTRATOR, "practice"),
    Cast("social", "Tom Ashby", Role.SOCIAL_PRESCRIBER, "practice"),
    Cast("pcn-pharmacist", "Idris Vaughan", Role.PHARMACIST, "pcn", "GPhC 0000003"),
    Cast("pcn-lead", "Dr Priya Raman", Role.PCN_LEAD, "pcn"),
    Cast("analyst", "Kit Larsen", Role.ICB_ANALYST, "icb"),
    Cast("safety", "Dr Ola Brandt", Role.CLINICAL_SAFETY_OFFICER, "icb"),
    Cast("icb-admin", "Maeve Toller", Role.ADMINISTRATOR, "icb"),
)


def practices_of(folder: Path) -> list[Practice]:
    """The practices of a built neighbourhood: from its ``practices.csv``, else from folders named by ODS code.

    Raises ``StepwellError`` when it holds neither.
    """
    listed = folder / "practices.csv"
    if listed.exists():
        with listed.open(encoding="utf-8", newline="") as file:
            rows = [{key.lower(): value for key, value in row.items()} for row in csv.DictReader(file)]
        codes = [
            (row.get("ods_code") or row.get("practice") or row.get("code") or "", row.get("name", ""))
            for row in rows
        ]
    else:
        found = {path.name for path in folder.rglob("*") if path.is_dir() and _ODS.match(path.name)}
        codes = [(code, "") for code in sorted(found)]
    if not codes or not all(code for code, _ in codes):
        raise StepwellError(
            "The neighbourhood names no practices.",
            next_step="Build it with stepwell demo build, and give its folder.",
        )
    return [Practice(code, name or practice_name(index)) for index, (code, name) in enumerate(codes)]


def fictional(number: int) -> list[Practice]:
    """So many practices, from Z99901 up."""
    return [Practice(ods_code(index), practice_name(index)) for index in range(number)]


@transaction.atomic
def seed(practices: Sequence[Practice], *, since: date | None = None) -> list[Member]:
    """Make the neighbourhood, its members, the PCN pharmacist's grants and the sign-offs.

    Raises ``StepwellError`` when there are organisations already.
    """
    if not is_empty():
        raise StepwellError("There are organisations here already.", next_step="Start with an empty ledger.")
    since = since or clock.today() - timedelta(days=365)
    icb = _organisation(Kind.ICB, "Z99", "Northwater ICB", None, since, hosts_installation=True)
    pcn = _organisation(Kind.PCN, "Z99P1", "Stonebridge PCN", icb, since)
    surgeries = [_organisation(Kind.PRACTICE, each.ods_code, each.name, pcn, since) for each in practices]
    where = {"icb": icb, "pcn": pcn, "practice": surgeries[0]}
    members = {cast.sign_in: _member(cast, where[cast.at], since) for cast in CAST}
    for number, surgery in enumerate(surgeries[1:], start=2):
        for role, name in ((Role.PHARMACIST, "Pharmacist"), (Role.ADMINISTRATOR, "Administrator")):
            sign_in = f"{'pharmacist' if role == Role.PHARMACIST else 'admin'}-{number}"
            members[sign_in] = _member(
                Cast(sign_in, f"{name} of {surgery.name}", role, "practice"), surgery, since
            )
    _grant(members, surgeries)
    sign_everything(by=members["safety"])
    return list(members.values())


def is_empty() -> bool:
    """Whether the ledger has no organisations yet."""
    return not Organisation.objects.exists()


def _organisation(
    kind: Kind,
    ods_code: str,
    name: str,
    parent: Organisation | None,
    since: date,
    *,
    hosts_installation: bool = False,
) -> Organisation:
    return actions.create_organisation(
        by=JOB,
        kind=kind,
        ods_code=ods_code,
        name=name,
        parent=parent,
        since=since,
        hosts_installation=hosts_installation,
    )


def _member(cast: Cast, at: Organisation, since: date) -> Member:
    member = actions.add_member(
        by=JOB,
        organisation=at,
        email=f"{cast.sign_in}@{DOMAIN}",
        name=cast.name,
        role=cast.role,
        starts_on=since,
        professional_number=cast.number,
        prescribes=bool(cast.number),
    )
    member.user.set_password(PASSWORD)
    member.user.save(update_fields=["password"])
    return member


def _grant(members: dict[str, Member], surgeries: Sequence[Organisation]) -> None:
    """Each practice grants the PCN pharmacist: the first by its GP, the others by their administrators."""
    givers = [members["gp"], *(members[f"admin-{number}"] for number in range(2, len(surgeries) + 1))]
    for giver, surgery in zip(givers, surgeries, strict=True):
        actions.grant_identities(
            by=giver,
            practice=surgery,
            member=members["pcn-pharmacist"],
            starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=365),
            reason="Works for every practice of the PCN",
        )


def sign_everything(*, by: Member) -> int:
    """A fictional signature under every table not yet signed for the installation. Marked as a demonstration. How many."""
    unsigned = [state.table for state in tables.states(by.organisation) if not state.signed]
    for table in unsigned:
        actions.sign_off_table(
            by=by,
            table=table.name,
            version=table.version,
            organisation=None,
            note="Demonstration only",
            demonstration=True,
        )
    return len(unsigned)


def sign_ins() -> dict[str, Any]:
    """The accounts the sign-in page of a demonstration lists."""
    wanted = [f"{cast.sign_in}@{DOMAIN}" for cast in CAST]
    members = Member.objects.filter(user__email__in=wanted).select_related("user", "organisation")
    known = {member.user.email: member for member in members}
    accounts = [
        {"email": email, "who": f"{known[email].get_role_display()} at {known[email].organisation.name}"}
        for email in wanted
        if email in known
    ]
    return {"demo_accounts": accounts, "demo_password": PASSWORD}


def belongs_to_demo(user: User) -> bool:
    """Whether an account is one of the demonstration's."""
    return user.email.endswith(f"@{DOMAIN}")
