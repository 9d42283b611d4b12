"""`mekong prior-share`: how much of each policy's effect is prior, and how much comes from data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.runs import Json, Quiet, Threads
from sim.cli.sweep import Workers
from sim.experiments.storage.local_path import output_file, output_folder

TABLE = Path("calibration/prior_share.csv")


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("prior-share")(prior_share)


def prior_share(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(help="Policies to judge.", show_default="those of the shipped table"),
    ] = None,
    baseline: Annotated[str, typer.Option(help="What they are compared with.")] = "baseline",
    draws: Annotated[int, typer.Option(help="Draws of the prior, and of the posterior.")] = 100,
    seeds: Annotated[str, typer.Option(help="A number n (seeds 1 to n) or a list.")] = "1",
    scale: Annotated[int, typer.Option(help="People that one agent stands for.")] = 5000,
    workers: Workers = None,
    threads: Threads = None,
    out: Annotated[
        Path, typer.Option(parser=output_file, metavar="FILE", help="The table.")
    ] = TABLE,
    work: Annotated[
        Path,
        typer.Option(
            parser=output_folder, metavar="FOLDER", help="Folder of the runs; goes on where it was."
        ),
    ] = Path("results/prior_share"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Variance of each effect over draws of the posterior as a share of that over the prior.

    The table in calibration/ of a checkout is what `mekong compare` and the report read.
    """
    from sim.analysis.tables import write_csv
    from sim.analysis.validation.prior_share_runs import SCENARIOS, prior_shares
    from sim.cli.progress import reporter
    from sim.cli.runs import parse_seeds
    from sim.cli.show import as_json, records

    names = tuple(scenarios or SCENARIOS)
    wanted = parse_seeds(seeds)
    with reporter(quiet or json) as progress:
        frame = prior_shares(
            names, baseline, draws, wanted, scale, work, workers, threads, progress
        )
    write_csv(out, frame)
    if json:
        as_json(records(frame))
    elif not quiet:
        _write(frame)
        typer.echo(f"Table: {out}")


def _write(frame) -> None:  # type: ignore[no-untyped-def]
    from sim.cli.show import console, table
    from sim.units import REGION

    shown = {
        "gmv_real_usd": "online purchases 2030",
        "shoppers": "shoppers 2030",
        "scam_losses_usd_cumulative": "losses to scams 2026-30",
        "gmv_region_usd": "bought from neighbours 2030",
    }
    mine = frame[(frame["country"] == REGION) & (frame["group"] == "all")]
    by_name = mine.set_index(["scenario", "indicator"])["share"]
    made = table(
        "How much of each effect is prior (five countries together)",
        ["scenario", *shown.values()],
        right=list(shown.values()),
    )
    for scenario in dict.fromkeys(mine["scenario"]):
        cells = [by_name.get((scenario, name)) for name in shown]
        made.add_row(scenario, *("" if cell is None else f"{100 * cell:.0f} %" for cell in cells))
    console().print(made)
