"""`mekong mix threshold`: the value at which the target would be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import (
    MIX_SCALE,
    Baseline,
    Country,
    Json,
    Measure,
    Out,
    Quiet,
    Scale,
    Seeds,
    Threads,
)

if TYPE_CHECKING:
    from sim.analysis.thresholds.threshold import Threshold


def threshold(
    what: Annotated[str, typer.Argument(help="A lever or a parameter.")],
    scenario: Annotated[
        str | None,
        typer.Option(
            help="The mix it is looked at in.",
            show_default="the lever alone; for a parameter, coordinated",
        ),
    ] = None,
    baseline: Baseline = None,
    country: Country = "GMS5",
    measure: Measure = "real_usd",
    target: Annotated[float, typer.Option(help="Ratio of 2030 to 2022 to be reached.")] = 2.0,
    seeds: Seeds = "2",
    scale: Scale = MIX_SCALE,
    threads: Threads = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find the value of an input at which e-commerce doubles.

    The input is a parameter or the level of a lever. Also shows where the value lies in the prior;
    says so where no value reaches the target, or where it is met already.
    """
    from sim.analysis.thresholds.threshold import threshold as find
    from sim.cli.console.arguments import parse_seeds
    from sim.cli.console.outcome import deliver
    from sim.cli.console.progress import reporter
    from sim.cli.console.tables import records

    with reporter(quiet, json, scale) as progress:
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
    record = {
        **records(result.table)[0],
        "points": records(result.points),
        "sentences": result.sentences,
    }
    deliver(result, record, lambda: _write(result), json, quiet)


def _write(result: Threshold) -> None:
    from sim.cli.console.tables import console

    for sentence in result.sentences:
        console().print(sentence)
