"""Signing off a version of a table of clinical facts."""

from __future__ import annotations

from django.db import transaction

from stepwell.base.errors import StepwellError
from stepwell.organisations import audit
from stepwell.organisations.actions.permission import NotAllowed, require
from stepwell.organisations.audit import Subject
from stepwell.organisations.models import Member, Organisation, SignOff


@transaction.atomic
def sign_off_table(
    *,
    by: Member,
    table: str,
    version: str,
    organisation: Organisation | None,
    note: str = "",
    demonstration: bool = False,
) -> SignOff:
    """Accept one version of a table. Without an organisation, for the whole installation, by its host's officer only.

    Raises ``NotAllowed`` without the safety role there, ``StepwellError`` when it is already signed.
    """
    require(by, "sign_off_tables", organisation or by.organisation)
    if organisation is None and not by.organisation.hosts_installation:
        raise NotAllowed(
            "Only the safety officer of the organisation that runs this installation signs for all of it.",
            next_step="Sign it for your own organisation.",
        )
    if SignOff.objects.filter(table=table, version=version, organisation=organisation).exists():
        raise StepwellError("This version is already signed off here.")
    sign_off = SignOff.objects.create(
        table=table,
        version=version,
        organisation=organisation,
        signed_by=by,
        note=note.strip(),
        demonstration=demonstration,
    )
    audit.record(
        by=by,
        event="table.signed_off",
        organisation=organisation or by.organisation,
        subject=Subject("table", table),
        snapshot={"version": version, "installation": organisation is None, "demonstration": demonstration},
    )
    return sign_off
