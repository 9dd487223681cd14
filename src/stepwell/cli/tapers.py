"""``stepwell taper plan``: a taper proposed from a product and its dosage instruction."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from stepwell.base.errors import StepwellError
from stepwell.cli import output
from stepwell.cli.knowledge import JsonOption, identified

if TYPE_CHECKING:
    from stepwell.knowledge import tapers
    from stepwell.knowledge.medicines import Identification

app = typer.Typer(
    help="Tapers: a dose lowered step by step, proposed and never automatic.", no_args_is_help=True
)


@app.callback()
def _taper() -> None:
    """Tapers: a dose lowered step by step, proposed and never automatic."""


@app.command("plan")
def plan(
    product: Annotated[str, typer.Argument(help="A name, dm+d id or BNF code.")],
    instruction: Annotated[str, typer.Argument(metavar="DOSAGE", help="The dosage instruction now.")],
    start: Annotated[str, typer.Option("--start", metavar="DATE", help="First day of the first lower dose.")],
    profile: Annotated[
        str | None,
        typer.Option("--profile", metavar="ID", help="The rate profile; the medicine's default else."),
    ] = None,
    script_days: Annotated[
        int,
        typer.Option(
            "--script-days", help="Days of one issue: 7, 14 or 28; of patches also whole changes, such as 30."
        ),
    ] = 28,
    stock: Annotated[str, typer.Option("--stock", metavar="N", help="Units of the product at home.")] = "0",
    even: Annotated[bool, typer.Option("--even", help="Share the day's dose as evenly as can be.")] = False,
    liquid: Annotated[bool, typer.Option("--liquid", help="A liquid may be used where one is held.")] = False,
    no_capsules: Annotated[bool, typer.Option("--no-capsules", help="The person takes no capsules.")] = False,
    specialist: Annotated[
        str | None,
        typer.Option("--specialist", help="Who supports a taper from a dose that needs a specialist."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Propose a taper: dated steps in doses that real products make, with the acute scripts for each."""
    from stepwell.knowledge import tapers

    found = identified(product)
    chosen = profile or _default(found)
    overrides = (tapers.Override("specialist", "supported", specialist),) if specialist else ()
    made = tapers.plan_from_instruction(
        found,
        instruction,
        chosen,
        _day(start),
        tapers.Constraints(
            script_days=script_days,
            stock=_units(stock),
            spread=tapers.Spread.EVEN if even else tapers.Spread.NIGHT,
            liquid=liquid,
            no_capsules=no_capsules,
            overrides=overrides,
        ),
    )
    if made.refusals:
        first = made.refusals[0]
        raise StepwellError(first.reason, next_step=f"Ask {first.ask}.")
    if as_json:
        output.show_json(as_dict(made))
    else:
        _show(made)


def _default(found: Identification) -> str:
    """The profile to start from. What no profile is held for is refused by its own reason, not by asking for one."""
    from stepwell.knowledge import tapers
    from stepwell.knowledge.tapers import refusals

    if found.product is None:
        reason = found.reason or "The product and its strength are not recognised."
        raise StepwellError(reason, next_step="Give the name with strength and form, as it is prescribed.")
    refusal = refusals.of_medicine(found.product)
    if refusal is not None:
        raise StepwellError(refusal.reason, next_step=f"Ask {refusal.ask}.")
    proposed = tapers.default_profile(found.product, daily_mg=None, months_of_use=None)
    if proposed is None:
        raise StepwellError("Which profile? None is the default here.", next_step="Add --profile ID.")
    return proposed


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StepwellError(
            "The start is not a date.", next_step="Write it as year-month-day, such as 2026-12-01."
        ) from None


def _units(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise StepwellError("The stock at home is not a number.", next_step="Give units, such as 12.")
    return number


def as_dict(made: tapers.Plan) -> dict[str, object]:
    """A plan in the shape scripts rely on."""
    from stepwell.knowledge import tapers

    return {
        "profile": made.profile,
        "stopped_on": made.stopped_on,
        "steps": [_step(each, made.brand) for each in made.steps],
        "cautions": [{"id": each.id, "message": each.message} for each in tapers.cautions_of(made)],
    }


def _step(step: tapers.Step, brand: str) -> dict[str, object]:
    from stepwell.knowledge import tapers

    return {
        "starts_on": step.starts_on,
        "days": step.days,
        "regimen": [
            {
                "product": tapers.product_name(item.product, brand),
                "units_by_time": item.units_by_time,
            }
            for item in step.regimen.items
        ],
        "daily_dose": step.daily_dose,
        "unit": step.regimen.unit.value,
        "ome_before": step.ome_before,
        "ome_after": step.ome_after,
        "ome_reason": step.ome_reason,
        "percent_change": step.percent_change,
        "within_profile": step.within_profile,
        "flags": step.flags,
        "reason": step.reason,
        "review_on": step.review_on,
        "scripts": [
            {
                "product": each.name,
                "quantity": each.quantity,
                "quantity_words": each.quantity_words,
                "instruction": each.instruction,
                "issue_on": each.issue_on,
                "starts_on": each.starts_on,
                "runs_out_on": each.runs_out_on,
            }
            for each in step.scripts
        ],
    }


def _show(made: tapers.Plan) -> None:
    """A plan for reading: a line for each step, one for each of its scripts, then what must be said."""
    from stepwell.knowledge import tapers

    unit = made.starting.unit.value
    for step in made.steps:
        length = f"for {step.days} days" if step.days else "from then on"
        typer.echo(
            f"{step.starts_on.isoformat()}  {step.daily_dose:f} {unit} {length}  ({_change(step.percent_change)})"
        )
        typer.echo(f"    {_equivalence(step)}. Review by {step.review_on.isoformat()}.")
        if step.reason:
            typer.echo(f"    {step.reason}")
        for each in step.scripts:
            typer.echo(
                f"    {each.name}: {each.quantity} ({each.quantity_words}). {each.instruction}. "
                f"Issue {each.issue_on.isoformat()}, lasts to {each.runs_out_on.isoformat()}."
            )
    typer.echo("")
    for caution in tapers.cautions_of(made):
        typer.echo(f"* {caution.message}")


def _equivalence(step: tapers.Step) -> str:
    if step.ome_before is None or step.ome_after is None:
        return f"No oral morphine equivalent: {step.ome_reason.rstrip('.')}"
    return (
        f"Oral morphine equivalent {step.ome_before:f} to {step.ome_after:f} mg a day, of this medicine alone"
    )


def _change(percent: Decimal) -> str:
    return f"{abs(percent):f} % {'lower' if percent >= 0 else 'higher'}"
