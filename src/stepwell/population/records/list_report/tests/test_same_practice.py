"""A report and the EMIS files of one practice: whoever is found otherwise is explained by what the report cannot hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stepwell.population.records.list_report.tests.same_practice import (
    LOSSES,
    REPORT,
    WHOLE,
    WORKBOOK,
    Found,
    SamePractice,
    same_practice,
)
from stepwell.population.records.searches import all_searches

ELSEWHERE = "medicines recorded from elsewhere"
IDS = "ids of codes: the words are there"
ADA = "9990000557"


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> SamePractice:
    return compared(tmp_path_factory, 400, 7)


def compared(folders: pytest.TempPathFactory, people: int, seed: int) -> SamePractice:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("STEPWELL_KEY", raising=False)
        return same_practice(folders.mktemp("practice"), people, seed)


def every_difference_is_explained(practice: SamePractice) -> None:
    assert [line for search in all_searches() for line in practice.unexplained(search)] == []
    for search in all_searches():
        assert all(practice.causes(search, person) for person in practice.differing(search))


def test_every_search_finds_the_same_people_but_for_what_the_report_has_no_column_for(practice: SamePractice):
    every_difference_is_explained(practice)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 21])
def test_so_it_is_in_larger_practices(tmp_path_factory: pytest.TempPathFactory, seed: int):
    every_difference_is_explained(compared(tmp_path_factory, 1500, seed))


def test_every_search_is_put_to_people_both_agree_about(practice: SamePractice):
    found = practice.found[WHOLE]
    for search in all_searches():
        same = [who for who, told in found[search].items() if told == practice.of(REPORT, search, who)]
        assert {found[search][who].outcome for who in same} & {"in", "check"}, search
    assert {told.outcome for told in found["long-term-opioids"].values()} == {"in", "check", "out"}


def test_somebody_left_out_is_found_from_the_report_only_as_to_check_or_by_a_medicine_from_elsewhere(
    practice: SamePractice,
):
    found = [
        (practice.of(REPORT, search, person).outcome, *practice.causes(search, person))
        for search in all_searches()
        for person in practice.differing(search)
        if practice.of(WHOLE, search, person).outcome == "out"
        and practice.of(REPORT, search, person).outcome != "not found"
    ]
    assert set(found) == {("check", IDS), ("in", ELSEWHERE)}


def told(
    whole: Found | None = None,
    report: Found | None = None,
    after: Callable[[str], Found | None] = lambda _: None,
) -> SamePractice:
    """What one search finds of Ada: in the EMIS files, after each loss, in the report."""
    each = {
        WHOLE: whole,
        **{loss.words: after(loss.words) for loss in LOSSES},
        REPORT: report,
        WORKBOOK: report,
    }
    return SamePractice({name: {"stopped": {ADA: found} if found else {}} for name, found in each.items()})


def test_a_difference_that_no_loss_explains_is_told_with_the_person_and_both_reasons():
    found = told(
        Found("check", ("epilepsy",)),
        Found("in", ("meets_definition",)),
        lambda _: Found("check", ("epilepsy",)),
    )
    assert list(found.differing("stopped")) == [ADA]
    assert found.causes("stopped", ADA) == []
    (csv, workbook) = found.unexplained("stopped")
    assert csv.startswith(f"stopped {ADA}: check (epilepsy; OME None to None) in the EMIS files without")
    assert "in (meets_definition; OME None to None) in the report;" in csv
    assert "in the report as a workbook" in workbook


def test_the_same_outcome_for_another_reason_or_at_another_dose_is_a_difference():
    whole = Found("check", ("epilepsy",), (10, 10))
    assert told(whole, Found("check", ("neuropathy",), (10, 10)), lambda _: whole).unexplained("stopped")
    assert told(whole, Found("check", ("epilepsy",), (10, 20)), lambda _: whole).unexplained("stopped")
    assert not told(whole, whole, lambda _: whole).unexplained("stopped")


def test_the_cause_is_the_loss_that_changes_what_is_found():
    left_out = Found("out", ("palliative",))
    in_words = Found("check", ("unmapped_condition",))
    found = told(left_out, in_words, lambda loss: in_words if loss == IDS else left_out)
    assert found.unexplained("stopped") == []
    assert found.causes("stopped", ADA) == [IDS]
