"""`mekong evidence sectors`: the digital economy beside e-commerce, estimated from figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import Json, OutFolder, Quiet, Sampling, SamplingSeed, Work, Workers
from sim.cli.console.tables import as_json, records, show, table


def sectors(
    plan: Annotated[
        Sampling, typer.Option(help="How much is sampled; quick is for a look only.")
    ] = Sampling.full,
    seed: SamplingSeed = 1,
    workers: Workers = None,
    out: OutFolder = Path("calibration/sectors"),
    work: Work = Path("results/sectors"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Estimate the sectors of the digital economy.

    Transport and food, travel and media, from published figures, given the posterior of the
    model, which does not change. Writes draws, their fit, forecasts
    from 2021 and 2022 with scores, and bands to 2030. What is in calibration/sectors in a checkout
    is what --account digital-economy reads.
    """
    from sim.calibration.sectors.estimation import FULL, QUICK
    from sim.calibration.sectors.evidence import sectors as run
    from sim.cli.console.progress import reporter
    from sim.sectors.rule import TITLES

    chosen = QUICK if plan is Sampling.quick else FULL
    with reporter(quiet, json) as progress:
        found = run(work, chosen, seed=seed, workers=workers, told=progress.stage)
    found.save(out)
    if json:
        as_json({"coverage": records(found.coverage), "fit": records(found.fit)})
        return
    made = table(
        "Forecasts of later years: share of outcomes inside bands, mean CRPS and absolute error of "
        "benchmarks (logs)",
        ["origin", "sector", "n", "50 %", "80 %", "90 %", "CRPS", "last", "growth"],
        right=["n", "50 %", "80 %", "90 %", "CRPS", "last", "growth"],
    )
    for row in records(found.coverage):
        bands = [f"{100 * row[name]:.0f} %" for name in ("inside_50", "inside_80", "inside_90")]
        scores = [f"{row[name]:.2f}" for name in ("crps", "crps_last", "crps_growth")]
        sector = TITLES.get(row["sector"], row["sector"])
        made.add_row(str(row["origin"]), sector, str(row["forecasts"]), *bands, *scores)
    show(made)
    typer.echo(f"draws, fit and forecasts are in {out}")
