"""`mekong compare`: policies against a baseline."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.console.options import (
    COMPARISON_SCALE,
    DRAWS_HELP,
    ECOMMERCE,
    SEEDS_HELP,
    Account,
    Baseline,
    Engine,
    Json,
    Out,
    Prior,
    Quiet,
    Rule,
    Scale,
    Threads,
    Workers,
)


def compare(
    scenarios: Annotated[
        list[str], typer.Argument(help="Shipped names or files; the first is the baseline.")
    ],
    baseline: Baseline = None,
    seeds: Annotated[str | None, typer.Option(help=SEEDS_HELP, show_default="1")] = None,
    draws: Annotated[
        int | None, typer.Option(help=DRAWS_HELP, show_default="40; 0 with --seeds")
    ] = None,
    prior: Prior = False,
    scale: Scale = COMPARISON_SCALE,
    engine: Engine = "compiled",
    threads: Threads = None,
    workers: Workers = None,
    rule: Rule = None,
    out: Out = None,
    row_paths: Annotated[
        bool,
        typer.Option(
            "--row-paths",
            help="Run common rules also with the rest of the world cheaper and taxed.",
        ),
    ] = False,
    channels: Annotated[
        bool,
        typer.Option("--channels", help="Run everything again with each channel off, one by one."),
    ] = False,
    account: Account = ECOMMERCE,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare policies with a baseline: does e-commerce double?

    Prints the conclusion, a table and the effects, and writes tables and pictures. An existing
    --out resumes when it holds the same study.
    """
    from sim.cli.console.comparison import conduct

    conduct(
        "compare",
        scenarios,
        baseline=baseline,
        seeds=seeds,
        draws=draws,
        prior=prior,
        scale=scale,
        engine=engine,
        threads=threads,
        workers=workers,
        rule=rule,
        out=out,
        row_paths=row_paths,
        channels=channels,
        account=account,
        json=json,
        quiet=quiet,
    )
