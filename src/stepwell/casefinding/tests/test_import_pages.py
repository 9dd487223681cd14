"""The pages of imports: a report made by a practice, mapped, read, and reported on."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stepwell.base import clock
from stepwell.casefinding.models import ImportJob, MappingPreset
from stepwell.casefinding.tests import records
from stepwell.organisations.models import AuditEvent, Member

pytestmark = pytest.mark.django_db(transaction=True)

HEADINGS = "NHS Number,Family Name,Date of Birth,Gender,Drug Name,Dose,Quantity,Date of Issue,Colour"
# One in 57 rows cannot be used: more than 2 in 100 would refuse the whole report.
DAYS = ["whenever", *(f"{day:02}/{month}/2026" for month in ("02", "03") for day in range(1, 29))]
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
        }
        return signed_in_client.post(at("upload"), form | more, follow=True)

    return send


def meanings(page):
    """What each column is said to mean on the page, by heading: (name of its choice, meaning selected)."""
    found = re.findall(
        r'<label class="nhsuk-label nhsuk-label--s" for="(column-\d+)">([^<]*)</label>.*?<select.*?>(.*?)</select>',
        page.text,
        re.S,
    )
    selected = {name: re.search(r'value="([^"]*)" selected', options) for name, _, options in found}
    return {heading: (name, chosen[1] if (chosen := selected[name]) else "") for name, heading, _ in found}


def mapping_form(page, **changes):
    """What the browser would send back, some choices changed by heading."""
    return {name: changes.get(heading, meaning) for heading, (name, meaning) in meanings(page).items()}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["999 000 0018,Lane", "9990000018,Lane", "999 000 0026,Hill"], "3 rows about 2 people."),
        # Many reports write who it is only on the first row of each person.
        (["999 000 0018,Lane", ",", ",", "999 000 0026,Hill"], "4 rows about 2 people."),
        (
            ["999 000 0018,Lane", ",Nameless", ",Nameless"],
            "3 rows about 2 people; 1 of them has no NHS number.",
        ),
        (["999 000 0018,Lane", "Total: 1,"], "1 row about 1 person."),
    ],
)
def test_the_page_says_how_many_rows_and_people_the_report_holds(upload, rows, said):
    head = "NHS Number,Surname,Drug,Dosage,Quantity,Date of Issue\n"
    lines = [
        each if each.startswith("Total") else f"{each},Codeine 30mg tablets,1 qds,112,1/5/2026"
        for each in rows
    ]
    assert f"It holds {said}" in upload(head + "\n".join(lines)).text


def test_an_upload_to_confirm_leads_to_its_headings(upload):
    page = upload()
    assert "What the headings of report.csv mean" in page.text
    assert "8 of 9 headings recognised, 1 to settle" in page.text
    assert "A text file, columns separated by commas (letters in UTF-8)" in page.text
    assert "valid NHS number" in page.text
    assert "Not understood" in page.text
    assert "1 of the first 57 values of “Date of Issue” was not understood" not in page.text
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
    assert "57 rows read, 1 not used. It holds 1 person and 56 issues of medicines" in page.text
    assert "What these headings mean is kept as “Monthly opioids”." in page.text
    assert "waiting to be read" not in page.text
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
    assert "These are the headings of “Monthly opioids”" in again.text
    assert "to settle" not in again.text
    alone = signed_in_client.get(again.redirect_chain[-1][0] + "?preset=none")
    assert meanings(alone)["Colour"][1] == ""
    assert "Use “Monthly opioids” of" in alone.text


def test_a_name_kept_for_other_headings_is_not_overwritten(upload, signed_in_client):
    page = upload()
    confirm = {"confirm": "yes", "preset_name": "Monthly opioids"}
    signed_in_client.post(at("import_mapping", ImportJob.objects.get().pk), mapping_form(page) | confirm)
    page = upload(text=REPORT.replace("Colour", "Shade"))
    job = ImportJob.objects.get(state="mapping")
    page = signed_in_client.post(at("import_mapping", job.pk), mapping_form(page) | confirm)
    assert (
        "“Monthly opioids” is already kept for a report with other headings. Choose another name."
        in page.text
    )
    assert "<title>Error: " in page.text
    job.refresh_from_db()
    assert job.state == "mapping"


def test_values_are_not_shown_to_somebody_who_may_not_see_who_people_are(upload, monkeypatch):
    allowed = Member.may
    monkeypatch.setattr(
        Member, "may", lambda self, what, at: what != "see_identities" and allowed(self, what, at)
    )
    page = upload()
    assert "8 of 9 headings recognised" in page.text
    assert "Canary-Report" not in page.text and "9990000107" not in page.text
    assert "They can grant it to you for a dated time." in page.text
    assert not AuditEvent.objects.filter(event="import_preview.read").exists()


@pytest.mark.parametrize(
    ("headings", "heading", "why"),
    [
        (HEADINGS, "Colour", "Not recognised. It is not used unless you say what it means."),
        (
            HEADINGS.replace("Colour", "Status"),
            "Status",
            "Status of the medicine (current, ended)”",
        ),
        (HEADINGS.replace("Colour", "NHS No"), "NHS No", "only the first of them is used"),
        (HEADINGS.replace("Colour", "Date of Death"), "Date of Death", "were not understood as this"),
    ],
)
def test_only_what_somebody_must_decide_stands_open(upload, headings, heading, why):
    page = upload(text=REPORT.replace(HEADINGS, headings))
    settle = page.text.partition('id="settle"')[2].partition("</section>")[0]
    assert re.findall(r'<label class="nhsuk-label nhsuk-label--s" for="column-\d+">([^<]*)<', settle) == [
        heading
    ]
    assert why in settle


NO_DATE = HEADINGS + "\n" + "9990000107,Canary-Report,03/02/1960,F,Codeine,Take one,112,whenever,blue\n" * 9


@pytest.mark.parametrize(
    ("file", "said", "to_do"),
    [
        (
            {"text": "not,a report\n1,2\n"},
            "No row of headings was recognised",
            "Run the report again with a row of headings",
        ),
        ({"text": "\n\n"}, "The report is empty.", "Run it again."),
        (
            {"text": HEADINGS + "\n"},
            "The report has headings and no rows beneath them.",
            "check that it finds somebody",
        ),
        (
            {"text": "%PDF-1.7\n", "name": "r.csv"},
            "This is a PDF document",
            "Export the report as CSV or XLSX",
        ),
        (
            {"text": "PK", "name": "r.zip"},
            "This zip file is damaged or cut short.",
            "Ask for the extract again",
        ),
        ({"kind": "delta"}, "This is a report your practice made", "choose “Everything”"),
        ({"name": "r.json", "text": "{"}, "r.json", "What to do:"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(upload, data, file, said, to_do):
    page = upload(**file)
    assert ImportJob.objects.get().state == "refused"
    assert "The extract was refused" in page.text
    assert "the earlier extract stands" in page.text
    assert said in page.text and to_do in page.text
    assert list((data / "uploads").iterdir()) == []


def confirmed(client, page):
    """The page of a report after its headings are confirmed as they were recognised."""
    job = ImportJob.objects.get(state="mapping")
    return client.post(at("import_mapping", job.pk), mapping_form(page) | {"confirm": "yes"}, follow=True)


def test_too_many_unusable_rows_are_refused_with_their_lines_and_never_what_they_hold(
    upload, signed_in_client
):
    page = upload(text=REPORT + "\n" + NO_DATE.partition("\n")[2])
    assert "10 of the first 66 values of “Date of Issue” were not understood" in page.text
    page = confirmed(signed_in_client, page)
    assert (
        "10 of 66 rows could not be used. An import is refused when that is more than 2 in 100." in page.text
    )
    assert '<td role="cell" data-label="Column">Date of Issue</td>' in page.text
    assert '<td role="cell" data-label="First lines">2, 59, 60, 61, 62</td>' in page.text
    assert "Put these lines right where the file was made" in page.text
    assert "Canary-Report" not in page.text and "whenever" not in page.text


def test_a_report_that_takes_the_place_of_another_source_says_so_before_and_after(
    upload, signed_in_client, data
):
    """The extract of 1 June holds 5 people; a newer report of one person would hide the others from every search."""
    records.bring_in()
    page = upload(extract_date="2026-06-02")
    assert "(5 people). If this report is newer than that, they read this report instead" in page.text
    page = confirmed(signed_in_client, page)
    assert "Searches now read this extract and no other" in page.text
    assert "This one holds 1 person: whoever is not in it is not found." in page.text


def test_what_to_do_is_said_in_the_words_of_the_page_and_not_of_the_command_line(upload, signed_in_client):
    undated = HEADINGS + "\n9990000107,Canary-Report,03/02/1960,F,Codeine,Take one,112,,blue\n"
    page = confirmed(signed_in_client, upload(text=undated, extract_date=""))
    assert "The report has no date." in page.text
    assert "State the date of the extract when you import it." in page.text
    assert "--extract-date" not in page.text


def test_the_same_file_again_changes_nothing_and_an_older_one_is_refused(upload, signed_in_client):
    confirmed(signed_in_client, upload())
    assert "Already imported: nothing changed" in confirmed(signed_in_client, upload()).text
    page = confirmed(signed_in_client, upload(extract_date="2026-05-01"))
    assert "This extract is of 1 May 2026, older than the one already imported, of 1 June 2026." in page.text
    assert "Import a newer extract." in page.text
    history = signed_in_client.get(at("imports")).text
    assert "Report made by the practice of 1 June 2026 (1 person)" in history
    assert "57 rows read, 1 not used" in history


def test_an_upload_can_be_removed_before_it_is_read(upload, signed_in_client, data):
    upload()
    job = ImportJob.objects.get()
    signed_in_client.post(at("import_stop", job.pk))
    job.refresh_from_db()
    assert job.state == "stopped"
    assert list((data / "uploads").iterdir()) == []


def being_read(member):
    """A row of an import a worker is at."""
    return {
        "practice": member.organisation,
        "created_by": member,
        "created_at": clock.now(),
        "state": "reading",
        "step": "Reading issues",
        "rows": 12345,
        "file_name": "extract.zip",
        "stored_as": "x.zip",
    }


@pytest.fixture
def running(data, member):
    def make(**more):
        return ImportJob.objects.create(**being_read(member) | more)

    return make


@pytest.mark.parametrize(
    ("so_far", "said"),
    [
        ({"state": "waiting", "rows": 0}, "It starts by itself."),
        ({}, "now, 12,345 rows so far"),
        ({"rows_expected": 20000}, "now, 61%: 12,345 of about 20,000 rows"),
        ({"rows_expected": 12000}, "now, 99%: 12,345 of about 12,000 rows"),
        ({"step": "Merging and checking"}, "done, 12,345 rows"),
        ({"lease_until": clock.now()}, "The reading broke off. It starts again by itself"),
        ({"stop_asked": True}, "It was asked to stop"),
    ],
)
def test_an_import_shows_how_far_it_is_and_says_so_without_scripts(running, signed_in_client, so_far, said):
    page = signed_in_client.get(at("import", running(**so_far).pk))
    assert said in page.text
    assert '<noscript><meta http-equiv="refresh" content="10; url=?unattended=1"></noscript>' in page.text
    # Nor does a page left open keep its reader signed in: what it asks by itself says so.
    assert re.findall(r'hx-get="([^"]*)" hx-trigger="every', page.text)[0].endswith("?unattended=1")
    assert ("Stop this import" in page.text) is not so_far.get("stop_asked", False)


def test_a_file_is_needed(data, signed_in_client, neighbourhood):
    page = signed_in_client.post(
        at("upload"), {"practice": str(neighbourhood["practice"].pk), "kind": "full"}
    )
    assert "Choose the file of the extract" in page.text


def test_nothing_imported_yet_is_said(data, signed_in_client):
    assert "Nothing has been imported here yet." in signed_in_client.get(at("imports")).text
