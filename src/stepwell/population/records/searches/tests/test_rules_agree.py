"""A rule says the same of a person asked alone (as an explanation is) and of everybody at once (as a list is)."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepwell.population import engine
from stepwell.population.records.searches import rules
from stepwell.population.records.searches.vocabulary import FACTS, column

# One fact of each kind would do; several let a rule contradict itself.
NAMES = [
    "opioid.open", "sedative.elsewhere", "ome.missing", "opioid.era_days", "gabapentinoid.closed_ago", "ome.high", "ome.own_high", "person.age",
]  # fmt: skip
AGES = ["adult", "under_18", "turning_18", "unknown"]
# On both sides of the numbers facts take, and on them.
INTEGERS = st.sampled_from([-1, 0, 89, 90, 91, 365])
NUMBERS = st.sampled_from([0, 0.1, 89.9999, 90, 90.0001, 120, 120.5])
KINDS = {
    "bool": (pa.bool_(), st.booleans(), st.booleans()),
    "int": (pa.int32(), INTEGERS, INTEGERS),
    "number": (pa.float64(), NUMBERS.map(float), NUMBERS),
    "text": (pa.string(), st.sampled_from(AGES), st.sampled_from(AGES)),
}


@st.composite
def questions(draw: st.DrawFn) -> dict[str, object]:
    name = draw(st.sampled_from(NAMES))
    kind = FACTS[name].kind
    operator = "is" if kind in ("bool", "text") else draw(st.sampled_from(["at_least", "less_than"]))
    return {"fact": name, operator: draw(KINDS[kind][2])}


TREES = st.recursive(
    questions(),
    lambda parts: st.one_of(
        st.fixed_dictionaries({"all": st.lists(parts, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(parts, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"not": parts}),
    ),
    max_leaves=8,
)
PEOPLE = st.fixed_dictionaries({name: st.none() | KINDS[FACTS[name].kind][1] for name in NAMES})
SCHEMA = pa.schema([("n", pa.int32()), *[(column(name), KINDS[FACTS[name].kind][0]) for name in NAMES]])


@pytest.fixture(scope="module")
def con():
    return engine.connect()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(TREES, min_size=1, max_size=12), st.lists(PEOPLE, min_size=1, max_size=25))
def test_one_person_and_everybody_agree(con, raw, people):
    nodes = [rules.read(tree, "here", unknown_asks=True) for tree in raw]
    rows = [{"n": n, **{column(k): v for k, v in facts.items()}} for n, facts in enumerate(people)]
    table = ibis.memtable(pa.Table.from_pylist(rows, schema=SCHEMA))
    asked = table.select("n", **{f"rule{m}": rules.compiled(node, table) for m, node in enumerate(nodes)})
    answers = con.to_pyarrow(asked.order_by("n")).to_pylist()
    for facts, answer in zip(people, answers, strict=True):
        for m, node in enumerate(nodes):
            assert answer[f"rule{m}"] is rules.holds(node, facts), (raw[m], facts)
            assert rules.traced(node, facts)[0].holds is answer[f"rule{m}"]
