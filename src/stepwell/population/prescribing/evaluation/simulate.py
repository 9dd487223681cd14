"""Made-up panels of the shape of the campaign study, with the course every practice would have had without the programme.

The shape (316 practices against 130, July 2013 to December 2017, start in April 2016, slopes before and after) is the published one; levels, spread,
noise, list sizes, the share reached by spill-over and the strength of selection are ours. Nothing here knows how the answer will be estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from stepwell.population.prescribing.evaluation.model import Floats, Mask, Rows

MONTHS = 54
FIRST = (2013, 7)
START = 33  # April 2016
WINDOW = (12, 23)  # July 2014 to June 2015: the year whose values decided who was approached
SLOPE_TREATED, SLOPE_CONTROL = 0.18, 0.36  # per 1,000 a month before the start
TURN = 0.18  # what the slope changed by, programme or none: 0.36 to 0.54 among the published controls
EFFECT = -0.47  # what it changed by beyond that: from 0.18 + 0.18 = 0.36 to -0.11


@dataclass(frozen=True)
class Scenario:
    """One world. ``effect`` is the change of slope, per 1,000 a month per month.

    ``similarity``: autocorrelation of a practice's ordinary noise. ``passing``: standard deviation per 1,000 of a slower part
    (autocorrelation 0.9) that makes high starters fall back. ``selected``: how far values in the window, against luck, decide who is treated (0
    none; 1 as much as luck). ``leads``: months before the start in which some practices begin. ``reached``: share of controls that get ``leak`` of
    the effect. ``waves``: months after the first start at which practices join. ``shared``: standard deviation per 1,000 of a course shared by all
    treated practices, autocorrelation 0.6. ``fading``: months after which the effect grows no further. ``missing``: share of practice-months
    not there. ``same_slopes``: both groups had the controls' slope before; otherwise treated practices get
    the published one around month ``parted``, the middle of the window, so that the values seen in the window are those the choice was made on.
    """

    name: str
    effect: float = EFFECT
    treated: int = 316
    controls: int = 130
    similarity: float = 0.3
    passing: float = 1.5
    selected: float = 1.0
    leads: int = 2
    reached: float = 0.2
    leak: float = 0.4
    waves: tuple[int, ...] = (0,)
    shared: float = 0.0
    fading: int | None = None
    missing: float = 0.0
    same_slopes: bool = False
    parted: float = (WINDOW[0] + WINDOW[1]) / 2


@dataclass(frozen=True)
class World:
    """``without`` is every practice's value without the programme; ``numerator`` and ``denominator`` are what was seen.

    ``starts`` has one place per practice: its start month's place, -1 for controls. ``near``: controls on the programme's border, which an
    analyst would name: all that were reached and as many that were not.
    """

    without: Floats
    numerator: Floats
    denominator: Floats
    starts: Rows
    near: Mask


def months() -> tuple[date, ...]:
    """The panel's months."""
    first = FIRST[0] * 12 + FIRST[1] - 1
    return tuple(date((first + k) // 12, (first + k) % 12 + 1, 1) for k in range(MONTHS))


def simulate(scenario: Scenario, random: np.random.Generator) -> World:
    """One world of a scenario."""
    count = scenario.treated + scenario.controls
    pool = max(count, 446)
    month = np.arange(MONTHS)
    lists = 5.5 * np.exp(0.5 * random.standard_normal(pool))
    level = 65 + 15 * random.standard_normal(pool)
    noise = 2.5 * np.sqrt(5.5 / lists)[:, None] * _autoregression(random, pool, scenario.similarity)
    passing = scenario.passing * _autoregression(random, pool, 0.9)
    season = 0.02 * np.cos(2 * np.pi * (month + 6) / 12) + 0.01 * np.sin(4 * np.pi * month / 12)
    common = 0.4 * _autoregression(random, 1, 0.5) + TURN * np.maximum(month - START + 1, 0)
    own_slope = SLOPE_CONTROL + 0.15 * random.standard_normal(pool)
    without = level[:, None] * (1 + season) + own_slope[:, None] * month + noise + passing + common
    treated = _chosen(scenario, without, random)
    keep = np.concatenate(
        [np.flatnonzero(treated), random.permutation(np.flatnonzero(~treated))[: scenario.controls]]
    )
    without, lists, treated = without[keep], lists[keep], treated[keep]
    if not scenario.same_slopes:
        without = without + treated[:, None] * (SLOPE_TREATED - SLOPE_CONTROL) * (month - scenario.parted)
    without = without + treated[:, None] * scenario.shared * _autoregression(random, 1, 0.6)
    return _with_programme(scenario, without, lists, treated, random)


def _autoregression(random: np.random.Generator, rows: int, strength: float) -> Floats:
    """Series of variance 1."""
    made = random.standard_normal((rows, MONTHS))
    fresh = np.sqrt(1 - strength**2)
    for month in range(1, MONTHS):
        made[:, month] = strength * made[:, month - 1] + fresh * made[:, month]
    return made


def _chosen(scenario: Scenario, without: Floats, random: np.random.Generator) -> Mask:
    seen = without[:, WINDOW[0] : WINDOW[1] + 1].mean(axis=1)
    score = scenario.selected * (seen - seen.mean()) / seen.std() + random.standard_normal(len(seen))
    if scenario.treated < 20:  # a few, drawn from all with chances that rise with the score
        chance = np.exp(score)
        rows = random.choice(len(score), scenario.treated, replace=False, p=chance / chance.sum())
    else:
        rows = np.argsort(-score)[: scenario.treated]
    chosen = np.zeros(len(score), dtype=bool)
    chosen[rows] = True
    return chosen


def _with_programme(
    scenario: Scenario, without: Floats, lists: Floats, treated: Mask, random: np.random.Generator
) -> World:
    count = len(lists)
    month = np.arange(MONTHS)
    starts = np.where(treated, START + random.choice(np.array(scenario.waves), count), -1)
    begins = np.where(treated, starts - random.integers(0, scenario.leads + 1, count), START)
    since = np.maximum(month[None, :] - begins[:, None] + 1, 0)
    if scenario.fading:
        since = np.minimum(since, scenario.fading)
    size = scenario.effect * np.maximum(1 + 0.3 * random.standard_normal(count), 0)
    controls = np.flatnonzero(~treated)
    touched = controls[: round(scenario.reached * len(controls))]
    near = np.zeros(count, dtype=bool)
    near[controls[: 2 * len(touched)]] = True
    share = np.where(treated, 1.0, 0.0)
    share[touched] = scenario.leak
    values = without + (share * size)[:, None] * since
    denominator = lists[:, None] * (1 + 0.0005 * month)
    numerator = values * denominator
    lost = random.random(numerator.shape) < scenario.missing
    return World(without, np.where(lost, np.nan, numerator), denominator, starts.astype(np.intp), near)
