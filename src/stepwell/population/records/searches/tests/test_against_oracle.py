"""Every search says of everybody what the decision says, by an oracle that shares no code with it.

Hundreds of people are searched at once, as one person costs as much as a thousand. A person on whom the two disagree is cut down
to the rows that matter before they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stepwell.population import engine
from stepwell.population.records import derived
from stepwell.population.records.searches import all_searches, prepare, run
from stepwell.population.records.searches.tests import hard_people, oracle
from stepwell.population.records.searches.tests.hard_people import Rows

# The last and first day of a month and a leap day are where ages and windows turn.
DATES = st.sampled_from([date(2026, 11, 20), date(2024, 2, 29), date(2025, 12, 31), date(2026, 3, 1)])
# Cutting a person down is done below, row by row; to cut down a list of seeds would take hours.
PLAIN = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.explicit, Phase.reuse, Phase.generate],
}

Key = tuple[str, str]


def seeds(people: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 2**32 - 1), min_size=people, max_size=people, unique=True)


@pytest.fixture(scope="module")
def con():
    return engine.connect()


@settings(max_examples=2, derandomize=True, **PLAIN)
@given(seeds(400), DATES)
def test_searches_and_oracle_agree(con, drawn, as_of):
    check(drawn, as_of, con)


@pytest.mark.slow
@settings(max_examples=30, **PLAIN)
@given(seeds(2000), DATES)
def test_searches_and_oracle_agree_at_length(con, drawn, as_of):
    check(drawn, as_of, con)


def check(drawn: list[int], as_of: date, con: ibis.BaseBackend) -> None:
    people = hard_people.population(drawn, as_of)
    wrong = disagreements(people, as_of, con)
    if wrong:
        key = min(wrong, key=lambda k: sum(map(len, people[k].values())))
        fewest = cut_down(key, people[key], as_of, con)
        last = (key[0], str(fewest["patients"][0]["patient_key"]))
        shown = disagreements({last: fewest}, as_of, con)
        pytest.fail(f"{len(wrong)} people differ. At {as_of}: {shown.get(last)}\n{written(fewest)}")


def disagreements(people: Mapping[Key, Rows], as_of: date, con: ibis.BaseBackend) -> dict[Key, list[str]]:
    """Who is judged differently: "search: oracle says ..., search says ..."."""
    tables = hard_people.together([*people.values(), *hard_people.bystanders(as_of)])
    expected = oracle.answers({name: table.to_pylist() for name, table in tables.items()}, as_of)
    found = searched(tables, as_of, con)
    wrong: dict[Key, list[str]] = {}
    for key, answers in expected.items():
        for search, answer in answers.items():
            got = found[search].get(key, ("none", frozenset()))
            if got != answer:
                wrong.setdefault(key, []).append(f"{search}: oracle {_words(answer)}, search {_words(got)}")
    return wrong


def _words(answer: oracle.Answer) -> str:
    return f"{answer[0]} {sorted(answer[1])}"


def searched(
    tables: Mapping[str, pa.Table], as_of: date, con: ibis.BaseBackend
) -> dict[str, dict[Key, oracle.Answer]]:
    """What each search says of each person it finds, on the real path from canonical rows."""
    names = {name: ibis.util.gen_name(name) for name in tables}
    canonical = {name: con.create_table(names[name], table, temp=True) for name, table in tables.items()}
    prepared = prepare({**canonical, **derived.derive(canonical, con)}, as_of, con)
    return {
        search_id: {
            (c.practice, c.patient_key): (c.outcome, frozenset(c.reasons))
            for c in run(search, prepared).candidates
        }
        for search_id, search in all_searches().items()
    }


def cut_down(key: Key, rows: Rows, as_of: date, con: ibis.BaseBackend) -> Rows:
    """The person with as few rows as still make the two disagree. Each round tries every row at once."""
    while True:
        without = [(table, n) for table in rows if table != "patients" for n in range(len(rows[table]))]
        tried = {
            (key[0], f"v{n}"): _renamed(_less(rows, table, row), f"v{n}")
            for n, (table, row) in enumerate(without)
        }
        wrong = disagreements(tried, as_of, con) if tried else {}
        if not wrong:
            return rows
        rows = tried[next(iter(wrong))]


def _less(rows: Rows, table: str, row: int) -> Rows:
    return {name: [r for n, r in enumerate(of) if (name, n) != (table, row)] for name, of in rows.items()}


def _renamed(rows: Rows, key: str) -> Rows:
    return {name: [{**row, "patient_key": key} for row in of] for name, of in rows.items()}


def written(rows: Rows) -> str:
    lines = []
    for name, of in rows.items():
        for row in of:
            told = {k: v for k, v in row.items() if v is not None and k not in ("practice", "patient_key")}
            lines.append(f"  {name}: " + ", ".join(f"{k}={v}" for k, v in told.items()))
    return "\n".join(lines)
