"""`mekong evidence replication`: what published studies measured, and the same in the model."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sim.cli.console.options import INSPECTION_SCALE, Json, NoProgress, Scale, Seeds, Threads
from sim.cli.console.tables import as_json, console, records, show, table

StudyNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="[STUDY]...", help="Rows to rerun.", show_default="all"),
]


def replication(
    studies: StudyNames = None,
    scale: Scale = INSPECTION_SCALE,
    seeds: Seeds = "2",
    threads: Threads = None,
    json: Json = False,
    quiet: NoProgress = False,
) -> None:
    """Compare published estimates of studies with the model's."""
    from sim.analysis.validation.replication import ORIGINS, named_studies, replicate
    from sim.cli.console.arguments import parse_seeds
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.experiments.run import seed_list

    wanted = seed_list(parse_seeds(seeds))
    names = studies or []
    announce(scale, 2 * len(named_studies(names)) * len(wanted), 1, threads, quiet)
    with reporter(quiet, json) as progress:
        frame = replicate(scale, wanted, threads, progress, names)
    rows = records(frame)
    if json:
        as_json(rows)
        return
    columns = ["what", "published", "simulated", "ratio", "conclusion", "used as", "source"]
    made = table(
        "Studies, and the same inside the model",
        columns,
        right=["published", "simulated", "ratio"],
        prose=["what", "source"],
    )
    for row in rows:
        made.add_row(
            row["what"],
            _number(row["published"], row),
            _number(row["simulated"], row),
            f"{row['ratio']:.2f}",
            row["conclusion"],
            row["origin"],
            row["source"],
        )
    show(made)
    out = console()
    for name, meaning in ORIGINS.items():
        out.print(f"{name}: {meaning}")
    out.print("A ratio far from one is a finding about the model: see docs/replication.md.")


def _number(value: float, row: dict[str, Any]) -> str:
    if row["unit"] == "relative_change":
        return f"{100 * value:+.1f} %"
    if row["unit"] == "share_points":
        return f"{100 * value:+.1f} pp"
    return f"{value:.2f}"
