"""`mekong evidence replication`: what published studies measured, and the same in the model."""

from __future__ import annotations

import math
from typing import Annotated, Any

import typer

from sim.cli.console.options import INSPECTION_SCALE, Json, NoProgress, Scale, Seeds, Threads
from sim.cli.console.tables import as_json, console, records, show, table

StudyNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[STUDY]...", help="Studies or experiments to rerun.", show_default="all"
    ),
]


def replication(
    studies: StudyNames = None,
    scale: Scale = INSPECTION_SCALE,
    seeds: Seeds = "2",
    threads: Threads = None,
    json: Json = False,
    quiet: NoProgress = False,
) -> None:
    """Compare published estimates of studies with the model's.

    The experiment of each study is rerun at the central parameters. Intervals are those of the
    shipped evidence, before and after all studies.
    """
    from sim.analysis.validation.replication import named_studies, replicate
    from sim.calibration.studies.table import USES
    from sim.cli.console.arguments import parse_seeds
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.experiments.run import seed_list

    wanted = seed_list(parse_seeds(seeds))
    names = studies or []
    experiments = {study.experiment for study in named_studies(names)}
    announce(scale, 2 * len(experiments) * len(wanted), 1, threads, quiet)
    with reporter(quiet, json) as progress:
        frame = replicate(scale, wanted, threads, progress, names)
    rows = records(frame)
    if json:
        as_json(rows)
        return
    columns = ["what", "published", "simulated", "ratio", "conclusion", "prior", "posterior"]
    made = table(
        "Studies, and the same inside the model",
        [*columns, "use", "study"],
        right=["published", "simulated", "ratio"],
        prose=["what", "study"],
    )
    for row in rows:
        made.add_row(
            row["what"],
            _number(row["published"], row),
            _number(row["simulated"], row),
            "" if _missing(row["ratio"]) else f"{row['ratio']:.2f}",
            row["conclusion"],
            _interval(row, "prior"),
            _interval(row, "posterior"),
            row["use"],
            row["study"],
        )
    show(made)
    out = console()
    for name, meaning in USES.items():
        out.print(f"{name}: {meaning}")
    out.print("A ratio far from one is a finding about the model: see docs/replication.md.")


def _missing(value: float | None) -> bool:
    return value is None or math.isnan(value)


def _interval(row: dict[str, Any], what: str) -> str:
    low, high = row[f"{what}_low"], row[f"{what}_high"]
    if _missing(low):
        return ""
    unit = "ratio" if row["unit"] == "sign" else row["unit"]
    shown = {"unit": unit}
    return f"{_number(low, shown)} to {_number(high, shown)}"


def _number(value: float, row: dict[str, Any]) -> str:
    if row["unit"] == "relative_change":
        return f"{100 * value:+.1f} %"
    if row["unit"] == "share_points":
        return f"{100 * value:+.1f} pp"
    if row["unit"] == "sign" and abs(value) == 1.0:
        return "rise" if value > 0 else "fall"
    return f"{value:.3g}"
