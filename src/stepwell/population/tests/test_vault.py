"""The vault: who a person is, given only to someone who says who they are and why, and only as it was sealed."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.keys import LakeKey
from stepwell.population.records.canonical import Identity, Reject
from stepwell.population.records.importing.tests.synthetic_reader import identity, number_of
from stepwell.population.sealing import CHUNK, MAGIC
from stepwell.population.vault import Reading, Summary, Vault

KEY = LakeKey(bytes(range(32)))
PEOPLE = [identity(f"k{n}", f"S{n}", number_of(n)) for n in range(3)]
REAL = "9434765919"  # passes modulus 11 and is not of the test range


def a_vault(tmp_path: Path, on_read: Callable[[Reading], None] | None = None, key: LakeKey = KEY) -> Vault:
    return Vault(tmp_path / "lake.vault", key, lake_id="lake-1", on_read=on_read)


def fill(vault: Vault, people: list[Identity], rejects: list[Reject] = [], load_id: str = "L1") -> Summary:  # noqa: B006
    writer = vault.writer("Z99901", load_id)
    for reject in rejects:
        writer.reject(reject)
    for person in people:
        writer.identity(person)
    return writer.publish()


def test_people_come_back_as_they_went_in(tmp_path: Path):
    vault = a_vault(tmp_path)
    assert fill(vault, PEOPLE) == Summary(identities=3, rejects=0, all_test_numbers=True)
    assert list(vault.read("Z99901", "L1", who="M1", why="adopt")) == PEOPLE
    assert list(vault.read("Z99901", "L1", who="M1", why="adopt", keys={"k1", "other"})) == [PEOPLE[1]]


@pytest.mark.parametrize(("who", "why"), [("", "adopt"), ("M1", ""), (" ", "adopt"), ("M1", "\n")])
def test_a_reading_says_who_and_why(tmp_path: Path, who: str, why: str):
    vault = a_vault(tmp_path)
    fill(vault, PEOPLE)
    with pytest.raises(StepwellError, match="who reads them and why"):
        vault.read("Z99901", "L1", who=who, why=why)
    with pytest.raises(StepwellError, match="who reads them and why"):
        vault.rejects("Z99901", "L1", who=who, why=why)


def test_the_audit_trail_is_told_before_anybody_is_named(tmp_path: Path):
    told: list[Reading] = []
    vault = a_vault(tmp_path, told.append)
    fill(vault, [*PEOPLE, identity("k9", "S9", REAL)])
    people = vault.read("Z99901", "L1", who="M1", why="adopt")
    assert told == [Reading("M1", "adopt", "Z99901", 4)]
    assert len(list(people)) == 4
    vault.read("Z99901", "L1", who="M1", why="adopt", keys=["k1", "unknown"])
    assert told[1:] == [Reading("M1", "adopt", "Z99901", 1)]


def test_when_the_audit_trail_fails_nobody_is_named(tmp_path: Path):
    def fails(reading: Reading) -> None:
        raise OSError("no space")

    vault = a_vault(tmp_path, fails)
    fill(vault, PEOPLE)
    with pytest.raises(OSError, match="no space"):
        vault.read("Z99901", "L1", who="M1", why="adopt")


@pytest.mark.parametrize(
    "people",
    [[*PEOPLE, identity("k9", "S9", REAL)], [identity("k9", "S9", None)], []],
    ids=["one real number", "nobody has a number", "nobody"],
)
def test_without_an_audit_trail_only_test_numbers_are_read(tmp_path: Path, people: list[Identity]):
    vault = a_vault(tmp_path)
    assert not fill(vault, people).all_test_numbers
    with pytest.raises(StepwellError, match="without an audit trail"):
        vault.read("Z99901", "L1", who="M1", why="adopt")
    with pytest.raises(StepwellError, match="without an audit trail"):
        vault.rejects("Z99901", "L1", who="M1", why="check")


def test_test_people_without_a_number_do_not_close_a_test_file(tmp_path: Path):
    assert fill(a_vault(tmp_path), [*PEOPLE, identity("k9", "S9", None)]).all_test_numbers


def test_rejected_rows_are_kept_and_a_huge_one_is_cut(tmp_path: Path):
    told: list[Reading] = []
    vault = a_vault(tmp_path, told.append)
    rejects = [
        Reject("issues.csv", 3, "Quantity", "The quantity is not a number.", "é," * 10_000),
        Reject("x", None, None, "y", ""),
    ]
    fill(vault, PEOPLE, rejects)
    assert list(vault.rejects("Z99901", "L1", who="M1", why="check")) == [
        replace(rejects[0], raw="é," * 5_000),
        rejects[1],
    ]
    assert told == [Reading("M1", "check", "Z99901", 2)]


def test_one_person_under_two_source_ids_is_shown_once_and_carried_twice(tmp_path: Path):
    vault = a_vault(tmp_path)
    twice = [PEOPLE[0], replace(PEOPLE[0], source_patient_id="S7")]
    assert fill(vault, twice).identities == 1
    assert list(vault.read("Z99901", "L1", who="M1", why="adopt")) == twice[:1]
    assert list(vault.carried("Z99901", "L1")) == twice


def test_nothing_of_a_person_is_readable_on_disk_and_only_the_owner_may_look(tmp_path: Path):
    vault = a_vault(tmp_path)
    fill(vault, PEOPLE)
    path = vault.path_of("Z99901", "L1")
    contents = path.read_bytes()
    assert b"Example" not in contents
    assert PEOPLE[0].nhs_number is not None
    assert PEOPLE[0].nhs_number.encode() not in contents
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(vault.directory.stat().st_mode) == 0o700


def big(vault: Vault) -> tuple[Path, int]:
    """A file of several chunks, and where its first frame begins."""
    fill(vault, [identity(f"k{n}", f"S{n}", number_of(n)) for n in range(600)])
    path = vault.path_of("Z99901", "L1")
    assert path.stat().st_size > 2 * CHUNK
    return path, len(MAGIC) + 4 + int.from_bytes(path.read_bytes()[len(MAGIC) : len(MAGIC) + 4], "big")


def read_all(vault: Vault) -> list[Identity]:
    return list(vault.read("Z99901", "L1", who="M1", why="adopt"))


def test_a_file_of_many_chunks_is_read_as_a_stream(tmp_path: Path):
    vault = a_vault(tmp_path)
    big(vault)
    assert [person.patient_key for person in read_all(vault)] == [f"k{n}" for n in range(600)]


@pytest.mark.parametrize(
    "where", ["magic", "header", "first chunk", "second chunk", "frame length", "summary", "last length"]
)
def test_one_altered_byte_is_noticed(tmp_path: Path, where: str):
    vault = a_vault(tmp_path)
    path, start = big(vault)
    contents = bytearray(path.read_bytes())
    place = {
        "magic": 0,
        "header": len(MAGIC) + 8,
        "first chunk": start + 100,
        "second chunk": start + 4 + CHUNK + 16 + 100,
        "frame length": start,
        "summary": len(contents) - 20,
        "last length": len(contents) - 1,
    }[where]
    contents[place] ^= 1
    path.write_bytes(contents)
    with pytest.raises(StepwellError, match=r"L1\.vault: This vault file cannot be trusted"):
        read_all(vault)


def test_a_cut_or_reordered_file_is_noticed(tmp_path: Path):
    vault = a_vault(tmp_path)
    path, start = big(vault)
    contents = path.read_bytes()
    frame = 4 + CHUNK + 16
    one, two = contents[start : start + frame], contents[start + frame : start + 2 * frame]
    for altered in (
        contents[:-50],
        contents[: start + 2],
        contents[:start] + two + one + contents[start + 2 * frame :],
        contents[:start] + one + contents[start + 2 * frame :],
    ):
        path.write_bytes(altered)
        with pytest.raises(StepwellError, match="cannot be trusted"):
            read_all(vault)


def test_a_file_put_in_another_loads_place_is_noticed(tmp_path: Path):
    vault = a_vault(tmp_path)
    fill(vault, PEOPLE)
    vault.path_of("Z99901", "L1").rename(vault.path_of("Z99901", "L2"))
    with pytest.raises(StepwellError, match="another practice, load or key"):
        vault.read("Z99901", "L2", who="M1", why="adopt")


def test_a_header_that_is_not_json_is_noticed(tmp_path: Path):
    vault = a_vault(tmp_path)
    fill(vault, PEOPLE)
    path = vault.path_of("Z99901", "L1")
    contents = bytearray(path.read_bytes())
    contents[len(MAGIC) + 4] = ord("?")
    path.write_bytes(contents)
    with pytest.raises(StepwellError, match="header has been altered"):
        read_all(vault)


def test_another_key_or_lake_does_not_open_the_vault(tmp_path: Path):
    a_vault(tmp_path)
    with pytest.raises(StepwellError, match="belongs to another lake or was sealed with another key"):
        a_vault(tmp_path, key=LakeKey(bytes(reversed(range(32)))))
    with pytest.raises(StepwellError, match="belongs to another lake"):
        Vault(tmp_path / "lake.vault", KEY, lake_id="lake-2")


def test_a_load_without_identities_says_so(tmp_path: Path):
    with pytest.raises(StepwellError, match="holds no identities for practice Z99901, load L1"):
        a_vault(tmp_path).summary("Z99901", "L1")


@pytest.mark.parametrize(("practice", "load_id"), [("../Z99901", "L1"), ("Z99901", "../../x"), ("", "L1")])
def test_a_name_cannot_lead_out_of_the_vault(tmp_path: Path, practice: str, load_id: str):
    with pytest.raises(StepwellError, match="characters that no code has"):
        a_vault(tmp_path).summary(practice, load_id)


def test_a_discarded_file_leaves_nothing(tmp_path: Path):
    vault = a_vault(tmp_path)
    writer = vault.writer("Z99901", "L1")
    writer.identity(PEOPLE[0])
    writer.discard()
    assert not list(vault.directory.rglob("*.vault"))


def test_files_go_with_their_loads(tmp_path: Path):
    vault = a_vault(tmp_path)
    fill(vault, PEOPLE, load_id="L1")
    fill(vault, PEOPLE, load_id="L2")
    vault.writer("Z99901", "L3").identity(PEOPLE[0])
    vault.keep_only({"L2"})
    assert [path.name for path in vault.directory.rglob("*.vault")] == ["L2.vault"]
