"""`mekong data add`: a new figure against the shipped posterior."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import Json, a_folder, folder_there
from sim.experiments.storage.local_path import local_path

if TYPE_CHECKING:
    from sim.analysis.new_figures import NewFigures

MOST_PARAMETERS = 8


def add(
    file: Annotated[
        Path,
        typer.Argument(
            parser=local_path, metavar="FILE", help="Figures in the columns of targets.csv."
        ),
    ],
    result: Annotated[Path, folder_there("A result folder with draws of the posterior.")],
    out: Annotated[Path | None, a_folder("Folder for the tables.", "none are written")] = None,
    json: Json = False,
) -> None:
    """Check new figures and say what they change in a result.

    The draws of the posterior are reweighted; nothing is run. The exit status is 1 where that is
    no longer enough and the posterior has to be estimated anew.
    """
    from sim.analysis.new_figures import add_figures
    from sim.analysis.tables import write_csv
    from sim.cli.console.tables import as_json, records

    found = add_figures(file, result)
    tables = {
        "figures": found.figures,
        "ratios": found.ratios,
        "parameters": found.parameters,
        "weights": found.weights,
    }
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            write_csv(out / f"{name}.csv", table)
    if json:
        facts = {"draws": found.draws, "effective": found.effective, "pareto_k": found.k}
        as_json(
            {**facts, "enough": found.enough, **{n: records(table) for n, table in tables.items()}}
        )
    else:
        _say(found)
    if not found.enough:
        raise typer.Exit(1)


def _say(found: NewFigures) -> None:
    for row in found.figures.to_dict("records"):
        typer.echo(
            f"{row['indicator']} of {row['country']} in {row['year']}: figure {row['figure']:.4g}; "
            f"runs said {row['median']:.4g} ({row['low']:.4g} to {row['high']:.4g}), now "
            f"{row['median_after']:.4g} ({row['low_after']:.4g} to {row['high_after']:.4g})"
        )
    typer.echo("Growth 2022-2030 in nominal US$, baseline, median (5-95 %):")
    for row in found.ratios.to_dict("records"):
        typer.echo(
            f"  {row['country']}: {row['median']:.2f} ({row['low']:.2f} to {row['high']:.2f}) -> "
            f"{row['median_after']:.2f} ({row['low_after']:.2f} to {row['high_after']:.2f})"
        )
    typer.echo("Parameters that move most, in standard deviations:")
    for row in found.parameters.head(MOST_PARAMETERS).to_dict("records"):
        typer.echo(f"  {row['parameter']}: {row['shift']:+.2f}")
    typer.echo(found.sentence)
