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
from stepwell.casefinding import headings, import_presenter, mapping_presenter, refusals, results, stores
from stepwell.casefinding.actions import imports
from stepwell.casefinding.actions.presets import NameTaken
from stepwell.casefinding.forms import UploadForm
from stepwell.casefinding.models import ImportJob, MappingPreset
from stepwell.casefinding.views.searches import practices_of
from stepwell.organisations import actions as organisation_actions
from stepwell.organisations import matrix
from stepwell.organisations.access import MemberRequest, needs
from stepwell.population.records.extracts import Kind

ROWS_A_PAGE = 25
REJECTS_SHOWN = 200


@needs("import_records")
def show_all(request: MemberRequest) -> HttpResponse:
    """Which extract searches read, and every import of the practices where this member may import, the latest first."""
    jobs = ImportJob.visible_to(request.member).newest_first()
    practices = practices_of(request.member, "import_records")
    page = Paginator(jobs, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(job, import_presenter.note(job)) for job in page],
        "in_use": import_presenter.in_use(practices, results.loads_in_use()),
        "practices": practices,
    }
    return render(request, "casefinding/imports.jinja", context)


@needs("import_records")
def upload(request: MemberRequest) -> HttpResponse:
    """Choose the file of an extract. A report goes on to its headings; what is no extract is refused on its own page."""
    practices = practices_of(request.member, "import_records")
    sent = request.method == "POST"
    form = UploadForm(request.POST if sent else None, request.FILES if sent else None, practices=practices)
    if sent and form.is_valid():
        facts = form.cleaned_data
        job = imports.upload(
            by=request.member,
            practice=form.practices[facts["practice"]],
            file_name=facts["file"].name,
            chunks=facts["file"].chunks(),
            kind=Kind(facts["kind"]),
            extract_date=facts["extract_date"],
        )
        waits = job.state == ImportJob.State.MAPPING
        return redirect("casefinding:import_mapping" if waits else "casefinding:import", pk=job.pk)
    return render(request, "casefinding/upload.jinja", {"form": form})


@needs("import_records")
def show(request: MemberRequest, pk: uuid.UUID) -> HttpResponse:
    """Where an import stands, and its report once it is done; each rejected row if asked."""
    job = ImportJob.visible_to(request.member).find(pk)
    context: dict[str, Any] = {"job": job, "report": job.report, "rejects": None}
    if job.state == ImportJob.State.DONE:
        aside = results.loads_set_aside(job.practice.ods_code)
        context["said"] = import_presenter.report(job, results.loads_in_use(), aside)
    elif job.state == ImportJob.State.REFUSED:
        context["refusal"] = refusals.of(job)
    else:
        context["stages"] = import_presenter.stages(job)
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
        {
            "file": import_presenter.known_name(job, each.file),
            "line": each.line,
            "column": each.column,
            "reason": each.reason,
        }
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
        said = str(problem).replace(job.stored_as, job.file_name)
        return render(request, "casefinding/mapping.jinja", {"job": job, "problem": said})


def _mapping(request: MemberRequest, job: ImportJob) -> HttpResponse:
    seen = headings.preview(job)
    hashed = seen.recognition.mapping.headings_hash
    presets = list(MappingPreset.visible_to(request.member).for_headings(job.practice, hashed))
    preset = _preset(request, presets)
    chosen, name = seen.recognition.mapping, request.POST.get("preset_name", "").strip()
    if request.method == "POST":
        chosen = headings.chosen(job, seen, request.POST)
    elif preset:
        chosen, name = headings.of_preset(preset, job), preset.name
    asked, name_problem = bool(request.POST.get("confirm")), ""
    if asked and not chosen.missing():
        try:
            imports.confirm_mapping(
                by=request.member, job=job, mapping_yaml=headings.as_yaml(chosen, name), preset_name=name
            )
        except NameTaken as taken:
            name_problem = str(taken)
        else:
            if name and not (preset and preset.name == name):
                messages.success(request, f"What these headings mean is kept as “{name}”.")
            return redirect("casefinding:import", pk=job.pk)
    show_values = request.member.may("see_identities", job.practice)
    if show_values:
        organisation_actions.record_read(
            by=request.member, organisation=job.practice, what="import_preview", subject=job
        )
    screen = mapping_presenter.screen(
        headings.preview(job, chosen), chosen, kept=preset is not None, show_values=show_values
    )
    context = {
        "job": job,
        "screen": screen,
        "size": mapping_presenter.size_words(headings.size(job, chosen)),
        "choices": mapping_presenter.choices(),
        "presets": presets,
        "preset": preset,
        "preset_name": name,
        "name_problem": name_problem,
        "replaces": import_presenter.replaces(results.loads_in_use().get(job.practice.ods_code)),
        "asked": asked,
        "kept_days": imports.KEPT_UNCONFIRMED.days,
        "ask": matrix.permission("see_identities").ask,
        "missing_links": [
            {"text": text, "href": "#settle" if screen.to_settle else "#first"} for text in screen.missing
        ],
    }
    return render(request, "casefinding/mapping.jinja", context)


def _preset(request: MemberRequest, presets: list[MappingPreset]) -> MappingPreset | None:
    """The saved meanings in use: those asked for, else the last saved; none once somebody starts without them."""
    if request.method == "POST":
        wanted = request.POST.get("preset", "none")
    else:
        wanted = request.GET.get("preset", "")
    if not wanted:
        return presets[0] if presets else None
    return next((each for each in presets if str(each.pk) == wanted), None)
