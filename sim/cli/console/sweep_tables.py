"""What `mekong sweep` and `mekong study merge` print of a study and of its failed runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.rows import rows_where

if TYPE_CHECKING:
    from sim.analysis.sweep import Sweep

MOST_LINES = 40


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
    inputs = [name for name in result.points.columns if name.startswith("x.")]
    heads = ["2030/2022", "error", "effect on it", "error", "runs"]
    mine = result.points
    mine = rows_where(mine, country=REGION, measure="nominal_usd")
    made = table(
        "The five countries, nominal US$: means and their Monte-Carlo errors",
        ["scenario", "effect of", *(name.removeprefix("x.") for name in inputs), *heads],
        right=[*(name.removeprefix("x.") for name in inputs), *heads],
    )
    for row in mine.head(MOST_LINES).to_dict("records"):
        numbers = [row[name] for name in inputs]
        numbers += [row[n] for n in ("ratio", "ratio_se", "effect_ratio", "effect_ratio_se")]
        cells = ["" if number != number else f"{number:.4g}" for number in numbers]
        made.add_row(str(row["scenario"]), str(row["effect_of"]), *cells, str(row["runs"]))
    show(made)
    if len(mine) > MOST_LINES:
        typer.echo(f"and {len(mine) - MOST_LINES} more points")
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
