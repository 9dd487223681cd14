"""Imports: uploading an extract, saying what a report's headings mean, watching it being read, and its report."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from stepwell.base.errors import StepwellError
from stepwell.casefinding import headings, import_presenter, results, stores
from stepwell.casefinding.actions import imports
from stepwell.casefinding.forms import UploadForm
from stepwell.casefinding.models import ImportJob, MappingPreset
from stepwell.casefinding.views.searches import practices_of
from stepwell.organisations import actions as organisation_actions
from stepwell.organisations.access import MemberRequest, needs
from stepwell.population.records.extracts import Kind

ROWS_A_PAGE = 25
REJECTS_SHOWN = 200


@needs("import_records")
def show_all(request: MemberRequest) -> HttpResponse:
    """Every import of the practices where this member may import, the latest first."""
    jobs = ImportJob.visible_to(request.member).newest_first()
    page = Paginator(jobs, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "casefinding/imports.jinja", {"page": page})


@needs("import_records")
def upload(request: MemberRequest) -> HttpResponse:
    """Choose the file of an extract."""
    practices = practices_of(request.member, "import_records")
    sent = request.method == "POST"
    form = UploadForm(request.POST if sent else None, request.FILES if sent else None, practices=practices)
    if sent and form.is_valid():
        facts = form.cleaned_data
        try:
            job = imports.upload(
                by=request.member,
                practice=form.practices[facts["practice"]],
                file_name=facts["file"].name,
                chunks=facts["file"].chunks(),
                kind=Kind(facts["kind"]),
                extract_date=facts["extract_date"],
                needs_mapping=facts["confirm_headings"],
            )
        except organisation_actions.NotAllowed:
            raise
        except StepwellError as problem:
            form.add_error("file", str(problem))
        else:
            return redirect(
                "casefinding:import_mapping" if facts["confirm_headings"] else "casefinding:import", pk=job.pk
            )
    return render(request, "casefinding/upload.jinja", {"form": form})


@needs("import_records")
def show(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """Where an import stands, and its report once it is done; each rejected row if asked."""
    job = ImportJob.visible_to(request.member).find(pk)
    context: dict[str, Any] = {
        "job": job,
        "report": job.report,
        "problem": import_presenter.problem(job),
        "rejects": None,
    }
    if job.state == ImportJob.State.DONE:
        context["said"] = import_presenter.report(job, results.loads_in_use())
    if request.GET.get("rejects") and job.load_id:
        try:
            context["rejects"] = _rejects(request, job)
        except StepwellError as problem:
            context["rejects_problem"] = str(problem)
    return render(request, "casefinding/import.jinja", context)


def _rejects(request: MemberRequest, job: ImportJob) -> list[dict[str, Any]]:
    """Where each unused row is and why: never what it holds."""
    found = stores.stores_read_by(request.member, job.practice, what="rejects")
    rows = found.vault.rejects(
        job.practice.ods_code, job.load_id, who=str(request.member.pk), why="import report"
    )
    return [
        {"file": each.file, "line": each.line, "column": each.column, "reason": each.reason}
        for each in itertools.islice(rows, REJECTS_SHOWN)
    ]


@needs("import_records")
def stop(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for an import to stop. Opened as a page, it only leads back to the import."""
    job = ImportJob.visible_to(request.member).find(pk)
    if request.method == "POST":
        imports.stop(by=request.member, job=job)
    return redirect("casefinding:import", pk=job.pk)


@needs("import_records")
def mapping(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """What was understood of a report's first rows; correct each column, keep it under a name, confirm."""
    job = ImportJob.visible_to(request.member).find(pk)
    if job.state != ImportJob.State.MAPPING:
        return redirect("casefinding:import", pk=job.pk)
    try:
        return _mapping(request, job)
    except organisation_actions.NotAllowed:
        raise
    except StepwellError as problem:
        return render(request, "casefinding/mapping.jinja", {"job": job, "problem": str(problem)})


def _mapping(request: MemberRequest, job: ImportJob) -> HttpResponse:
    seen = headings.preview(job)
    presets = headings.fitting(
        list(MappingPreset.visible_to(request.member).filter(practice=job.practice)), seen
    )
    chosen = seen.recognition.mapping
    name = request.POST.get("preset_name", "").strip()
    if request.method == "POST":
        chosen = headings.chosen(job, seen, request.POST)
    elif presets:
        wanted = request.GET.get("preset", "")
        preset = next((each for each in presets if str(each.pk) == wanted), presets[0])
        chosen, name = headings.of_preset(preset, job), preset.name
    if request.POST.get("confirm") and not chosen.missing():
        imports.confirm_mapping(
            by=request.member, job=job, mapping_yaml=headings.as_yaml(chosen, name), preset_name=name
        )
        messages.success(request, "The headings are confirmed, and the report is waiting to be read.")
        return redirect("casefinding:import", pk=job.pk)
    seen = headings.preview(job, chosen)
    organisation_actions.record_read(
        by=request.member, organisation=job.practice, what="import_preview", subject=job
    )
    context = headings.screen(seen, chosen) | {
        "job": job,
        "presets": presets,
        "preset_name": name,
        "asked": bool(request.POST.get("confirm")),
    }
    return render(request, "casefinding/mapping.jinja", context)
