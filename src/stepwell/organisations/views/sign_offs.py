"""Which tables of clinical facts are signed off here, and signing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from stepwell.base.errors import StepwellError
from stepwell.organisations import actions, tables
from stepwell.organisations.access import MemberRequest, needs
from stepwell.organisations.forms import SignOffForm, posted
from stepwell.organisations.kept_forms import gives_back
from stepwell.organisations.tables import TableState


@needs("see_sign_offs")
def show_all(request: MemberRequest) -> HttpResponse:
    """Every table, its version and who signed it."""
    states = tables.states(request.member.organisation)
    context = {
        "states": states,
        "open": [state for state in states if not state.signed],
        "may_sign": request.member.may("sign_off_tables", request.member.organisation),
    }
    return render(request, "organisations/sign_offs.jinja", context)


@needs("sign_off_tables")
@gives_back
def sign(request: MemberRequest, table: str) -> HttpResponse:
    """Sign the present version of one table."""
    state = _state(request, table)
    form = SignOffForm(posted(request), member=request.member)
    if request.method == "POST" and form.is_valid():
        whole = form.cleaned_data["scope"] == "installation"
        try:
            actions.sign_off_table(
                by=request.member,
                table=state.table.name,
                version=state.table.version,
                organisation=None if whole else request.member.organisation,
                note=form.cleaned_data["note"],
            )
        except actions.NotAllowed:
            raise
        except StepwellError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"{state.table.title}, version {state.table.version}, is signed off.")
            return redirect("organisations:sign_offs")
    return render(request, "organisations/sign.jinja", {"form": form, "state": state})


def _state(request: MemberRequest, table: str) -> TableState:
    for state in tables.states(request.member.organisation):
        if state.table.name == table:
            return state
    raise Http404
