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
    docx: Annotated[
        bool, typer.Option("--docx", help="Also write it as a Word file; needs pandoc.")
    ] = False,
    account: Account = ECOMMERCE,
) -> None:
    """Write one HTML page from a result folder.

    It holds the conclusion, figures, tables, assumptions and provenance, and needs no other
    file; print it from a browser for paper or PDF.
    """
    from sim.report.brief import write_brief
    from sim.report.docx import pandoc, write_docx
    from sim.report.page import read, write_report
    from sim.report.writer import save_figures

    place = country.upper() if country else None
    if docx:
        pandoc()  # missing, it is said before anything is drawn
    page = write_brief(result, place, out, account) if place else write_report(result, out, account)
    typer.echo(f"Report: {page}")
    if docx:
        word = write_docx(result, page.with_suffix(".docx"), account, place)
        typer.echo(f"Word file: {word}")
    if pictures:
        typer.echo(f"Pictures: {save_figures(read(result, account))[0].parent}")
