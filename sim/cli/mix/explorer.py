"""`mekong mix explorer`: the fitted effects of doses as one page to try out mixes in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import Json, Quiet, ResultFolder, Threads, Workers, a_file

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table


_FIT = (
    "Before the page is written: a process is fitted to each outcome and country, a minute or two."
)


def explorer(
    result: ResultFolder,
    check: Annotated[
        int, typer.Option(help="Mixes outside the design that are run in full and compared.")
    ] = 10,
    out: Annotated[Path | None, a_file("The file to write.", "RESULT/explorer.html")] = None,
    workers: Workers = None,
    threads: Threads = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a page to try out mixes of levers and doses.

    From the folder of `mekong mix optimum`: one HTML file that needs no server and no network, with
    a slider for every lever and country. What it shows is compared with full runs of mixes that
    were not used in the fit; they are kept in the folder, so a second call does not repeat them.
    """
    from sim.cli.console.progress import reporter
    from sim.cli.console.tables import as_json, records, show
    from sim.explorer.page import write_explorer

    if not quiet:
        typer.echo(_FIT, err=True)
    command = f"mekong mix explorer --check {check}"
    with reporter(quiet, json) as progress:
        made = write_explorer(
            result, out, check=check, workers=workers, threads=threads, progress=progress,
            command=command,
        )  # fmt: skip
    if json:
        as_json({
            "page": str(made.path),
            "check": [] if made.checks is None else records(made.checks),
        })  # fmt: skip
        return
    if made.checks is not None and not quiet:
        show(_compared(made.checks))
    if not quiet:
        typer.echo(f"Page: {made.path} ({made.path.stat().st_size / 1e6:.1f} MB)")


def _compared(checks: pd.DataFrame) -> Table:
    from sim.analysis.policy_mixes.mix_outcomes import OUTCOMES
    from sim.analysis.text.formatting import amount
    from sim.cli.console.tables import table
    from sim.rows import rows_where
    from sim.units import REGION

    heads = ["explained", "mean abs. error", "stated error", "within it"]
    frame = rows_where(checks, country=REGION)
    made = table(
        f"{frame['mixes'].iloc[0]} mixes that were not fitted: page against full runs, five "
        "countries together (two thirds within the error are expected)",
        ["outcome", *heads],
        right=heads,
    )
    for row in frame.to_dict("records"):
        explained = row["explained"]
        made.add_row(
            OUTCOMES[row["outcome"]].words,
            "" if explained != explained else f"{100 * explained:.0f} %",
            amount(row["mean_absolute_error"]),
            amount(row["error"]),
            f"{100 * row['within_error']:.0f} %",
        )
    return made
