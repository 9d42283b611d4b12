"""`mekong sweep`: all runs of a study file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import (
    Engine,
    Json,
    LackingRuns,
    Missing,
    Out,
    Quiet,
    Rule,
    Threads,
    Workers,
)

if TYPE_CHECKING:
    from sim.experiments.execution.plan import ResourcePlan
    from sim.experiments.study import Study

MOST_NAMED = 10


def sweep(
    study: Annotated[str, typer.Argument(help="A study file, or the name of a shipped one.")],
    workers: Workers = None,
    cluster: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler.", show_default=False)
    ] = None,
    threads: Threads = None,
    engine: Engine = "compiled",
    rule: Rule = None,
    out: Out = None,
    shard: Annotated[
        str | None,
        typer.Option(help="Only this part, such as 2/4; see `study merge`.", show_default=False),
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
    missing: LackingRuns = Missing.refuse,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be run and what it takes.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run a study file, resumed where it was left.

    Writes tidy tables with their Monte Carlo errors.
    """
    from sim.analysis.sweep import Sweep, default_folder, read_study, run_study
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import needs
    from sim.cli.console.sweep_tables import fail_if_failed, say_failed, write
    from sim.cli.console.tables import as_json
    from sim.experiments.execution.plan import options_for, plan
    from sim.experiments.own_rules.loading import load_rules

    rules = load_rules(rule) if rule is not None else None
    chosen = read_study(study, rules=rules, shard=shard, until_se=until_se)
    options = options_for(chosen, workers, threads, cluster, engine)
    somewhere = float("inf") if cluster is not None else None  # memory is there, not here
    need = plan(chosen.scale, len(chosen.jobs), options.workers, options.threads, somewhere)
    folder = out if out is not None else default_folder(chosen)
    if dry_run:
        if json:
            as_json(_facts(chosen, need, folder))
        else:
            _say_facts(chosen, need, folder)
        return
    if not quiet:
        where = f", shared among the workers at {cluster}" if cluster is not None else ""
        typer.echo(needs(need, chosen.scale) + where, err=True)
        if chosen.jobs.moved:
            typer.echo(_moved(chosen), err=True)
    with reporter(quiet, json) as progress:
        run_study(
            chosen,
            replace(options, quarters=progress.quarters) if options.here else options,
            folder,
            progress=progress,
            retry_failed=retry_failed,
            stop=stop,
            until_se=until_se,
            command=f"mekong sweep {Path(study).name}",
        )
    say_failed(folder)
    if chosen.shard.of > 1:
        if not quiet:
            typer.echo(
                f"Shard {chosen.shard} is in {folder}; `mekong study merge` puts them together"
            )
        fail_if_failed(folder)
        return
    from sim.report.writer import save  # late, since it loads Matplotlib

    result = Sweep(folder, missing.value)
    save(result)
    write(result, json, quiet)
    fail_if_failed(folder)


def _facts(study: Study, need: ResourcePlan, folder: Path) -> dict[str, object]:
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


def _say_facts(study: Study, need: ResourcePlan, folder: Path) -> None:
    from sim.cli.console.sizes import needs
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
    typer.echo(f"  {needs(need, study.scale)}")
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
