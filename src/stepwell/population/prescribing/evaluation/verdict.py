"""The evaluation in words. Sentences are data; here is which of them are true."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stepwell.population.prescribing.evaluation import changes
from stepwell.population.prescribing.evaluation.admission import Admitted
from stepwell.population.prescribing.evaluation.data import rule, wording_status, words
from stepwell.population.prescribing.evaluation.methods import harmonics
from stepwell.population.prescribing.evaluation.model import (
    Change,
    Estimate,
    Found,
    Handling,
    Method,
    Result,
    SpacePlacebo,
    TimePlacebo,
    Verdict,
)


def say(
    panel: Admitted,
    results: Sequence[Result],
    own: Change,
    other: Change | None,
    times: Sequence[TimePlacebo],
    space: SpacePlacebo | None,
) -> Verdict:
    """Finding first, then both groups' own changes, then totals and checks."""
    if not results:
        sentence = words("no_comparison").format(why=_why_alone(panel))
        return Verdict(Found.NO_COMPARISON, (sentence, _alone(panel, own)), wording_status())
    first = results[0]
    failed = _failed(results, times, space)
    found, sentence = _finding(panel, first)
    if failed and found is not Found.NO_EVIDENCE:
        found, sentence = Found.IN_DOUBT, words("in_doubt").format(finding=sentence)
    assert other is not None
    sentences = [sentence, _both(panel, own, other)]
    if found is not Found.NO_EVIDENCE:
        sentences.append(words("total").format(unit=panel.panel.unit, **_interval(first.total)))
        if first.money:
            sentences.append(words("money").format(**_interval(first.money)))
    sentences += failed
    if space and found in (Found.LOWER, Found.HIGHER) and space.smallest_p <= 0.05:
        sentences.append(words("placebo_space_passed").format(draws=space.draws, p=f"{space.p:.3f}"))
    sentences += [_second(first, second) for second in results[1:]]
    return Verdict(found, tuple(sentences), wording_status())


def _finding(panel: Admitted, result: Result) -> tuple[Found, str]:
    average = result.average
    common = {"unit": panel.panel.unit, "per": panel.panel.per}
    if not average.leaves_out_zero:
        return Found.NO_EVIDENCE, words("no_evidence").format(**_interval(average), **common)
    found = Found.LOWER if average.value < 0 else Found.HIGHER
    count = len(panel.treated)
    who = words("who_one") if count == 1 else words("who_many").format(count=count)
    small, large = sorted((abs(average.lower), abs(average.upper)))
    longest = len(panel.after(panel.cohorts[0]))
    months = str(longest) if len(panel.cohorts) == 1 else words("up_to").format(months=longest)
    return found, words(found.value).format(
        who=who,
        size=figure(abs(average.value)),
        small=figure(small),
        large=figure(large),
        months=months,
        **common,
    )


def _failed(results: Sequence[Result], times: Sequence[TimePlacebo], space: SpacePlacebo | None) -> list[str]:
    """Checks that failed. Several false starts share one chance in twenty of failing by luck."""
    said = [
        words("placebo_time_failed").format(month=f"{each.false_start:%B %Y}")
        for each in times
        if each.average.p < 0.05 / len(times)
    ]
    if space and space.p > 0.05 and space.smallest_p <= 0.05:
        said.append(words("placebo_space_failed").format(p=f"{space.p:.3f}"))
    first = results[0].average
    for second in results[1:]:
        if second.average.leaves_out_zero and second.average.value * first.value < 0:
            said.append(words("opposite").format(method=words(f"method_{second.method.value}")))
    return said


def _second(first: Result, second: Result) -> str:
    agrees = second.average.lower <= first.average.value <= second.average.upper
    name = "other_agrees" if agrees else "other_differs"
    return words(name).format(method=words(f"method_{second.method.value}"), **_interval(second.average))


def _why_alone(panel: Admitted) -> str:
    if len(panel.controls):
        return words("why_few").format(count=len(panel.controls), least=int(rule("least_controls")))
    return words("why_none" if (panel.starts >= 0).all() else "why_all_left_out")


def _alone(panel: Admitted, own: Change) -> str:
    return words("change_alone").format(
        they=_they(panel), unit=panel.panel.unit, per=panel.panel.per, **_change(own)
    )


def _both(panel: Admitted, own: Change, other: Change) -> str:
    second = {f"other_{name}": value for name, value in _change(other).items()}
    return words("change_both").format(
        they=_they(panel),
        unit=panel.panel.unit,
        per=panel.panel.per,
        count=len(panel.controls),
        **_change(own),
        **second,
    )


def _they(panel: Admitted) -> str:
    return words("they_one" if len(panel.treated) == 1 else "they_many")


def _change(change: Change) -> dict[str, str]:
    percent = words("percent_unknown") if change.percent is None else f"{change.percent:+.1f} %"
    return {"before": figure(change.before), "after": figure(change.after), "percent": percent}


def _interval(estimate: Estimate) -> dict[str, str]:
    return {"value": figure(estimate.value), "low": figure(estimate.lower), "high": figure(estimate.upper)}


def figure(value: float) -> str:
    """Three significant figures, thousands with commas, no exponent."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else "not known"
    places = max(2 - int(np.floor(np.log10(abs(value)))), 0)
    return (
        f"{round(value, places):,.{min(places, 6)}f}"
        if abs(value) < 100_000
        else f"{float(f'{value:.3g}'):,.0f}"
    )


def assumptions(panel: Admitted, results: Sequence[Result]) -> tuple[str, ...]:
    """What has to be true for the answer to be right."""
    if not results:
        return ()
    design = panel.design
    months = panel.panel.months
    series = design.primary is Method.CONTROLLED_SERIES
    said = [words("assume_series" if series else "assume_matched_primary"), words("assume_nothing_else")]
    if design.selection:
        adjust = design.selection.handling is Handling.ADJUST
        first, last = f"{months[panel.window[0]]:%B %Y}", f"{months[panel.window[-1]]:%B %Y}"
        name = "assume_selection_adjust" if adjust else "assume_selection_leave_out"
        said.append(words(name).format(first=first, last=last))
    else:
        said.append(words("assume_no_selection"))
    said.append(
        words("assume_anticipation" if design.anticipation else "assume_no_anticipation").format(
            count=design.anticipation
        )
    )
    if design.wash_in:
        said.append(words("assume_wash_in").format(count=design.wash_in))
    reached = len(panel.left_out.get("neighbours", ()))
    said.append(words("assume_neighbours" if reached else "assume_no_neighbours").format(count=reached))
    if len(panel.cohorts) > 1:
        said.append(words("assume_staggered"))
    said.append(words("assume_missing"))
    said.append(words("inference_borrowed" if results[0].inference == "borrowed" else "inference_between"))
    said.append(words("assume_matched" if series else "assume_series_second"))
    return tuple(said)


def warnings(
    panel: Admitted, results: Sequence[Result], times: Sequence[TimePlacebo], space: SpacePlacebo | None
) -> tuple[str, ...]:
    """What the reader has to know beside the answer."""
    said = []
    for name in ("treated", "controls"):
        if left := panel.left_out.get(f"{name}_short"):
            said.append(words(f"warn_{name}_left_out").format(count=len(left)))
    shortest = min(len(panel.before(start)) for start in panel.cohorts)
    if shortest < rule("better_before"):
        said.append(words("warn_short_before").format(count=shortest, better=int(rule("better_before"))))
    missing = sum(
        int(np.isnan(panel.values[np.ix_(rows, panel.after(start))]).sum())
        for start, rows in changes.by_start(panel)
    )
    if missing:
        said.append(words("warn_missing").format(count=missing))
    if not results:
        return tuple(said)
    said += [*_high_start(panel), *_slopes(panel)]
    if len(panel.treated) < rule("few_treated"):
        said.append(words("warn_few_matched").format(least=int(rule("few_treated"))))
    if panel.design.checks and not times:
        said.append(words("warn_no_time_placebo"))
    if space and space.smallest_p > 0.05:
        said.append(
            words("warn_few_for_space").format(count=len(panel.controls), smallest=figure(space.smallest_p))
        )
    return tuple(said)


def _high_start(panel: Admitted) -> list[str]:
    if panel.design.selection:
        return []
    months = panel.before(panel.cohorts[0])
    level, compared = (
        np.nanmean(panel.values[np.ix_(rows, months)], axis=1) for rows in (panel.treated, panel.controls)
    )
    spread = float(compared.std(ddof=1))
    above = (float(level.mean()) - float(compared.mean())) / spread if spread > 0 else 0.0
    return [words("warn_high_start").format(size=figure(above))] if above > rule("high_start") else []


def _slopes(panel: Admitted) -> list[str]:
    """Whether the groups' own slopes differ by more than chance (two standard errors)."""
    waves = harmonics(panel)
    own, other = (changes.own_slopes(panel, rows, waves) for rows in (panel.treated, panel.controls))
    variance = other.var(ddof=1) / len(other) + (
        own.var(ddof=1) if len(own) > 1 else other.var(ddof=1)
    ) / len(own)
    if abs(own.mean() - other.mean()) <= 2 * np.sqrt(variance):
        return []
    treated, compared = figure(float(own.mean())), figure(float(other.mean()))
    return [
        words("warn_slopes_differ").format(
            treated=treated, comparison=compared, unit=panel.panel.unit, per=panel.panel.per
        )
    ]
