"""`mekong convergence`: how fine the agents must be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.runs import Json, Quiet, Threads
from sim.cli.sweep import Workers
from sim.errors import InputError
from sim.experiments.storage.local_path import output_folder


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(convergence)


def convergence(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(help="The first is the baseline.", show_default="baseline coordinated"),
    ] = None,
    scales: Annotated[
        str, typer.Option(help="Scales with commas between.")
    ] = "50000,20000,10000,5000,2000,1000",
    seeds: Annotated[str, typer.Option(help="A number n (seeds 1 to n) or a list.")] = "10",
    workers: Workers = None,
    threads: Threads = None,
    out: Annotated[
        Path, typer.Option(parser=output_folder, metavar="FOLDER", help="Folder for the results.")
    ] = Path("results/convergence"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The same study with ever finer agents: when does the scale stop mattering?"""
    from sim.analysis.validation.convergence import convergence as run
    from sim.cli.progress import reporter
    from sim.cli.runs import parse_seeds
    from sim.cli.show import as_json, records

    names = scenarios or ["baseline", "coordinated"]
    with reporter(quiet or json) as progress:
        result = run(
            names,
            _scales(scales),
            parse_seeds(seeds),
            folder=out,
            workers=workers,
            threads=threads,
            progress=progress,
        )
    result.save()
    if json:
        as_json(records(result.table))
    elif not quiet:
        _write(result.table)
        typer.echo(f"Results: {out / 'convergence.csv'}")
        typer.echo(f"Picture: {out / 'figures' / 'convergence.png'}")


def _scales(text: str) -> list[int]:
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    if not pieces or not all(piece.isascii() and piece.isdigit() for piece in pieces):
        raise InputError(f"'{text}' are not scales", where="--scales", allowed="such as 5000,1000")
    return [int(piece) for piece in pieces]


def _write(frame) -> None:  # type: ignore[no-untyped-def]
    from sim.cli.show import console, table
    from sim.units import REGION

    mine = frame[(frame["country"] == REGION) & (frame["measure"] == "nominal_usd")]
    heads = ["scale", "agents", "2030/2022", "error", "from finest", "effect", "error "]
    made = table(
        "The five countries, nominal US$; 'from finest' in standard errors of the difference",
        ["scenario", *heads],
        right=heads,
        tight=True,
    )
    for row in mine.to_dict("records"):
        names = ("ratio", "ratio_se", "distance", "effect_ratio", "effect_ratio_se")
        cells = ["" if row[name] != row[name] else f"{row[name]:.3g}" for name in names]
        made.add_row(row["scenario"], f"{row['scale']:,}", f"{row['agents']:,}", *cells)
    console().print(made)
