"""``stepwell equivalence --all-tables``: one product and instruction under every factor table, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stepwell.base import clock
from stepwell.cli import output
from stepwell.cli.knowledge import identified

if TYPE_CHECKING:
    from stepwell.knowledge import equivalence
    from stepwell.knowledge.dosage import Dosage
    from stepwell.knowledge.medicines.model import Product

_DIFFERS = {
    True: "The factor table decides the band: see the default and the CDC table.",
    False: "The default and the CDC table give the same band.",
    None: "Whether the CDC table would give another band cannot be told: not both tables give a figure for all of it.",
}
_NOT_AN_OPIOID = "Not an opioid: no table has a figure for it, and none is missing."
_RANK_ONLY = "An OME ranks risk. It is not a dose to switch to."


def show(product_text: str, instruction: str, *, as_json: bool) -> None:
    """Print the comparison, as JSON or as lines."""
    from stepwell.knowledge import dosage, equivalence

    found = identified(product_text)
    read = dosage.parse(instruction, found.product)
    compared = equivalence.side_by_side([equivalence.taken_as_read(found, read)])
    if as_json:
        output.show_json(_answer(compared, found.product, read.flags))
    else:
        output.show_lines(_lines(compared, found.product, read))


def _answer(
    compared: equivalence.Comparison, product: Product | None, read_flags: tuple[str, ...]
) -> dict[str, object]:
    from stepwell.knowledge.equivalence import CALCULATION_VERSION

    return {
        "taken": compared.items[0].name,
        "as_needed": compared.items[0].as_needed,
        "on": clock.today(),
        "threshold_set": compared.threshold_set,
        "calculation": CALCULATION_VERSION,
        "threshold_class_differs": compared.threshold_class_differs,
        "flags": read_flags,
        "tables": [_of_table(each) for each in compared.by_table],
        "bounds": [
            {"table": each.table, "low": each.low, "high": each.high, "source": each.source}
            for each in _bounds(product)
        ],
        "note": _RANK_ONLY,
    }


def _of_table(under: equivalence.UnderTable) -> dict[str, object]:
    part, table = under.parts[0], under.table
    return {
        "table": table.id,
        "name": table.name,
        "effective_from": table.effective_from,
        "superseded": table.superseded,
        "role": table.role,
        "source": part.source or table.source,
        "status": part.status or table.status,
        "table_status": table.status,
        "ome_mg_per_day": {"min": part.ome_min, "max": part.ome_max},
        "band": under.band.label if under.band else None,
        "convertible": part.convertible,
        "not_defined": bool(under.not_defined),
        "method": part.method,
        "factor": part.factor,
        "formula": part.formula,
        "other_method": part.other_method,
        "inputs": part.inputs,
        "reason": part.reason,
        "flags": part.flags,
    }


def _lines(compared: equivalence.Comparison, product: Product | None, read: Dosage) -> Iterator[str]:
    from stepwell.knowledge import equivalence
    from stepwell.knowledge.equivalence.model import written_range

    yield compared.items[0].name
    if read.flags:
        yield f"instruction: {', '.join(read.flags)}"
    not_an_opioid = equivalence.Refusal.NOT_AN_OPIOID
    if all(part.refusal is not_an_opioid for each in compared.by_table for part in each.parts):
        yield _NOT_AN_OPIOID
        if read.daily_mg_min is not None and read.daily_mg_max is not None:
            yield f"{written_range(read.daily_mg_min, read.daily_mg_max)} mg of it a day."
        return
    for each in compared.by_table:
        part, table = each.parts[0], each.table
        dates = f"from {table.effective_from}" if table.effective_from else "not dated"
        dates += f", superseded {table.superseded}" if table.superseded else ""
        yield ""
        yield f"{table.id}  {table.name} ({dates}; {table.status})"
        if not part.convertible:
            yield f"  no figure: {part.reason}"
            continue
        yield f"  {part.formula}  [{part.method}; value {part.status}]"
        if part.other_method:
            yield f"  the other method: {part.other_method}"
        yield f"  {equivalence.shown(each.total, on=clock.today(), as_needed=each.as_needed).sentence}"
        if part.flags:
            yield f"  {', '.join(sorted(part.flags))}"
    yield ""
    for bound in _bounds(product):
        low = f"{bound.low} to " if bound.low is not None else "up to "
        yield f"One patch elsewhere, not used here: {low}{bound.high} mg ({bound.source})"
    yield _DIFFERS[compared.threshold_class_differs]
    yield _RANK_ONLY


def _bounds(product: Product | None) -> tuple[equivalence.Bound, ...]:
    from stepwell.knowledge import equivalence

    if product is None or product.patch_rate_microgram_per_h is None:
        return ()
    return equivalence.bounds(product.substance, product.patch_rate_microgram_per_h)
