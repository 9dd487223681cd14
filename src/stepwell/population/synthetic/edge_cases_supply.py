"""Edge cases of supply: eras and gaps on their limits, and what a record can and cannot tell."""

from __future__ import annotations

from stepwell.population.synthetic.edge_case import (
    FOUR_A_DAY,
    THREE_A_DAY,
    TWICE,
    WEEKLY_PATCH,
    Case,
    Make,
    case,
)
from stepwell.population.synthetic.lives import vague
from stepwell.population.synthetic.plan import Supply, Words
from stepwell.population.synthetic.regimens import parts, patch, times, when_needed
from stepwell.population.synthetic.tables import Brand, products

# Eras and gaps.


def _since(days: int) -> Make:
    return lambda this: this.course("codeine30", FOUR_A_DAY, *range(days, -1, -28))


for _days in (89, 90, 91):
    case(f"era-{_days}", f"An opioid era of exactly {_days} days, still open")(_since(_days))


def _with_gap(gap: int) -> Make:
    before = [day + 28 + gap + 28 for day in (168, 140, 112, 84, 56, 28, 0)]
    return lambda this: this.course("codeine30", FOUR_A_DAY, *before, 28, 0)


for _gap in (30, 31):
    case(f"gap-{_gap}", f"A gap of exactly {_gap} days without supply, long use before and short use after")(
        _with_gap(_gap)
    )


def _run_out(late: int) -> Make:
    return lambda this: this.course("codeine30", FOUR_A_DAY, *range(28 * 6 + late, 28 + late - 1, -28))


for _late in (30, 31):
    case(f"open-{_late}", f"The last supply ran out exactly {_late} days ago")(_run_out(_late))


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
