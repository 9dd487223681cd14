"""The lake's key: where it may come from, and what is made of it."""

from __future__ import annotations

import base64
import pickle
import stat
import time
from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.keys import LakeKey, sample_order

SECRET = bytes(range(32))
KEY = LakeKey(SECRET)


def test_a_created_key_is_random_and_only_its_owner_can_read_it(tmp_path: Path):
    one, two = LakeKey.create(tmp_path / "one.key"), LakeKey.create(tmp_path / "deeper" / "two.key")
    assert one.id != two.id
    assert stat.S_IMODE((tmp_path / "one.key").stat().st_mode) == 0o600
    assert LakeKey.from_file(tmp_path / "one.key").id == one.id


def test_a_key_file_is_never_overwritten(tmp_path: Path):
    LakeKey.create(tmp_path / "lake.key")
    with pytest.raises(StepwellError, match="There already is a key file"):
        LakeKey.create(tmp_path / "lake.key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_file_others_can_read_is_refused(tmp_path: Path, mode: int):
    LakeKey.create(tmp_path / "lake.key")
    (tmp_path / "lake.key").chmod(mode)
    with pytest.raises(StepwellError, match=f"mode {mode:04o}.*chmod 600"):
        LakeKey.from_file(tmp_path / "lake.key")


def test_a_missing_key_file_is_refused(tmp_path: Path):
    with pytest.raises(StepwellError, match="could not be read"):
        LakeKey.from_file(tmp_path / "none.key")


@pytest.mark.parametrize(
    "text", [SECRET.hex(), f" {SECRET.hex().upper()}\n", base64.b64encode(SECRET).decode()]
)
def test_the_environment_holds_hexadecimal_or_base64(text: str):
    key = LakeKey.from_environment({"STEPWELL_KEY": text})
    assert key is not None
    assert key.id == KEY.id


@pytest.mark.parametrize("environment", [{}, {"STEPWELL_KEY": " "}])
def test_without_the_variable_there_is_no_key_and_no_default(environment: dict[str, str]):
    assert LakeKey.from_environment(environment) is None


@pytest.mark.parametrize("text", ["changeme", "z" * 64, "é"])
def test_what_is_not_a_key_is_refused_without_being_shown(text: str):
    with pytest.raises(StepwellError) as refused:
        LakeKey.from_environment({"STEPWELL_KEY": text})
    assert text not in str(refused.value)


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(32), b"ab" * 16])
def test_a_short_or_plainly_not_random_secret_is_refused(secret: bytes):
    with pytest.raises(StepwellError, match="not a random secret"):
        LakeKey(secret)


def test_the_same_number_gives_the_same_key_and_another_another():
    assert KEY.patient_key("9990000018") == LakeKey(SECRET).patient_key("9990000018")
    assert KEY.patient_key("9990000018") != KEY.patient_key("9990000026")
    assert len(KEY.patient_key("9990000018")) == 32
    assert KEY.patient_key("9990000018") != LakeKey(bytes(reversed(SECRET))).patient_key("9990000018")


def test_a_source_key_is_of_another_domain_and_its_parts_cannot_run_together():
    assert KEY.source_key("emis", "Z99901", "9990000018") != KEY.patient_key("9990000018")
    assert KEY.source_key("emis", "Z99901", "1") != KEY.source_key("emis", "Z9990", "11")
    assert KEY.source_key("emis", "Z99901", "1") != KEY.source_key("gp_connect", "Z99901", "1")


def test_each_use_has_its_own_subkey_and_the_id_gives_none_of_them_away():
    keys = {KEY.subkey("patients"), KEY.subkey("vault"), KEY.subkey("vault", b"salt"), KEY.subkey("sampling")}
    assert len(keys) == 4
    assert not any(key.hex().startswith(KEY.id) for key in keys)


def test_the_secret_is_not_shown_or_pickled():
    assert SECRET.hex() not in repr(KEY)
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(KEY)


def test_a_sample_is_repeated_by_its_seed():
    people = [KEY.patient_key(f"999{n:07d}") for n in range(20)]
    order = sorted(people, key=lambda person: sample_order("2026-06", person))
    people.reverse()
    assert order == sorted(people, key=lambda person: sample_order("2026-06", person))
    assert order != sorted(people, key=lambda person: sample_order("2026-07", person))


def test_twenty_thousand_keys_take_less_than_a_second():
    began = time.perf_counter()
    for number in range(20_000):
        KEY.patient_key(f"{number:010d}")
    assert time.perf_counter() - began < 1
