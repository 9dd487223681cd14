"""Edge cases planted by id: people whose plan sits exactly on a rule's edge, or shows one trap and nothing else.

Each is made by hand; what every search must say of them is worked out like everybody else's and spelled out in the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from random import Random

from stepwell.population.synthetic.lives import earliest, vague
from stepwell.population.synthetic.people import person_random, somebody
from stepwell.population.synthetic.plan import Code, Day, Person, Supply, Template, Words
from stepwell.population.synthetic.regimens import Regimen, parts, patch, times, when_needed
from stepwell.population.synthetic.tables import Brand, conditions, products


class Case:
    """The person of one edge case, with short words for giving them a record. Days are counted back from the index date."""

    def __init__(self, person: Person, as_of: Day) -> None:
        self.person, self.as_of = person, as_of

    def course(
        self,
        key: str,
        regimen: Regimen,
        *ago: int,
        days: int | None = 28,
        quantity: Fraction | int | None = None,
        **also: object,
    ) -> Template:
        """A template of product ``key`` with issues so many days ago, oldest first."""
        template = Template(products()[key], regimen, self.as_of - ago[0], **also)  # type: ignore[arg-type]
        if quantity is None:
            quantity = regimen.daily_max * 28 if regimen.daily_max is not None else Fraction(56)
        template.supplies = [Supply(self.as_of - day, Fraction(quantity), days) for day in ago]
        self.person.templates.append(template)
        return template

    def monthly(
        self, key: str, regimen: Regimen, since: int = 252, until: int = 0, **also: object
    ) -> Template:
        """A course every 28 days from ``since`` days ago to ``until`` days ago."""
        return self.course(key, regimen, *range(since, until - 1, -28), **also)  # type: ignore[arg-type]

    def code(self, kind: str, ago: int, precision: str = "YMD") -> None:
        """A coded condition so many days ago."""
        day = earliest(self.as_of - ago, precision)
        self.person.codes.append(Code(conditions(kind)[0], day, precision))

    def opioid(self, since: int = 252, until: int = 0) -> Template:
        """An ordinary long-term opioid: codeine 30 mg, one four times a day."""
        return self.monthly("codeine30", FOUR_A_DAY, since, until)


ONCE, TWICE, THREE_A_DAY, FOUR_A_DAY = times(1, 1, 1), times(1, 1, 2), times(1, 1, 3), times(1, 1, 4)
ONE_OR_TWO = times(1, 2, 4, as_needed=True, ceiling=8)
WEEKLY_PATCH = patch(1, 168)

Make = Callable[[Case], object]
CASES: dict[str, tuple[str, Make]] = {}


def case(name: str, shows: str) -> Callable[[Make], Make]:
    """Register an edge case."""

    def register(make: Make) -> Make:
        CASES[name] = (shows, make)
        return make

    return register


def planted_people(
    seed: int, *, practice: str, number: int, as_of: Day, nhs_numbers: Callable[[], str]
) -> list[Person]:
    """Every edge case once, for the practice with this number. They hold the first places of its list."""
    people = []
    for index, (name, (shows, make)) in enumerate(CASES.items()):
        rng = person_random(seed, number, index)
        person = _plain_person(rng, practice, index, nhs_numbers(), as_of)
        person.planted = (name, shows)
        make(Case(person, as_of))
        people.append(person)
    return people


def _plain_person(rng: Random, practice: str, index: int, nhs_number: str, as_of: Day) -> Person:
    person = somebody(rng, practice=practice, index=index, nhs_number=nhs_number, as_of=as_of)
    person.born = as_of - rng.randint(40 * 366, 70 * 365)
    person.registered = as_of - 3000
    person.left = person.died = None
    person.registration, person.sensitive = "Regular", False
    return person


# Eras and gaps.


def _since(days: int) -> Make:
    return lambda this: this.course("codeine30", FOUR_A_DAY, *range(days, -1, -28))


for _days in (89, 90, 91):
    case(f"era-{_days}", f"An opioid era of exactly {_days} days, still open")(_since(_days))
for _gap in (30, 31):
    case(f"gap-{_gap}", f"A gap of exactly {_gap} days without supply, long use before and short use after")(
        lambda this, gap=_gap: this.course(
            "codeine30", FOUR_A_DAY, *(day + 28 + gap + 28 for day in (168, 140, 112, 84, 56, 28, 0)), 28, 0
        )
    )
for _late in (30, 31):
    case(f"open-{_late}", f"The last supply ran out exactly {_late} days ago")(
        lambda this, late=_late: this.course(
            "codeine30", FOUR_A_DAY, *range(28 * 6 + late, 28 + late - 1, -28)
        )
    )


@case("two-monthly", "56-day scripts on three dates: two issues in 90 days, one open era")
def _two_monthly(this: Case) -> object:
    return this.course("codeine30", FOUR_A_DAY, 120, 64, 8, days=56, quantity=224, cycle=56)


@case("weekly", "Weekly dosette issues")
def _weekly(this: Case) -> object:
    return this.course("morphine10mr", TWICE, *range(140, -1, -7), days=7, quantity=14, cycle=7)


@case("moved-to-acute", "Repeat cancelled, supply goes on as acute issues")
def _moved(this: Case) -> None:
    this.opioid(252, 84).end = this.as_of - 56
    for ago in (56, 42, 28, 14, 0):
        this.course("codeine30", FOUR_A_DAY, ago, days=14, quantity=56, kind="Acute", cycle=14)


@case("future-only", "The only opioid issue is dated after the index date")
def _future(this: Case) -> object:
    return this.course("codeine30", FOUR_A_DAY, -13)


@case("future-next", "Repeat dispensing: the next issue is already there, dated ahead")
def _future_next(this: Case) -> object:
    return this.course("gaba300", THREE_A_DAY, 112, 84, 56, 28, -1, kind="Repeat Dispensing")


@case("deleted-only", "All opioid issues were deleted")
def _deleted(this: Case) -> None:
    for supply in this.opioid().supplies:
        supply.deleted = True


@case("sent-twice", "The same issue row came twice: one occasion, one dose")
def _twice(this: Case) -> None:
    supplies = this.opioid().supplies
    supplies.append(Supply(supplies[-1].day, supplies[-1].quantity, supplies[-1].days))


@case("two-on-one-day", "Two templates of one product on one day: doses add")
def _two_templates(this: Case) -> None:
    this.monthly("preg75", parts(("morning", 1)))
    this.monthly("preg75", parts(("night", 2)))


@case("ended-but-issued", "The template was ended long ago and issues go on")
def _ended(this: Case) -> None:
    this.opioid().end = this.as_of - 120


@case("idle-template", "An active template with no issue for 12 months")
def _idle(this: Case) -> object:
    return this.opioid(1000, 500)


@case("restarted", "Stopped for four months, started again five weeks ago")
def _restarted(this: Case) -> None:
    this.opioid(500, 180)
    this.course("codeine30", FOUR_A_DAY, 35, 7)


@case("stopped", "Long-term use, template ended, supply ran out three months ago")
def _stopped(this: Case) -> None:
    this.opioid(450, 120).end = this.as_of - 100


@case("stopped-long-ago", "Stopped more than a year ago")
def _stopped_before(this: Case) -> object:
    return this.opioid(900, 450)


@case("new", "First opioid four weeks ago")
def _new(this: Case) -> object:
    return this.course("codeine30", FOUR_A_DAY, 29, 1)


@case("new-not-first", "A new era, but an acute issue nine months ago")
def _not_first(this: Case) -> object:
    return this.course("cocodamol30", FOUR_A_DAY, 270, 29, 1)


@case("new-new-patient", "First opioid here, registered for two months only")
def _new_patient(this: Case) -> None:
    this.person.registered = this.as_of - 60
    this.course("codeine30", FOUR_A_DAY, 29, 1)


# What the record can tell.


@case("name-only", "A name without a code")
def _name_only(this: Case) -> None:
    this.monthly("tramadol50", FOUR_A_DAY).written_name = "Tramadol 50mg capsules (imported record)"


@case("substance-only", "A name that does not tell the strength: counts for the era, has no dose")
def _substance(this: Case) -> None:
    vague(this.monthly("gaba300", THREE_A_DAY))


@case("no-duration", "No duration given: quantity and instruction tell the days")
def _no_duration(this: Case) -> object:
    return this.monthly("codeine30", FOUR_A_DAY, days=None)


@case("no-text", "No instruction at all: the quantity tells the dose")
def _no_text(this: Case) -> object:
    return this.monthly("codeine30", FOUR_A_DAY, days=None, words=Words.BLANK)


@case("no-text-no-quantity", "Neither instruction nor quantity nor duration")
def _nothing(this: Case) -> None:
    for supply in this.monthly("codeine30", FOUR_A_DAY, days=None, words=Words.BLANK).supplies:
        supply.quantity = None


@case("as-directed", "As directed: no number may be made of it")
def _as_directed(this: Case) -> object:
    return this.monthly("morphine10mr", TWICE, words=Words.UNREADABLE)


@case("implausible", "An instruction nobody should believe")
def _implausible(this: Case) -> object:
    return this.monthly("codeine30", times(10, 10, 4), quantity=112, words=Words.IMPLAUSIBLE)


@case("when-needed", "When needed with no limit: the quantity tells the most")
def _when_needed(this: Case) -> object:
    return this.monthly("codeine30", when_needed(1, 2), quantity=56)


@case("brand-switch", "Generic to brand and back: one line")
def _brands(this: Case) -> None:
    this.monthly("preg75", TWICE, 252, 168).end = this.as_of - 140
    this.monthly("preg75", TWICE, 140, 56, brand=products()["preg75"].brands[0]).end = this.as_of - 28
    this.monthly("preg75", TWICE, 28, 0, brand=products()["preg75"].brands[1])


@case("patch-no-text", "Weekly patches with nothing written: four patches are 28 days")
def _patch_blank(this: Case) -> object:
    return this.monthly("bup20", WEEKLY_PATCH, days=None, quantity=4, words=Words.BLANK)


@case("patch-brand-72", "A brand changed every 72 hours: eight patches are 24 days")
def _hapoctasin(this: Case) -> object:
    brand: Brand = next(b for b in products()["bup35"].brands if b.interval_hours == 72)
    return this.monthly("bup35", patch(1, 72), days=None, quantity=8, brand=brand, words=Words.BLANK)


@case("combination", "8, 15 and 30 mg asked for on different days")
def _combination(this: Case) -> None:
    for shift, key in enumerate(("cocodamol8", "cocodamol15", "cocodamol30")):
        this.course(key, times(1, 1, 2), *(day + 5 * shift for day in range(224, -1, -28)))


@case("taper-replaced", "Stepped down to another strength: the old one is not added")
def _taper(this: Case) -> None:
    this.monthly("morphine30mr", TWICE, 224, 28).end = this.as_of - 5
    this.course("morphine15mr", TWICE, 5)


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


@case("over-the-counter", "Codeine bought at the counter beside a prescribed opioid")
def _counter(this: Case) -> None:
    this.monthly("bup10", WEEKLY_PATCH, quantity=4)
    this.course("cocodamol8", times(2, 2, 3), 20, source="over_the_counter", kind="Acute")


@case("with-gabapentinoid", "An opioid and a gabapentinoid, both prescribed here")
def _gabapentinoid(this: Case) -> None:
    this.opioid()
    this.monthly("preg150", TWICE)


# Who may be on a list at all.


for _ago in (364, 365, 366):
    case(f"cancer-{_ago}", f"A cancer code exactly {_ago} days ago")(
        lambda this, ago=_ago: (this.opioid(), this.code("cancer", ago))
    )
for _precision, _words in (("Y", "year"), ("YM", "month")):
    case(f"cancer-{_words}", f"A cancer code of which only the {_words} is known")(
        lambda this, precision=_precision: (this.opioid(), this.code("cancer", 40, precision))
    )
for _kind in (
    "palliative",
    "palliative_unmapped",
    "epilepsy",
    "neuropathy",
    "post_herpetic",
    "dependence",
    "family",
):
    case(f"code-{_kind.replace('_', '-')}", f"A code of kind {_kind} years ago")(
        lambda this, kind=_kind: (this.opioid(), this.code(kind, 1500))
    )


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
