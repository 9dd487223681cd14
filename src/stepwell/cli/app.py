"""The command tree and what happens to errors: one sentence on standard error, and an exit code.

Exit codes: 0 done; 1 something the person can put right (a ``StepwellError``); 2 the command line is not understood;
3 stopped by the person; 4 a fault in Stepwell. A fault is told by its kind and its place in our code alone: its own words and
its trace may hold what was in somebody's files, so they are shown only with ``--debug``, and with a warning.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

import stepwell
from stepwell.base.errors import StepwellError
from stepwell.base.progress import Stopped
from stepwell.cli import cautions, demo, knowledge, lake, prescribing, records, tapers

EXITS = (
    "Exit codes: 0 done; 1 something you can put right; 2 the command line is not understood; "
    "3 stopped by you; 4 a fault in Stepwell."
)
_HERE = Path(stepwell.__file__).parent
_WARNING = (
    "The lines below are the whole trace of the fault. They may hold names, numbers or other contents of your files: "
    "read them before you pass them on."
)

app = typer.Typer(
    name="stepwell",
    help="Find people whose pain medicines may be harming them, and step those medicines down by agreement.",
    epilog=EXITS,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(knowledge.dosage_app, name="dosage")
app.add_typer(knowledge.medicines_app, name="medicines")
app.command("equivalence")(knowledge.equivalence_command)
app.add_typer(tapers.app, name="taper")
app.add_typer(cautions.app, name="cautions")
app.add_typer(records.app, name="records")
app.add_typer(prescribing.app, name="prescribing")
app.add_typer(lake.app, name="lake")
app.add_typer(demo.app, name="demo")


class _Wanted:
    """What the command line asked of ``main``, which handles errors after the command is gone."""

    debug = False


@app.callback()
def stepwell_command(
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Show the whole trace of a fault. It may hold contents of your files."),
    ] = False,
) -> None:
    """Find people whose pain medicines may be harming them, and step those medicines down by agreement."""
    _Wanted.debug = debug


def main() -> None:
    """Run the command line."""
    _Wanted.debug = False
    try:
        app()
    except StepwellError as error:
        _say(f"Error: {error}")
        sys.exit(1)
    except (Stopped, KeyboardInterrupt):
        _say("Stopped. Nothing half-done is left behind.")
        sys.exit(3)
    except Exception as error:
        _say_fault(error)
        sys.exit(1 if isinstance(error, OSError) else 4)


def _say_fault(error: Exception) -> None:
    """Tell a fault without its words, which may hold a cell; the whole trace only where it was asked for."""
    if isinstance(error, OSError):
        why = error.strerror or type(error).__name__
        _say(f"Error: A file could not be read or written: {why}. Check the path.")
    else:
        _say(
            f"Error: Stepwell has a fault: {type(error).__name__} at {place_of(error)}. What the fault says is not shown, "
            "because it may hold contents of your files. Please report this line. "
            "For the whole trace, run again with: stepwell --debug ..."
        )
    if _Wanted.debug:
        _say(f"Warning: {_WARNING}")
        _say("".join(traceback.format_exception(error)))


def place_of(error: BaseException) -> str:
    """The last place in our code that an error went through: file, line and function, nothing of the data."""
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_HERE)
    ]
    if not ours:
        return "no place in Stepwell's own code"
    last = ours[-1]
    return f"{Path(last.filename).relative_to(_HERE).as_posix()}, line {last.lineno}, in {last.name}"


def _say(text: str) -> None:
    typer.echo(text, err=True)
