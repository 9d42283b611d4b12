"""`mekong study verify`: whether the files of a result are whole and its runs repeatable."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import Engine, Json, ResultFolder, Rule, Threads

if TYPE_CHECKING:
    from sim.experiments.storage.verify import Verified

MOST_NAMED = 10


def verify(
    result: ResultFolder,
    run: Annotated[
        list[str] | None, typer.Option(help="Repeat this run (the beginning of its name).")
    ] = None,
    runs: Annotated[int, typer.Option(help="How many runs to repeat.")] = 1,
    engine: Engine = "compiled",
    threads: Threads = None,
    rule: Rule = None,
    json: Json = False,
) -> None:
    """Check the files of a result and repeat some of its runs.

    Reads every file, counts the runs, and compares repeated runs byte by byte. The exit status is 1
    where runs are gone, damaged or different, or files belong to no run.
    """
    from sim.cli.console.tables import as_json
    from sim.experiments.execution.options import RunOptions
    from sim.experiments.own_rules.loading import load_rules
    from sim.experiments.storage.verify import verify as compare

    rules = load_rules(rule) if rule is not None else None
    found = compare(result, RunOptions(engine, threads, rules), run or (), runs)
    if json:
        as_json({**asdict(found), "good": found.good})
    else:
        _say(found)
    if not found.good:
        raise typer.Exit(1)


def _say(found: Verified) -> None:
    failed = f", {found.failed} failed" * bool(found.failed)
    read = f"{found.parts} runs read, {len(found.damaged)} damaged{failed}"
    typer.echo(f"{read}; {found.wanted} belong to the study")
    if found.gone:
        typer.echo(f"{found.gone} runs are gone; the command that made the folder does them again")
    if found.not_done:
        typer.echo(f"{found.not_done} runs are not done yet: the study was never finished")
    same = found.repeated - len({part.partition("/")[2] for part in found.different})
    _list("damaged; the command that made the folder does it again", found.damaged)
    _list("belongs to no run, and is not counted; move it away", found.foreign)
    typer.echo(f"{found.repeated} repeated, {same} equal to the last bit")
    _list("different", found.different)


def _list(what: str, names: list[str]) -> None:
    for name in names[:MOST_NAMED]:
        typer.echo(f"  {what}: {name}")
    if len(names) > MOST_NAMED:
        typer.echo(f"  and {len(names) - MOST_NAMED} more")
