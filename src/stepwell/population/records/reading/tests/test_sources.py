"""What is opened, under which names, and what is refused before a byte of it is trusted."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.records.reading.sources import Limits, open_source


def a_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def refusal(path: Path, limits: Limits | None = None) -> StepwellError:
    with pytest.raises(StepwellError) as caught:
        for member in open_source(path, limits or Limits()):
            member.source_file()
    return caught.value


@pytest.mark.parametrize("shape", ["folder", "zip"])
def test_members_have_relative_names_sizes_and_checksums(tmp_path: Path, shape: str) -> None:
    files = {"b.csv": b"2", "in/a.csv": b"one", "__MACOSX/a.csv": b"x", ".DS_Store": b"x"}
    if shape == "zip":
        source = a_zip(tmp_path / "x.zip", files)
    else:
        source = tmp_path / "x"
        for name, content in files.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(content)
    found = [member.source_file() for member in open_source(source)]
    assert [(file.name, file.size, file.sha256) for file in found] == [
        (name, len(files[name]), hashlib.sha256(files[name]).hexdigest()) for name in ("b.csv", "in/a.csv")
    ]


def test_a_single_file_is_a_source_and_so_is_a_workbook(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("a")
    assert [member.name for member in open_source(tmp_path / "list.csv")] == ["list.csv"]
    book = a_zip(tmp_path / "list.xlsx", {"[Content_Types].xml": b"x"})
    assert [member.name for member in open_source(book)] == ["list.xlsx"]


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "x/../../a.csv", "..\\a.csv", "C:/a.csv"])
def test_a_name_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    assert "points outside" in refusal(a_zip(tmp_path / "x.zip", {name: b"1"})).what


def test_links_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret").write_text("s")
    os.symlink(tmp_path / "secret", folder / "a.csv")
    error = refusal(folder)
    assert "link" in error.what and str(error.where) == "a.csv"
    entry = zipfile.ZipInfo("b.csv")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    assert "link" in refusal(tmp_path / "x.zip").what


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = a_zip(tmp_path / "x.zip", {"a.csv": bytes(20 << 20)})
    error = refusal(bomb)
    assert "unpacks to more than" in error.what and str(error.where) == "a.csv"
    assert "1MB unpacked" in refusal(bomb, Limits(total=1 << 20, ratio=10**6)).what
    many = a_zip(tmp_path / "many.zip", {f"{n}.csv": bytes(3 << 20) for n in range(5)})
    assert str(refusal(many).where) == "many.zip"
    assert "2 files" in refusal(a_zip(tmp_path / "y.zip", {"a": b"1", "b": b"2"}), Limits(members=1)).what


def test_a_repeated_name_is_refused(tmp_path: Path) -> None:
    assert "same name" in refusal(a_zip(tmp_path / "x.zip", {"a.csv": b"1", "A.CSV": b"2"})).what


def test_a_locked_member_is_refused(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "x.zip", {"a.csv": b"1"})
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    path.write_bytes(content)
    assert "password" in refusal(path).what


def test_a_damaged_zip_is_refused_wherever_the_damage_is(tmp_path: Path) -> None:
    content = a_zip(tmp_path / "x.zip", {"a.csv": os.urandom(5000)}).read_bytes()
    (tmp_path / "short.zip").write_bytes(content[:2000])
    assert "damaged or cut short" in refusal(tmp_path / "short.zip").what
    (tmp_path / "flipped.zip").write_bytes(content[:1000] + b"????" + content[1004:])
    error = refusal(tmp_path / "flipped.zip")
    assert "damaged or cut short" in error.what and str(error.where) == "a.csv"


def test_nothing_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no files" in refusal(tmp_path / "empty").what
    assert "no file or folder" in refusal(tmp_path / "gone").what
