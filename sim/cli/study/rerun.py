"""`mekong study rerun`: one run of a result again."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.console.options import Engine, ResultFolder, Rule, Threads


def rerun(
    result: ResultFolder,
    run: Annotated[str, typer.Argument(help="Name of a run, or its beginning.")],
    engine: Engine = "compiled",
    threads: Threads = None,
    rule: Rule = None,
) -> None:
    """Do one run again and show in full why it fails."""
    from sim.errors import printable
    from sim.experiments.execution.options import RunOptions
    from sim.experiments.own_rules.loading import load_rules
    from sim.experiments.replay import rerun as repeat
    from sim.experiments.storage.folder import read_manifest

    read_manifest(result)
    rules = load_rules(rule) if rule is not None else None
    outcome = repeat(result, run, RunOptions(engine, threads, rules))
    if outcome.done:
        typer.echo(f"{outcome.part} is done; the same study command brings the tables up to date")
        return
    typer.echo(printable(outcome.traceback), err=True)
    typer.echo(printable(f"the run failed again: {outcome.error}"), err=True)
    raise typer.Exit(1)
