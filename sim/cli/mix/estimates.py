"""`mekong mix estimates`: the fits from which the dashboard answers at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import Json, Quiet, ResultFolder, a_file
from sim.experiments.storage.local_path import local_path


def estimates(
    result: ResultFolder,
    out: Annotated[Path | None, a_file("The file to write.", "RESULT/estimates.npz")] = None,
    check: Annotated[
        Path | None,
        typer.Option(
            parser=local_path,
            metavar="FOLDER",
            help="Runs of other mixes in the same draws, to check the fits.",
        ),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fit what the dashboard says before a run is done.

    From the folder of `mekong mix optimum`. The dashboard reads `calibration/estimates.npz` of the
    checkout it runs in: make it anew where results change. The table has the error of the fit: that
    of predicting each designed mix from all others.
    """
    from sim.analysis.emulation.estimate_fits import write_estimates
    from sim.analysis.text.formatting import amount
    from sim.cli.console.tables import as_json, records, show, table

    path, errors = write_estimates(result, out, check)
    if json:
        as_json({"file": str(path), "errors": records(errors)})
        return
    if quiet:
        return
    heads = ["explained", "error", "of checked mixes"]
    made = table("Error of the estimates, five countries together", ["outcome", *heads, "unit"],
                 right=heads)  # fmt: skip
    for row in errors.to_dict("records"):
        known = row["explained"] == row["explained"]
        made.add_row(
            row["outcome"].replace("_", " "),
            f"{100 * row['explained']:.1f} %" if known else "",
            amount(row["error"]),
            amount(row["checked"]) if row["checked"] == row["checked"] else "",
            row["unit"],
        )
    show(made)
    typer.echo(f"Fits: {path} ({path.stat().st_size / 1e6:.1f} MB)")
