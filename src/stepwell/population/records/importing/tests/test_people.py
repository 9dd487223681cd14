"""Which key a person gets, and when two are one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.keys import LakeKey
from stepwell.population.records.canonical import Identity
from stepwell.population.records.importing.people import People
from stepwell.population.records.importing.tests.synthetic_reader import PRACTICE, identity, number_of

KEY = LakeKey(bytes(range(32)))
N1, N2 = number_of(1), number_of(2)
K1, K2 = KEY.patient_key(N1), KEY.patient_key(N2)


def source_key(source_id: str) -> str:
    return KEY.source_key("emis", PRACTICE, source_id)


def people(*earlier: Identity) -> People:
    return People(KEY, "emis", PRACTICE, earlier)


def meet(everyone: People, source_id: str, number: str | None, **known: object) -> str:
    key = everyone.key(number, source_id)
    everyone.identify(identity(key, source_id, number, **known))
    return key


SAME = {"family_name": "Example", "date_of_birth": date(1950, 2, 3)}


def test_a_number_gives_its_key_and_none_gives_a_source_key():
    everyone = people()
    assert meet(everyone, "A", N1) == K1
    assert meet(everyone, "B", None) == source_key("B")
    settled = everyone.settle()
    assert settled.remap == {}
    assert settled.source_keyed == {source_key("B")}


@pytest.mark.parametrize(
    "number", ["999000001", "99900000181", "９９９００００１８１", "999 000 0018", "9990000017", "2222222222"]
)
def test_what_is_not_a_valid_number_is_none(number: str):
    everyone = people()
    assert meet(everyone, "A", number) == source_key("A")
    assert everyone.settle().source_keyed == {source_key("A")}
    assert [who.nhs_number for who in everyone.identities()] == [None]


def test_a_person_without_a_source_id_is_refused():
    with pytest.raises(StepwellError, match="without a source id"):
        people().key(N1, "")


def test_rows_may_ask_again_with_or_without_the_number():
    everyone = people()
    assert [everyone.key(N1, "A"), everyone.key(None, "A"), everyone.key(N1, "A")] == [K1, K1, K1]
    assert everyone.known("A") == K1
    assert everyone.known("B") is None


def test_a_number_learnt_later_moves_the_rows_already_written():
    everyone = people()
    assert everyone.key(None, "A") == source_key("A")
    assert everyone.key(N1, "A") == K1
    assert everyone.settle().remap == {source_key("A"): K1}


def test_two_source_ids_that_agree_are_one_person():
    everyone = people()
    assert meet(everyone, "A", N1, **SAME) == K1
    second = meet(everyone, "B", N1, **{**SAME, "family_name": "EXAMPLE "})
    assert second == source_key("B")
    settled = everyone.settle()
    assert settled.remap == {second: K1}
    assert (settled.joined, settled.conflicts, settled.source_keyed) == ({K1}, 0, frozenset())
    assert {who.patient_key for who in everyone.identities()} == {K1}


@pytest.mark.parametrize(
    "other",
    [
        {"family_name": "Other"},
        {"date_of_birth": date(1950, 3, 2)},
        {"date_of_birth": None},
        {"family_name": ""},
    ],
)
def test_two_source_ids_that_do_not_agree_both_lose_the_number(other: dict[str, object]):
    everyone = people()
    meet(everyone, "A", N1, **SAME)
    meet(everyone, "B", N1, **{**SAME, **other})
    settled = everyone.settle()
    assert settled.remap == {K1: source_key("A")}
    assert settled.source_keyed == {source_key("A"), source_key("B")}
    assert settled.conflicts == 1


def test_unknown_agrees_with_nothing_not_even_unknown():
    everyone = people()
    for source_id in "AB":
        meet(everyone, source_id, N1, family_name="", date_of_birth=None)
    assert everyone.settle().conflicts == 1


def test_two_people_of_whom_one_was_never_described_do_not_agree():
    everyone = people()
    meet(everyone, "A", N1, **SAME)
    everyone.key(N1, "B")
    assert everyone.settle().conflicts == 1


def test_three_with_one_number_all_have_to_agree():
    everyone = people()
    for source_id, name in (("A", "Example"), ("B", "Example"), ("C", "Other")):
        meet(everyone, source_id, N1, **{**SAME, "family_name": name})
    assert everyone.settle().source_keyed == {source_key(one) for one in "ABC"}


def test_in_a_delta_a_known_person_keeps_their_key():
    everyone = people(identity(K1, "A", N1))
    assert everyone.known("A") == K1
    assert everyone.key(None, "A") == K1
    assert everyone.settle().remap == {}
    assert [who.patient_key for who in everyone.identities()] == [K1]


def test_in_a_delta_a_first_number_moves_what_was_recorded():
    everyone = people(identity(source_key("A"), "A", None))
    assert meet(everyone, "A", N1) == K1
    assert everyone.settle().remap == {source_key("A"): K1}


def test_in_a_delta_a_lost_number_falls_back_to_the_source_key():
    everyone = people(identity(K1, "A", N1))
    meet(everyone, "A", None)
    settled = everyone.settle()
    assert settled.remap == {K1: source_key("A")}
    assert settled.source_keyed == {source_key("A")}


def test_numbers_that_change_places_do_not_mix_records():
    everyone = people(identity(K1, "A", N1), identity(K2, "B", N2))
    first, second = meet(everyone, "A", N2), meet(everyone, "B", N1)
    remap = everyone.settle().remap
    assert remap == {K1: K2, K2: K1, first: K2, second: K1}
    assert {who.source_patient_id: who.patient_key for who in everyone.identities()} == {"A": K2, "B": K1}


def test_a_conflict_ends_when_the_number_is_put_right():
    everyone = people(
        identity(source_key("A"), "A", N1, **SAME),
        identity(source_key("B"), "B", N1, family_name="Other"),
    )
    meet(everyone, "B", N2, family_name="Other")
    assert everyone.settle().remap == {source_key("A"): K1, source_key("B"): K2}


def test_people_joined_before_cannot_be_parted_by_a_delta():
    joined = identity(K1, "A", N1, **SAME), identity(K1, "B", N1, **SAME)
    everyone = people(*joined)
    meet(everyone, "B", N2, **SAME)
    with pytest.raises(StepwellError, match="Import a full extract"):
        everyone.settle()
    with pytest.raises(StepwellError, match="Import a full extract"):
        people(*joined).forget(K1)


def test_a_forgotten_person_is_not_there_and_may_come_back():
    everyone = people(identity(K1, "A", N1))
    everyone.forget(K1)
    assert everyone.known("A") is None
    assert list(everyone.identities()) == []
    assert meet(everyone, "A", N1) == K1
    assert everyone.settle().remap == {}


def test_forgetting_somebody_unknown_changes_nothing():
    everyone = people(identity(K1, "A", N1))
    everyone.forget("nobody")
    assert list(everyone.identities()) == [replace(identity(K1, "A", N1))]
