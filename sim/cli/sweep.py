"""`mekong sweep STUDY` and `mekong merge OUT SHARD ...`."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.runs import Engine, Json, Quiet, Rule, Threads, Workers
from sim.experiments.storage.local_path import local_path, output_folder

if TYPE_CHECKING:
    from sim.analysis.sweep import Sweep
    from sim.experiments.execution.plan import Plan
    from sim.experiments.study import Study


class Missing(StrEnum):
    """What to do about runs that are not there."""

    refuse = "refuse"
    drop = "drop"


Lacking = Annotated[
    Missing, typer.Option("--missing", help="Runs that failed or are not there: refuse or drop.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(sweep)
    app.command()(merge)


def sweep(
    study: Annotated[str, typer.Argument(help="A study file, or the name of a shipped one.")],
    workers: Workers = None,
    cluster: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler.", show_default=False)
    ] = None,
    threads: Threads = None,
    engine: Engine = "compiled",
    rule: Rule = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=output_folder,
            metavar="FOLDER",
            help="Folder for the results.",
            show_default="results/sweep-<names>-<hash>",
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(help="Only this part, such as 2/4; see merge.", show_default=False),
    ] = None,
    until_se: Annotated[
        float | None,
        typer.Option(
            help="End early when the paired difference in the ratio 2030/2022 has this error.",
            show_default=False,
        ),
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Do failed runs again.")
    ] = False,
    stop: Annotated[
        bool, typer.Option("--stop/--keep-going", help="End the study at the first failure.")
    ] = False,
    missing: Lacking = Missing.refuse,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be run and what it takes.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """All runs of a study file, resumed where they were left, as tidy tables with their errors."""
    from sim.analysis.sweep import Sweep, default_folder, read_study, run_study
    from sim.cli.progress import reporter
    from sim.cli.show import as_json
    from sim.cli.sizes import said
    from sim.experiments.execution.plan import means_for, plan
    from sim.experiments.own_rules.loading import load_rules

    rules = load_rules(rule) if rule is not None else None
    chosen = read_study(study, rules=rules, shard=shard, until_se=until_se)
    means = means_for(chosen, workers, threads, cluster, engine)
    somewhere = float("inf") if cluster is not None else None  # memory is there, not here
    need = plan(chosen.scale, len(chosen.jobs), means.workers, means.threads, somewhere)
    folder = out if out is not None else default_folder(chosen)
    if dry_run:
        if json:
            as_json(_facts(chosen, need, folder))
        else:
            _say_facts(chosen, need, folder)
        return
    if not quiet:
        where = f", shared among the workers at {cluster}" if cluster is not None else ""
        typer.echo(said(need, chosen.scale) + where, err=True)
        if chosen.jobs.moved:
            typer.echo(_moved(chosen), err=True)
    with reporter(quiet or json) as progress:
        run_study(
            chosen,
            replace(means, quarters=progress.quarters) if means.here else means,
            folder,
            progress=progress,
            retry_failed=retry_failed,
            stop=stop,
            until_se=until_se,
            command=f"mekong sweep {Path(study).name}",
        )
    _say_failed(folder)
    if chosen.shard.of > 1:
        if not quiet:
            typer.echo(f"Shard {chosen.shard} is in {folder}; `mekong merge` puts them together")
        _fail_if_failed(folder)
        return
    result = Sweep(folder, missing.value)
    result.save()
    _say(result, json, quiet)
    _fail_if_failed(folder)


def merge(
    out: Annotated[
        Path,
        typer.Argument(
            parser=output_folder,
            metavar="FOLDER",
            help="A new folder, or that of an earlier merge.",
        ),
    ],
    shards: Annotated[
        list[Path],
        typer.Argument(parser=local_path, metavar="FOLDER", help="Folders of shards of one study."),
    ],
    missing: Lacking = Missing.refuse,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Put the shards of one study together; the same bytes as a study in one piece."""
    from sim.analysis.sweep import Sweep
    from sim.experiments.replay import merge as put_together

    found = put_together(out, shards)
    for part in found.damaged:
        typer.echo(f"a damaged part is left out: {part}", err=True)
    if not quiet:
        typer.echo(
            f"{found.runs} runs are in {out}: {found.failed} failed, {found.missing} missing",
            err=True,
        )
    result = Sweep(out, missing.value)
    result.save()
    _say(result, json, quiet)
    _fail_if_failed(out)


def _facts(study: Study, need: Plan, folder: Path) -> dict[str, object]:
    from sim.experiments.run import drawn_from, is_central

    return {
        "title": study.title,
        "runs": need.runs,
        "scenarios": list(study.names),
        "baseline": study.baseline,
        "design": study.design.kind,
        "points": len(study.design.rows),
        "points_moved": list(study.jobs.moved),
        "inputs": [varied.name for varied in study.design.inputs],
        "seeds": len(study.seeds),
        "draws": len([draw for draw in study.draws if not is_central(draw)]),
        "draws_from": drawn_from(study.draws),
        "scale": study.scale,
        "workers": need.workers,
        "threads": need.threads,
        "seconds": need.seconds,
        "memory_bytes": need.bytes,
        "disk_bytes": need.disk,
        "folder": str(folder),
    }


def _say_facts(study: Study, need: Plan, folder: Path) -> None:
    from sim.cli.sizes import said
    from sim.experiments.run import drawn_from, is_central

    draws = len([draw for draw in study.draws if not is_central(draw)])
    source = drawn_from(study.draws)
    typer.echo(study.title)
    typer.echo(f"  scenarios: {', '.join(study.names)} (baseline {study.baseline})")
    if study.design.inputs:
        typer.echo(f"  design: {study.design.kind}, {len(study.design.rows)} points of")
        for varied in study.design.inputs:
            typer.echo(f"    {varied.name}")
        if study.jobs.moved:
            typer.echo(f"  {_moved(study)}")
    seeds = "1 seed" if len(study.seeds) == 1 else f"{len(study.seeds)} seeds"
    typer.echo(f"  {seeds}, {draws or 'no'} draw{'' if draws == 1 else 's'} of the {source}")
    if study.shard.of > 1:
        typer.echo(f"  shard {study.shard}")
    typer.echo(f"  {said(need, study.scale)}")
    typer.echo(f"  about {need.disk / 1e6:.0f} MB on disk, in {folder}")
    typer.echo("Nothing was run.")


def _moved(study: Study) -> str:
    """Which points do not fit together, in words."""
    points = study.jobs.moved
    some = ", ".join(str(point) for point in points[:MOST_NAMED])
    more = ", ..." if len(points) > MOST_NAMED else ""
    return (
        f"{len(points)} of {len(study.design.rows)} points are moved to where seller sizes and "
        f"prices stay within limits, as draws are ({some}{more}); x.<input> has what was run"
    )


def _say(result: Sweep, json: bool, quiet: bool) -> None:
    from sim.cli.show import as_json, console, records, table
    from sim.units import REGION

    stopped = result.manifest.get("stopped")
    if json:
        as_json({"folder": str(result.folder), "points": records(result.points)})
        return
    if quiet:
        return
    if stopped:
        typer.echo(
            f"Stopped after {stopped['seeds']} of {stopped['of']} seeds: the standard error of "
            f"the paired difference is {stopped['standard_error']:.2g}"
        )
    inputs = [name for name in result.points.columns if name.startswith("x.")]
    heads = ["2030/2022", "error", "effect on it", "error", "runs"]
    mine = result.points
    mine = mine[(mine["country"] == REGION) & (mine["measure"] == "nominal_usd")]
    made = table(
        "The five countries, nominal US$: means and their Monte-Carlo errors",
        ["scenario", "effect of", *(name.removeprefix("x.") for name in inputs), *heads],
        right=[*(name.removeprefix("x.") for name in inputs), *heads],
        tight=True,
    )
    for row in mine.head(MOST_LINES).to_dict("records"):
        numbers = [row[name] for name in inputs]
        numbers += [row[n] for n in ("ratio", "ratio_se", "effect_ratio", "effect_ratio_se")]
        cells = ["" if number != number else f"{number:.4g}" for number in numbers]
        made.add_row(str(row["scenario"]), str(row["effect_of"]), *cells, str(row["runs"]))
    console().print(made)
    if len(mine) > MOST_LINES:
        typer.echo(f"and {len(mine) - MOST_LINES} more points")
    typer.echo(f"Results: {result.folder} (points.csv, outcomes.csv; `mekong export` for all)")


MOST_LINES = 40
MOST_NAMED = 10


def _say_failed(folder: Path) -> None:
    import pandas as pd

    from sim.errors import printable
    from sim.experiments.execution.execute import FAILED_LIST
    from sim.experiments.storage.csv_cells import text_of

    path = folder / FAILED_LIST
    if not path.is_file():
        return
    frame = pd.read_csv(path)
    typer.echo(f"{len(frame)} runs failed ({path}); the first:", err=True)
    error, command = (printable(str(text_of(frame[name].iloc[0]))) for name in ("error", "command"))
    typer.echo(f"  {error}", err=True)
    typer.echo(f"  to see it in full: {command}", err=True)


def _fail_if_failed(folder: Path) -> None:
    from sim.experiments.execution.execute import FAILED_LIST

    if (folder / FAILED_LIST).is_file():
        raise typer.Exit(1)
