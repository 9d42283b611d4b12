"""`mekong report RESULT`: one page for people who decide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.experiments.storage.local_path import local_path, output_file


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(report)


def report(
    result: Annotated[
        Path, typer.Argument(parser=local_path, metavar="FOLDER", help="A result folder.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            parser=output_file,
            metavar="FILE",
            help="The file to write.",
            show_default="RESULT/report.html",
        ),
    ] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Also write every figure as PNG and SVG.")
    ] = False,
) -> None:
    """One HTML file from a result folder: verdict, figures, tables, assumptions, provenance.

    It needs nothing beside it; print it from a browser for paper or PDF.
    """
    from sim.report.page import write_pictures, write_report

    typer.echo(f"Report: {write_report(result, out)}")
    if pictures:
        typer.echo(f"Pictures: {write_pictures(result)}")
