"""Made-up people who are hard to search for, as canonical rows. The same seed gives the same person.

They sit on the edges the rules speak of: the last day of an era, the month of a birthday, the day a registration ends, stopped
and started again, cancelled codes, weekly and re-sent issues, patches, unread instructions, medicines from elsewhere, undated rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import pyarrow as pa

from stepwell.knowledge import code_lists
from stepwell.knowledge.medicines import identify
from stepwell.population.records.canonical import TABLES

PRACTICES = ("Z99901", "Z99902")
SILENT = "Z99903"  # a practice whose extract holds no events at all

_TABLETS = (
    "One twice a day", "One twice a day", "Two twice a day", "Two twice a day", "Three twice a day", "One four times a day", "1-2 qds prn",
    "Two four times a day", "Take one when required", "As directed", "40 tablets four times a day", "20mg twice a day", "twice a day",
    "1 bd for 7 days then 2 bd", "2 bd for 1 week then 1 bd for 1 week then stop", "1 bd, can increase to 2 bd", "30 micrograms bd", None, None,
)  # fmt: skip
_LIQUIDS = ("10ml four times a day", "2.5ml - 5ml every four hours when required", "20mg twice a day", "One twice a day", None)  # fmt: skip
_PATCHES = ("Apply one patch every 72 hours", "Apply one patch every 7 days", "Apply 1 or 2 patches every 72 hours", "Apply five patches every 72 hours", "Change as directed", "Apply two patches every 72 hours", None)  # fmt: skip

_OPIOIDS = {
    "Morphine 10mg modified-release tablets": _TABLETS,
    "Morphine 15mg modified-release tablets": _TABLETS,
    "Morphine 30mg modified-release tablets": _TABLETS,
    "Morphine 10mg/5ml oral solution": _LIQUIDS,
    "Morphine MR capsules": _TABLETS,
    "Codeine 30mg tablets": _TABLETS,
    "Tramadol 50mg capsules": _TABLETS,
    "Tramadol 100mg modified-release tablets": _TABLETS,
    "Oxycodone 20mg modified-release tablets": _TABLETS,
    "Fentanyl 25micrograms/hour transdermal patches": _PATCHES,
    "Butec 10micrograms/hour transdermal patches": _PATCHES,
    "Methadone 5mg tablets": _TABLETS,
}
_OTHERS = {
    "Gabapentin 300mg capsules": _TABLETS,
    "Pregabalin 75mg capsules": _TABLETS,
    "Pregabalin capsules": _TABLETS,
    "Diazepam 5mg tablets": _TABLETS,
    "Zopiclone 7.5mg tablets": _TABLETS,
}
_RARE = {
    "Subutex 8mg sublingual tablets": _TABLETS,
    "Methadone 1mg/ml oral solution": _LIQUIDS,
    "Morphine 10mg/1ml solution for injection ampoules": (None, "As directed"),
    "Midazolam 10mg/2ml solution for injection ampoules": (None, "As directed"),
    "Paracetamol 500mg tablets": _TABLETS,
}
# Whether prescribed here, and where else: as sources tell it, fully or by half.
_FROM = ((False, "hospital"), (False, "drug_service"), (False, None), (None, "hospital"), (None, None))
_UNITS = ("pack", "OP", "tablet(s)", "Tablets ", "ml", "patches", "capsules", "weeks", "")
_TEXTS = {**_OPIOIDS, **_OTHERS, **_RARE}
_CONDITIONS = ("cancer", "palliative", "palliative_not_indicated", "epilepsy", "opioid_dependence", "neuropathy", "post_herpetic_pain")  # fmt: skip
_WORDS = (
    "On palliative care register (local)", "Palliative care not needed", "Seizure clinic letter", "H/O cancer", "Cancer screening",
    "Methadone programme", "Shingles pain", "Diabetic neuropathy", "Blood pressure reading", "",
)  # fmt: skip

Rows = dict[str, list[dict[str, object]]]


@dataclass
class Maker:
    """Writes the rows of one person. ``edge`` days before ``as_of`` are where rules turn."""

    seed: int
    as_of: date
    practice: str
    key: str
    rows: Rows = field(default_factory=lambda: {name: [] for name in TABLES})
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def back(self, days: int) -> date:
        return self.as_of - timedelta(days=days)

    def near(self, *days: int) -> date:
        """A day at, or one either side of, one of so many days before as-of."""
        return self.back(self.random.choice(days) + self.random.choice((-1, 0, 0, 0, 1)))

    def chance(self, of_a_hundred: int) -> bool:
        return self.random.randrange(100) < of_a_hundred

    def add(self, table: str, **values: object) -> None:
        self.rows[table].append({"practice": self.practice, "patient_key": self.key, **values})

    def person(self) -> Rows:
        self._patient()
        pools = (*(_OPIOIDS,) * 10, *(_OTHERS,) * 7, _RARE)
        last: tuple[str, list[date]] | None = None
        for n in range(self.random.choice((1, 1, 1, 2, 2, 3, 4))):
            pool = self.random.choice(pools)
            name = self.random.choice(tuple(pool))
            days = self._days()
            if last and self.chance(25):
                name = last[0]  # the same medicine again, by another template, perhaps from elsewhere
            if last and self.chance(25):
                days = last[1]  # on the same days
            lasting = None
            if self.chance(15):
                days, lasting = self._exactly()
            elif self.chance(10):
                lasting = 28
                self._line(
                    n + 10, self.random.choice(tuple(pool)), days, lasting
                )  # two that begin and end together
            self._line(n, name, days, lasting)
            last = name, days
        self._registrations([d for row in self.rows["issues"] if isinstance(d := row["issue_date"], date)])
        events = self.random.choice((0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4))
        for n in range(events if self.practice != SILENT else 0):
            self._event(n)
        return self.rows

    def _patient(self) -> None:
        rare = self.chance(15)
        year: int | None = 1960
        if rare:
            year = self.random.choice(
                (None, self.as_of.year - 18, self.as_of.year - 18, self.as_of.year - 17)
            )
        died = self.chance(4)
        self.add(
            "patients",
            birth_year=year,
            birth_month=self.random.choice((None, 1, self.as_of.month, 6, 12)) if year else None,
            death_year=self.as_of.year - self.random.choice((0, 0, 1, -1)) if died else None,
            death_month=self.random.choice((None, 1, self.as_of.month, 12)) if died else None,
            no_nhs_number=False,
            sensitive=self.random.choice((True, None)) if self.chance(5) else False,
            withheld=self.random.choice((True, None)) if self.chance(5) else False,
        )

    def _registrations(self, issued: list[date]) -> None:
        """``issued`` are days a year after which, to the day, somebody may have joined."""
        for n in range(1 if self.chance(90) else self.random.choice((0, 2, 2, 2))):
            start: date | None = date(2001, 1, 1)
            if n or self.chance(25):
                joined = min(issued, default=self.as_of) - timedelta(days=self.random.choice((364, 365, 366)))
                start = self.random.choice((None, self.near(0, 365, 400), joined, joined))
            self.add(
                "registrations",
                registration_id=f"{self.key}/r{n}",
                start_date=start,
                end_date=self.near(0, 0, 30, -300) if self.chance(8) else None,
                registration_type=self.random.choice(("temporary", "other", None))
                if self.chance(5)
                else "regular",
            )

    def _line(self, n: int, name: str, days: list[date], lasting: int | None = None) -> None:
        texts = _TEXTS[name]
        text = self.random.choice(texts)
        here, elsewhere = self.random.choice(_FROM) if self.chance(25) else (True, None)
        # The same template ids are used by two practices.
        template = f"{self.key}/t{n}"
        self.add(
            "templates",
            template_id=template,
            start_date=self.random.choice((None, min(days), min(days), self.back(1500))) if days else None,
            end_date=self._template_end(days),
            status=self.random.choice((None, "active", "active", "ended")),
            kind=self.random.choice((None, "acute", "repeat", "repeat_dispensing")),
            issues_made=len(days) + self.random.choice((0, 1, 1, 12)) if self.chance(25) else None,
            drug_name=name,
            prescribed_here=here,
            elsewhere_source=elsewhere,
        )
        quantity = self.random.choice((None, 5, 7, 28, 56, 56, 100, 112, 200, 300))
        given = lasting or self.random.choice((None, None, None, 7, 28, 56, 0, 400))
        code = self._code(name)
        for m, day in enumerate(days):
            odd = self.chance(8)
            self.add(
                "issues",
                issue_id=f"{self.key}/{n}/{m}",
                template_id=None if self.chance(3) else template,
                issue_date=None if self.chance(1) else day,
                kind="repeat",
                drug_code=code,
                drug_name=None if code and self.chance(50) else name,
                dosage_instruction=self.random.choice(texts) if odd else text,
                quantity_value=self.random.choice((None, 14, 56)) if odd else quantity,
                quantity_unit=self.random.choice(_UNITS) if self.chance(10) else None,
                duration_days=given,
                prescribed_here=here,
                elsewhere_source=elsewhere,
            )

    def _code(self, name: str) -> str | None:
        """Now and then a code beside the name, or one nobody knows."""
        product = identify(name=name).product
        known = product.dmd_vmp_id if product else None
        return self.random.choice((known, "12345")) if known and self.chance(20) else None

    def _template_end(self, issued: list[date]) -> date | None:
        if not self.chance(30):
            return None
        return max(issued) if self.chance(20) else self.near(0, 10, 28, 60, 120, -20)

    def _days(self) -> list[date]:
        """Regular, ending where a rule turns; or stopped and started again; or anyhow."""
        every = self.random.choice((1, 7, 7, 14, 28, 28, 28, 56, 84))
        length = self.random.choice((1, 2, 3, 3, 4, 4, 5, 8, 14))
        ends_at = self.random.choice((0, 3, 20, 28, 30, 31, 56, 58, 86, 180, 210, 365, 393))
        last = self.near(ends_at)
        shape = self.random.randrange(10)
        if shape == 0:
            return [self.back(self.random.randrange(-30, 500)) for _ in range(length)]
        slack = 3 if shape < 4 else 0
        days = [
            last - timedelta(days=max(0, every * k + self.random.randint(-slack, slack)))
            for k in range(length)
        ]
        if shape in (4, 5):
            gap = self.random.choice((57, 58, 59, 60, 100, 364, 365, 366)) + self.random.choice((0, 0, 28))
            days += [min(days) - timedelta(days=gap + 28 * k) for k in range(self.random.choice((1, 4)))]
        if shape == 6:
            days.append(self.random.choice(days))
        if shape == 8:
            days = [day - timedelta(days=self.random.choice((181, 400))) for day in days]
        if shape == 7:
            days.append(self.back(-self.random.choice((1, 5, 28))))
        return days

    def _code_of(self, condition: str | None) -> str | None:
        """A code of the condition; or none, or one of something else, which words do not make into a condition."""
        if condition is None:
            return "38341003" if self.chance(20) else None
        return self.random.choice(sorted(code_lists.code_list(condition).codes)[:3])

    def _exactly(self) -> tuple[list[date], int]:
        """One supply of about 90 days, begun or ended on or beside a day on which a rule turns."""
        length = self.random.choice((89, 90, 90, 91))
        ended = self.random.choice((0, 29, 30, 31, 363, 364, 365, 366, -1))
        first = ended + length if self.chance(60) else self.random.choice((88, 89, 90, 91))
        return [self.back(first)], length

    def _event(self, n: int) -> None:
        condition = self.random.choice(_CONDITIONS) if self.chance(75) else None
        earlier = self.rows["events"][-1]["snomed_id"] if self.rows["events"] else None
        if earlier in code_lists.code_list("palliative").codes and self.chance(70):
            condition = self.random.choice(
                ("palliative", "palliative_not_indicated", "palliative_not_indicated")
            )
        on = None if self.chance(12) else self.near(-5, 0, 10, 200, 365, 800, 800)
        precision = self.random.choice(("day", "day", "month", "year"))
        if on and precision == "month":
            on = on.replace(day=1)
        if on and precision == "year":
            on = on.replace(month=1, day=1)
        self.add(
            "events",
            event_id=f"{self.key}/e{n}",
            event_date=on,
            date_precision=precision,
            snomed_id=self._code_of(condition),
            term=None if condition and self.chance(50) else self.random.choice(_WORDS),
        )


def population(seeds: list[int], as_of: date) -> dict[tuple[str, str], Rows]:
    """(practice, patient key) to rows, a person a seed. Two seeds after one another are mostly one key at two practices."""
    found = {}
    for n, seed in enumerate(seeds):
        practice, key = (SILENT if n % 10 == 9 else PRACTICES[n % 2]), f"p{n // 2}"
        found[practice, key] = Maker(seed, as_of, practice, key).person()
    return found


def bystanders(as_of: date) -> list[Rows]:
    """Somebody plain at each practice, so that what is asked of a whole extract does not depend on who else is in it."""
    found = []
    for practice in (*PRACTICES, SILENT):
        plain = Maker(0, as_of, practice, "bystander")
        plain.add(
            "patients", birth_year=1960, birth_month=6, sensitive=False, withheld=False, no_nhs_number=False
        )
        plain.add(
            "issues",
            issue_id="bystander",
            issue_date=as_of,
            drug_name="Codeine 30mg tablets",
            duration_days=28,
            prescribed_here=True,
        )
        if practice != SILENT:
            plain.add("events", event_id="bystander", event_date=as_of, snomed_id="38341003")
        found.append(plain.rows)
    return found


def together(people: list[Rows]) -> dict[str, pa.Table]:
    """Canonical tables that hold the rows of all ``people``."""
    return {
        name: pa.Table.from_pylist([row for rows in people for row in rows[name]], schema=schema)
        for name, schema in TABLES.items()
    }
