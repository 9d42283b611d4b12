"""`mekong study export`: the runs of a result as files for another program."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.arguments import names_in
from sim.cli.console.options import Json, LackingRuns, Missing, Quiet, ResultFolder, a_folder


class Format(StrEnum):
    """Formats of `mekong study export`."""

    csv = "csv"
    dta = "dta"
    parquet = "parquet"
    nc = "nc"
    iamc = "iamc"
    xlsx = "xlsx"
    tex = "tex"


def export(
    result: ResultFolder,
    to: Annotated[
        Format,
        typer.Option(
            "--to", help="csv, dta (Stata), parquet, nc (xarray), iamc (pyam), xlsx or tex."
        ),
    ] = Format.csv,
    indicators: Annotated[
        str | None,
        typer.Option(
            help="Only these, with commas between; all for all of them.", show_default="headlines"
        ),
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(
            help="Only these groups, with commas between; every for all.", show_default="all people"
        ),
    ] = None,
    quarterly: Annotated[
        bool, typer.Option("--quarterly/--yearly", help="Quarters instead of years.")
    ] = False,
    out: Annotated[Path | None, a_folder("Folder for the files.", "RESULT/export")] = None,
    missing: LackingRuns = Missing.refuse,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the runs of a result as files for another program.

    csv, dta and parquet are two files, `series` and `runs`; xlsx and tex hold the tables.
    """
    from sim.analysis.export import export as write
    from sim.cli.console.tables import as_json

    files = write(
        result,
        to.value,
        indicators=None if indicators is None else names_in(indicators, "--indicators"),
        groups=None if groups is None else names_in(groups, "--groups"),
        yearly=not quarterly,
        out=out,
        missing=missing.value,
    )
    if json:
        as_json({"files": [str(path) for path in files]})
    elif not quiet:
        for path in files:
            typer.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
        if indicators is None and to.value not in ("xlsx", "tex"):
            typer.echo("These are the headline indicators; --indicators all writes all of them.")
