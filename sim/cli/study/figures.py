"""`mekong study figures`: every figure of a result, for a page or for a paper."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import (
    ECOMMERCE,
    Account,
    Json,
    LackingRuns,
    Missing,
    Quiet,
    ResultFolder,
    a_folder,
)


class Style(StrEnum):
    """What `mekong study figures` draws for."""

    page = "page"
    paper = "paper"


def figures(
    result: ResultFolder,
    style: Annotated[
        Style,
        typer.Option(help="page: PNG and SVG; paper: PDF and SVG without title and caption."),
    ] = Style.page,
    width: Annotated[
        float, typer.Option(help="Width of a figure of a paper in millimetres, 140 to 400.")
    ] = 183.0,
    out: Annotated[Path | None, a_folder("Folder for the files.", "RESULT/figures")] = None,
    account: Account = ECOMMERCE,
    missing: LackingRuns = Missing.refuse,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw every figure of a result, for a page or for a paper.

    Those of a paper lie in a folder `paper`; its `captions.txt` has titles and captions.
    """
    from sim.analysis.load import load
    from sim.cli.console.tables import as_json
    from sim.figures.paper import check_width
    from sim.report.writer import save_figures

    check_width(width)
    found = load(result, account=account, missing=missing.value)
    files = save_figures(found, out, paper=style is Style.paper, width=width)
    if json:
        as_json({"files": [str(path) for path in files]})
    elif not quiet:
        typer.echo("\n".join(str(path) for path in files))
