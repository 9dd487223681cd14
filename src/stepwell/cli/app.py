"""The command tree and what happens to errors: one sentence on standard error, and an exit code.

Exit codes: 0 done; 1 something the person can put right (a ``StepwellError``); 2 the command line is not understood;
3 stopped by the person.
"""

from __future__ import annotations

import sys

import typer

from stepwell.base.errors import StepwellError
from stepwell.base.progress import Stopped
from stepwell.cli import demo, knowledge, lake, records

app = typer.Typer(
    name="stepwell",
    help="Find people whose pain medicines may be harming them, and step those medicines down by agreement.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(knowledge.dosage_app, name="dosage")
app.add_typer(knowledge.medicines_app, name="medicines")
app.command("equivalence")(knowledge.equivalence_command)
app.add_typer(records.app, name="records")
app.add_typer(lake.app, name="lake")
app.add_typer(demo.app, name="demo")


def main() -> None:
    """Run the command line."""
    try:
        app()
    except StepwellError as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        typer.echo(f"Error: A file could not be read or written: {error.strerror}. Check the path.", err=True)
        sys.exit(1)
    except (Stopped, KeyboardInterrupt):
        typer.echo("Stopped. Nothing half-done is left behind.", err=True)
        sys.exit(3)
