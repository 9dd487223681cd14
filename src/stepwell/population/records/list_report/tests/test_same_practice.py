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
FOUND = {"in", "check"}
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


def only_a_medicine_from_elsewhere_reassures(practice: SamePractice) -> None:
    """Somebody left out is found "in", or somebody found is found by no search, only where their medicine has no row."""
    for search in all_searches():
        for person in practice.differing(search):
            whole, report = (practice.of(form, search, person).outcome for form in (WHOLE, REPORT))
            found = {practice.of(REPORT, each, person).outcome for each in all_searches()}
            lost = whole in FOUND and not found & FOUND
            if lost or (whole, report) == ("out", "in"):
                assert practice.causes(search, person) == [ELSEWHERE], (search, person)


def test_every_search_finds_the_same_people_but_for_what_the_report_has_no_column_for(practice: SamePractice):
    every_difference_is_explained(practice)


def test_only_a_medicine_from_elsewhere_reassures(practice: SamePractice):
    only_a_medicine_from_elsewhere_reassures(practice)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 21])
def test_so_it_is_in_larger_practices(tmp_path_factory: pytest.TempPathFactory, seed: int):
    practice = compared(tmp_path_factory, 1500, seed)
    every_difference_is_explained(practice)
    only_a_medicine_from_elsewhere_reassures(practice)


def test_every_search_is_put_to_people_both_agree_about(practice: SamePractice):
    found = practice.found[WHOLE]
    for search in all_searches():
        same = [who for who, told in found[search].items() if told == practice.of(REPORT, search, who)]
        assert {found[search][who].outcome for who in same} & {"in", "check"}, search
    assert {told.outcome for told in found["long-term-opioids"].values()} == {"in", "check", "out"}


def test_each_loss_that_matters_is_met(practice: SamePractice):
    met = {
        (practice.of(WHOLE, search, person).outcome, practice.of(REPORT, search, person).outcome, cause)
        for search in all_searches()
        for person in practice.differing(search)
        for cause in practice.causes(search, person)
    }
    assert met >= {
        ("out", "check", IDS),
        ("out", "in", ELSEWHERE),
        ("check", "not found", ELSEWHERE),
        ("out", "not found", LOSSES[0].words),
        ("in", "check", "when somebody registered"),
        ("not found", "check", "the duration of an issue"),
        ("check", "in", "that part of a record is withheld"),
        ("check", "in", "that nobody wrote of what kind a registration is"),
    }


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
