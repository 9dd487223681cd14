"""Setting up organisations."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from stepwell.base import clock
from stepwell.organisations import audit
from stepwell.organisations.audit import SystemJob
from stepwell.organisations.models import Organisation, OrganisationLink
from stepwell.organisations.roles import Kind


@transaction.atomic
def create_organisation(
    *,
    by: SystemJob,
    kind: Kind,
    ods_code: str,
    name: str,
    parent: Organisation | None = None,
    since: date | None = None,
    hosts_installation: bool = False,
) -> Organisation:
    """A new organisation, under ``parent`` from ``since`` (today when absent). Made by set-up, not by members."""
    organisation = Organisation(
        kind=kind, ods_code=ods_code.strip().upper(), name=name.strip(), hosts_installation=hosts_installation
    )
    organisation.full_clean()
    organisation.save(force_insert=True)
    if parent is not None:
        OrganisationLink.objects.create(child=organisation, parent=parent, starts_on=since or clock.today())
    audit.record(
        by=by,
        event="organisation.created",
        organisation=organisation,
        subject=organisation,
        snapshot={"kind": str(kind), "ods_code": organisation.ods_code},
    )
    return organisation
