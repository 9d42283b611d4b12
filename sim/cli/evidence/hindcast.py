"""`mekong evidence hindcast`: forecasts from earlier origins, scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.console.options import Json, OutFolder, Quiet, Sampling, SamplingSeed, Work
from sim.cli.console.tables import as_json, console, records, show, table
from sim.rows import rows_where


def hindcast(
    plan: Annotated[
        Sampling, typer.Option(help="How much is sampled at each origin.")
    ] = Sampling.refit,
    seed: SamplingSeed = 1,
    out: OutFolder = Path("calibration/hindcast"),
    work: Work = Path("results/hindcast"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Forecast from earlier origins and score years not used.

    Origins are 2019 to 2023. Compares the scores with those of benchmarks, leaves out one country
    at a time, and takes mechanisms away.
    """
    from sim.calibration.forecast import score_tables
    from sim.calibration.forecast.hindcast import hindcast as run
    from sim.calibration.posterior import cut_posterior as estimate
    from sim.cli.console.progress import reporter
    from sim.figures.skill import pit_histogram, skill
    from sim.figures.style import save

    small = estimate.QUICK if plan is Sampling.quick else estimate.SMALL
    chosen = {"full": estimate.FULL, "refit": estimate.REFIT, "quick": estimate.QUICK}[plan]
    with reporter(quiet, json) as progress:
        found = run(work, chosen, small, seed=seed, told=progress.stage)
    found.save(out)
    model = score_tables.of_origins(score_tables.published_only(found.forecasts)).query(
        "method == 'model'"
    )
    save(skill(found.skill.query("measure != 'all'")), out / "figures" / "skill")
    placed = model.rename(columns={"indicator": "measure"})[["measure", "pit"]]
    save(pit_histogram(placed), out / "figures" / "pit")
    if json:
        as_json({"skill": records(found.skill), "coverage": records(found.coverage)})
        return
    _write_skill(found.skill)
    _write_coverage(found.coverage)
    console().print(
        "Few forecasts, from few countries: a difference that the interval does not hold above "
        "zero is no difference. Priors were set by people who knew these years."
    )
    typer.echo(f"all forecasts are in {out}")


def _write_skill(frame: Any) -> None:
    made = table(
        "Skill: 1 less CRPS over that of the benchmark; interval of 90 %",
        ["measure", "benchmark", "skill", "interval", "forecasts", "countries", "better"],
        right=["skill", "interval", "forecasts", "countries"],
    )
    for row in records(frame):
        low, high = row["low"], row["high"]
        known = low == low  # not NaN
        made.add_row(
            row["measure"],
            row["benchmark"],
            f"{row['value']:.2f}",
            f"{low:.2f} to {high:.2f}" if known else "-",
            str(row["points"]),
            str(row["blocks"]),
            "yes" if row["better"] else "not shown",
        )
    show(made)


def _write_coverage(frame: Any) -> None:
    made = table(
        "Share of outcomes inside the model's bands",
        ["measure", "band", "inside", "forecasts"],
        right=["band", "inside", "forecasts"],
    )
    for row in records(rows_where(frame, method="model")):
        made.add_row(
            row["measure"],
            f"{100 * row['level']:.0f} %",
            f"{100 * row['inside']:.0f} %",
            str(row["forecasts"]),
        )
    show(made)
