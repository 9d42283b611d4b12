"""`mekong report`: one page for people who decide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import ECOMMERCE, Account, ResultFolder, a_file


def report(
    result: ResultFolder,
    out: Annotated[Path | None, a_file("The file to write.", "RESULT/report.html")] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Also write every figure as PNG and SVG.")
    ] = False,
    country: Annotated[
        str | None, typer.Option("--country", help="Only this country (LAO), on a short page.")
    ] = None,
    account: Account = ECOMMERCE,
) -> None:
    """Write one HTML page from a result folder.

    It holds the conclusion, figures, tables, assumptions and provenance, and needs no other
    file; print it from a browser for paper or PDF.
    """
    from sim.report.brief import write_brief
    from sim.report.page import read, write_report
    from sim.report.writer import save_figures

    if country is None:
        typer.echo(f"Report: {write_report(result, out, account)}")
    else:
        typer.echo(f"Report: {write_brief(result, country.upper(), out, account)}")
    if pictures:
        typer.echo(f"Pictures: {save_figures(read(result, account))[0].parent}")
