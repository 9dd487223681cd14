"""Code lists: whole, dated, and with words that ask the right question about an uncoded entry."""

import re

import pytest

from stepwell.base.errors import StepwellError
from stepwell.knowledge import code_lists, tables
from stepwell.knowledge.medicines.verhoeff import check_digit_right

NEEDED = {
    "cancer",
    "palliative",
    "palliative_not_indicated",
    "epilepsy",
    "opioid_dependence",
    "neuropathy",
    "post_herpetic_pain",
}


def test_the_lists_searches_ask_for_are_held() -> None:
    assert NEEDED <= set(code_lists.ids())


@pytest.mark.parametrize("name", code_lists.ids())
def test_a_list_is_whole(name: str) -> None:
    held = code_lists.code_list(name)
    assert held.version and held.system == "SNOMED CT" and held.label and held.source and held.licence
    assert held.status in ("verified", "unverified")
    assert held.codes and held.words
    for code in held.codes:
        assert re.fullmatch(r"[1-9]\d{5,17}", code) and check_digit_right(code), code


@pytest.mark.parametrize("name", code_lists.ids())
def test_a_file_holds_codes_and_nothing_else(name: str) -> None:
    lines = tables.read_text(f"code_lists/{name}.csv").splitlines()
    assert lines[0] == "code"
    assert all(line.isdigit() for line in lines[1:])
    assert len(set(lines)) == len(lines)


def test_lists_of_ours_are_not_called_verified() -> None:
    assert code_lists.code_list("neuropathy").status == "unverified"
    assert code_lists.code_list("post_herpetic_pain").status == "unverified"


def test_a_palliative_code_and_its_cancelling_code_are_in_different_lists() -> None:
    assert (
        not code_lists.code_list("palliative").codes & code_lists.code_list("palliative_not_indicated").codes
    )


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("palliative", "On Gold Standards Framework register", True),
        ("palliative", "End-of-life care plan agreed", True),
        ("palliative", "Palliative care not currently needed", False),
        ("palliative", "Annual review", False),
        ("cancer", "Ca breast - carcinoma in situ", True),
        ("cancer", "MALIGNANT neoplasm of colon", True),
        ("cancer", "Family history of cancer", False),
        ("cancer", "Family history of breast cancer", False),
        ("cancer", "FH: bowel cancer", False),
        ("cancer", "Family history of breast cancer; cancer of colon 2019", True),
        ("cancer", "Cancer screening invitation; lymphoma in remission", True),
        ("epilepsy", "Known epileptic", True),
        ("epilepsy", "Febrile convulsion", False),
        ("neuropathy", "Painful diabetic neuropathy", True),
        ("neuropathy", "Diabetic foot check", False),
        ("post_herpetic_pain", "Post-herpetic neuralgia", True),
        ("post_herpetic_pain", "Shingles vaccination", False),
        ("opioid_dependence", "On methadone programme", True),
        ("opioid_dependence", "Opiate-dependent", True),
        ("opioid_dependence", "Opioid side effect", False),
        ("opioid_dependence", None, False),
    ],
)
def test_words_ask_about_uncoded_entries(name: str, text: str | None, answer: bool) -> None:
    assert code_lists.code_list(name).looks_like(text) is answer


def test_an_unknown_list_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(StepwellError, match=r"no code list called warts.*palliative"):
        code_lists.code_list("warts")


def test_an_empty_list_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    code_lists.code_list.cache_clear()
    monkeypatch.setattr(tables, "read_text", lambda file: "code\n")
    monkeypatch.setattr(code_lists, "_entries", lambda: {"epilepsy": {}})
    with pytest.raises(StepwellError, match=r"epilepsy\.csv, line 1"):
        code_lists.code_list("epilepsy")
    code_lists.code_list.cache_clear()
