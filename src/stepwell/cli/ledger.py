"""The ledger for commands that name people: who asks must be a member, and every read is in the audit trail."""

from __future__ import annotations

import os
from collections.abc import Callable

from stepwell.base.errors import StepwellError
from stepwell.population.vault import Reading


def auditor(member: str | None) -> Callable[[Reading], None]:
    """A function that writes an audit event for each read of identities, as the member with this e-mail address.

    Raises ``StepwellError`` without a member; the function raises when the member may not see identities there.
    """
    if not member:
        raise StepwellError(
            "Naming people needs to say who asks.", next_step="Add --as with the e-mail address of a member."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stepwell.site.settings")
    import django

    django.setup()
    from stepwell.base import clock
    from stepwell.organisations import actions
    from stepwell.organisations.models import Member, Organisation

    held = Member.objects.all().current(on=clock.today()).filter(user__email__iexact=member)

    def write(reading: Reading) -> None:
        practice = Organisation.objects.filter(ods_code=reading.practice).first()
        allowed = next((m for m in held if practice is not None and m.may("see_identities", practice)), None)
        if practice is None or allowed is None:
            raise StepwellError(
                f"This member may not see who people are at {reading.practice}.",
                next_step="Ask an administrator of the practice.",
            )
        actions.record_export(
            by=allowed,
            organisation=practice,
            what="identities",
            rows=reading.identities,
            snapshot={"search": reading.why},
        )

    return write
