"""`mekong evidence scores`: the ledger against what was published later."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import Json, OutFile, Quiet
from sim.cli.console.tables import as_json, records, show, table
from sim.errors import InputError
from sim.experiments.storage.local_path import local_path


def scores(
    ledger: Annotated[
        Path, typer.Argument(parser=local_path, metavar="[LEDGER]", help="A ledger of forecasts.")
    ] = Path("calibration/forecast_origin_2023.csv"),
    out: OutFile = Path("calibration/scores_2024.csv"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score the forecast ledger on figures of years after its origin.

    Compares it with the last known figure and with the mean change, at the same quantiles.
    """
    from sim.calibration.data.targets import load_targets, outcomes
    from sim.calibration.forecast.ledger_scores import (
        ledger_scores,
        origin_of,
        read_ledger,
        summary,
    )
    from sim.calibration.tables import write_table

    targets = load_targets()
    forecasts = read_ledger(ledger)
    origin = origin_of(forecasts)
    later = outcomes(targets, origin)
    if later.empty:
        raise InputError(
            f"no figure of years after {origin} is known yet",
            where=str(ledger),
            allowed="a ledger of an earlier origin",
        )
    found = ledger_scores(forecasts, later, targets, origin)
    write_table(out, found)
    short = summary(found)
    if json:
        as_json(records(short))
        return
    if quiet:
        return
    columns = ["measure", "figures", "in 50 %", "in 80 %", "in 90 %", "mean error"]
    made = table(
        "Forecasts against what was published",
        [*columns, "of last value", "of drift", "skill: last value", "drift"],
        right=columns[1:],
    )
    for row in records(short):
        made.add_row(
            row["measure"],
            *(str(row[name]) for name in ("figures", "inside_50", "inside_80", "inside_90")),
            *(
                _error(row[name], row["measure"])
                for name in ("mean_error", "last_value_mean_error", "drift_mean_error")
            ),
            *(_skill(row[name]) for name in ("skill_against_last_value", "skill_against_drift")),
        )
    show(made)
    typer.echo(f"Results: {out} ({len(found)} figures)")


def _error(value: float | None, measure: str) -> str:
    if value is None or math.isnan(value):
        return ""
    return f"{value:.2f} logs" if measure.endswith("_usd") else f"{100 * value:.1f} pp"


def _skill(value: float | None) -> str:
    return "none" if value is None or math.isnan(value) else f"{value:.2f}"
