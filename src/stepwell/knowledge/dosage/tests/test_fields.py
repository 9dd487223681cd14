"""A dosage as one row of text, under the names that scripts rely on."""

from __future__ import annotations

import json

from stepwell.knowledge.dosage import FIELDS, PARSER_VERSION, as_dict, parse


def test_the_names_and_their_order() -> None:
    assert tuple(as_dict(parse("1 bd"))) == FIELDS


def test_blank_is_unknown_and_zero_is_zero() -> None:
    row = as_dict(parse("1-2 prn"))

    assert row["status"] == "parsed"
    assert (row["daily_min"], row["daily_max"]) == ("0", "")
    assert (row["as_needed"], row["as_directed"]) == ("true", "false")


def test_flags_and_noise_are_joined_by_bars() -> None:
    row = as_dict(parse("1 tabelt daily for 7 days then 2 daily. dispense weekly. review 4/52"))

    assert row["flags"] == "spelling|taper"
    assert row["noise"] == "dispense weekly|review 4/52"


def test_steps_and_spans_are_json_in_one_cell() -> None:
    row = as_dict(parse("1 daily for 7 days then 2 daily"))

    assert [step["daily_max"] for step in json.loads(row["steps"])] == ["1", "2"]
    assert json.loads(row["spans"])[0] == {"field": "dose", "start": 0, "end": 1}


def test_numbers_are_plain_decimals() -> None:
    row = as_dict(parse("20mg bd"))

    assert (row["daily_max"], row["unit"]) == ("40", "mg")


def test_a_refusal_says_so() -> None:
    row = as_dict(parse("as directed"))

    assert (row["status"], row["reason"], row["daily_max"]) == ("refused", "as_directed", "")


def test_every_row_carries_the_version() -> None:
    assert as_dict(parse("1 bd"))["parser_version"].startswith(PARSER_VERSION)
