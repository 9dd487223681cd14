"""Edge cases of dose thresholds, medicines from elsewhere, and who may be on a list at all."""

from __future__ import annotations

from datetime import date

from stepwell.population.synthetic.edge_case import (
    ONE_OR_TWO,
    THREE_A_DAY,
    TWICE,
    WEEKLY_PATCH,
    Case,
    Make,
    case,
)
from stepwell.population.synthetic.regimens import parts, patch, times, when_needed

# Dose thresholds.


@case("ome-90", "Exactly 90 mg OME a day")
def _ome_90(this: Case) -> object:
    return this.monthly("morphine30mr", parts(("morning", 1), ("night", 2)))


@case("ome-89.6", "89.6 mg OME a day: below the line, though it rounds to 90")
def _ome_below(this: Case) -> None:
    this.monthly("bup35", patch(1, 96), quantity=7)
    this.monthly("cocodamol8", parts(("morning", 2), ("lunchtime", 2), ("teatime", 2), ("night", 1)))


@case("ome-120", "Exactly 120 mg OME a day from two patches")
def _ome_120(this: Case) -> None:
    this.monthly("bup35", patch(1, 96), quantity=7)
    this.monthly("bup15", WEEKLY_PATCH, quantity=4)


@case("ome-as-needed", "Reaches 90 only by the most of an as-needed liquid")
def _ome_needed(this: Case) -> None:
    this.monthly("morphine30mr", TWICE)
    this.monthly("morphineliq", times(5, 5, 4, as_needed=True), quantity=300)


@case("ome-elsewhere", "Reaches 90 only with a hospital medicine")
def _ome_elsewhere(this: Case) -> None:
    this.monthly("morphine30mr", TWICE)
    this.course("oxycodone20mr", TWICE, 60, source="hospital", kind="Acute")


@case("ome-not-convertible", "Methadone tablets for pain are never converted")
def _methadone(this: Case) -> object:
    return this.monthly("methadone5", TWICE)


# From elsewhere.


@case("elsewhere-only", "An opioid from the hospital only")
def _hospital(this: Case) -> object:
    return this.course("oxycodone10mr", TWICE, 90, 60, 30, source="hospital", kind="Acute")


@case("with-sedative", "An opioid and a benzodiazepine, both prescribed here")
def _sedative(this: Case) -> None:
    this.opioid()
    this.monthly("diazepam5", TWICE)


@case("with-private-sedative", "The benzodiazepine is private")
def _private_sedative(this: Case) -> None:
    this.opioid()
    this.course("diazepam5", TWICE, 45, source="private", kind="Acute")


@case("with-hospital-gabapentinoid", "The gabapentinoid comes from the hospital")
def _hospital_gabapentinoid(this: Case) -> None:
    this.opioid()
    this.course("gaba300", THREE_A_DAY, 100, source="hospital", kind="Acute")


@case("with-old-hospital-gabapentinoid", "A hospital's repeat of years ago that nobody ended")
def _old_hospital_gabapentinoid(this: Case) -> None:
    this.opioid()
    this.course("gaba300", THREE_A_DAY, 900, source="hospital")


@case("with-ended-hospital-gabapentinoid", "A hospital's repeat of years ago that was ended")
def _ended_hospital_gabapentinoid(this: Case) -> None:
    this.opioid()
    this.course("gaba300", THREE_A_DAY, 900, source="hospital", end=this.as_of - 800)


@case("over-the-counter", "Codeine bought at the counter beside a prescribed opioid")
def _counter(this: Case) -> None:
    this.monthly("bup10", WEEKLY_PATCH, quantity=4)
    this.course("cocodamol8", times(2, 2, 3), 20, source="over_the_counter", kind="Acute")


@case("with-gabapentinoid", "An opioid and a gabapentinoid, both prescribed here")
def _gabapentinoid(this: Case) -> None:
    this.opioid()
    this.monthly("preg150", TWICE)


# Who may be on a list at all.


def _coded(kind: str, ago: int, precision: str = "YMD") -> Make:
    def make(this: Case) -> None:
        this.opioid()
        this.code(kind, ago, precision)

    return make


for _ago in (364, 365, 366):
    case(f"cancer-{_ago}", f"A cancer code exactly {_ago} days ago")(_coded("cancer", _ago))
for _name, _ago, _precision, _shows in (
    ("cancer-year", 40, "Y", "A cancer code of which only the year is known: this year"),
    ("cancer-year-before", 330, "Y", "Only the year is known: last year, which began over 365 days ago"),
    ("cancer-month", 40, "YM", "A cancer code of which only the month is known"),
    ("cancer-month-before", 364, "YM", "Only the month is known, and it began over 365 days ago"),
):
    case(_name, _shows)(_coded("cancer", _ago, _precision))
for _kind in (
    "palliative",
    "palliative_unmapped",
    "epilepsy",
    "neuropathy",
    "post_herpetic",
    "dependence",
    "family",
):
    case(f"code-{_kind.replace('_', '-')}", f"A code of kind {_kind} years ago")(_coded(_kind, 1500))


def _turning_18(months: int) -> Make:
    def make(this: Case) -> object:
        today = date.fromordinal(this.as_of)
        month = today.year * 12 + today.month - 1 - 18 * 12 + months
        this.person.born = date(month // 12, month % 12 + 1, 15).toordinal()
        return this.opioid()

    return make


case("age-18-last-month", "Turned 18 last month")(_turning_18(-1))
case("age-18-this-month", "Turns 18 in the month of the index date")(_turning_18(0))
case("age-18-next-month", "Still 17")(_turning_18(1))


def _gone(**changes: int) -> Make:
    def make(this: Case) -> object:
        for name, ago in changes.items():
            setattr(this.person, name, this.as_of - ago)
        return this.opioid(280, 28)

    return make


case("left-yesterday", "Deducted the day before the index date")(_gone(left=1))
case("left-today", "Deducted on the index date: no longer registered")(_gone(left=0))
case("left-tomorrow", "Deducted the day after: still registered")(_gone(left=-1))
case("died", "Died in the month of the index date")(_gone(died=3))


@case("temporary", "A temporary registration")
def _temporary(this: Case) -> None:
    this.person.registration = "Temporary"
    this.opioid()


@case("sensitive", "A confidential record")
def _sensitive(this: Case) -> None:
    this.person.sensitive = True
    this.opioid()


@case("dummy", "A test patient: not a person")
def _dummy(this: Case) -> None:
    this.person.dummy, this.person.registration = True, "Dummy"
    this.opioid()


@case("deleted-person", "A deleted patient: all their rows go")
def _deleted_person(this: Case) -> None:
    this.person.deleted = True
    this.opioid()


def _dependence(ago: int, source: str) -> Make:
    def make(this: Case) -> None:
        this.opioid()
        this.course("methadoneliq", times(40, 40, 1), ago, source=source, quantity=560, days=14)

    return make


case("dependence-treatment-now", "Dependence treatment by the drug service")(_dependence(30, "drug_service"))
case("dependence-treatment-before", "Dependence treatment more than a year ago")(_dependence(400, "here"))


@case("end-of-life", "End-of-life injectables three months ago")
def _end_of_life(this: Case) -> None:
    this.opioid()
    this.course("morphineinj", when_needed(1, 1), 90, kind="Acute", quantity=10)


@case("long-term-tramadol", "Tramadol for nine months")
def _tramadol(this: Case) -> object:
    return this.monthly("tramadol50", ONE_OR_TWO, quantity=100)
