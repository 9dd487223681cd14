"""Days covered, eras and current dose, rule by rule: decision 10 as tables. Small worked cases, in words and numbers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from stepwell.knowledge import exposure
from stepwell.knowledge.exposure import Basis, DaysBasis, Issue, Medicine, TextState
from stepwell.knowledge.exposure.occasions import known_days
from stepwell.knowledge.medicines.model import MedicineClass

RULES = exposure.current()
AS_OF = date(2026, 11, 20)
OPIOID = frozenset({MedicineClass.OPIOID})


def medicine(
    line="mst-10", *, substance="morphine", mg="10", ome="10", patch=None, interval=None, release="MR"
):
    return Medicine(
        line=line,
        substance=substance,
        release=release,
        classes=OPIOID,
        mg_per_unit=None if mg is None or patch else Decimal(mg),
        ome_per_unit=None if ome is None or patch else Decimal(ome),
        is_patch=patch is not None,
        patch_interval_hours=interval,
        patch_ome=Decimal(patch) if patch else None,
        convertible=ome is not None,
    )


def issue(
    on,
    of=None,
    *,
    daily=("2", "2"),
    state="read",
    text="1 bd",
    quantity="56",
    given=None,
    own=True,
    ends=None,
    open_ended=False,
):
    of = of or medicine()
    state = TextState(state)
    low, high = {TextState.READ: daily, TextState.OPEN: ("0", None)}.get(state, (None, None))
    units = [Decimal(d) if d is not None else None for d in (low, high)]
    if of.is_patch and state is TextState.READ:
        omes = [of.patch_ome, of.patch_ome]
    else:
        omes = [u * of.ome_per_unit if u is not None and of.ome_per_unit is not None else None for u in units]
    return Issue(
        medicine=of,
        issue_date=on,
        own=own,
        text=text,
        state=state,
        units_min=units[0],
        units_max=units[1],
        ome_min=omes[0],
        ome_max=omes[1],
        quantity=None if quantity is None else Decimal(quantity),
        given_days=given,
        template_end=ends,
        open_ended=open_ended,
    )


def ago(days):
    return AS_OF - timedelta(days=days)


PATCH = medicine("butec-10", substance="buprenorphine", patch="24", interval=168, release="TD")
BARE_PATCH = medicine("patch", substance="buprenorphine", patch="84", release="TD")

DAYS = [
    ("given by the source", issue(AS_OF, given=30), 30),
    ("given beyond a year is an entry error, so the instruction counts", issue(AS_OF, given=400), 28),
    (
        "quantity over the daily minimum: the longest it can last",
        issue(AS_OF, daily=("4", "8"), quantity="112"),
        28,
    ),
    ("rounded down", issue(AS_OF, daily=("3", "3"), quantity="100"), 33),
    (
        "a third of a patch a day is not a day short",
        issue(AS_OF, daily=("0.333333", "0.333333"), quantity="10"),
        30,
    ),
    ("at least one", issue(AS_OF, daily=("8", "8"), quantity="2"), 1),
    ("at most half a year", issue(AS_OF, daily=("1", "1"), quantity="1000"), 184),
    ("as needed: not known by the instruction", issue(AS_OF, daily=("0", "8")), None),
    ("no quantity", issue(AS_OF, quantity=None), None),
    ("quantity of nothing", issue(AS_OF, quantity="0"), None),
    (
        "a patch without a readable instruction: by its interval",
        issue(AS_OF, PATCH, state="empty", quantity="4"),
        28,
    ),
    ("a patch whose interval is not known", issue(AS_OF, BARE_PATCH, state="empty", quantity="4"), None),
    ("no instruction", issue(AS_OF, state="empty"), None),
]


@pytest.mark.parametrize(("why", "of", "days"), DAYS, ids=[d[0] for d in DAYS])
def test_days_an_issue_says_itself(why, of, days):
    assert known_days(of, RULES) == days


def covers_of(*issues):
    ((_, line),) = exposure.lines(issues, AS_OF).items()
    return exposure.covers(exposure.occasions(line, RULES), RULES)


def test_unused_days_are_carried_forward():
    a, b = covers_of(issue(ago(60), given=28), issue(ago(40), given=28))
    assert (a.start, a.end) == (ago(60), ago(32))
    assert (b.start, b.end) == (ago(32), ago(4))


def test_no_more_than_twenty_eight_are_carried():
    _, b = covers_of(issue(ago(100), given=90), issue(ago(99), given=7))
    assert (b.start, b.end) == (ago(71), ago(64))


def test_the_median_gap_stands_in_where_days_are_not_known():
    covers = covers_of(*[issue(ago(n), state="empty", text=None) for n in (90, 60, 30)])
    assert {(c.days, c.days_basis) for c in covers} == {(30, DaysBasis.MEDIAN_GAP)}


@pytest.mark.parametrize(
    "gaps",
    [(200, 100, 0), (141, 71, 0), (60, 0)],
    ids=["gaps too long", "half a day too long", "too few issues"],
)
def test_otherwise_twenty_eight_days_are_assumed(gaps):
    covers = covers_of(*[issue(ago(n), state="empty", text=None) for n in gaps])
    assert {(c.days, c.days_basis) for c in covers} == {(28, DaysBasis.ASSUMED)}


def test_the_same_row_twice_gives_its_dose_once_and_no_quantity_and_two_instructions_add():
    twice = [issue(ago(5)), issue(ago(5))]
    (only,) = covers_of(*twice)
    assert (only.occasion.units_max, only.occasion.quantity, only.days) == (2, None, 28)
    (halves,) = covers_of(issue(ago(5)), issue(ago(5), quantity="28"))
    assert (halves.occasion.units_max, halves.occasion.quantity) == (2, 84)
    morning_and_night = [
        issue(ago(5), text="2 mane"),
        issue(ago(5), text="1 nocte", daily=("1", "1"), quantity="28"),
    ]
    (both,) = covers_of(*morning_and_night)
    assert (both.occasion.units_max, both.occasion.ome_max, both.occasion.quantity) == (3, 30, 84)


def test_an_occasion_is_as_uncertain_as_its_worst_instruction():
    (one,) = covers_of(issue(ago(5)), issue(ago(5), state="unreadable", text="as directed"))
    assert one.occasion.state is TextState.UNREADABLE
    assert one.occasion.units_max is None


ERAS = [
    ("a gap of 30 days joins", [(100, 28), (42, 28)], [(100, 86, True)]),
    ("a gap of 31 days breaks", [(101, 28), (42, 28)], [(101, 28, False), (42, 28, True)]),
    ("open 30 days after the supply ends", [(58, 28)], [(58, 28, True)]),
    ("closed on the 31st", [(59, 28)], [(59, 28, False)]),
    ("days run to the date, not past it", [(10, 28)], [(10, 10, True)]),
    ("56-day scripts are one era", [(120, 56), (64, 56), (8, 56)], [(120, 120, True)]),
]


@pytest.mark.parametrize(("why", "supplies", "expected"), ERAS, ids=[e[0] for e in ERAS])
def test_eras(why, supplies, expected):
    covers = covers_of(*[issue(ago(day), given=days) for day, days in supplies])
    found = [((AS_OF - e.start).days, e.days, e.is_open) for e in exposure.eras(covers, AS_OF, RULES)]
    assert found == expected


def now(*issues):
    return exposure.current_lines(issues, AS_OF, RULES)


BASES = [
    ("the instruction", [issue(ago(3))], Basis.INSTRUCTION, "2", "2", False),
    (
        "as needed with a maximum: 0 to that",
        [issue(ago(3), daily=("0", "8"))],
        Basis.INSTRUCTION,
        "0",
        "8",
        False,
    ),
    (
        "by quantity: 3 issues or more, all but the last over the days",
        [issue(ago(n), state="empty", text=None, quantity="84") for n in (58, 30, 2)],
        Basis.QUANTITY,
        "3",
        "3",
        False,
    ),
    (
        "as needed without a maximum: 0 to what is issued",
        [issue(ago(n), state="open", text="prn", quantity="56") for n in (58, 30, 2)],
        Basis.QUANTITY,
        "0",
        "2",
        False,
    ),
    (
        "a lone issue over 28 days",
        [issue(ago(2), state="empty", text=None)],
        Basis.QUANTITY_28,
        "2",
        "2",
        False,
    ),
    (
        "no quantity: an earlier instruction",
        [issue(ago(30)), issue(ago(2), state="empty", text=None, quantity=None)],
        Basis.EARLIER_INSTRUCTION,
        "2",
        "2",
        False,
    ),
    (
        "nothing to go by",
        [issue(ago(2), state="empty", text=None, quantity=None)],
        Basis.NONE,
        None,
        None,
        True,
    ),
    (
        "an instruction that cannot be read",
        [issue(ago(2), state="unreadable")],
        Basis.QUANTITY_28,
        "2",
        "2",
        True,
    ),
    ("an implausible one", [issue(ago(2), state="implausible")], Basis.QUANTITY_28, "2", "2", True),
    (
        "four rows of one day that say the same, and no instruction: nobody can say how much",
        [issue(ago(2), state="empty", text=None, quantity="14")] * 4,
        Basis.NONE,
        None,
        None,
        True,
    ),
    (
        "the same, after an instruction that was read: the earlier instruction",
        [issue(ago(30)), *[issue(ago(2), state="empty", text=None, quantity="14")] * 4],
        Basis.EARLIER_INSTRUCTION,
        "2",
        "2",
        False,
    ),
    ("a strength not known", [issue(ago(2), medicine("x", mg=None))], Basis.NONE, None, None, True),
    (
        "a patch with no instruction: one worn, which somebody must confirm",
        [issue(ago(2), PATCH, state="empty")],
        Basis.PATCH_DEFAULT,
        "1",
        "1",
        True,
    ),
]


@pytest.mark.parametrize(
    ("why", "issues", "basis", "low", "high", "unclear"), BASES, ids=[b[0] for b in BASES]
)
def test_what_a_current_dose_rests_on(why, issues, basis, low, high, unclear):
    (line,) = now(*issues)
    assert (line.basis, line.unclear) == (basis, unclear)
    assert (line.units_min, line.units_max) == tuple(Decimal(x) if x else None for x in (low, high))


def test_a_gap_above_twice_the_median_breaks_the_run_of_quantities():
    issues = [issue(ago(n), state="empty", text=None, quantity="28") for n in (170, 60, 45, 30, 15)]
    occasions = exposure.occasions(issues, RULES)
    assert exposure.quantity_rate(occasions, AS_OF, RULES) == Decimal(84) / 45


def test_too_short_a_run_or_an_unknown_quantity_gives_no_rate():
    broken = [issue(ago(n), state="empty", text=None) for n in (170, 160, 20, 10)]
    assert exposure.quantity_rate(exposure.occasions(broken, RULES), AS_OF, RULES) is None
    unknown = [
        issue(ago(n), state="empty", text=None, quantity=q) for n, q in ((60, "28"), (30, None), (2, "28"))
    ]
    assert exposure.quantity_rate(exposure.occasions(unknown, RULES), AS_OF, RULES) is None


MST30 = medicine("mst-30", mg="30", ome="30")
TAKEN = [
    ("supply ran out last week", [issue(ago(35), given=28)], ["mst-10"]),
    ("ran out, and the template was ended", [issue(ago(35), given=28, ends=ago(20))], []),
    (
        "the template was ended, and there is supply still",
        [issue(ago(20), given=28, ends=ago(10))],
        ["mst-10"],
    ),
    (
        "another strength took its place and this template was ended",
        [issue(ago(20), given=28, ends=ago(10)), issue(ago(10), MST30, given=28)],
        ["mst-30"],
    ),
    (
        "another strength began, and this one ran out",
        [issue(ago(40), given=28), issue(ago(20), MST30, given=28)],
        ["mst-30"],
    ),
    (
        "two strengths issued on different days are taken together",
        [
            issue(ago(60), given=28),
            issue(ago(32), given=28),
            issue(ago(55), MST30, given=28),
            issue(ago(27), MST30, given=28),
        ],
        ["mst-10", "mst-30"],
    ),
    (
        "another release does not take its place",
        [issue(ago(40), given=28), issue(ago(20), medicine("ir", release="IR"), given=28)],
        ["ir", "mst-10"],
    ),
    ("from hospital, written once five months ago", [issue(ago(150), own=False)], ["mst-10"]),
    ("from hospital, half a year ago", [issue(ago(190), own=False)], []),
    (
        "a hospital's repeat of years ago that was never said to end",
        [issue(ago(1200), own=False, open_ended=True)],
        ["mst-10"],
    ),
    (
        "a hospital's repeat of years ago that ended",
        [issue(ago(1200), own=False, open_ended=True, ends=ago(900))],
        [],
    ),
    (
        "a hospital's repeat of years ago that ends next week",
        [issue(ago(1200), own=False, open_ended=True, ends=ago(-7))],
        ["mst-10"],
    ),
    ("a repeat of this practice, of years ago", [issue(ago(1200), open_ended=True)], []),
    (
        "the practice went on with a hospital's repeat: taken once",
        [
            issue(ago(300), own=False, given=28, open_ended=True),
            issue(ago(60), given=28),
            issue(ago(32), given=28),
        ],
        ["mst-10"],
    ),
    (
        "a hospital began it and the practice went on with it: taken once",
        [issue(ago(90), own=False, given=28), issue(ago(60), given=28), issue(ago(32), given=28)],
        ["mst-10"],
    ),
    (
        "the hospital's supply has not run out yet: taken twice",
        [issue(ago(30), own=False, given=56), issue(ago(20), given=28)],
        ["mst-10", "mst-10"],
    ),
    ("not yet issued", [issue(AS_OF + timedelta(days=1))], []),
]


@pytest.mark.parametrize(("why", "issues", "expected"), TAKEN, ids=[t[0] for t in TAKEN])
def test_what_is_taken_now(why, issues, expected):
    assert [line.medicine.line for line in now(*issues)] == expected


def test_ome_is_a_sum_and_a_lower_bound_where_something_is_missing():
    plain = exposure.daily_ome(now(issue(ago(3)), issue(ago(3), MST30)))
    assert (plain.low, plain.high, plain.own_high, plain.at_least) == (80, 80, 80, False)
    elsewhere = exposure.daily_ome(now(issue(ago(3)), issue(ago(3), MST30, own=False)))
    assert (elsewhere.high, elsewhere.own_high, elsewhere.at_least, elsewhere.missing) == (
        80,
        20,
        True,
        False,
    )
    methadone = exposure.daily_ome(
        now(issue(ago(3)), issue(ago(3), medicine("methadone", substance="m", ome=None)))
    )
    assert (methadone.high, methadone.at_least, methadone.missing) == (20, True, True)
    assumed = exposure.daily_ome(now(issue(ago(3), PATCH, state="empty")))
    assert (assumed.high, assumed.own_high, assumed.at_least, assumed.missing) == (24, 24, True, True)
    worn = exposure.daily_ome(now(issue(ago(3), PATCH)))
    assert (worn.high, worn.at_least, worn.missing) == (24, False, False)
    nothing = exposure.daily_ome(now(issue(ago(3), medicine("x", mg=None))))
    assert (nothing.low, nothing.high, nothing.own_high, nothing.missing) == (None, None, None, True)
    assert exposure.daily_ome([]).high is None


def test_ome_over_time_says_what_was_known_that_day():
    issues = [issue(ago(100), given=28, ends=ago(72)), issue(ago(72), MST30, given=28)]
    points = [((AS_OF - p.since).days, p.ome.high) for p in exposure.ome_over_time(issues, AS_OF, RULES)]
    assert points == [(100, 20), (72, 60), (13, None)]
    assert exposure.ome_over_time([], AS_OF, RULES)[0].ome.high is None
