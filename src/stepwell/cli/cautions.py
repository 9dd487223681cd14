"""``stepwell cautions check``: the safety checks of one person, from a JSON file to JSON."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stepwell.base.errors import Place, StepwellError
from stepwell.cli import output

if TYPE_CHECKING:
    from stepwell.knowledge.cautions import Finding, Findings

app = typer.Typer(help="Cautions: safety checks, for staff, not yet signed off.", no_args_is_help=True)


@app.callback()
def _cautions() -> None:
    """Cautions: safety checks, for staff, not yet signed off."""


@app.command("check")
def check_command(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="JSON of one person's facts; - reads standard input.")
    ],
) -> None:
    """Check one person's medicines, conditions and values. Answers in JSON; keeps nothing.

    What is left out of the file is not known, and what rests on it is not assessed. The fields are in
    docs/decisions/0014-cautions-instruments-savings.md.
    """
    from stepwell.knowledge import cautions

    said = cautions.read_statement(_read(file))
    output.show_json(as_dict(cautions.check(said.facts, said.on)))


def _read(file: str) -> object:
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        place = Place("standard input" if file == "-" else Path(file).name, line=error.lineno)
        raise StepwellError("The file is not JSON.", where=place, next_step="Mend it there.") from None


def as_dict(found: Findings) -> dict[str, object]:
    """Findings in the shape scripts rely on."""
    return {
        "on": found.on,
        "findings": [_finding(each) for each in (*found.fires, *found.not_assessed)],
        "modal": [each.caution_id for each in found.modal],
        "stops": [each.caution_id for each in found.stops],
        "stops_not_assessed": [each.caution_id for each in found.stops_not_assessed],
        "clear": found.clear,
        "not_recognised": [{"name": each.name, "rows": each.rows} for each in found.unplaced],
    }


def _finding(finding: Finding) -> dict[str, object]:
    plain = output.plain(finding)
    assert isinstance(plain, dict)
    return {**plain, "fingerprint": finding.fingerprint}
