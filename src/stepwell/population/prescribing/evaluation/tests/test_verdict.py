"""What an evaluation says, and what it refuses to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from stepwell.base.errors import StepwellError
from stepwell.population.prescribing.evaluation import (
    Design,
    Found,
    Panel,
    Selection,
    SpacePlacebo,
    TimePlacebo,
    evaluate,
)
from stepwell.population.prescribing.evaluation.admission import admit
from stepwell.population.prescribing.evaluation.data import rule
from stepwell.population.prescribing.evaluation.estimating import estimate
from stepwell.population.prescribing.evaluation.tests.panels import (
    COUNT,
    MONTHS,
    START,
    T,
    lines,
    panel,
    starting,
)
from stepwell.population.prescribing.evaluation.verdict import figure, say


def _fallen(noise: float = 1.0, by: float = -4.0, count: int = 60, treated: int = 20) -> Panel:
    values = lines(count, noise=noise, seed=6)
    values[:treated] += np.where(START <= T, by, 0)
    return panel(values)


def test_a_fall_beyond_the_comparison_is_said_with_its_interval_and_both_groups_own_changes() -> None:
    found = evaluate(_fallen(), starting(range(20)))
    first, changes, *_ = found.verdict.sentences
    assert found.verdict.found is Found.LOWER
    assert "fewer mg OME per 1,000 patients a month" in first and "95 % interval" in first
    assert "comparison practices went from" in changes
    assert found.verdict.wording_status == "unverified"


def test_no_effect_is_no_evidence_and_never_proof_of_none() -> None:
    found = evaluate(_fallen(by=0.0), starting(range(20)))
    assert found.verdict.found is Found.NO_EVIDENCE
    assert found.verdict.sentences[0].startswith("There is no evidence of a change.")
    assert "not proof that nothing changed" in found.verdict.sentences[0]
    assert "comparison practices went from" in found.verdict.sentences[1]


def test_without_a_comparison_group_there_is_no_result() -> None:
    values = lines(3, noise=1.0)
    found = evaluate(panel(values), starting(range(3)))
    assert found.verdict.found is Found.NO_COMPARISON
    assert found.primary is None and found.comparison_change is None
    assert found.verdict.sentences[0].startswith("There is no comparison group")
    assert "is not evidence" in found.verdict.sentences[1]


def test_a_handful_of_others_is_no_comparison_group() -> None:
    found = evaluate(panel(lines(7, noise=1.0)), starting(range(3)))
    assert found.verdict.found is Found.NO_COMPARISON
    assert "Only 4 other practices" in found.verdict.sentences[0]


def test_a_difference_that_a_false_start_finds_too_is_in_doubt() -> None:
    made = admit(_fallen(), starting(range(20)), Design())
    found = evaluate(_fallen(), starting(range(20)))
    early = TimePlacebo(MONTHS[20], estimate(-5.0, 1.0, 50))
    said = say(
        made, found.results, found.treated_change, found.comparison_change, [early], found.space_placebo
    )
    assert said.found is Found.IN_DOUBT
    assert said.sentences[0].startswith("A difference was found, but a check failed")
    assert any("false start in September 2021" in sentence for sentence in said.sentences)


def test_a_difference_that_placebo_practices_show_too_is_in_doubt() -> None:
    made = admit(_fallen(), starting(range(20)), Design())
    found = evaluate(_fallen(), starting(range(20)))
    often = SpacePlacebo(20, 499, 0.3, 0.002)
    said = say(made, found.results, found.treated_change, found.comparison_change, [], often)
    assert said.found is Found.IN_DOUBT
    assert any("p = 0.300" in sentence for sentence in said.sentences)


def test_placebo_practices_show_how_often_chance_does_as_much() -> None:
    real = evaluate(_fallen(), starting(range(20))).space_placebo
    none = evaluate(_fallen(by=0.0), starting(range(20))).space_placebo
    assert real.p == pytest.approx(1 / 500) and real.group_size == 20
    assert none.p > 0.05


def test_one_practice_is_set_beside_every_comparison_practice_in_turn() -> None:
    found = evaluate(_fallen(by=-8.0, treated=1), starting([0]))
    assert found.space_placebo.draws == 59 and found.space_placebo.group_size == 1
    assert found.verdict.sentences[0].startswith("The practice had")
    assert found.verdict.sentences[1].startswith("It went from")


def test_too_few_comparison_practices_for_a_placebo_test_is_said() -> None:
    values = lines(9, noise=0.5)
    values[0] += np.where(START <= T, -8, 0)
    found = evaluate(panel(values), starting([0]))
    assert any("cannot give a p below" in warning for warning in found.warnings)
    assert found.verdict.found is Found.LOWER


def test_false_starts_lie_in_the_baseline_and_after_the_months_of_selection() -> None:
    selection = Selection(MONTHS[6], MONTHS[17])
    found = evaluate(_fallen(), starting(range(20)), Design(anticipation=2, selection=selection))
    assert found.time_placebos
    assert all(MONTHS[17] < each.false_start < MONTHS[START] for each in found.time_placebos)


def test_the_chart_has_the_course_without_the_programme_from_the_start_on() -> None:
    series = evaluate(_fallen(noise=0.2), starting(range(20))).primary.series
    assert np.isnan(series.counterfactual[:START]).all()
    gap = series.treated[START:] - series.counterfactual[START:]
    assert gap.mean() == pytest.approx(-4, abs=0.3)
    assert (series.lower[START:] < series.counterfactual[START:]).all()
    assert not np.isnan(series.comparison).any()


def test_decisions_are_changed_one_at_a_time() -> None:
    near = frozenset(["Z99050", "Z99051"])
    design = Design(anticipation=1, neighbours=near, selection=Selection(MONTHS[6], MONTHS[17]))
    found = [each.what for each in evaluate(_fallen(), starting(range(20)), design).sensitivity]
    assert len(found) == len(set(found)) == 12
    assert "0 months of anticipation left out" in found and "neighbours kept in the comparison" in found
    assert "nothing done about selection" in found and "every practice counted as one" in found


def test_assumptions_name_what_was_decided() -> None:
    design = Design(anticipation=2, selection=Selection(MONTHS[6], MONTHS[17]), checks=False)
    said = " ".join(evaluate(_fallen(), starting(range(20)), design).assumptions)
    assert "July 2020 to June 2021" in said and "2 months before the start" in said
    assert "Nothing else began in these practices" in said


def test_high_starters_without_months_of_selection_are_warned_of() -> None:
    values = lines(60, noise=1.0, seed=6)
    values[:20] += 20
    found = evaluate(panel(values), starting(range(20)), Design(checks=False))
    assert any("High starters fall by themselves" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("start", "enough"), [(11, False), (12, True), (COUNT - 6, True), (COUNT - 5, False)]
)
def test_twelve_months_before_and_six_after_are_needed(start: int, enough: bool) -> None:
    made = panel(lines(30, noise=1.0))
    if enough:
        found = evaluate(made, starting(range(5), start), Design(checks=False))
        assert found.primary is not None
        return
    with pytest.raises(StepwellError, match="too few months") as refusal:
        evaluate(made, starting(range(5), start))
    assert refusal.value.next_step


def test_months_left_out_do_not_count_towards_twelve() -> None:
    with pytest.raises(StepwellError, match="too few months"):
        evaluate(panel(lines(30)), starting(range(5), 13), Design(anticipation=2))


def test_practices_with_too_few_months_are_left_out_and_counted() -> None:
    made = _fallen()
    made.numerator[0, :25] = np.nan
    made.numerator[40, START:] = np.nan
    found = evaluate(made, starting(range(20)), Design(checks=False))
    assert found.left_out == {"treated_short": ("Z99000",), "controls_short": ("Z99040",)}
    assert "Z99000" not in found.treated and "Z99040" not in found.comparison
    assert any("1 treated practices were left out" in warning for warning in found.warnings)


def _with(**changed: object) -> Panel:
    return replace(panel(lines(30)), **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "treated", "design", "why"),
    [
        (_with(), {}, Design(), "No practice is named"),
        (_with(), {"Z98000": MONTHS[START]}, Design(), "1 of the practices named"),
        (_with(), {"Z99000": date(2019, 1, 1)}, Design(), "start month is not among"),
        (_with(numerator=np.ones((30, 3))), starting([0]), Design(), "one row per practice"),
        (_with(codes=("Z99000",) * 30), starting([0]), Design(), "twice"),
        (_with(months=(*MONTHS[:-1], date(2030, 1, 1))), starting([0]), Design(), "do not follow"),
        (_with(denominator=np.full((30, COUNT), -1.0)), starting([0]), Design(), "negative denominator"),
        (_with(numerator=np.full((30, COUNT), np.inf)), starting([0]), Design(), "infinite number"),
        (_with(), starting([0]), Design(anticipation=-1), "cannot be fewer than 0"),
        (_with(), starting([0]), Design(unit_cost=np.ones(3)), "one value above 0"),
        (_with(), starting([0]), Design(unit_cost=np.full(COUNT, np.nan)), "one value above 0"),
        (_with(), starting([0]), Design(last_month=date(2019, 1, 1)), "last month"),
        (_with(), starting([0]), Design(match_on=("deprivation",)), "not in the table"),
        (_with(), starting([0]), Design(selection=Selection(MONTHS[9], MONTHS[3])), "end before they begin"),
        (
            _with(),
            starting([0]),
            Design(selection=Selection(MONTHS[9], MONTHS[START])),
            "reach into the programme",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused(
    made: Panel, treated: dict[str, date], design: Design, why: str
) -> None:
    with pytest.raises(StepwellError, match=why) as refusal:
        evaluate(made, treated, design)
    assert refusal.value.next_step
    assert "Z99" not in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (-4.6789, "-4.68"), (1234.5, "1,234"), (-257_312.0, "-257,000"), (0.01234, "0.0123")],
)
def test_figures_have_three_that_count(value: float, shown: str) -> None:
    assert figure(value) == shown


def test_the_limits_are_those_of_the_reference() -> None:
    assert (rule("least_before"), rule("better_before"), rule("least_after")) == (12, 24, 6)
