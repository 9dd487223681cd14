"""The pages of imports: a report made by a practice, mapped, read, and reported on."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stepwell.casefinding.models import ImportJob, MappingPreset
from stepwell.organisations.models import AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)

HEADINGS = "NHS Number,Family Name,Date of Birth,Gender,Drug Name,Dose,Quantity,Date of Issue,Colour"
# One in 57 rows cannot be used: more than 2 in 100 would refuse the whole report.
DAYS = ["soon", *(f"{day:02}/{month}/2026" for month in ("02", "03") for day in range(1, 29))]
REPORT = "\n".join(
    [
        HEADINGS,
        *(
            f"9990000107,Canary-Report,03/02/1960,F,Codeine 30mg tablets,Take one four times a day,112,{day},blue"
            for day in DAYS
        ),
    ]
)


@pytest.fixture
def data(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("STEPWELL_KEY", raising=False)
    settings.STEPWELL_DATA = str(tmp_path)
    return tmp_path


def at(name, *args):
    return reverse(f"casefinding:{name}", args=args)


@pytest.fixture
def upload(data, signed_in_client, neighbourhood):
    def send(text=REPORT, name="report.csv", **more):
        form = {
            "practice": str(neighbourhood["practice"].pk),
            "file": SimpleUploadedFile(name, text.encode()),
            "kind": "full",
            "extract_date": "2026-06-01",
            "confirm_headings": "on",
        }
        return signed_in_client.post(at("upload"), form | more, follow=True)

    return send


def meanings(page):
    """What each column is said to mean on the page, by heading: (name of its choice, meaning selected)."""
    found = re.findall(
        r'<label class="nhsuk-label" for="(column-\d+)">([^<]*)</label>\s*<select.*?>(.*?)</select>',
        page.text,
        re.S,
    )
    selected = {name: re.search(r'value="([^"]*)" selected', options) for name, _, options in found}
    return {heading: (name, chosen[1]) for name, heading, _ in found if (chosen := selected[name])}


def mapping_form(page, **changes):
    """What the browser would send back, some choices changed by heading."""
    return {name: changes.get(heading, meaning) for heading, (name, meaning) in meanings(page).items()}


def test_an_upload_to_confirm_leads_to_its_headings(upload):
    page = upload()
    assert "What the headings of report.csv mean" in page.text
    assert "valid NHS number" in page.text
    assert "Not understood" in page.text
    assert ImportJob.objects.get().state == "mapping"
    assert AuditEvent.objects.filter(event="import_preview.read").count() == 1


def test_a_missing_meaning_is_said_and_nothing_is_imported(upload, signed_in_client):
    page = upload()
    job = ImportJob.objects.get()
    form = mapping_form(page, **{"Drug Name": ""}) | {"confirm": "yes"}
    page = signed_in_client.post(at("import_mapping", job.pk), form)
    assert "It cannot be imported yet" in page.text
    job.refresh_from_db()
    assert job.state == "mapping"


def test_confirmed_headings_are_kept_read_and_reported_on(upload, signed_in_client, data):
    page = upload()
    job = ImportJob.objects.get()
    form = mapping_form(page) | {"confirm": "yes", "preset_name": "Monthly opioids"}
    page = signed_in_client.post(at("import_mapping", job.pk), form, follow=True)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("done", "")
    assert "57 rows read, 1 not used" in page.text
    assert MappingPreset.objects.get().name == "Monthly opioids"
    assert list((data / "uploads").iterdir()) == []
    rejects = signed_in_client.get(at("import", job.pk) + "?rejects=1")
    assert "Canary-Report" not in rejects.text
    assert AuditEvent.objects.filter(event="rejects.read").count() == 1


def test_the_next_report_with_the_same_headings_starts_from_the_saved_mapping(upload, signed_in_client):
    page = upload()
    first = ImportJob.objects.get()
    form = mapping_form(page, Colour="free_text") | {"confirm": "yes", "preset_name": "Monthly opioids"}
    signed_in_client.post(at("import_mapping", first.pk), form)
    again = upload()
    assert meanings(again)["Colour"][1] == "free_text"


def test_what_cannot_be_read_is_refused_with_what_to_do(upload, signed_in_client):
    page = upload(text="not,a report\n1,2\n", confirm_headings="")
    job = ImportJob.objects.get()
    assert job.state == "refused"
    assert "The extract was refused" in page.text
    assert "the earlier extract stands" in page.text


def test_an_upload_can_be_removed_before_it_is_read(upload, signed_in_client, data):
    upload()
    job = ImportJob.objects.get()
    signed_in_client.post(at("import_stop", job.pk))
    job.refresh_from_db()
    assert job.state == "stopped"
    assert list((data / "uploads").iterdir()) == []


def test_a_running_import_shows_how_far_it_is_and_a_stop_button(data, signed_in_client, member):
    from stepwell.base import clock

    job = ImportJob.objects.create(
        practice=member.organisation,
        created_by=member,
        created_at=clock.now(),
        state="reading",
        step="Reading issues",
        rows=12345,
        file_name="extract.zip",
        stored_as="x.zip",
    )
    page = signed_in_client.get(at("import", job.pk))
    assert "Reading issues. 12,345 rows so far." in page.text
    assert "Stop this import" in page.text


def test_a_file_is_needed(data, signed_in_client, neighbourhood):
    page = signed_in_client.post(
        at("upload"), {"practice": str(neighbourhood["practice"].pk), "kind": "full"}
    )
    assert "Choose the file of the extract" in page.text


def test_nothing_imported_yet_is_said(data, signed_in_client):
    assert "Nothing has been imported here yet." in signed_in_client.get(at("imports")).text
