"""`mekong replication`: what quoted studies measured, and what the model makes of the same."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sim.cli.show import as_json, console, records, table

Json = Annotated[bool, typer.Option("--json", help="Only JSON on the standard output.")]


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(replication)


def replication(
    scale: Annotated[int, typer.Option(help="People that one agent stands for.")] = 10_000,
    seeds: Annotated[str, typer.Option(help="A number n (seeds 1 to n) or a list: 1,2,3")] = "2",
    threads: Annotated[int | None, typer.Option(help="Threads.", show_default="all")] = None,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Rerun inside the model what studies measured; simulated over published, with the source."""
    from sim.analysis.validation.replication import ORIGINS, STUDIES, replicate
    from sim.cli.progress import reporter
    from sim.cli.runs import parse_seeds
    from sim.cli.sizes import state
    from sim.experiments.run import seed_list

    wanted = seed_list(parse_seeds(seeds))
    need = state(scale, 2 * len(STUDIES) * len(wanted), threads)
    if not quiet:
        typer.echo(need, err=True)
    with reporter(quiet) as progress:
        frame = replicate(scale, wanted, threads, progress)
    rows = records(frame)
    if json:
        as_json(rows)
        return
    columns = ["what", "published", "simulated", "ratio", "verdict", "used as", "source"]
    made = table(
        "Studies, and the same inside the model",
        columns,
        right=["published", "simulated", "ratio"],
    )
    for row in rows:
        made.add_row(
            row["what"],
            _number(row["published"], row),
            _number(row["simulated"], row),
            f"{row['ratio']:.2f}",
            row["verdict"],
            row["origin"],
            row["source"],
        )
    console().print(made)
    for name, meaning in ORIGINS.items():
        typer.echo(f"{name}: {meaning}")
    typer.echo("A ratio far from one is a finding about the model: see docs/replication.md.")


def _number(value: float, row: dict[str, Any]) -> str:
    if row["unit"] == "relative_change":
        return f"{100 * value:+.1f} %"
    if row["unit"] == "share_points":
        return f"{100 * value:+.1f} pp"
    return f"{value:.2f}"
