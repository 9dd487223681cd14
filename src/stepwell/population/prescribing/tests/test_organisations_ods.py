"""The JSON of organisations: kinds, areas, membership of PCNs over time, and what is refused or said."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing.organisations import Organisations, write_organisations

_ROLES = {
    "practice": ("RO177", "PRESCRIBING COST CENTRE", ["GP PRACTICE"]),
    "pcn": ("RO272", "PRIMARY CARE NETWORK", []),
    "sub-icb": ("RO98", "CLINICAL COMMISSIONING GROUP", ["SUB ICB LOCATION"]),
    "icb": ("RO261", "STRATEGIC PARTNERSHIP", ["INTEGRATED CARE BOARD"]),
    "region": ("RO209", "NHS ENGLAND (REGION)", []),
}


def organisation(kind: str, code: str, **changes: Any) -> dict[str, Any]:
    role, name, more = _ROLES[kind]
    return {
        "id": code,
        "name": f"{kind} {code}",
        "inactive": False,
        "country": "ENGLAND",
        "primaryRole": role,
        "primaryRoleName": name,
        "roleName": more,
        "opStartDate": "2015-04-01",
        "opEndDate": "",
        "isPartnerToCode": [],
        **changes,
    }


def practice(code: str = "Z99901", **changes: Any) -> dict[str, Any]:
    return organisation("practice", code, **changes)


def pcn(code: str, *members: dict[str, Any], **changes: Any) -> dict[str, Any]:
    relationships = {"PRESCRIBING COST CENTRE": list(members)}
    return organisation("pcn", code, relationships=relationships, **{"opStartDate": "2019-07-01", **changes})


def member(code: str, since: str, until: str = "", **changes: Any) -> dict[str, Any]:
    dates = {"opStartDate": since, "opEndDate": until, "legStartDate": since, "legEndDate": until}
    return {"id": "1", "relationshipTypeCode": "RE8", "sourceOrgCode": code, **dates, **changes}


def read(content: object, folder: Path) -> Organisations:
    file = folder / "organisations.json"
    file.write_text(
        json.dumps({"orgArray": content} if isinstance(content, list) else content), encoding="utf-8"
    )
    out = folder / "out"
    out.mkdir(exist_ok=True)
    return write_organisations(file, file.name, out)


def table(folder: Path, name: str) -> list[dict[str, Any]]:
    return pq.read_table(folder / "out" / f"{name}.parquet").to_pylist()


def ways_up(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in table(folder, "relations"):
        found.setdefault(each["code"], []).append(f"{each['parent_kind']} {each['parent']}")
    return found


def stays(folder: Path) -> list[tuple[str, str | None, str | None]]:
    """Which PCN from when to when, of the one practice of a test."""
    return [
        (each["parent"], *(str(each[end]) if each[end] else None for end in ("from", "to")))
        for each in table(folder, "relations")
        if each["parent_kind"] == "pcn"
    ]


# Kinds, status, areas


def test_every_kind_is_read_and_each_lies_in_the_next_area(tmp_path: Path) -> None:
    found = read(
        [
            practice(RE4="99X", ICB="QZZ", NHSER="Y99"),
            pcn("U99901", RE4="99X", ICB="QZZ", NHSER="Y99"),
            organisation("sub-icb", "99X", ICB="QZZ", NHSER="Y99"),
            organisation("icb", "QZZ", ICB="QZZ", NHSER="Y99"),
            organisation("region", "Y99", ICB="QZY", NHSER="Y99"),
        ],
        tmp_path,
    )
    assert (found.source, found.organisations, found.practices, found.rejected) == ("ods", 5, 1, 0)
    assert found.checks == ()
    assert ways_up(tmp_path) == {"Z99901": ["sub-icb 99X"], "99X": ["icb QZZ"], "QZZ": ["region Y99"]}


def test_a_practice_without_a_sub_icb_location_lies_in_the_icb_that_is_named(tmp_path: Path) -> None:
    read([practice(RE4="", ICB="QZZ", NHSER="Y99")], tmp_path)
    assert ways_up(tmp_path) == {"Z99901": ["icb QZZ"]}


def test_the_day_a_practice_came_to_its_sub_icb_location_is_kept_when_it_stands_alone(tmp_path: Path) -> None:
    read(
        [practice(RE4="99X", isCommissionedByLegalStartDate="2023-04-01", isCommissionedByLegalEndDate="")],
        tmp_path,
    )
    assert table(tmp_path, "relations")[0]["from"] == date(2023, 4, 1)


def test_days_beside_others_are_not_taken_for_those_of_the_sub_icb_location(tmp_path: Path) -> None:
    read([practice(RE4="99X", isCommissionedByLegalStartDate=["2013-04-01", "2023-04-01"])], tmp_path)
    assert table(tmp_path, "relations")[0]["from"] is None


@pytest.mark.parametrize(
    ("roles", "setting"),
    [
        ({"roleName": ["GP PRACTICE"]}, 4),
        ({"roleName": [], "role": ["RO177", "RO76"]}, 4),
        ({"roleName": ["PRISON PRESCRIBING COST CENTRE"]}, None),
    ],
)
def test_a_gp_practice_is_told_by_its_role_and_other_cost_centres_have_no_setting(
    tmp_path: Path, roles: dict[str, Any], setting: int | None
) -> None:
    found = read([practice(**roles)], tmp_path)
    assert table(tmp_path, "organisations")[0]["setting"] == setting
    assert found.practices == (setting == 4)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"inactive": False}, "active"),
        ({"inactive": True, "status": "Active"}, "closed"),
        ({"inactive": None, "status": "Inactive"}, "closed"),
        ({"inactive": None}, "unknown"),
    ],
)
def test_whether_it_is_open_is_as_the_file_says(tmp_path: Path, said: dict[str, Any], status: str) -> None:
    read([practice(**said, opEndDate="2024-03-31")], tmp_path)
    found = table(tmp_path, "organisations")[0]
    assert (found["status"], found["closed"]) == (status, date(2024, 3, 31))


def test_an_organisation_outside_england_or_of_another_kind_is_not_read_and_said(tmp_path: Path) -> None:
    hospital = {**practice("Z99903"), "primaryRole": "RO197", "primaryRoleName": "NHS TRUST"}
    found = read([practice(), practice("Z99902", country="WALES"), hospital], tmp_path)
    assert (found.rows, found.organisations) == (3, 1)
    assert "1 organisations outside England are not read." in found.checks
    assert "1 organisations of other kinds are not read." in found.checks


def test_a_level_the_file_says_nothing_of_is_named(tmp_path: Path) -> None:
    assert (
        "The file holds no PCN: figures of that level need a list that does."
        in read([practice()], tmp_path).checks
    )


def test_a_page_of_a_longer_list_is_pointed_out(tmp_path: Path) -> None:
    found = read([practice(f"Z{number:05d}") for number in range(1000)], tmp_path)
    assert any("one page of a longer list" in said for said in found.checks)


# PCNs over time


def test_membership_is_dated_by_the_relations_on_the_pcn(tmp_path: Path) -> None:
    read([practice(isPartnerToCode=["U99901"]), pcn("U99901", member("Z99901", "2019-10-01"))], tmp_path)
    assert stays(tmp_path) == [("U99901", "2019-10-01", None)]


def test_around_april_the_live_pcn_holds_until_the_day_before_the_next(tmp_path: Path) -> None:
    read(
        [
            practice(isPartnerToCode=["U99901", "U99902"]),
            pcn("U99901", member("Z99901", "2021-04-01", "2026-03-31")),
            pcn("U99902", member("Z99901", "2026-04-01")),
        ],
        tmp_path,
    )
    assert stays(tmp_path) == [("U99901", "2021-04-01", "2026-03-31"), ("U99902", "2026-04-01", None)]


def test_of_two_live_pcns_the_one_that_started_last_holds_and_it_is_said(tmp_path: Path) -> None:
    found = read(
        [
            practice(isPartnerToCode=["U99902", "U99901"]),
            pcn("U99902", member("Z99901", "2026-03-15")),
            pcn("U99901", member("Z99901", "2021-05-01")),
        ],
        tmp_path,
    )
    assert stays(tmp_path) == [("U99901", "2021-05-01", "2026-03-14"), ("U99902", "2026-03-15", None)]
    assert any("1 practices are in two PCNs at once" in said for said in found.checks)


def test_other_relations_of_a_pcn_are_no_membership(tmp_path: Path) -> None:
    other = member("Z99901", "2019-10-01", relationshipTypeCode="RE6")
    read([practice(), pcn("U99901", other)], tmp_path)
    assert stays(tmp_path) == []


def test_a_lone_pcn_without_relations_takes_the_days_on_the_practice(tmp_path: Path) -> None:
    alone = practice(
        isPartnerToCode=["U99901"],
        isPartnerToLegalStartDate=["2020-01-01"],
        isPartnerToLegalEndDate=["2024-03-31"],
    )
    read([alone, pcn("U99901")], tmp_path)
    assert stays(tmp_path) == [("U99901", "2020-01-01", "2024-03-31")]


def test_days_on_a_practice_that_do_not_fit_its_pcns_are_not_used_and_its_pcn_is_unknown(
    tmp_path: Path,
) -> None:
    between = practice(isPartnerToCode=["U99901", "U99902"], isPartnerToLegalStartDate=["2019-10-01"])
    found = read([between, pcn("U99901"), pcn("U99902")], tmp_path)
    assert stays(tmp_path) == []
    assert any("their PCN is not known" in said for said in found.checks)


def test_nobody_is_in_a_pcn_before_it_opened_or_after_it_closed(tmp_path: Path) -> None:
    between = practice(isPartnerToCode=["U99901", "U99902"])
    closed = pcn("U99901", opEndDate="2026-03-31")
    read([between, closed, pcn("U99902", opStartDate="2026-04-01")], tmp_path)
    assert stays(tmp_path) == [("U99901", "2019-07-01", "2026-03-31"), ("U99902", "2026-04-01", None)]


def test_the_same_membership_told_twice_is_one(tmp_path: Path) -> None:
    read(
        [practice(), pcn("U99901", member("Z99901", "2019-10-01"), member("Z99901", "2019-10-01"))], tmp_path
    )
    assert stays(tmp_path) == [("U99901", "2019-10-01", None)]


# What came of whom


@pytest.mark.parametrize(
    "told",
    [
        {"predecessor": [{"code": "Z99902", "legalStartDate": "2024-04-01"}]},
        {
            "predecessor": {
                "PRESCRIBING COST CENTRE": [
                    {"targetOrgCode": "Z99902", "sourceOrgCode": "Z99901", "opStartDate": "2024-04-01"}
                ]
            }
        },
    ],
)
def test_a_predecessor_is_succeeded_by_the_practice_that_names_it(
    tmp_path: Path, told: dict[str, Any]
) -> None:
    read([practice(**told)], tmp_path)
    assert table(tmp_path, "successions") == [
        {"code": "Z99902", "successor": "Z99901", "on": date(2024, 4, 1)}
    ]


def test_a_succession_told_from_both_sides_is_one(tmp_path: Path) -> None:
    after = practice("Z99901", predecessor=["Z99902"])
    before = practice("Z99902", successor=[{"code": "Z99901", "startDate": "2024-04-01"}])
    read([after, before], tmp_path)
    assert table(tmp_path, "successions") == [
        {"code": "Z99902", "successor": "Z99901", "on": date(2024, 4, 1)}
    ]


def test_a_succession_that_names_nobody_is_said(tmp_path: Path) -> None:
    found = read([practice(successor=[{"name": "somebody"}], predecessor=None)], tmp_path)
    assert table(tmp_path, "successions") == []
    assert any("names no other organisation" in said for said in found.checks)


# Forms, and what is refused


def test_single_answers_and_bare_lists_are_read_too(tmp_path: Path) -> None:
    single = {
        "main": pcn("U99901"),
        "relationships": {"X": [member("Z99901", "2020-01-01")]},
        "predecessor": None,
    }
    file = tmp_path / "organisations.json"
    file.write_text(json.dumps([practice(), single]))
    (tmp_path / "out").mkdir()
    assert write_organisations(file, file.name, tmp_path / "out").organisations == 2
    assert stays(tmp_path) == [("U99901", "2020-01-01", None)]


def test_a_date_that_cannot_be_read_is_not_known_and_said(tmp_path: Path) -> None:
    found = read([practice(opStartDate="soon")], tmp_path)
    assert table(tmp_path, "organisations")[0]["opened"] is None
    assert table(tmp_path, "rejected") == [
        {"line": 1, "column": "opStartDate", "reason": "a date cannot be read"}
    ]
    assert any("a date cannot be read" in said for said in found.checks)


@pytest.mark.parametrize("code", [None, "", 7, "Z 99"])
def test_an_organisation_without_a_code_is_left_out_and_counted(tmp_path: Path, code: object) -> None:
    found = read([*(practice(f"Z{number:05d}") for number in range(3)), {**practice(), "id": code}], tmp_path)
    assert (found.organisations, found.rejected) == (3, 1)
    assert "Organisation 4 is left out: there is no code (id)." in found.checks


@pytest.mark.parametrize(
    "content",
    [
        "",
        '{"orgArray": [',
        '{"error": "no"}',
        "[1, 2]",
        '"text"',
        '{"orgArray": []}',
        '{"orgArray": {"a": 1}}',
    ],
)
def test_what_is_no_list_of_organisations_is_refused_plainly(tmp_path: Path, content: str) -> None:
    file = tmp_path / "organisations.json"
    file.write_text(content)
    with pytest.raises(StepwellError) as told:
        write_organisations(file, file.name, tmp_path)
    assert "Nothing was loaded" in told.value.next_step


def test_the_same_organisations_twice_in_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StepwellError, match="its code stands in the file already"):
        read([practice(f"Z{number:05d}") for number in range(10)] * 2, tmp_path)
