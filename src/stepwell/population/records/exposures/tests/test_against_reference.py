"""The Ibis version and the plain Python reference agree on anything Hypothesis can think of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.knowledge import exposure
from stepwell.knowledge.exposure import TextState
from stepwell.knowledge.medicines.model import MedicineClass
from stepwell.population import engine
from stepwell.population.records.exposures import derive
from stepwell.population.records.exposures.pipeline import ERA_CLASSES
from stepwell.population.records.exposures.tests.examples import Row, issue, medicine, tables

AS_OF = date(2026, 11, 20)
RULES = exposure.current()

MEDICINES = [
    medicine("mst-10"),
    medicine("mst-30", mg="30"),
    medicine("oramorph", release="IR", mg="2"),
    medicine("morphine-unknown", mg=None),
    medicine("methadone", substance="methadone", release="IR", factor=None),
    medicine(
        "tramadol-50",
        substance="tramadol",
        release="IR",
        mg="50",
        factor="0.1",
        classes=frozenset({MedicineClass.OPIOID, MedicineClass.TRAMADOL}),
    ),
    medicine("butec-10", substance="buprenorphine", release="TD", patch_ome="24", interval=168),
    medicine(
        "gaba-300",
        substance="gabapentin",
        release="IR",
        mg="300",
        factor=None,
        classes=frozenset({MedicineClass.GABAPENTINOID}),
    ),
]

DAILY = st.sampled_from([("2", "2"), ("1", "2"), ("0", "8"), ("3", "3"), ("0.142857", "0.142857")])
ISSUES = st.builds(
    issue,
    st.sampled_from(MEDICINES),
    st.integers(-40, 420).map(lambda n: AS_OF - timedelta(days=n)),
    daily=DAILY,
    state=st.sampled_from([TextState.READ] * 4 + list(TextState)),
    text=st.sampled_from(["a", "b"]),
    quantity=st.sampled_from([None, "7", "28", "56", "100", "200"]),
    given=st.sampled_from([None, None, 7, 28, 56, 400]),
    own=st.sampled_from([True, True, True, False]),
    open_ended=st.booleans(),
    ends=st.one_of(st.none(), st.integers(-40, 400).map(lambda n: AS_OF - timedelta(days=n))),
)


def cycles(draw_days: int) -> st.SearchStrategy[list[exposure.Issue]]:
    """A regular supply with jitter: what carries stock forward and joins eras."""
    return st.builds(
        lambda m, first, jitters, days: [
            issue(
                m,
                AS_OF - timedelta(days=max(0, first - draw_days * n + j)),
                given=days,
                text="a",
                quantity="56",
            )
            for n, j in enumerate(jitters)
        ],
        st.sampled_from(MEDICINES),
        st.integers(0, 300),
        st.lists(st.integers(-9, 9), min_size=1, max_size=12),
        st.sampled_from([None, draw_days, draw_days + 3]),
    )


HISTORIES = st.one_of(
    st.lists(ISSUES, min_size=1, max_size=14),
    cycles(28),
    cycles(7),
    st.tuples(cycles(28), st.lists(ISSUES, max_size=6)).map(lambda t: t[0] + t[1]),
    # Rows that say the same: sent twice, or made twice.
    st.lists(ISSUES, min_size=1, max_size=8).map(lambda issues: issues + issues[-2:]),
)


def _consistent(history: list[exposure.Issue]) -> list[exposure.Issue]:
    """One text of one line reads the same every time, as in life."""
    seen: dict[tuple[str, str | None], exposure.Issue] = {}
    out = []
    for i in history:
        first = seen.setdefault((i.medicine.line, i.text), i)
        kwargs = {n: getattr(first, n) for n in ("state", "units_min", "units_max", "ome_min", "ome_max")}
        out.append(exposure.Issue(**{**{f: getattr(i, f) for f in i.__slots__}, **kwargs}))
    return out


@pytest.fixture(scope="module")
def con():
    return engine.connect()


def _reference(history: list[exposure.Issue]):
    covers = {
        key: exposure.covers(exposure.occasions(line, RULES), RULES)
        for key, line in exposure.lines(history, AS_OF).items()
    }
    found = {}
    for name in ERA_CLASSES:
        own = [c for (_line, own), cs in covers.items() if own for c in cs]
        own = [c for c in own if MedicineClass(name) in c.occasion.medicine.classes]
        for era in exposure.eras(own, AS_OF, RULES):
            found[(name, era.start)] = (era.end, era.days, era.is_open, era.occasions)
    return found, exposure.current_lines(history, AS_OF, RULES)


def _near(a: object, b: object) -> bool:
    if a is None or b is None:
        return a is None and b is None
    return abs(float(a) - float(b)) < 0.001


PEOPLE = st.lists(HISTORIES, min_size=4, max_size=40)
PATIENT = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=6, **PATIENT)
@given(PEOPLE)
def test_ibis_and_reference_agree(con, histories):
    _check(con, histories)


@pytest.mark.slow
@settings(max_examples=150, **PATIENT)
@given(PEOPLE)
def test_ibis_and_reference_agree_at_length(con, histories):
    _check(con, histories)


def _check(con, histories):
    histories = [_consistent(h) for h in histories]
    rows = [Row(f"p{n}", i) for n, h in enumerate(histories) for i in h]
    derived = derive(*tables(rows, RULES), AS_OF, RULES, con)
    eras = derived.eras.to_pyarrow().to_pylist()
    current = derived.current.to_pyarrow().to_pylist()
    for n, history in enumerate(histories):
        expected_eras, expected_current = _reference(history)
        got = {
            (e["medicine_class"], e["start"]): (e["end"], e["days"], e["is_open"], e["occasions"])
            for e in eras
            if e["patient_key"] == f"p{n}"
        }
        assert got == expected_eras
        mine = {(c["line"], c["own"]): c for c in current if c["patient_key"] == f"p{n}"}
        assert set(mine) == {(c.medicine.line, c.own) for c in expected_current}
        for c in expected_current:
            row = mine[(c.medicine.line, c.own)]
            assert row["basis"] == c.basis.value, (c, row)
            assert row["unclear"] == c.unclear
            assert row["lapsed"] == c.lapsed
            assert (row["last_issue"], row["supply_end"]) == (c.last.occasion.on, c.last.end)
            assert row["run_start"] == c.run_start
            for name in ("units_min", "units_max", "ome_min", "ome_max"):
                assert _near(row[name], getattr(c, name)), (name, c, row)
