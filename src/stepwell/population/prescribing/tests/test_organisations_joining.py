"""Both sources in one lake: the JSON has the word, the list adds what it does not say, in whichever order they come."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from stepwell.population.prescribing.organisations import Organisations, join_held
from stepwell.population.prescribing.organisations.gathered import Relation
from stepwell.population.prescribing.organisations.memberships import settle
from stepwell.population.prescribing.tests import test_organisations as listed
from stepwell.population.prescribing.tests import test_organisations_ods as told


def the_list(folder: Path, *rows: list[str]) -> tuple[Path, Organisations]:
    folder.mkdir()
    return folder / "out", listed.read(list(rows), folder)


def the_json(folder: Path, *organisations: dict[str, object]) -> tuple[Path, Organisations]:
    folder.mkdir()
    return folder / "out", told.read(list(organisations), folder)


def by_code(folder: Path) -> dict[str, dict[str, object]]:
    return {row["code"]: row for row in told.table(folder.parent, "organisations")}


@pytest.fixture(params=["list first", "json first"])
def joined(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Organisations]:
    in_list = the_list(
        tmp_path / "list",
        listed.row("Z99901", c1="OLD NAME", c23="99X", c12="D"),
        listed.row("Z99902", c25="25"),
        listed.row("Z99903", c25="4"),
        listed.row("Z99904", c23="99W", c14="99W"),
    )
    in_json = the_json(
        tmp_path / "json",
        told.practice("Z99901", RE4="99Y", isPartnerToCode=["U99901"]),
        told.practice("Z99902", roleName=[]),
        told.practice("Z99903", roleName=[]),
        told.pcn("U99901"),
    )
    (held, before), (staged, now) = (
        (in_list, in_json) if request.param == "list first" else (in_json, in_list)
    )
    return staged, join_held(held, before.source, staged, now)


def test_what_both_speak_of_is_as_the_json_says(joined: tuple[Path, Organisations]) -> None:
    folder, _ = joined
    found = by_code(folder)["Z99901"]
    assert (found["name"], found["status"]) == ("practice Z99901", "active")
    assert set(told.ways_up(folder.parent)["Z99901"]) == {"sub-icb 99Y", "pcn U99901"}


def test_a_setting_the_json_does_not_give_comes_from_the_list_but_never_makes_a_gp_practice(
    joined: tuple[Path, Organisations],
) -> None:
    folder, read = joined
    assert by_code(folder)["Z99902"]["setting"] == 25
    assert by_code(folder)["Z99903"]["setting"] is None
    assert read.practices == 2  # Z99901 by the JSON, Z99904 by the list alone


def test_what_is_in_the_list_alone_is_kept_with_its_area_and_counted(
    joined: tuple[Path, Organisations],
) -> None:
    folder, read = joined
    assert by_code(folder)["Z99904"]["setting"] == 4
    assert told.ways_up(folder.parent)["Z99904"] == ["sub-icb 99W"]
    assert read.organisations == 5
    assert "1 organisations are in the list of practices alone" in read.checks[-1]


def test_a_newer_list_takes_the_place_of_the_list_alone(
    joined: tuple[Path, Organisations], tmp_path: Path
) -> None:
    folder, read = joined
    staged, now = the_list(tmp_path / "newer", listed.row("Z99905"))
    assert join_held(folder, read.source, staged, now).source == read.source
    assert set(by_code(staged)) == {"Z99901", "Z99902", "Z99903", "U99901", "Z99905"}
    assert by_code(staged)["Z99902"]["setting"] is None


def test_the_same_source_again_is_not_joined_with_itself(tmp_path: Path) -> None:
    held, before = the_list(tmp_path / "old", listed.row("Z99901"))
    staged, now = the_list(tmp_path / "new", listed.row("Z99902"))
    assert join_held(held, before.source, staged, now) is now
    assert set(by_code(staged)) == {"Z99902"}


def stay(parent: str, since: str | None, until: str | None = None) -> Relation:
    return Relation(
        "Z99901", parent, "pcn", *(date.fromisoformat(day) if day else None for day in (since, until))
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([stay("A", "2020-01-01")], [stay("A", "2020-01-01")]),
        (
            [stay("A", None), stay("B", "2021-01-01")],
            [stay("A", None, "2020-12-31"), stay("B", "2021-01-01")],
        ),
        (
            [stay("A", "2020-01-01"), stay("B", "2021-01-01", "2021-12-31")],
            [
                stay("A", "2020-01-01", "2020-12-31"),
                stay("B", "2021-01-01", "2021-12-31"),
                stay("A", "2022-01-01"),
            ],
        ),
        ([stay("A", "2020-01-01", "2020-06-30"), stay("B", "2021-01-01")],) * 2,
        ([stay("A", "2020-01-01"), stay("B", "2020-01-01")], []),
        (
            [stay("A", "2020-01-01", "2020-12-31"), stay("B", "2020-01-01")],
            [stay("B", "2021-01-01")],
        ),
        ([stay("A", "2020-01-01", "2019-01-01")], []),
        ([stay("A", "2020-01-01", "2020-06-30"), stay("A", "2020-07-01")], [stay("A", "2020-01-01")]),
        ([], []),
    ],
)
def test_no_two_memberships_hold_on_one_day(given: list[Relation], expected: list[Relation]) -> None:
    assert list(settle(given).relations) == expected
