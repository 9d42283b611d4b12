"""`mekong evidence self-test`: the estimation applied to data whose parameters are known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import Json, OutFolder, Quiet, SamplingSeed, Work
from sim.cli.console.tables import as_json, records, show, table


def self_test(
    times: Annotated[int, typer.Option(help="Synthetic data sets to estimate.")] = 20,
    seed: SamplingSeed = 1,
    out: OutFolder = Path("calibration/recovery"),
    work: Work = Path("results/recovery"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Estimate synthetic data whose parameters are known.

    Says how often intervals held the true value, and how much data of this kind can tell at best.
    """
    from sim.calibration.calibrate import setting_of
    from sim.calibration.data.targets import as_known, load_targets
    from sim.calibration.posterior.self_test import recover, summary
    from sim.calibration.tables import write_table
    from sim.cli.console.progress import reporter
    from sim.experiments.limits import MOST_DRAWS, check_count
    from sim.target import POSTERIOR_ORIGIN

    check_count(times, MOST_DRAWS, "worlds", least=1)
    setting = setting_of(as_known(load_targets(), POSTERIOR_ORIGIN), POSTERIOR_ORIGIN, seed, {})
    with reporter(quiet, json) as progress:
        found = recover(setting, work, times, told=progress.stage)
    short = summary(found)
    for name, frame in (("recovered", found), ("summary", short)):
        write_table(out / f"{name}.csv", frame)
    if json:
        as_json(records(short))
        return
    columns = ["module", "parameter", "worlds", "in 50 %", "in 90 %", "contraction", "uniform, p"]
    made = table("How often bands held the truth", columns, right=columns[2:])
    for row in records(short):
        made.add_row(
            row["module"],
            row["parameter"],
            str(row["worlds"]),
            f"{100 * row['inside_50']:.0f} %",
            f"{100 * row['inside_90']:.0f} %",
            f"{row['contraction']:.2f}",
            f"{row['p_uniform']:.2f}",
        )
    show(made)
