"""`mekong evidence forecast`: the published forecast, with its quantiles."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import COMPARISON_SCALE, Json, OutFile, Quiet, Scale, Workers
from sim.cli.console.tables import as_json, records


def forecast(
    draws: Annotated[
        int | None, typer.Option(help="Draws of the posterior.", show_default="all")
    ] = None,
    scale: Scale = COMPARISON_SCALE,
    workers: Workers = None,
    out: OutFile = Path("calibration/forecast_origin_2024.csv"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the forecast ledger: quantiles of the years to 2030."""
    from sim.calibration.data.targets import load_targets
    from sim.calibration.forecast.ledger import as_csv
    from sim.calibration.forecast.ledger import forecast as run
    from sim.calibration.tables import write_table
    from sim.cli.console.progress import reporter
    from sim.experiments.storage.atomic_write import write_text
    from sim.figures.fan import fan
    from sim.figures.style import save
    from sim.target import POSTERIOR_ORIGIN

    with reporter(quiet, json, scale) as progress:
        found = run(draws, scale, workers, progress)
    write_text(out, as_csv(found.ledger))
    for frame, name in ((found.variance, "variance"), (found.bands, "bands")):
        write_table(out.with_name(f"{out.stem}_{name}.csv"), frame, digits=8)
    about = dumps(found.manifest, indent=2, sort_keys=True)
    write_text(out.with_name(f"{out.stem}_manifest.json"), about + "\n")
    targets = load_targets()
    picture = fan(found.bands, found.variance, targets[targets["year"] <= POSTERIOR_ORIGIN])
    save(picture, out.parent / "figures" / "forecast")
    if json:
        as_json(records(found.ledger))
    elif not quiet:
        typer.echo(f"Results: {out} ({len(found.ledger)} rows)")
        typer.echo(f"Picture: {out.parent / 'figures' / 'forecast.png'}")
