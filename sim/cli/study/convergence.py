"""`mekong study convergence`: how fine the agents must be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import Json, OutFolder, Quiet, Seeds, Threads, Workers
from sim.rows import rows_where


def convergence(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(help="The first is the baseline.", show_default="baseline coordinated"),
    ] = None,
    scales: Annotated[
        str, typer.Option(help="Scales with commas between.")
    ] = "50000,20000,10000,5000,2000,1000",
    seeds: Seeds = "10",
    workers: Workers = None,
    threads: Threads = None,
    out: OutFolder = Path("results/convergence"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Repeat a comparison with ever finer agents."""
    from sim.analysis.validation.convergence import convergence as run
    from sim.cli.console.arguments import parse_seeds, whole_numbers
    from sim.cli.console.progress import reporter
    from sim.cli.console.tables import as_json, records
    from sim.model.footprint import LARGEST_SCALE
    from sim.report.writer import save

    names = scenarios or ["baseline", "coordinated"]
    allowed = f"1 to {LARGEST_SCALE:,} people to an agent, such as 5000,1000"
    wanted = whole_numbers(scales, "--scales", "scales", allowed)
    with reporter(quiet, json, *wanted) as progress:
        result = run(
            names,
            wanted,
            parse_seeds(seeds),
            folder=out,
            workers=workers,
            threads=threads,
            progress=progress,
        )
    save(result)
    if json:
        as_json(records(result.table))
    elif not quiet:
        _write(result.table)
        typer.echo(f"Results: {out / 'convergence.csv'}")
        typer.echo(f"Picture: {out / 'figures' / 'convergence.png'}")


def _write(frame) -> None:  # type: ignore[no-untyped-def]
    from sim.cli.console.tables import show, table
    from sim.units import REGION

    mine = rows_where(frame, country=REGION, measure="nominal_usd")
    heads = ["scale", "agents", "2030/2022", "error", "from finest", "effect", "error "]
    made = table(
        "The five countries, nominal US$; 'from finest' in standard errors of the difference",
        ["scenario", *heads],
        right=heads,
    )
    for row in mine.to_dict("records"):
        names = ("ratio", "ratio_se", "distance", "effect_ratio", "effect_ratio_se")
        cells = ["" if row[name] != row[name] else f"{row[name]:.3g}" for name in names]
        made.add_row(row["scenario"], f"{row['scale']:,}", f"{row['agents']:,}", *cells)
    show(made)
