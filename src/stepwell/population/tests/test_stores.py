"""Lake, vault and key, found or made together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.keys import LakeKey
from stepwell.population.lake import Lake
from stepwell.population.stores import open_stores


@pytest.fixture(autouse=True)
def no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("STEPWELL_KEY", raising=False)


def test_the_first_import_makes_all_three_and_says_where_the_key_is(tmp_path: Path):
    made = open_stores(tmp_path / "lake")
    assert made.key_created == tmp_path / "lake.key"
    assert made.vault.directory == tmp_path / "lake.vault"
    again = open_stores(tmp_path / "lake")
    assert again.key_created is None
    assert again.lake.lake_id == made.lake.lake_id


def test_a_lake_that_exists_never_gets_a_new_key(tmp_path: Path):
    open_stores(tmp_path / "lake")
    (tmp_path / "lake.key").unlink()
    with pytest.raises(StepwellError, match=r"key file .* could not be read"):
        open_stores(tmp_path / "lake")
    assert not (tmp_path / "lake.key").exists()


def test_a_key_file_that_was_named_is_never_made(tmp_path: Path):
    with pytest.raises(StepwellError, match="could not be read"):
        open_stores(tmp_path / "lake", key_path=tmp_path / "mistyped.key")


def test_the_environment_comes_before_the_default_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STEPWELL_KEY", bytes(range(32)).hex())
    made = open_stores(tmp_path / "lake")
    assert made.key_created is None
    assert made.lake.key_id == LakeKey(bytes(range(32))).id
    assert not (tmp_path / "lake.key").exists()


def test_a_foreign_key_is_refused(tmp_path: Path):
    open_stores(tmp_path / "lake")
    LakeKey.create(tmp_path / "other.key")
    with pytest.raises(StepwellError, match="This lake was made with another key"):
        open_stores(tmp_path / "lake", key_path=tmp_path / "other.key")


@pytest.mark.parametrize("name", ["vault_path", "key_path"])
def test_vault_and_key_never_lie_in_the_lake(tmp_path: Path, name: str):
    (tmp_path / "elsewhere").symlink_to(tmp_path / "lake", target_is_directory=True)
    for inside in (
        tmp_path / "lake" / "x",
        tmp_path / "lake" / "a" / ".." / "x",
        tmp_path / "elsewhere" / "x",
    ):
        with pytest.raises(StepwellError, match="would lie inside the lake"):
            open_stores(tmp_path / "lake", **{name: inside})


def test_reading_does_not_make_a_lake(tmp_path: Path):
    with pytest.raises(StepwellError, match="There is no lake"):
        open_stores(tmp_path / "lake", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_lake_is_not_made_over_something_else(tmp_path: Path):
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "thesis.doc").touch()
    with pytest.raises(StepwellError, match="holds something that is not a lake"):
        open_stores(tmp_path / "lake")


def test_a_lake_of_a_later_schema_is_refused(tmp_path: Path):
    open_stores(tmp_path / "lake")
    mark = tmp_path / "lake" / "lake.json"
    mark.write_text(json.dumps({**json.loads(mark.read_text()), "schema_version": 99}))
    with pytest.raises(StepwellError, match="schema version 99"):
        Lake(tmp_path / "lake")
