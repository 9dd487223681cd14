"""The audit trail: appended only, each row on the hash of the one before, and a change anywhere shows."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import IntegrityError, connection, transaction

from stepwell.base.errors import StepwellError
from stepwell.organisations import actions, audit
from stepwell.organisations.audit import Subject, SystemJob, verify_chain
from stepwell.organisations.models import AuditChain, AuditEvent
from stepwell.organisations.models.audit import AppendOnly

JOB = SystemJob("test")
TABLE = AuditEvent._meta.db_table


@pytest.fixture
def practice(neighbourhood):
    return neighbourhood["practice"]


@pytest.fixture
def trail(practice, member):
    """A chain of several rows at the practice."""
    for number in range(5):
        audit.record(
            by=member,
            event="person.read",
            organisation=practice,
            subject=Subject("person", f"id-{number}"),
            snapshot={"rows": number},
        )
    return list(AuditEvent.objects.filter(organisation=practice).order_by("sequence"))


def tamper(sql, *values):
    """What someone with the database password could do: past the models."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


class TestRow:
    def test_it_says_who_in_what_role_from_where_what_and_about_what(self, practice, member):
        row = audit.record(
            by=member,
            event="person.read",
            organisation=practice,
            subject=Subject("person", "42"),
            reason="Review",
        )
        assert (row.member_id, row.role, row.ods_code) == (member.pk, "pharmacist", "Z99901")
        assert (row.event, row.subject_type, row.subject_id, row.reason) == (
            "person.read",
            "person",
            "42",
            "Review",
        )

    def test_someone_from_elsewhere_leaves_their_own_ods_code_in_the_practices_chain(
        self, practice, make_member
    ):
        row = audit.record(by=make_member("pharmacist", at="pcn"), event="person.read", organisation=practice)
        assert (row.organisation, row.ods_code) == (practice, "Z99P1")

    def test_a_system_job_is_named(self, practice):
        row = audit.record(by=SystemJob("retention"), event="load.pruned", organisation=practice)
        assert (row.job, row.member_id) == ("retention", None)

    def test_there_is_none_without_an_actor(self, practice):
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditEvent.objects.create(
                organisation=practice, sequence=999, at="2026-11-24T00:00Z", ods_code="Z99901", event="a.b"
            )

    @pytest.mark.parametrize(
        "snapshot",
        [
            {"name": "Margaret"},
            {"nhs_number": "x"},
            {"patient_key": "abc"},
            {"value": "999 526 0182"},
            {"value": "9995260182"},
            {"value": "someone@example.org"},
            {"value": "01632 960 123"},
            {"value": "long " * 30},
            {"value": ["fine", "9995260182"]},
        ],
    )
    def test_identifiers_and_free_text_are_refused(self, practice, snapshot):
        before = AuditEvent.objects.count()
        with pytest.raises(StepwellError) as refused:
            audit.record(by=JOB, event="person.changed", organisation=practice, snapshot=snapshot)
        assert "999" not in str(refused.value)
        assert AuditEvent.objects.count() == before

    def test_opaque_ids_hashes_dates_and_counts_are_kept(self, practice, member):
        snapshot = {
            "member": str(member.pk),
            "hash": "1234567890abcdef" * 4,
            "on": "2026-11-24",
            "rows": 9995260182,
        }
        assert (
            audit.record(by=JOB, event="a.b", organisation=practice, snapshot=snapshot).snapshot == snapshot
        )

    @pytest.mark.parametrize("event", ["read", "Person.read", "person read", "person.read.again", ""])
    def test_an_event_is_a_noun_and_a_verb(self, practice, event):
        with pytest.raises(StepwellError, match="not the name of an event"):
            audit.record(by=JOB, event=event, organisation=practice)


class TestAppendOnly:
    def test_no_way_to_change_or_remove_a_row(self, trail):
        row = trail[0]
        row.reason = "rewritten"
        for attempt in (
            row.save,
            row.delete,
            AuditEvent.objects.all().delete,
            lambda: AuditEvent.objects.update(reason="rewritten"),
            lambda: AuditEvent.objects.bulk_update([row], ["reason"]),
            lambda: AuditEvent.objects.bulk_create([row]),
        ):
            with pytest.raises(AppendOnly):
                attempt()
        assert verify_chain(row.organisation).whole

    def test_one_row_per_place_in_the_chain(self, trail):
        twin = AuditEvent.objects.get(pk=trail[2].pk)
        twin.pk, twin._state.adding = None, True
        with pytest.raises(IntegrityError), transaction.atomic():
            twin.save(force_insert=True)

    def test_it_goes_with_the_action_or_not_at_all(self, practice):
        before = AuditEvent.objects.count()
        with pytest.raises(RuntimeError), transaction.atomic():
            audit.record(by=JOB, event="a.b", organisation=practice)
            raise RuntimeError
        assert AuditEvent.objects.count() == before
        audit.record(by=JOB, event="a.b", organisation=practice)
        assert verify_chain(practice).whole


class TestChain:
    def test_it_starts_at_one_and_has_no_gaps(self, trail):
        assert [row.sequence for row in trail] == list(range(1, len(trail) + 1))
        assert [row.previous_hash for row in trail] == [audit.START, *(row.hash for row in trail[:-1])]

    def test_each_organisation_has_its_own(self, trail, neighbourhood):
        other = (
            AuditEvent.objects.filter(organisation=neighbourhood["neighbour"]).order_by("sequence").first()
        )
        assert (other.sequence, other.previous_hash) == (1, audit.START)

    def test_an_untouched_chain_is_whole(self, trail, practice):
        report = verify_chain(practice)
        assert report.whole
        assert report.length == len(trail)

    def test_an_organisation_without_events_is_whole(self, neighbourhood):
        quiet = neighbourhood["elsewhere"]
        tamper(f"DELETE FROM {TABLE} WHERE organisation_id = %s", quiet.pk.hex)
        AuditChain.objects.filter(organisation=quiet).delete()
        assert verify_chain(quiet).whole

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("reason", "nothing to see"),
            ("event", "person.left"),
            ("subject_id", "somebody-else"),
            ("role", "gp"),
            ("ods_code", "Z99999"),
            ("snapshot", '{"rows": 99}'),
            ("at", "2020-01-01 00:00:00"),
            ("member_id", "0" * 32),
            ("job", "nobody"),
        ],
    )
    def test_a_changed_row_shows_whatever_was_changed(self, trail, practice, column, value):
        tamper(
            f"UPDATE {TABLE} SET {column} = %s WHERE sequence = 3 AND organisation_id = %s",
            value,
            practice.pk.hex,
        )
        report = verify_chain(practice)
        assert (report.fault_at, report.why) == (3, "the row was changed")

    def test_a_row_changed_with_its_own_hash_worked_out_again_shows_at_the_next(self, trail, practice):
        row = AuditEvent.objects.get(pk=trail[2].pk)
        row.reason = "rewritten"
        tamper(
            f"UPDATE {TABLE} SET reason = %s, hash = %s WHERE id = %s",
            row.reason,
            audit.hash_of(row),
            row.pk.hex,
        )
        report = verify_chain(practice)
        assert (report.fault_at, report.why) == (4, "the row does not follow the one before it")

    def test_a_row_taken_out_of_the_middle_shows(self, trail, practice):
        tamper(f"DELETE FROM {TABLE} WHERE id = %s", trail[2].pk.hex)
        assert verify_chain(practice).fault_at == 3
        assert verify_chain(practice).why == "a row is missing"

    def test_rows_cut_off_the_end_show(self, trail, practice):
        tamper(f"DELETE FROM {TABLE} WHERE id = %s", trail[-1].pk.hex)
        report = verify_chain(practice)
        assert (report.whole, report.why) == (False, "rows are missing at the end")

    def test_a_lost_head_shows(self, trail, practice):
        AuditChain.objects.filter(organisation=practice).delete()
        assert verify_chain(practice).why == "the head of the chain is missing"


@pytest.mark.django_db(transaction=True)
def test_appends_at_the_same_time_wait_for_each_other(neighbourhood):
    """Four threads, ten rows each, one chain: no row lost, none doubled."""
    practice = neighbourhood["practice"]
    before = verify_chain(practice).length
    failures = []

    def append() -> None:
        try:
            for _ in range(10):
                audit.record(by=JOB, event="a.b", organisation=practice)
        except Exception as problem:
            failures.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    report = verify_chain(practice)
    assert (report.whole, report.length) == (True, before + 40)


def test_reads_exports_and_refusals_have_their_own_words(practice, member):
    actions.record_read(by=member, organisation=practice, what="person", subject=Subject("person", "1"))
    actions.record_export(by=member, organisation=practice, what="candidates", rows=157)
    actions.record_refusal(by=member, permission="see_audit", route="organisations:audit")
    last = AuditEvent.objects.filter(organisation=practice).order_by("-sequence")[:3]
    assert [row.event for row in last] == ["access.refused", "candidates.exported", "person.read"]
    assert last[1].snapshot == {"rows": 157}
