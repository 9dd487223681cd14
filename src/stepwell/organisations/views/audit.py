"""The audit trail of an organisation: who did or looked at what, when and why."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from stepwell.organisations.access import MemberRequest, needs
from stepwell.organisations.audit import verify_chain
from stepwell.organisations.audit_presenter import about_of, audit_rows, event_words
from stepwell.organisations.models import AuditEvent

ROWS_A_PAGE = 20


@needs("see_audit")
def show(request: MemberRequest) -> HttpResponse:
    """The latest first; one kind of event, or those about one thing, if asked; the whole chain checked if asked."""
    organisation = request.member.organisation
    trail = AuditEvent.visible_to(request.member).filter(organisation=organisation)
    kinds = trail.counts_by_event()
    event = request.GET.get("event", "")
    about = about_of(request.GET.get("about", ""))
    shown = trail.filter(event=event) if event else trail
    if about:
        shown = shown.filter(subject_type=about[0], subject_id=about[1])
    page = Paginator(shown.newest_first(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = audit_rows(page.object_list)
    context = {
        "page": page,
        "rows": rows,
        "event": event,
        "about": ".".join(about) if about else "",
        "about_id": about[1] if about else "",
        "about_words": next((row.about for row in rows), "nothing in this trail"),
        "kinds": [{"event": name, "text": event_words(name), "count": count} for name, count in kinds],
        "total": sum(count for _, count in kinds),
        "report": verify_chain(organisation) if request.GET.get("check") else None,
    }
    return render(request, "organisations/audit.jinja", context)
