"""One-time links to choose a password, handed over by the administrator: this site sends no e-mail to staff."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse

from stepwell.base import clock
from stepwell.base.errors import StepwellError
from stepwell.organisations import actions, audit
from stepwell.organisations.models import Member


class WorksElsewhere(StepwellError):
    """A password opens every membership of its owner, so one organisation alone cannot replace it."""


@transaction.atomic
def one_time_path(*, by: Member, member: Member) -> str:
    """The address, valid for a day and once, where this member chooses a password. Does not touch their second factor.

    Raises ``NotAllowed`` without ``manage_members`` there, ``WorksElsewhere`` for a member of other organisations too.
    """
    if not by.may("manage_members", member.organisation):
        raise actions.NotAllowed("Only an administrator of the organisation makes password links.")
    others = Member.own(member.user, on=clock.today()).exclude(organisation=member.organisation)
    if member.user.has_usable_password() and others.exists():
        raise WorksElsewhere(
            "They work at another organisation too, so their password is not yours to replace.",
            next_step="Ask the people who run this site.",
        )
    audit.record(by=by, event="member.password_link", organisation=member.organisation, subject=member)
    return reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(member.user),
            "key": default_token_generator.make_token(member.user),
        },
    )
