"""Records for the benchmark: canonical Parquet tables of made-up people, the same for the same seed.

Every person has 60 issues on average, over three years: a few medicines in cycles of 7, 28 or 56 days with jitter. About one issue in four is
of a medicine searches know. Uniform and simple on purpose: this is for speed, the synthetic neighbourhood is for truth.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stepwell.population.records.canonical import TABLES

AS_OF = date(2026, 11, 20)
PRACTICE = "Z99901"
_AS_OF_DAY = (AS_OF - date(1970, 1, 1)).days
_PEOPLE_AT_ONCE = 10_000

# name, instruction, quantity for 28 days, share of lines
RELEVANT = [
    ("Codeine 30mg tablets", "One or two four times a day when required", 112, 5),
    ("Co-codamol 30mg/500mg tablets", "1-2 qds prn max 8", 200, 5),
    ("Tramadol 50mg capsules", "1 qds", 112, 4),
    ("Morphine 10mg modified-release tablets", "One To Be Taken Twice A Day", 56, 3),
    ("Morphine 30mg modified-release tablets", "One To Be Taken Twice A Day", 56, 1),
    ("Morphine sulfate 10mg/5ml oral solution", "2.5ml four hourly when required", 300, 1),
    ("Oxycodone 10mg modified-release tablets", "1 bd", 56, 1),
    ("Fentanyl 25micrograms/hour transdermal patches", "Apply One Patch Every 72 Hours", 10, 1),
    ("Buprenorphine 10micrograms/hour transdermal patches", "One weekly", 4, 2),
    ("Gabapentin 300mg capsules", "one tds", 84, 4),
    ("Pregabalin 75mg capsules", "1 bd", 56, 3),
    ("Diazepam 2mg tablets", "One at night when required", 28, 2),
    ("Zopiclone 7.5mg tablets", None, 28, 1),
    ("Dihydrocodeine 30mg tablets", "As directed", 112, 1),
]
OTHERS = [
    (f"{name} tablets", "One daily", 28, 4)
    for name in (
        "Amlodipine 5mg",
        "Atorvastatin 20mg",
        "Metformin 500mg",
        "Ramipril 5mg",
        "Omeprazole 20mg",
        "Levothyroxine 50microgram",
        "Bisoprolol 2.5mg",
        "Sertraline 50mg",
        "Amitriptyline 10mg",
        "Paracetamol 500mg",
        "Aspirin 75mg",
        "Lansoprazole 15mg",
        "Citalopram 20mg",
        "Furosemide 40mg",
        "Simvastatin 40mg",
        "Naproxen 250mg",
        "Folic acid 5mg",
        "Losartan 50mg",
        "Doxazosin 4mg",
        "Allopurinol 100mg",
        "Mirtazapine 15mg",
        "Salbutamol 4mg",
        "Prednisolone 5mg",
        "Warfarin 1mg",
        "Digoxin 125microgram",
    )
]
MEDICINES = RELEVANT + OTHERS


def write(out: Path, people: int, seed: int = 1) -> int:
    """Write the canonical tables into ``out``; the number of issues."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    _write_people(out, people, rng)
    writer = pq.ParquetWriter(out / "issues.parquet", TABLES["issues"], compression="zstd")
    total = 0
    for first in range(0, people, _PEOPLE_AT_ONCE):
        table = _issues(range(first, min(first + _PEOPLE_AT_ONCE, people)), total, rng)
        writer.write_table(table, row_group_size=100_000)
        total += len(table)
    writer.close()
    for name in ("templates", "drug_codes", "clinical_codes"):
        pq.write_table(TABLES[name].empty_table(), out / f"{name}.parquet")
    return total


def _key(person: int) -> str:
    return f"{person * 2654435761 % 2**64:016x}{person:016x}"


def _table(name: str, count: int, **columns: object) -> pa.Table:
    schema = TABLES[name]
    arrays = [
        pa.array(columns[f.name], type=f.type) if f.name in columns else pa.nulls(count, type=f.type)
        for f in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _write_people(out: Path, people: int, rng: np.random.Generator) -> None:
    keys = [_key(n) for n in range(people)]
    years = rng.integers(1930, 2012, people).astype("int16")
    pq.write_table(
        _table(
            "patients",
            people,
            patient_key=keys,
            practice=[PRACTICE] * people,
            birth_year=years,
            birth_month=rng.integers(1, 13, people).astype("int8"),
            no_nhs_number=[False] * people,
            sensitive=[False] * people,
        ),
        out / "patients.parquet",
    )
    pq.write_table(
        _table(
            "registrations",
            people,
            registration_id=keys,
            patient_key=keys,
            practice=[PRACTICE] * people,
            start_date=[date(2001, 1, 1)] * people,
            registration_type=["regular"] * people,
        ),
        out / "registrations.parquet",
    )
    _write_events(out, keys, rng)


def _write_events(out: Path, keys: list[str], rng: np.random.Generator) -> None:
    from stepwell.knowledge import code_lists

    cancer = sorted(code_lists.code_list("cancer").codes)[:50]
    epilepsy = sorted(code_lists.code_list("epilepsy").codes)[:10]
    count = 20 * len(keys)
    who = rng.integers(0, len(keys), count)
    pool = [*cancer, *epilepsy, *[str(10**8 + n) for n in range(1940)]]
    codes = rng.integers(0, len(pool), count)
    days = (_AS_OF_DAY - rng.integers(0, 7300, count)).astype("int32")
    table = _table(
        "events",
        count,
        event_id=[str(n) for n in range(count)],
        patient_key=[keys[n] for n in who],
        practice=[PRACTICE] * count,
        event_date=pa.array(days, type=pa.int32()).cast(pa.date32()),
        date_precision=["day"] * count,
        snomed_id=[pool[n] for n in codes],
    )
    pq.write_table(table, out / "events.parquet", compression="zstd", row_group_size=100_000)


def _issues(people: range, first_id: int, rng: np.random.Generator) -> pa.Table:
    """All issues of some people: two to five lines each, every line a cycle with jitter and sometimes an early stop."""
    shares = np.array([m[3] for m in MEDICINES], dtype=float)
    who, what, when, days = [], [], [], []
    for person in people:
        for medicine in rng.choice(
            len(MEDICINES), size=rng.integers(1, 4), p=shares / shares.sum(), replace=False
        ):
            cycle = int(rng.choice([7, 28, 28, 28, 28, 28, 56]))
            length = int(rng.integers(60, 1000)) + (1095 - 1000)
            stop = _AS_OF_DAY - int(rng.choice([0, 0, 0, 100, 400]))
            dates = np.arange(stop - length, stop, cycle) + rng.integers(
                -3, 4, len(range(stop - length, stop, cycle))
            )
            who.append(np.full(len(dates), person))
            what.append(np.full(len(dates), medicine))
            when.append(dates)
            days.append(np.full(len(dates), cycle))
    person, medicine = np.concatenate(who), np.concatenate(what)
    cycles = np.concatenate(days)
    given = rng.random(len(person)) < 0.6
    quantity = np.array([m[2] for m in MEDICINES])[medicine] * cycles // 28
    keys = {n: _key(n) for n in people}
    count = len(person)
    names = pa.array([m[0] for m in MEDICINES]).take(pa.array(medicine))
    texts = pa.array([m[1] for m in MEDICINES], type=pa.string()).take(pa.array(medicine))
    return _table(
        "issues",
        count,
        issue_id=[str(first_id + n) for n in range(count)],
        patient_key=[keys[n] for n in person.tolist()],
        practice=[PRACTICE] * count,
        issue_date=pa.array(np.concatenate(when).astype("int32"), type=pa.int32()).cast(pa.date32()),
        kind=["repeat"] * count,
        drug_name=names,
        dosage_instruction=texts,
        quantity_value=pa.array(np.maximum(quantity, 1).astype("int32"))
        .cast(pa.decimal128(14, 4))
        .cast(pa.decimal128(12, 4)),
        duration_days=pa.array(cycles.astype("int32"), mask=~given),
        prescribed_here=[True] * count,
    )
