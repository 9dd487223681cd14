"""Records for the benchmark: canonical Parquet tables of made-up people, the same for the same seed.

Every person has 60 issues on average, over one to four years: medicines in cycles of 7 to 84 days with jitter. About one issue in four is of a
medicine searches know. Every rule of decision 10 that this search uses is met by some people: see ``bench.changes``, which changes each rule
and finds people whose rows then differ. The synthetic neighbourhood is for truth; this is for speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench import medicines
from stepwell.population.records.canonical import QUANTITY, TABLES

AS_OF = date(2026, 11, 20)
# Raised when other records are made, so that those of an earlier version are not used.
VERSION = 16

_AS_OF_DAY = (AS_OF - date(1970, 1, 1)).days
_PEOPLE_AT_ONCE = 10_000
_NO_DAY = -1
_SILENT = "Z99903"  # a practice whose extract holds no events
_NO_DAYS = "Z99904"  # one whose extract holds no days of supply
# Days before as-of of a line's end; the negative ones go on into the future.
_ENDS = [0, 0, 0, 0, 0, 20, 35, 50, 58, 100, 400, -20]


def write(out: Path, people: int, unusual: float = 1, seed: int = 1) -> int:
    """Write the canonical tables into ``out``; the number of issues. What is unusual is ``unusual`` times as frequent."""
    out.mkdir(parents=True, exist_ok=True)
    rng = _Chance(np.random.default_rng(seed), unusual)
    who = _People.of(people)
    _write_people(out, who, rng)
    _write_events(out, who, rng)
    total = lines = 0
    with (
        pq.ParquetWriter(out / "issues.parquet", TABLES["issues"], compression="zstd") as issues,
        pq.ParquetWriter(out / "templates.parquet", TABLES["templates"], compression="zstd") as templates,
    ):
        for first in range(0, people, _PEOPLE_AT_ONCE):
            made = _lines(range(first, min(first + _PEOPLE_AT_ONCE, people)), lines, rng)
            table = _issues(made, who, total, rng)
            issues.write_table(table, row_group_size=100_000)
            templates.write_table(_templates(made, who))
            total, lines = total + len(table), lines + len(made.person)
    for name in ("drug_codes", "clinical_codes"):
        pq.write_table(TABLES[name].empty_table(), out / f"{name}.parquet")
    return total


@dataclass(frozen=True)
class _Chance:
    """A source of numbers by chance, and how much more often than usual the unusual happens."""

    numbers: np.random.Generator
    times: float

    def integers(self, low: int, high: int, count: int) -> np.ndarray:
        return self.numbers.integers(low, high, count)

    def one_of(self, pool: list, count: int, shares: object = None) -> np.ndarray:
        return self.numbers.choice(pool, count, p=shares)

    def some(self, count: int, share: float | np.ndarray) -> np.ndarray:
        """Which of ``count`` are unusual, when ``share`` usually are."""
        return self.numbers.random(count) < np.minimum(share * self.times, 0.5)


@dataclass(frozen=True)
class _People:
    """Keys and practices. One person in a thousand has the key of another at another practice: they are two people."""

    keys: np.ndarray
    practices: np.ndarray

    @classmethod
    def of(cls, people: int) -> _People:
        numbers = np.arange(people)
        shared = numbers % 1000 == 999
        practices = np.where(shared | (numbers % 10 == 3), "Z99902", "Z99901")
        practices = np.where(numbers % 100 == 50, _SILENT, practices)
        practices = np.where(numbers % 10 == 7, _NO_DAYS, practices)
        keys = [_key(int(n)) for n in np.where(shared, numbers - 1, numbers)]
        return cls(np.array(keys), practices)


def _key(person: int) -> str:
    return f"{person * 2654435761 % 2**64:016x}{person:016x}"


def _table(name: str, count: int, **columns: object) -> pa.Table:
    schema = TABLES[name]
    arrays = [
        _array(columns[f.name], f.type) if f.name in columns else pa.nulls(count, type=f.type) for f in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: object, kind: pa.DataType) -> pa.Array:
    """``values`` as ``kind``; in a column of days ``_NO_DAY`` is not known."""
    if kind == pa.date32() and isinstance(values, np.ndarray):
        return pa.array(values.astype("int32"), mask=values == _NO_DAY).cast(kind)
    if isinstance(values, pa.Array):
        return values
    return pa.array(values, type=kind)


def _write_people(out: Path, who: _People, rng: _Chance) -> None:
    count = len(who.keys)
    each = np.arange(count)
    years = rng.integers(1930, 2012, count).astype("int16")
    eighteen = rng.some(count, 0.01)
    years[eighteen] = AS_OF.year - 18
    months = rng.integers(1, 13, count).astype("int8")
    months[eighteen & (rng.integers(0, 2, count) == 1)] = AS_OF.month
    died = rng.some(count, 0.01)
    patients = _table(
        "patients",
        count,
        patient_key=who.keys,
        practice=who.practices,
        birth_year=pa.array(years, mask=rng.some(count, 0.005)),
        birth_month=pa.array(months, mask=rng.some(count, np.where(eighteen, 0.2, 0.005))),
        death_year=pa.array(np.full(count, AS_OF.year, dtype="int16"), mask=~died),
        death_month=pa.array(months, mask=~died | rng.some(count, 0.2)),
        sex=rng.one_of(["female", "male"], count),
        no_nhs_number=rng.some(count, 0.005),
        sensitive=pa.array(rng.some(count, 0.01), mask=rng.some(count, 0.3)),
        withheld=pa.array(each % 53 == 7, mask=each % 97 == 11),
    )
    pq.write_table(patients, out / "patients.parquet")
    start = np.where(rng.some(count, 0.01), _NO_DAY, 11_323)
    start[rng.some(count, 0.005)] = _AS_OF_DAY + 10
    left = np.where(rng.some(count, 0.03), _AS_OF_DAY + rng.integers(-200, 100, count), _NO_DAY)
    registrations = _table(
        "registrations",
        count,
        registration_id=who.keys,
        patient_key=who.keys,
        practice=who.practices,
        start_date=start,
        end_date=left,
        registration_type=pa.array(
            np.where(rng.some(count, 0.01), "temporary", "regular"), mask=each % 89 == 13
        ),
    )
    pq.write_table(registrations, out / "registrations.parquet")


def _write_events(out: Path, who: _People, rng: _Chance) -> None:
    """Twenty codes a person; a few of conditions searches ask about, a few words without a code."""
    from stepwell.knowledge import code_lists

    rates = {
        "cancer": 0.006,
        "palliative": 0.002,
        "epilepsy": 0.001,
        "neuropathy": 0.001,
        "post_herpetic_pain": 0.0005,
        "opioid_dependence": 0.0005,
    }
    pools = [sorted(code_lists.code_list(name).codes)[:50] for name in rates]
    pools += [[str(10**8 + n) for n in range(1940)], [None]]
    rare = [rate * rng.times for rate in (*rates.values(), 0.003)]
    shares = [*rare[:-1], 1 - sum(rare), rare[-1]]
    count = 20 * len(who.keys)
    person = rng.integers(0, len(who.keys), count)
    kind = rng.one_of(list(range(len(pools))), count, shares)
    day = _AS_OF_DAY - rng.integers(0, 7300, count)
    day[rng.some(count, 0.02)] = _AS_OF_DAY + 5
    day[rng.some(count, 0.02)] = _NO_DAY
    codes = [pools[k][n % len(pools[k])] for k, n in zip(kind, rng.integers(0, 10**6, count), strict=True)]
    terms = [medicines.TERMS[n % len(medicines.TERMS)] for n in range(count)]
    # Half the palliative codes have one that cancels, before or after.
    cancelled = (kind == 1) & (rng.integers(0, 2, count) == 1)
    cancels = min(code_lists.code_list("palliative_not_indicated").codes)
    later = np.minimum(day[cancelled] + rng.integers(-100, 400, int(cancelled.sum())), _AS_OF_DAY + 20)
    again = np.flatnonzero(cancelled)[::5]  # some have another, without a date, that nothing cancels
    person = np.concatenate([person, person[cancelled], person[again]])
    day = np.concatenate([day, later, np.full(len(again), _NO_DAY)])
    codes += [*[cancels] * len(later), *[codes[n] for n in again]]
    terms += ["Not indicated"] * len(later) + ["Palliative care"] * len(again)
    told = np.flatnonzero(who.practices[person] != _SILENT)
    person, day = person[told], day[told]
    table = _table(
        "events",
        len(person),
        event_id=[str(n) for n in range(len(person))],
        patient_key=who.keys[person],
        practice=who.practices[person],
        event_date=day,
        date_precision=["day"] * len(person),
        snomed_id=[codes[n] for n in told],
        term=[terms[n] for n in told],
    )
    pq.write_table(table, out / "events.parquet", compression="zstd", row_group_size=100_000)


@dataclass(frozen=True)
class _Lines:
    """Lines of some people: what, how often, how long, and what is unusual about them. One entry per line."""

    first_id: int
    person: np.ndarray
    medicine: np.ndarray
    later: np.ndarray  # the medicine its last issues are of
    first_text: np.ndarray  # of its first half: number in OTHER_TEXTS, -1 for the medicine's own
    text: np.ndarray
    last_text: np.ndarray  # of its last issue
    cycle: np.ndarray
    every: np.ndarray
    stop: np.ndarray
    issues: np.ndarray
    unit: np.ndarray
    own: np.ndarray
    has_template: np.ndarray
    template_start: np.ndarray
    template_end: np.ndarray
    made: np.ndarray  # issues the template says were made; 0 where it does not say
    undated: (
        np.ndarray
    )  # its issues without a date: 0 none, 1 all, 2 all but the last, 3 all but the first and the last


def _lines(people: range, first_id: int, rng: _Chance) -> _Lines:
    person = np.repeat(np.array(people), rng.integers(1, 4, len(people)))
    n = len(person)
    shares = np.array([m[3] for m in medicines.MEDICINES], dtype=float)
    medicine = rng.one_of(list(range(len(shares))), n, shares / shares.sum())
    names = [m[0] for m in medicines.MEDICINES]
    changed = np.array([names.index(medicines.CHANGES_TO.get(name, name)) for name in names])
    own = ~rng.some(n, 0.05)
    # Some of what is written elsewhere is of another strength than the line before it; or of the same, before a short one.
    echoes = ~own & (np.roll(person, 1) == person) & (rng.integers(0, 2, n) == 1)
    same = echoes & (rng.integers(0, 2, n) == 1)
    before = np.roll(medicine, 1)
    medicine = np.where(echoes, np.where(same, before, changed[before]), medicine)
    cycle = rng.one_of([7, 28, 28, 28, 28, 28, 56, 84], n)
    every = cycle - np.where((cycle > 7) & rng.some(n, 0.15), 4, 0)  # some always come early
    stop = _AS_OF_DAY - rng.one_of(_ENDS, n)
    stop = stop - np.where(rng.some(n, 0.03), rng.integers(365, 700, n), 0)
    length = np.where(rng.some(n, 0.06), rng.integers(10, 130, n), rng.integers(330, 1195, n))
    unusual = rng.integers(0, len(medicines.OTHER_TEXTS), n)
    # Some templates began before the load's look-back and say that more was made.
    before = np.where(rng.some(n, 0.02), rng.integers(500, 1500, n), 0)
    more = rng.some(n, 0.02) | (before > 0)
    text = np.where(rng.some(n, 0.15), unusual, -1)
    return _Lines(
        first_id=first_id,
        person=person,
        medicine=medicine,
        later=np.where(rng.some(n, 0.25), changed[medicine], medicine),
        first_text=np.where(rng.some(n, 0.15), 5, text),
        text=text,
        last_text=np.where(rng.some(n, 0.06), np.roll(unusual, 1), text),
        cycle=cycle,
        every=every,
        # What is written elsewhere is written once or twice.
        stop=np.where(
            own,
            stop,
            np.where(
                echoes,
                np.roll(stop, 1) + np.where(same, -60, 0) + rng.integers(1, 40, n),
                stop - rng.integers(0, 500, n),
            ),
        ),
        issues=np.where(own, np.where(np.roll(same, -1), 1, -(-length // every)), rng.integers(1, 3, n)),
        unit=np.where(
            rng.some(n, 0.04), rng.integers(2, len(medicines.QUANTITY_UNITS), n), rng.integers(0, 2, n)
        ),
        own=own,
        has_template=rng.some(n, 0.8),
        template_start=np.where(rng.some(n, 0.2), _NO_DAY, stop - length - rng.integers(0, 60, n) - before),
        template_end=np.where(rng.some(n, 0.3), stop + rng.integers(-30, 60, n), _NO_DAY),
        made=np.where(more, -(-length // every) + rng.integers(1, 40, n), rng.integers(0, 2, n)),
        undated=np.where(rng.some(n, 0.03), rng.integers(1, 4, n), 0),
    )


def _templates(lines: _Lines, who: _People) -> pa.Table:
    kept = np.flatnonzero(lines.has_template)
    ids = _template_ids(lines, who)
    return _table(
        "templates",
        len(kept),
        template_id=[ids[n] for n in kept],
        patient_key=who.keys[lines.person[kept]],
        practice=who.practices[lines.person[kept]],
        start_date=lines.template_start[kept],
        end_date=lines.template_end[kept],
        # By its number, so that kinds and states are had without another draw.
        status=pa.array(np.array(["active", "active", "active", "ended"])[kept % 4], mask=kept % 5 == 0),
        kind=pa.array(np.array(["repeat", "acute", "repeat_dispensing"])[kept % 3], mask=kept % 7 == 0),
        issues_made=pa.array(lines.made[kept].astype("int32"), mask=lines.made[kept] == 0),
        drug_name=pa.array([m[0] for m in medicines.MEDICINES]).take(pa.array(lines.medicine[kept])),
        prescribed_here=lines.own[kept],
    )


def _issues(lines: _Lines, who: _People, first_id: int, rng: _Chance) -> pa.Table:
    """All issues of some lines, with gaps, rows sent twice and second instructions of the same day."""
    line = np.repeat(np.arange(len(lines.person)), lines.issues)
    left = np.concatenate([np.arange(n, 0, -1) for n in lines.issues]) - 1  # issues after this one
    pause = rng.some(len(lines.person), 0.1) * rng.integers(20, 120, len(lines.person))
    day = lines.stop[line] - left * lines.every[line] + rng.integers(-3, 4, len(line))
    day = day - np.where(left > lines.issues[line] // 2, pause[line], 0)
    kept = ~rng.some(len(line), 0.03) | (left == 0)
    line, left, day = line[kept], left[kept], day[kept]
    hides = lines.undated[line]
    shown = ((hides > 1) & (left == 0)) | ((hides > 2) & (left == lines.issues[line] - 1))
    day = np.where((hides > 0) & ~shown, _NO_DAY, day)
    # More often at the end of a line: what its last day says is its dose.
    again = np.flatnonzero(rng.some(len(line), np.where(left == 0, 0.06, 0.003)))
    line, left, day = (np.append(column, column[again]) for column in (line, left, day))
    n = len(line)
    sent_again = np.arange(n) >= n - len(again)
    changes = rng.integers(1, 4, len(lines.person))  # at which of its last issues a line changes
    medicine = np.where(left < changes[line], lines.later[line], lines.medicine[line])
    early = left > lines.issues[line] // 2
    text = np.where(early, lines.first_text[line], lines.text[line])
    text = np.where(left == 0, lines.last_text[line], text)
    text = np.where(sent_again & rng.some(n, 0.4), 5, text)
    own = lines.own[line]
    days = lines.cycle[line].astype("int32")
    odd = rng.some(n, 0.005)
    days[odd] = rng.one_of([0, 400], int(odd.sum()))
    return _table(
        "issues",
        n,
        issue_id=[str(first_id + k) for k in range(n)],
        patient_key=pa.array(who.keys).take(pa.array(lines.person[line])),
        practice=pa.array(who.practices).take(pa.array(lines.person[line])),
        template_id=pa.array(
            _template_ids(lines, who)[line],
            mask=(sent_again & rng.some(n, 0.5)) | ~lines.has_template[line],
        ),
        issue_date=day,
        kind=["repeat"] * n,
        drug_name=pa.array([m[0] for m in medicines.MEDICINES]).take(pa.array(medicine)),
        dosage_instruction=_texts(medicine, text),
        quantity_value=_quantities(medicine, lines.cycle[line], left, sent_again, rng),
        quantity_unit=pa.array(medicines.QUANTITY_UNITS).take(pa.array(lines.unit[line])),
        duration_days=pa.array(
            days, mask=(rng.integers(0, 10, n) < 4) | (who.practices[lines.person[line]] == _NO_DAYS)
        ),
        prescribed_here=own | (lines.person[line] % 2 == 0),
        elsewhere_source=pa.array(np.full(n, "hospital"), mask=own | (lines.person[line] % 2 == 1)),
    )


def _template_ids(lines: _Lines, who: _People) -> np.ndarray:
    """Each line's. Ids are a practice's own: a line at one may have the id of the line before it at another."""
    numbers = lines.first_id + np.arange(len(lines.person))
    return (numbers + (who.practices[lines.person] == "Z99901")).astype(str)


def _texts(medicine: np.ndarray, text: np.ndarray) -> pa.Array:
    usual = [m[1] for m in medicines.MEDICINES]
    pool = pa.array([*usual, *medicines.OTHER_TEXTS], type=pa.string())
    return pool.take(pa.array(np.where(text < 0, medicine, len(usual) + text)))


def _quantities(
    medicine: np.ndarray, cycle: np.ndarray, left: np.ndarray, again: np.ndarray, rng: _Chance
) -> pa.Array:
    amount = np.maximum(np.array([m[2] for m in medicines.MEDICINES])[medicine] * cycle // 28, 1)
    n = len(amount)
    amount[rng.some(n, 0.003)] = 0
    amount = np.where(again & rng.some(n, 0.5), amount // 2, amount)
    missing = rng.some(n, 0.01) | ((left == 0) & rng.some(n, 0.05))
    return pa.array(amount.astype("int32"), mask=missing).cast(pa.decimal128(14, 4)).cast(QUANTITY)
