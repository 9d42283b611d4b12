"""`mekong export`, `mekong verify` and `mekong rerun`: what can be done with a result folder."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.mixes import names_in
from sim.cli.runs import Engine, Json, Quiet, Rule, Threads
from sim.cli.sweep import Lacking, Missing
from sim.experiments.storage.local_path import local_path, output_folder

if TYPE_CHECKING:
    from sim.experiments.storage.verify import Verified

MOST_NAMED = 10
Result = Annotated[
    Path, typer.Argument(parser=local_path, metavar="FOLDER", help="A result folder.")
]


class Format(StrEnum):
    """Formats of `mekong export`."""

    csv = "csv"
    dta = "dta"
    parquet = "parquet"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(export)
    app.command()(verify)
    app.command()(rerun)


def export(
    result: Result,
    to: Annotated[Format, typer.Option("--to", help="csv, dta (Stata) or parquet.")] = Format.csv,
    indicators: Annotated[
        str | None,
        typer.Option(help="Only these, with commas between.", show_default="all"),
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(help="Only these groups, with commas between.", show_default="all"),
    ] = None,
    quarterly: Annotated[
        bool, typer.Option("--quarterly/--yearly", help="Quarters instead of years.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=output_folder,
            metavar="FOLDER",
            help="Folder for the files.",
            show_default="RESULT/export",
        ),
    ] = None,
    missing: Lacking = Missing.refuse,
    quiet: Quiet = False,
) -> None:
    """All runs of a result as two files, `series` and `runs`, for another program."""
    from sim.analysis.export import export as write

    files = write(
        result,
        to.value,
        indicators=None if indicators is None else names_in(indicators, "--indicators"),
        groups=None if groups is None else names_in(groups, "--groups"),
        yearly=not quarterly,
        out=out,
        missing=missing.value,
    )
    if not quiet:
        for path in files:
            typer.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")


def verify(
    result: Result,
    run: Annotated[
        list[str] | None, typer.Option(help="Repeat this run (the beginning of its name).")
    ] = None,
    runs: Annotated[int, typer.Option(help="How many runs to repeat.")] = 1,
    engine: Engine = "compiled",
    threads: Threads = None,
    rule: Rule = None,
    json: Json = False,
) -> None:
    """Read every file of a result, count its runs, repeat some, and compare them byte by byte.

    The exit status is 1 where runs are gone, damaged or different, or files belong to no run.
    """
    from sim.cli.show import as_json
    from sim.experiments.execution.options import Means
    from sim.experiments.own_rules.loading import load_rules
    from sim.experiments.storage.verify import verify as compare

    rules = load_rules(rule) if rule is not None else None
    found = compare(result, Means(engine, threads, rules), run or (), runs)
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


def rerun(
    result: Result,
    run: Annotated[str, typer.Argument(help="Name of a run, or its beginning.")],
    engine: Engine = "compiled",
    threads: Threads = None,
    rule: Rule = None,
) -> None:
    """Do one run of a result again and keep it; says in full why it fails."""
    from sim.errors import printable
    from sim.experiments.execution.options import Means
    from sim.experiments.own_rules.loading import load_rules
    from sim.experiments.replay import rerun as repeat
    from sim.experiments.storage.folder import read_manifest

    read_manifest(result)
    rules = load_rules(rule) if rule is not None else None
    outcome = repeat(result, run, Means(engine, threads, rules))
    if outcome.done:
        typer.echo(f"{outcome.part} is done; the same study command brings the tables up to date")
        return
    typer.echo(printable(outcome.traceback), err=True)
    typer.echo(printable(f"the run failed again: {outcome.error}"), err=True)
    raise typer.Exit(1)
