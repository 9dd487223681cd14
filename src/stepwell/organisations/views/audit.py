"""The audit trail of an organisation: who did or looked at what, when and why."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from stepwell.organisations.access import MemberRequest, needs
from stepwell.organisations.audit import verify_chain
from stepwell.organisations.models import AuditEvent
from stepwell.organisations.presenters import audit_rows, event_words

ROWS_A_PAGE = 50


@needs("see_audit")
def show(request: MemberRequest) -> HttpResponse:
    """The latest first; one kind of event if asked; the whole chain checked if asked."""
    organisation = request.member.organisation
    trail = AuditEvent.visible_to(request.member).filter(organisation=organisation)
    kinds = trail.counts_by_event()
    event = request.GET.get("event", "")
    page = Paginator((trail.filter(event=event) if event else trail).newest_first(), ROWS_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": audit_rows(page.object_list),
        "event": event,
        "kinds": [{"event": name, "text": event_words(name), "count": count} for name, count in kinds],
        "total": sum(count for _, count in kinds),
        "report": verify_chain(organisation) if request.GET.get("check") else None,
    }
    return render(request, "organisations/audit.jinja", context)
