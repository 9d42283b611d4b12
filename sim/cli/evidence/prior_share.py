"""`mekong evidence prior-share`: how much of each policy's effect comes from the prior."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import (
    PARAMETER_SCALE,
    BaselineName,
    Json,
    OutFile,
    Quiet,
    Scale,
    Seeds,
    Threads,
    Work,
    Workers,
)
from sim.rows import rows_where


def prior_share(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(help="Policies to judge.", show_default="those of the shipped table"),
    ] = None,
    baseline: BaselineName = "baseline",
    draws: Annotated[int, typer.Option(help="Draws of the prior, and of the posterior.")] = 100,
    seeds: Seeds = "1",
    scale: Scale = PARAMETER_SCALE,
    workers: Workers = None,
    threads: Threads = None,
    out: OutFile = Path("calibration/prior_share.csv"),
    work: Work = Path("results/prior_share"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compute how much of each effect is prior and how much is data.

    The measure is the variance over draws of the posterior as a share of that over the prior.

    The table in calibration/ of a checkout is what `mekong compare` and the report read.
    """
    from sim.analysis.tables import write_csv
    from sim.analysis.validation.prior_share_runs import SCENARIOS, prior_shares
    from sim.cli.console.arguments import parse_seeds
    from sim.cli.console.progress import reporter
    from sim.cli.console.tables import as_json, records

    names = tuple(scenarios or SCENARIOS)
    wanted = parse_seeds(seeds)
    with reporter(quiet, json, scale) as progress:
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
    from sim.cli.console.tables import show, table
    from sim.units import REGION

    shown = {
        "gmv_real_usd": "online purchases 2030",
        "shoppers": "shoppers 2030",
        "scam_losses_usd_cumulative": "losses to scams 2026-30",
        "gmv_region_usd": "bought from neighbours 2030",
    }
    mine = rows_where(frame, country=REGION, group="all")
    by_name = mine.set_index(["scenario", "indicator"])["share"]
    made = table(
        "Share of each effect that is due to the prior (five countries together)",
        ["scenario", *shown.values()],
        right=list(shown.values()),
    )
    for scenario in dict.fromkeys(mine["scenario"]):
        cells = [by_name.get((scenario, name)) for name in shown]
        made.add_row(scenario, *("" if cell is None else f"{100 * cell:.0f} %" for cell in cells))
    show(made)
