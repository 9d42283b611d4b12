"""What `mekong sweep` and `mekong study merge` print of a study and of its failed runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.rows import rows_where

if TYPE_CHECKING:
    from sim.analysis.sweep import Sweep

MOST_LINES = 40
_NUMBERS = {
    "ratio": "2030/2022",
    "ratio_se": "its error",
    "effect_ratio": "effect on it",
    "effect_ratio_se": "error of the effect",
}


def write(result: Sweep, json: bool, quiet: bool) -> None:
    """Print the points of a study, or write them as JSON."""
    from sim.cli.console.tables import as_json, records, show, table
    from sim.units import REGION

    stopped = result.manifest.get("stopped")
    if json:
        as_json({"folder": str(result.folder), "points": records(result.points)})
        return
    if quiet:
        return
    if stopped:
        typer.echo(
            f"Stopped after {stopped['seeds']} of {stopped['of']} seeds: the standard error of "
            f"the paired difference is {stopped['standard_error']:.2g}"
        )
    mine = rows_where(result.points, country=REGION, measure="nominal_usd")
    inputs = [name for name in mine.columns if name.startswith("x.")]
    short = [f"x{place}" for place in range(1, len(inputs) + 1)]
    told = {name: head for name, head in _NUMBERS.items() if mine[name].notna().any()}
    several = ["effect of"] if len(set(mine["effect_of"]) - {""}) > 1 else []
    made = table(
        "The five countries, nominal US$: means and their Monte-Carlo errors",
        ["scenario", *several, *short, *told.values(), "runs"],
        right=[*short, *told.values(), "runs"],
    )
    for row in mine.head(MOST_LINES).to_dict("records"):
        cells = ["" if row[n] != row[n] else f"{row[n]:.4g}" for n in (*inputs, *told)]
        if several:
            cells.insert(0, str(row["effect_of"]))
        made.add_row(str(row["scenario"]), *cells, str(row["runs"]))
    show(made)
    for name, input_name in zip(short, inputs, strict=True):
        typer.echo(f" {name}: {input_name.removeprefix('x.')}")
    if len(mine) > MOST_LINES:
        typer.echo(f"and {len(mine) - MOST_LINES} more rows in points.csv")
    typer.echo(
        f"Results: {result.folder} (points.csv, outcomes.csv; `mekong study export` for all)"
    )


def say_failed(folder: Path) -> None:
    """Name the first failed run of a folder and the command that shows it."""
    import pandas as pd

    from sim.errors import printable
    from sim.experiments.execution.execute import FAILED_LIST
    from sim.experiments.storage.csv_cells import text_of

    path = folder / FAILED_LIST
    if not path.is_file():
        return
    frame = pd.read_csv(path)
    typer.echo(f"{len(frame)} runs failed ({path}); the first:", err=True)
    error, command = (printable(str(text_of(frame[name].iloc[0]))) for name in ("error", "command"))
    typer.echo(f"  {error}", err=True)
    typer.echo(f"  to see it in full: {command}", err=True)


def fail_if_failed(folder: Path) -> None:
    """Leave with exit status 1 if runs of a folder failed."""
    from sim.experiments.execution.execute import FAILED_LIST

    if (folder / FAILED_LIST).is_file():
        raise typer.Exit(1)
