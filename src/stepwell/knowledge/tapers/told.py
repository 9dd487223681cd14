"""What a plan says of its steps and of itself: flags, reasons in words, cautions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from stepwell.knowledge.medicines.model import MedicineClass, Product
from stepwell.knowledge.tapers import ome, rules
from stepwell.knowledge.tapers.brands import by_brand
from stepwell.knowledge.tapers.families import held_for_tapers
from stepwell.knowledge.tapers.guard import over
from stepwell.knowledge.tapers.ladder import MICROGRAM, TENTHS, plain
from stepwell.knowledge.tapers.lengths import open_on_or_before
from stepwell.knowledge.tapers.model import Caution, Constraints, Plan, Regimen, Step
from stepwell.knowledge.tapers.target import Pace

_PLACES = Decimal("0.1")
_DAY = timedelta(days=1)
_WHOLE_DAY = 24

HELD_FOR_GUARD = "held_for_guard"
FROM_HOME = "from_home"
OTHER_BRAND = "other_brand"
NOT_ASKED = (
    "Not asked here, and to be asked before it is agreed: pregnancy; cancer or palliative care; dependence treatment; epilepsy; "
    "suicidal thoughts; alcohol or drugs now; and every other medicine. Other opioids add to the morphine equivalent; "
    "with a medicine that slows breathing, or frailty, share the doses evenly."
)
REASONS = {
    "smallest_step": "The smallest step that can be made is larger than the profile's.",
    "last_dose": "The last step takes away the lowest dose that can be made.",
    "above_guard_held": "It falls further than the guard; the doses before and after it are held for the guard's whole time.",
    "above_guard_override": "It falls further than the guard, which a prescriber set aside.",
    "last_part": "At or below a third of the starting dose, so at half the rate.",
    "fewer_times_a_day": "At the lowest strength, so one time of day fewer.",
    "change_interval_differs": "The patches are of another brand and are changed after another number of hours: tell the person.",
    "form_differs": "The form of the medicine changes: tell the person.",
    HELD_FOR_GUARD: "Held longer than the profile's interval, so that no 28 days fall further than the guard.",
    FROM_HOME: "Some of it is taken from what is at home, whose label says another dose: write the new dose down.",
    OTHER_BRAND: "The brand is not sold in this strength: ask the pharmacy which one, lasting as long, to name, and tell the person that it changes.",
    "held": "Held: the steps after it are later by as many days.",
    "cut_short": "Cut short; what was issued for the rest of it counts as at home.",
    "step_back": "Back to the dose before, by the prescriber.",
    "rebuilt": "The same dose, made of other products.",
    "as_taken": "What is actually taken.",
}


def percent(before: Decimal, after: Decimal) -> Decimal:
    """The fall in per cent of the dose before, to one decimal place; a whole number where it is one."""
    if not before:
        return Decimal(0)
    return plain(((before - after) * 100 / before).quantize(_PLACES, ROUND_HALF_UP))


def flags_of(
    pace: Pace, before: Regimen, after: Regimen, current: int, dose: int, made: tuple[str, ...]
) -> tuple[str, ...]:
    """What must be said of a step, as codes; ``made`` are those of the rung itself."""
    found = list(made)
    if not pace.within(current, dose):
        found.append("smallest_step" if after.items else "last_dose")
    elif not after.items:
        found.append("last_dose")
    if after.items and pace.in_last_part(current):
        found.append("last_part")
    if after.change_hours != before.change_hours and after.items:
        found.append("change_interval_differs")
    if after.items and {i.product.unit for i in after.items} - {i.product.unit for i in before.items}:
        found.append("form_differs")
    return tuple(found)


def reason_of(flags: tuple[str, ...]) -> str:
    """The flags in words."""
    return " ".join(REASONS[flag] for flag in flags if flag in REASONS)


def step(
    pace: Pace, before: Regimen, after: Regimen, on: date, flags: tuple[str, ...], *, guarded: bool
) -> Step:
    """A step not yet filled with issues."""
    rule = rules.current()
    current, dose = int(before.dose * MICROGRAM), int(after.dose * MICROGRAM)
    if over(current, dose, rule.guard_percent):
        flags = (*flags, "above_guard_held" if guarded else "above_guard_override")
    before_ome, _ = ome.of(before)
    after_ome, why = ome.of(after)
    if before_ome is None:
        after_ome, why = None, ome.of(before)[1]
    return Step(
        starts_on=on,
        days=0,
        regimen=after,
        daily_dose=after.dose,
        dose_before=before.dose,
        ome_before=before_ome,
        ome_after=after_ome,
        ome_reason=why,
        percent_change=percent(before.dose, after.dose),
        within_profile=pace.within(current, dose),
        flags=flags,
        reason=reason_of(flags),
        review_on=on + timedelta(days=rule.review_after_last_days),
        issue_days=(),
    )


def closed(step: Step, issue_days: tuple[int, ...], constraints: Constraints, *, longer: bool) -> Step:
    """The step filled with issues; its review is the last open day before the next step."""
    days = sum(issue_days)
    flags = step.flags
    if longer and HELD_FOR_GUARD not in flags:
        flags = (*flags, HELD_FOR_GUARD)
    return replace(
        step,
        days=days,
        issue_days=issue_days,
        flags=flags,
        reason=reason_of(flags),
        review_on=open_on_or_before(step.starts_on + timedelta(days=days) - _DAY, constraints),
    )


def taken_from_home(step: Step, *, holds: bool) -> Step:
    """The step with or without the mark that some of it has no script, and so no label."""
    flags = tuple(each for each in step.flags if each != FROM_HOME)
    return replace(step, flags=flags, reason=reason_of(flags)) if not holds else marked(step, FROM_HOME)


def marked(step: Step, flag: str) -> Step:
    """The step with one flag more, and its reason in words."""
    flags = step.flags if flag in step.flags else (*step.flags, flag)
    return replace(step, flags=flags, reason=reason_of(flags))


def cautions(plan: Plan, pace: Pace) -> tuple[Caution, ...]:
    """Everything that must be said of the plan as a whole."""
    return (
        *_of_basis(plan, pace),
        *_of_medicine(plan.starting_product, plan),
        *_of_supply(plan),
        *_of_overrides(plan),
    )


def _of_basis(plan: Plan, pace: Pace) -> Iterator[Caution]:
    rule = rules.current()
    yield Caution(
        "agree",
        "A proposal for a prescriber and the person to agree. It may be held, slowed or taken back one step at any time.",
    )
    yield Caution(
        "basis",
        f"Profile {plan.profile} ({pace.profile.status}), rules {plan.rules} (some unverified), products {plan.product_set}, "
        f"factors {plan.factor_table}. A fall of at most {plain(rule.guard_percent)} % over any {rule.guard_days} days.",
    )
    yield Caution(
        "steady_before",
        f"It takes the starting dose to have been the same for the {rule.guard_days} days before. Ask.",
    )
    yield Caution("not_asked", NOT_ASKED)
    if plan.constraints.cost is None:
        yield Caution("price_unknown", "Prices are not known here, so cost decided nothing.")
    yield Caution(
        "availability_unknown", "Whether the products can be supplied today is not known: ask the pharmacy."
    )
    if any("smallest_step" in step.flags for step in plan.steps):
        yield Caution(
            "beyond_profile",
            "Some steps are larger than the profile's, because no dose between can be made. Each is marked.",
        )


def _of_medicine(product: Product, plan: Plan) -> Iterator[Caution]:
    value, why = ome.of(plan.starting)
    opioid = MedicineClass.GABAPENTINOID not in product.classes
    if opioid and value is None:
        yield Caution("ome_unknown", f"The oral morphine equivalent is not known: {why}")
    if value is not None and value > rules.current().advice_ome_mg:
        yield Caution(
            "advice_line",
            f"Above {plain(rules.current().advice_ome_mg)} mg a day of oral morphine equivalent: use the local advice line where there is one.",
        )
    if not opioid:
        yield Caution("not_epilepsy", "Not for a gabapentinoid taken for epilepsy: ask neurology.")
    if "paracetamol" in product.other_ingredients:
        yield Caution(
            "paracetamol_falls", "Paracetamol falls too. Offer plain paracetamol for what is taken away."
        )
    if any(item.product.unit == "ml" for step in plan.steps for item in step.regimen.items):
        yield from _of_liquids(product)
    if product.mr_interval_hours == _WHOLE_DAY:
        yield Caution(
            "name_brand",
            "A product that lasts a whole day, where others of the same name last 12 hours: name the brand on every script.",
        )
    if plan.starting.change_hours is not None:
        yield Caution(
            "patches",
            "Patches are changed on patch days, never cut, and at most two are worn at once. The first day must be one on "
            "which the patch worn now is changed.",
        )
    if by_brand(product):
        yield _brand(plan)
    if _brand_decides(plan):
        yield Caution(
            "name_patch_brand",
            "How long patches of this strength are worn depends on the brand: name on every script a brand made for the hours written.",
        )
    if plan.stopped_on is not None:
        yield Caution(
            "tolerance",
            "After a lower dose the old dose is dangerous: tolerance falls in about a week. Return what is left over.",
        )


def _brand(plan: Plan) -> Caution:
    if plan.brand:
        return Caution(
            "brand_kept",
            f"Slow products and patches are prescribed by brand: every script of {plan.brand} names it. "
            "For a plan of every strength there is, give the product without its brand.",
        )
    return Caution(
        "brand_unknown",
        "No brand is named. Slow opioids and patches are best prescribed by brand: ask the pharmacy which is supplied, and name it on every script.",
    )


def _of_liquids(product: Product) -> Iterator[Caution]:
    marks = rules.current().syringe_marks
    fits = ", ".join(
        f"to {plain(Decimal(mark) / TENTHS)} ml up to {plain(Decimal(most) / TENTHS)} ml"
        for most, mark in marks
    )
    yield Caution(
        "oral_syringe",
        f"Doses are in ml that an oral syringe measures ({fits}; unverified): supply one, show how, and name the strength every time.",
    )
    if product.unit == "ml" and not held_for_tapers(product):
        yield Caution(
            "liquid_supply_unknown",
            "Whether this liquid can be had for as long as the plan lasts is not known: ask the pharmacy before it is agreed.",
        )


def _brand_decides(plan: Plan) -> bool:
    """Whether a patch of the plan is sold for other hours too, or for hours that only its brand tells."""
    items = [item for step in plan.steps for item in step.regimen.items]
    return any(item.change_hours is not None and item.product.patch_interval_hours is None for item in items)


def _of_supply(plan: Plan) -> Iterator[Caution]:
    yield Caution(
        "end_repeat",
        "End the repeat template on the day the first acute issue is confirmed, and not before.",
    )
    if plan.constraints.closed_days is None:
        yield Caution(
            "bank_holidays", "Issue days avoid weekends. Bank holidays are not known here: look at each date."
        )
    if plan.constraints.stock:
        yield Caution(
            "stock_deducted",
            f"{plain(plan.constraints.stock):f} of the product at home, taken off the first issues of the same product.",
        )
    for product, left in plan.left_over:
        what = (
            "in hand when it ended: take it off the next issue"
            if plan.stopped_early
            else "left over at the end: have them returned"
        )
        yield Caution("left_over", f"{left:f} of {product.name} {what}.")
    if plan.stopped_early:
        yield Caution(
            "plan_stopped",
            "The plan was ended early and nothing more of it is issued. The dose of its last day goes on and needs a prescription "
            "of its own, so that supply does not break; whatever was issued ahead is cancelled. A new plan begins from that dose.",
        )
    elif plan.steps and plan.stopped_on is None:
        yield Caution("agreed_dose", "The plan ends at a dose that is agreed, not at nothing. Review it.")


def _of_overrides(plan: Plan) -> Iterator[Caution]:
    for each in plan.constraints.overrides:
        if each.reason and each.by:
            yield Caution(
                f"override_{each.what}", f"Set aside by {each.by}: {each.what}. Reason: {each.reason}"
            )
