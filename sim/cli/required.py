"""`mekong required`: the value at which the target would be reached."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.attribute import Folder, Scale, SeedText
from sim.cli.runs import Baseline, Json, Quiet, Threads


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(required)


def required(
    what: Annotated[str, typer.Argument(help="A lever or a parameter.")],
    scenario: Annotated[
        str | None,
        typer.Option(
            help="The mix it is looked at in.",
            show_default="the lever alone; for a parameter, coordinated",
        ),
    ] = None,
    baseline: Baseline = None,
    country: Annotated[str, typer.Option(help="A code, or GMS5.")] = "GMS5",
    measure: Annotated[
        str, typer.Option(help="real_usd, nominal_usd or consumption_share.")
    ] = "real_usd",
    target: Annotated[float, typer.Option(help="Ratio of 2030 to 2022 to be reached.")] = 2.0,
    seeds: SeedText = "2",
    scale: Scale = 20_000,
    threads: Threads = None,
    out: Folder = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The value of a parameter, or level of a lever, at which e-commerce doubles 2022-2030, and

    where it stands in the prior; says so where no value does, or where the target is met already.
    """
    from sim.analysis.policy_mixes.threshold import required as find
    from sim.cli.mixes import finish
    from sim.cli.progress import reporter
    from sim.cli.runs import parse_seeds
    from sim.cli.show import as_json, records

    with reporter(quiet or json) as progress:
        result = find(
            what,
            scenario,
            baseline=baseline,
            country=country,
            measure=measure,
            target=target,
            seeds=parse_seeds(seeds),
            scale=scale,
            threads=threads,
            out=out,
            progress=progress,
        )
    if json:
        as_json(
            {
                **records(result.table)[0],
                "points": records(result.points),
                "sentences": result.sentences,
                "folder": str(result.folder),
            }
        )
    elif not quiet:
        for sentence in result.sentences:
            typer.echo(sentence)
    finish(result.folder, "required", result.failed, quiet or json)
