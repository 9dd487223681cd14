"""A delta: what changed, merged into the load before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.records.extracts import Kind, Sink
from stepwell.population.records.importing import ImportReport, Outcome
from stepwell.population.records.importing.tests.synthetic_reader import (
    PRACTICE,
    ScriptedReader,
    add_person,
    crowd,
    identity,
    issue,
    number_of,
)
from stepwell.population.stores import Stores

Loader = Callable[..., ImportReport]
Rows = Callable[[str], list[dict[str, object]]]


def delta(
    script: Callable[[Sink], None], day: date = date(2026, 6, 2), content: str = "delta"
) -> ScriptedReader:
    return ScriptedReader(script, kind=Kind.DELTA, extract_date=day, content=content)


def known(sink: Sink, source_id: str) -> str:
    key = sink.known_patient(source_id)
    assert key is not None
    return key


def ids(rows: list[dict[str, object]]) -> list[str]:
    return sorted(str(row["issue_id"]) for row in rows)


def test_a_delta_needs_something_to_build_on(load: Loader):
    with pytest.raises(StepwellError, match="no earlier EMIS extract of practice Z99901"):
        load(delta(crowd(1, 1)))


def test_an_empty_delta_changes_nothing_but_the_date(load: Loader, table: Rows, stores: Stores):
    first = load(ScriptedReader(crowd(4, 2)))
    before = {name: table(name) for name in ("patients", "issues")}
    report = load(delta(lambda sink: None))
    assert {name: table(name) for name in ("patients", "issues")} == before
    assert report.outcome is Outcome.LOADED
    [current] = stores.lake.current().loads
    assert (current.based_on, current.extract_date) == (first.load_id, date(2026, 6, 2))
    assert stores.vault.summary(PRACTICE, report.load_id).identities == 4


def test_rows_are_added_replaced_and_deleted(load: Loader, table: Rows):
    load(ScriptedReader(crowd(2, 3)))

    def script(sink: Sink) -> None:
        key = known(sink, "S0")
        sink.rows("issues", [issue("I0-1", key, quantity_value=Decimal(7)), issue("new", key)])
        sink.delete("issues", "I1-0")
        sink.delete("issues", "was never here")

    report = load(delta(script))
    assert ids(table("issues")) == ["I0-0", "I0-1", "I0-2", "I1-1", "I1-2", "new"]
    assert [row["quantity_value"] for row in table("issues") if row["issue_id"] == "I0-1"] == [7]
    counts = report.tables["issues"]
    assert (counts.carried, counts.given, counts.duplicates, counts.kept) == (6, 2, 0, 6)
    assert report.counters["rows deleted"] == 2


def test_a_row_that_comes_after_its_deletion_stays_and_one_before_goes(load: Loader, table: Rows):
    load(ScriptedReader(crowd(1, 2)))

    def script(sink: Sink) -> None:
        key = known(sink, "S0")
        sink.delete("issues", "I0-0")
        sink.rows("issues", [issue("I0-0", key), issue("gone", key)])
        sink.delete("issues", "gone")

    load(delta(script))
    assert ids(table("issues")) == ["I0-0", "I0-1"]


def test_what_is_withheld_stays_so_under_another_key_until_a_full_extract(
    load: Loader, table: Rows, stores: Stores
):
    def first(sink: Sink) -> None:
        key = add_person(sink, "A", None)
        sink.rows("issues", [issue("I1", key)])
        sink.withhold(key)

    load(ScriptedReader(first))
    load(delta(lambda sink: [add_person(sink, "A", number_of(1))] and None))
    assert [row["withheld"] for row in table("patients")] == [True]
    load(ScriptedReader(crowd(1, 1), extract_date=date(2026, 6, 3), content="whole"))
    assert [row["withheld"] for row in table("patients")] == [False]


def test_a_deleted_person_takes_their_rows_and_identity_with_them(load: Loader, table: Rows, stores: Stores):
    load(ScriptedReader(crowd(3, 2)))

    def script(sink: Sink) -> None:
        sink.delete_patient(known(sink, "S1"))
        assert sink.known_patient("S1") is None

    report = load(delta(script))
    assert len(table("patients")) == 2
    assert ids(table("issues")) == ["I0-0", "I0-1", "I2-0", "I2-1"]
    people = stores.vault.read(PRACTICE, report.load_id, who="M1", why="test")
    assert sorted(person.source_patient_id for person in people) == ["S0", "S2"]


def test_deleting_everybody_is_refused(load: Loader):
    load(ScriptedReader(crowd(1, 1)))
    with pytest.raises(StepwellError, match="holds no people"):
        load(delta(lambda sink: sink.delete_patient(known(sink, "S0"))))


def test_a_changed_identity_replaces_the_earlier_one(load: Loader, stores: Stores):
    load(ScriptedReader(crowd(2, 1)))

    def script(sink: Sink) -> None:
        key = sink.patient_key(nhs_number=number_of(0), source_patient_id="S0")
        sink.identities([identity(key, "S0", number_of(0), family_name="Married")])

    report = load(delta(script))
    names = {who.family_name for who in stores.vault.read(PRACTICE, report.load_id, who="M1", why="test")}
    assert names == {"Married", "ExampleS1"}


def test_a_first_nhs_number_moves_what_was_recorded_before(load: Loader, table: Rows, stores: Stores):
    def first(sink: Sink) -> None:
        key = add_person(sink, "A", None)
        sink.rows("issues", [issue("I1", key)])

    load(ScriptedReader(first))
    assert table("patients")[0]["no_nhs_number"] is True
    load(delta(lambda sink: [add_person(sink, "A", number_of(1))] and None))
    key = stores.vault.key.patient_key(number_of(1))
    assert [(row["patient_key"], row["no_nhs_number"]) for row in table("patients")] == [(key, False)]
    assert [row["patient_key"] for row in table("issues")] == [key]


def test_somebody_new_with_a_number_already_here_costs_both_the_number(
    load: Loader, table: Rows, stores: Stores
):
    def first(sink: Sink) -> None:
        key = add_person(sink, "A", number_of(1))
        sink.rows("issues", [issue("I1", key)])

    def second(sink: Sink) -> None:
        key = add_person(sink, "B", number_of(1), family_name="Other")
        sink.rows("issues", [issue("I2", key)])

    load(ScriptedReader(first))
    report = load(delta(second))
    assert any("1 NHS number is shared" in warning for warning in report.warnings)
    source_keys = {one: stores.vault.key.source_key("emis", PRACTICE, one) for one in "AB"}
    assert {row["issue_id"]: row["patient_key"] for row in table("issues")} == {
        "I1": source_keys["A"],
        "I2": source_keys["B"],
    }
    assert all(row["no_nhs_number"] for row in table("patients"))


def test_a_delta_sees_the_rows_it_builds_on(load: Loader):
    load(ScriptedReader(crowd(2, 2)))
    seen: list[object] = []
    load(delta(lambda sink: seen.extend(row["issue_id"] for row in sink.previous("issues"))))
    assert sorted(map(str, seen)) == ["I0-0", "I0-1", "I1-0", "I1-1"]


def test_a_full_extract_builds_on_nothing(load: Loader):
    load(ScriptedReader(crowd(2, 2)))
    seen: list[object] = []

    def script(sink: Sink) -> None:
        seen.extend(sink.previous("issues"))
        seen.append(sink.known_patient("S0"))
        crowd(1, 1)(sink)

    load(ScriptedReader(script, content="2"))
    assert seen == [None]


def test_the_same_delta_again_changes_nothing_and_an_older_one_is_refused(load: Loader):
    load(ScriptedReader(crowd(2, 2)))
    add = delta(lambda sink: sink.rows("issues", [issue("new", known(sink, "S0"))]))
    assert load(add).outcome is Outcome.LOADED
    assert load(add).outcome is Outcome.UNCHANGED
    with pytest.raises(StepwellError, match="the one already imported, of 2 June 2026"):
        load(delta(lambda sink: None, day=date(2026, 6, 1), content="late"))


def test_full_then_deltas_equals_one_full_of_the_end(load: Loader, table: Rows, stores: Stores):
    load(ScriptedReader(crowd(3, 2)))
    load(delta(lambda sink: sink.delete("issues", "I0-0"), content="a"))
    load(delta(lambda sink: sink.rows("issues", [issue("new", known(sink, "S1"), line=9)]), content="b"))
    by_steps = table("issues")

    def end(sink: Sink) -> None:
        crowd(3, 2)(sink)
        sink.delete("issues", "I0-0")
        sink.rows("issues", [issue("new", known(sink, "S1"), line=9)])

    load(ScriptedReader(end, extract_date=date(2026, 6, 2), content="end"))
    assert table("issues") == by_steps
