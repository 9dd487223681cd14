"""What a plan says of itself as a whole: its cautions. Of each step: ``told``; of what it may do to the person: ``checked``."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from stepwell.knowledge.medicines.model import MedicineClass, Product
from stepwell.knowledge.tapers import ome, rules
from stepwell.knowledge.tapers.brands import by_brand
from stepwell.knowledge.tapers.families import held_for_tapers, liquid_for
from stepwell.knowledge.tapers.ladder import TENTHS, plain
from stepwell.knowledge.tapers.model import Caution, Plan
from stepwell.knowledge.tapers.target import Pace

_WHOLE_DAY = 24
NOT_ASKED = (
    "Not asked here, and to be asked before it is agreed: pregnancy; cancer or palliative care; dependence treatment; epilepsy; "
    "suicidal thoughts; alcohol or drugs now; and every other medicine. Other opioids add to the morphine equivalent; "
    "with a medicine that slows breathing, or frailty, share the doses evenly."
)


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
    if _liquid_wanted(plan) and liquid_for(product, plan.constraints) is None:
        yield Caution(
            "no_liquid_held",
            "A liquid may be used, but none of it is held as likely to be supplied: the plan is of tablets or capsules. Ask the pharmacy.",
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


def _liquid_wanted(plan: Plan) -> bool:
    return plan.constraints.liquid and plan.starting_product.unit in ("tablet", "capsule")


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
