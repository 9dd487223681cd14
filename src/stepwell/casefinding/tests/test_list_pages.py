"""The pages of a candidate list, on a tiny imported extract."""

import csv
import html
import io
import re

import pytest
from django.urls import reverse

from stepwell.casefinding.models import Candidate, CandidateList
from stepwell.casefinding.models.candidates import Filter
from stepwell.casefinding.tests.records import CANARY, PEOPLE
from stepwell.organisations.models import AuditEvent
from stepwell.people.models import Person

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(f"casefinding:{name}", args=args)


def rows_of(page):
    return re.findall(r'<tr role="row" id="c', page.text)


def test_the_list_says_its_definition_date_version_and_signature(made, signed_in_client):
    page = signed_in_client.get(at("candidate_list", made.pk))
    assert "People registered here who take an opioid now" in page.text
    assert "1 June 2026" in page.text
    assert "long-term-opioids 1" in page.text
    assert "Nobody here yet" in page.text
    assert "Not signed off here" in page.text


def test_the_flow_adds_up(made):
    counts = made.counts
    assert counts["base"] == sum(counts["outcomes"].values()) == len(PEOPLE)
    assert counts["registered"] >= counts["issued_in_window"] >= counts["base"]


@pytest.mark.parametrize("pill", list(Filter))
def test_every_count_is_the_number_of_its_rows(made, signed_in_client, pill):
    page = signed_in_client.get(at("candidates", made.pk, pill.value))
    said = re.search(r'aria-current="true">[^<]*<span class="app-filters__count">(\d+)</span>', page.text)
    assert said is not None
    assert int(said[1]) == len(rows_of(page))


def test_the_order_is_said_aloud(made, signed_in_client):
    assert (
        "most flags of harm first, then highest OME"
        in signed_in_client.get(at("candidate_list", made.pk)).text
    )
    assert "highest OME first" in signed_in_client.get(at("candidate_list", made.pk) + "?sort=ome").text


def test_most_flags_of_harm_come_first_and_the_page_says_which_count(made, signed_in_client):
    many = made.candidates.filter(outcome="in").order_by("-pk").first()
    made.candidates.filter(pk=many.pk).update(risk=3)
    page = signed_in_client.get(at("candidate_list", made.pk))
    assert rows_of(page) and page.text.index(str(many.pk)) == min(
        page.text.index(str(c.pk)) for c in made.candidates.exclude(outcome="out")
    )
    assert (
        "Flags of harm: 90mg or more, benzodiazepine or Z-drug, gabapentinoid, 2 or more opioids, age 75 or over."
        in page.text
    )
    assert "not known, people come last" in page.text


def test_showing_names_is_written_to_the_audit_trail(made, signed_in_client, member):
    page = signed_in_client.get(at("candidate_list", made.pk))
    assert CANARY in page.text
    read = AuditEvent.objects.get(event="candidates.read")
    assert read.member_id == member.pk
    assert read.snapshot == {"people": len(rows_of(page))}


def test_no_address_on_a_page_names_anybody(made, signed_in_client, candidate):
    someone = candidate("in")
    pages = [at("candidate_list", made.pk), at("candidate", someone.pk), at("candidate_rules", someone.pk)]
    numbers = [c.patient_key for c in made.candidates.all()] + [CANARY, "999000000"]
    for address in pages:
        links = " ".join(re.findall(r'(?:href|action|value)="([^"]*)"', signed_in_client.get(address).text))
        assert [secret for secret in numbers if secret in links] == []


def test_nothing_that_names_anybody_is_logged(made, signed_in_client, candidate, caplog):
    caplog.set_level("DEBUG")
    for address in (at("candidate_list", made.pk), at("candidate", candidate("in").pk)):
        signed_in_client.get(address)
    assert CANARY not in caplog.text
    assert candidate("in").patient_key not in caplog.text


def test_csv_is_guarded_and_written_down_as_an_export(made, signed_in_client):
    page = signed_in_client.get(at("candidates_csv", made.pk, "in"))
    lines = list(csv.DictReader(io.StringIO(page.content.decode())))
    assert page["Content-Type"].startswith("text/csv")
    assert len(lines) == made.counts["outcomes"]["in"]
    assert not any(line["name"].startswith("=") for line in lines)
    exported = AuditEvent.objects.get(event="candidates.exported")
    assert exported.snapshot == {"filter": "in", "rows": len(lines)}


def test_a_pcn_sees_counts_and_nobody(made, make_member, sign_in):
    page = sign_in(make_member("pcn_lead", at="pcn")).get(at("candidate_list", made.pk))
    assert page.status_code == 200
    assert "7 or fewer" in page.text
    assert CANARY not in page.text
    assert rows_of(page) == []


def test_a_pcn_cannot_open_a_narrowed_list(made, make_member, sign_in, signed_in_client):
    signed_in_client.post(at("candidate_options", made.pk), {"age_from": "70"})
    narrowed = CandidateList.objects.get(is_narrowed=True)
    assert (
        sign_in(make_member("pcn_lead", at="pcn")).get(at("candidate_list", narrowed.pk)).status_code == 404
    )


def test_options_need_something_to_narrow_by(made, signed_in_client):
    page = signed_in_client.post(at("candidate_options", made.pk), {})
    assert "There is a problem" in page.text
    assert not CandidateList.objects.filter(is_narrowed=True).exists()


def test_a_sample_is_previewed_before_it_is_kept_and_is_the_same_people(made, signed_in_client):
    address = at("candidate_sample", made.pk)
    preview = signed_in_client.get(address, {"size": "2", "seed": "abc"})
    assert not CandidateList.objects.filter(is_narrowed=True).exists()
    signed_in_client.post(address, {"size": "2", "seed": "abc"})
    kept = CandidateList.objects.get(is_narrowed=True)
    assert kept.candidates.count() == 2
    page = signed_in_client.get(at("candidate_list", kept.pk))
    names = [person[0] for person in PEOPLE]
    assert [n for n in names if n in preview.text] == [n for n in names if n in page.text]


def test_adopting_shows_exactly_who_and_then_takes_them_on(made, signed_in_client, candidate):
    someone = candidate("in")
    preview = signed_in_client.post(at("candidate_adopt", made.pk), {"chosen": [someone.pk]})
    assert "Take 1 person onto the list" in preview.text
    assert not Person.objects.exists()
    signed_in_client.post(at("candidate_adopt", made.pk), {"chosen": [someone.pk], "confirm": "yes"})
    someone.refresh_from_db()
    assert someone.person == Person.objects.get()
    assert someone.evidence["outcome"] == "in"
    assert len(someone.evidence["issues"]) == 7


def test_somebody_taken_on_is_shown_so_on_every_list_and_has_a_page(made, signed_in_client, candidate):
    someone = candidate("in")
    signed_in_client.post(at("candidate_adopt", made.pk), {"only": someone.pk, "confirm": "yes"})
    person = Person.objects.get()
    page = signed_in_client.get(reverse("people:person", args=[person.pk]))
    assert "Why they are here" in page.text
    assert "Long-term opioids" in page.text
    assert "120mg a day" in page.text
    signed_in_client.post(at("candidate_options", made.pk), {"medicine_class": "codeine"})
    narrowed = CandidateList.objects.get(is_narrowed=True)
    other = signed_in_client.get(at("candidate_list", narrowed.pk))
    assert reverse("people:person", args=[person.pk]) in other.text
    assert "On the list" in other.text


def test_somebody_already_taken_on_is_said_so_with_by_whom(made, signed_in_client, member, candidate):
    form = {"only": candidate("in").pk, "confirm": "yes"}
    signed_in_client.post(at("candidate_adopt", made.pk), form)
    again = signed_in_client.post(at("candidate_adopt", made.pk), form, follow=True)
    assert f"on the practice's list already: taken on by {member.user.name} on " in html.unescape(again.text)
    assert Person.objects.count() == 1


def test_a_person_s_page_says_which_supply_made_them_in_with_the_sum(made, signed_in_client, candidate):
    someone = candidate("in")
    before = html.unescape(signed_in_client.get(at("candidate", someone.pk)).text)
    signed_in_client.post(at("candidate_adopt", made.pk), {"only": someone.pk, "confirm": "yes"})
    person = Person.objects.get()
    after = html.unescape(signed_in_client.get(reverse("people:person", args=[person.pk])).text)
    for page in (before, after):
        assert "Opioid: supply since 1 December 2025, 182 days up to 1 June 2026, with no gap." in page
        assert "Daily OME then: 12mg, from one opioid. Factor table SW-DEFAULT-1" in page
        assert "Since 1 December 2025, last issued 18 May 2026, supply to " in page


def test_the_copied_facts_stay_when_a_newer_extract_has_come(made, signed_in_client, candidate):
    signed_in_client.post(at("candidate_adopt", made.pk), {"only": candidate("in").pk, "confirm": "yes"})
    CandidateList.objects.filter(pk=made.pk).update(load_id="0000-gone", knowledge_version="older")
    page = signed_in_client.get(reverse("people:person", args=[Person.objects.get().pk]))
    assert "Since 1 December 2025, last issued 18 May 2026" in page.text


def test_nothing_can_be_ticked_where_nobody_may_be_adopted(made, signed_in_client):
    page = signed_in_client.get(at("candidates", made.pk, "out"))
    assert rows_of(page)
    assert "Adopt those ticked" not in page.text
    assert 'name="chosen"' not in page.text


def test_nobody_chosen_takes_nobody(made, signed_in_client):
    page = signed_in_client.post(at("candidate_adopt", made.pk), {"confirm": "yes"}, follow=True)
    assert "Nobody was chosen" in page.text


def test_somebody_to_check_is_adopted_only_once_a_clinician_decided(made, signed_in_client, candidate):
    someone = candidate("check")
    form = {"chosen": [someone.pk], "confirm": "yes"}
    refused = signed_in_client.post(at("candidate_adopt", made.pk), form)
    assert "no clinician has decided" in refused.text
    assert not Person.objects.exists()
    decision = {"decision": "keep", "reason": "Spoke with the pain team"}
    signed_in_client.post(at("candidate_decide", someone.pk), decision)
    signed_in_client.post(at("candidate_adopt", made.pk), form)
    assert Person.objects.count() == 1


def test_a_clinician_decides_beside_the_medicine_its_instruction_last_issue_dose_and_basis(
    made, signed_in_client, candidate
):
    page = html.unescape(signed_in_client.get(at("candidate_decide", candidate("check").pk)).text)
    for said in (
        "Codeine 30mg tablets",
        "issued 18 May 2026",
        "As the pain team told you",
        "Could not be read",
        "Dose by quantity issued",
        "The extract records none of the conditions that Stepwell looks for.",
    ):
        assert said in page


def test_those_who_can_be_taken_on_are_offered_without_those_who_cannot(made, signed_in_client, candidate):
    fine, undecided = candidate("in"), candidate("check")
    page = signed_in_client.post(at("candidate_adopt", made.pk), {"chosen": [fine.pk, undecided.pk]}).text
    assert "Take 1 person onto the list" in page
    assert "1 person cannot be taken on now" in page
    assert "no clinician has decided that they may be contacted" in page
    assert at("candidate_decide", undecided.pk) in page
    assert re.findall(r'name="chosen" value="([^"]+)"', page) == [str(fine.pk)]


def test_a_decision_needs_a_reason(made, signed_in_client, candidate):
    page = signed_in_client.post(
        at("candidate_decide", candidate("check").pk), {"decision": "keep", "reason": ""}
    )
    assert "Enter why you decided so" in page.text
    assert Candidate.objects.exclude(decision="").count() == 0


def test_a_care_coordinator_cannot_decide(made, make_member, sign_in, candidate):
    client = sign_in(make_member("care_coordinator"))
    assert client.get(at("candidate_decide", candidate("check").pk)).status_code == 403


def test_every_rule_is_answered_yes_or_no_with_the_issues(made, signed_in_client, candidate):
    page = signed_in_client.get(at("candidate_rules", candidate("out").pk))
    assert "Yes: Palliative care code, or an end-of-life injectable in the last 12 months." in page.text
    assert "No: Under 18." in page.text
    assert "Take one four times a day" in page.text
    assert AuditEvent.objects.filter(event="candidate.read").count() == 1


def test_a_record_shows_the_dose_as_written_and_read_with_its_sum(made, signed_in_client, candidate):
    page = signed_in_client.get(at("candidate", candidate("in").pk))
    assert "Codeine 30mg tablets" in page.text
    assert "Take one four times a day" in page.text
    assert "120mg a day" in page.text
    assert "Factor table SW-DEFAULT-1, version OME-" in page.text
    assert "<svg aria-hidden" in page.text
    assert "none recorded" in page.text


def test_a_dose_that_cannot_be_read_is_unknown_and_not_zero(made, signed_in_client, candidate):
    page = signed_in_client.get(at("candidate", candidate("check").pk))
    assert "As the pain team told you" in page.text
    assert "Could not be read" in page.text


def test_every_search_is_listed_with_its_newest_counts(made, signed_in_client):
    page = signed_in_client.get(at("searches"))
    assert "Long-term tramadol" in page.text
    assert at("candidate_list", made.pk) in page.text


def test_a_search_is_run_from_its_button(lake, signed_in_client, neighbourhood):
    address = at("search_run", "long-term-tramadol")
    page = signed_in_client.post(address, {"practice": str(neighbourhood["practice"].pk)}, follow=True)
    assert page.redirect_chain
    assert "Nobody is in this part of the list." in page.text


def test_before_any_import_the_page_says_so(signed_in_client, settings, tmp_path):
    settings.STEPWELL_DATA = str(tmp_path)
    assert "Nothing imported yet for Hill Road Surgery" in signed_in_client.get(at("searches")).text


def test_another_practice_cannot_open_it(made, make_member, sign_in):
    client = sign_in(make_member("pharmacist", at="elsewhere"))
    assert client.get(at("candidate_list", made.pk)).status_code == 404


def test_after_a_newer_extract_names_are_not_guessed(made, signed_in_client):
    CandidateList.objects.filter(pk=made.pk).update(load_id="0000-gone")
    page = signed_in_client.get(at("candidate_list", made.pk))
    assert "Names cannot be shown" in page.text
    assert CANARY not in page.text
