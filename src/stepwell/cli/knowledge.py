"""``stepwell dosage``, ``stepwell medicines`` and ``stepwell equivalence``: the clinical floor at the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from stepwell.base import csv_files
from stepwell.base.errors import Place, StepwellError
from stepwell.cli import output

if TYPE_CHECKING:
    from stepwell.knowledge import medicines

# Tables of facts and readers of files are brought in by the command that needs them: help stays quick.

dosage_app = typer.Typer(help="Dosage instructions: read, or refused with a reason.", no_args_is_help=True)
medicines_app = typer.Typer(help="Medicines: which product a name or code means.", no_args_is_help=True)

# Spreadsheet files: never text, so their bytes would read as nonsense.
_WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})

JsonOption = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@dosage_app.callback()
def _dosage() -> None:
    """Dosage instructions: read, or refused with a reason."""


@medicines_app.callback()
def _medicines() -> None:
    """Medicines: which product a name or code means."""


@dosage_app.command("parse")
def parse(
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT...", help="Instructions to read.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="A CSV with instructions in a column.")] = None,
    column: Annotated[str | None, typer.Option("--column", help="The column of the instruction.")] = None,
    product: Annotated[str | None, typer.Option("--product", help="The product all of them are for.")] = None,
    product_column: Annotated[
        str | None, typer.Option("--product-column", help="The column of the product's name or code.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV to write; standard output by default.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read dosage instructions: daily minimum and maximum, or a refusal with its reason."""
    from stepwell.knowledge import dosage

    if file is None and not texts:
        raise StepwellError("There is nothing to read.", next_step="Give a TEXT, or --file F --column C.")
    if file is not None:
        rows: Iterable[tuple[str, str | None]] = _from_file(file, column, product, product_column)
    else:
        rows = ((text, product) for text in texts or [])
    read = (dosage.parse(text, _product(name)) for text, name in rows)
    if as_json:
        output.show_json([output.plain(each) for each in read])
    elif out is None and file is None:
        for each in read:
            output.show_fields(dosage.as_dict(each))
            typer.echo("")
    else:
        with _opened(out) as stream:
            csv_files.write(stream, dosage.FIELDS, (list(dosage.as_dict(each).values()) for each in read))


def _from_file(
    file: Path, column: str | None, product: str | None, product_column: str | None
) -> list[tuple[str, str | None]]:
    """(instruction, product) of every row. All are read before any answer is written, so a bad file leaves none."""
    if column is None:
        raise StepwellError("Which column holds the instructions?", next_step="Add --column NAME.")
    if not file.is_file():
        raise StepwellError(f'There is no file "{file.name}".', next_step="Check the path.")
    if file.suffix.lower() in _WORKBOOKS:
        raise StepwellError(
            "this is a workbook, not text.", where=Place(file.name), next_step="Save it as CSV UTF-8 first."
        )
    from stepwell.population.records.reading.delimited import Delimited
    from stepwell.population.records.reading.sources import open_source

    table = Delimited(open_source(file)[0], separator=",")
    if (
        column not in table.header()
    ):  # Perhaps another separator; instructions hold commas, so a comma comes first.
        table = Delimited(table.member, encoding=table.encoding)
    headings = table.header()
    for wanted in (column, product_column):
        if wanted is not None and wanted not in headings:
            raise StepwellError(
                "The file has no such column.",
                where=Place(file.name, 1, wanted),
                next_step=f"It has: {', '.join(headings)}.",
            )
    text = headings.index(column)
    name = headings.index(product_column) if product_column else None
    rows = islice(table.rows(width=len(headings)), 1, None)
    return [(cells[text], product if name is None else cells[name]) for _, cells in rows]


def _product(name: str | None) -> medicines.Product | None:
    """The product a name, dm+d id or BNF code means; None where none is given or it is not recognised."""
    return identified(name).product if name and name.strip() else None


def identified(text: str) -> medicines.Identification:
    """What a dm+d id, a BNF code or a name means."""
    from stepwell.knowledge import medicines

    wanted = text.strip()
    if wanted.isdigit():
        return medicines.identify(code=wanted)
    if len(wanted) == 15 and wanted[:4].isdigit() and wanted.isalnum():
        return medicines.identify(bnf_code=wanted.upper())
    return medicines.identify(name=wanted)


@contextmanager
def _opened(out: Path | None) -> Iterator[IO[str]]:
    if out is None:
        yield sys.stdout
        return
    with out.open("w", encoding="utf-8", newline="") as stream:
        yield stream


@medicines_app.command("identify")
def identify(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="A name, dm+d id or BNF code.")],
    as_json: JsonOption = False,
) -> None:
    """Which product a name or code means, or why none."""
    from stepwell.knowledge.medicines import groups_of

    found = [identified(name) for name in names]
    if as_json:
        output.show_json(found if len(found) > 1 else found[0])
        return
    for name, each in zip(names, found, strict=True):
        product = each.product
        output.show_fields(
            {
                "asked": name,
                "product": product.name if product else "not identified",
                "never counted": each.text_only.name if each.text_only else None,
                "bnf_code": product.bnf_code if product else None,
                "dmd_vmp_id": product.dmd_vmp_id if product else None,
                "substance": each.substance,
                "classes": sorted(each.classes),
                "groups": sorted(groups_of(each)),
                "splitting": product.splitting if product else None,
                "cd_schedule": product.cd_schedule if product else None,
                "matched_by": each.matched_by.value,
                "brand": each.brand,
                "flags": sorted(each.flags),
                "reason": each.reason,
            }
        )
        typer.echo("")


def equivalence_answer(product_text: str, instruction: str, table: str) -> dict[str, object]:
    """The OME of a product taken as an instruction says, in the shape scripts rely on."""
    from stepwell.knowledge import dosage, equivalence

    found = identified(product_text)
    if found.product is None:
        return _not_converted(table, found.reason or "The medicine is not recognised.")
    read = dosage.parse(instruction, found.product)
    if read.status is dosage.Status.REFUSED:
        return _not_converted(table, f"The instruction could not be read: {read.reason}.")
    result = equivalence.convert(
        found.product,
        daily_mg_min=read.daily_mg_min,
        daily_mg_max=read.daily_mg_max,
        patch_mcg_per_hour=read.patch_mcg_per_hour,
        table=table,
    )
    return {
        "convertible": result.convertible,
        "ome_mg_per_day": {"min": result.ome_min, "max": result.ome_max},
        "table": result.table,
        "factor": result.factor,
        "formula": result.formula,
        "reason": result.reason,
        "product": found.product.name,
        "flags": sorted({*result.flags, *read.flags}),
        "source": result.source,
        "status": result.status,
    }


def _not_converted(table: str, reason: str) -> dict[str, object]:
    return {
        "convertible": False,
        "ome_mg_per_day": {"min": None, "max": None},
        "table": table,
        "factor": None,
        "formula": "",
        "reason": reason,
    }


def equivalence_command(
    product: Annotated[str, typer.Argument(help="A name, dm+d id or BNF code.")],
    instruction: Annotated[str, typer.Argument(metavar="DOSAGE", help="The dosage instruction.")],
    table: Annotated[str, typer.Option("--table", help="The factor table.")] = "SW-DEFAULT-1",
    all_tables: Annotated[
        bool, typer.Option("--all-tables", help="Every table side by side, each sum written out.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Daily oral morphine equivalent of a product taken as an instruction says. It ranks risk; it is not a switching dose."""
    if all_tables:
        from stepwell.cli import factor_tables

        factor_tables.show(product, instruction, as_json=as_json)
        return
    answer = equivalence_answer(product, instruction, table)
    if as_json:
        output.show_json(answer)
    else:
        output.show_fields(answer)
