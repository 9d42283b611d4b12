"""What `mekong compare` and `mekong run` share: the study, its runs, what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import typer

from sim.analysis.comparison.account_classes import refuse_account
from sim.analysis.comparison.compare import conduct_all, other_studies, replications
from sim.analysis.comparison.digital_economy import DigitalEconomy
from sim.analysis.comparison.result import Comparison
from sim.cli.console.arguments import parse_seeds
from sim.cli.console.comparison_tables import write, write_json
from sim.cli.console.outcome import end
from sim.cli.console.progress import reporter
from sim.cli.console.sizes import announce
from sim.experiments.counterfactuals import with_counterfactuals
from sim.experiments.execution.plan import options_for
from sim.experiments.own_rules.loading import load_rules
from sim.experiments.study import build_study


def _save(result: Comparison) -> None:
    from sim.report.writer import save  # late, since it loads Matplotlib

    save(result)


def _main_picture(result: Comparison) -> str:
    if isinstance(result, DigitalEconomy):
        return "digital_economy"
    return "difference" if result.paired else "trajectory"


def conduct(
    verb: str,
    scenarios: Sequence[str],
    *,
    seeds: str | None,
    draws: int | None,
    prior: bool,
    scale: int,
    engine: str,
    threads: int | None,
    workers: int | None,
    rule: Path | None,
    out: Path | None,
    json: bool,
    quiet: bool,
    account: str,
    baseline: str | None = None,
    row_paths: bool = False,
    channels: bool = False,
) -> None:
    """Do the runs that are missing, print the result, leave with status 1 if a run failed."""
    wanted = parse_seeds(seeds) if seeds is not None else None
    asked, number_of_draws = replications(wanted, draws)
    own = load_rules(rule) if rule is not None else None
    announce(scale, 1, 1, threads, quiet=True)  # a run that does not fit is refused at once
    study = build_study(
        scenarios,
        baseline=baseline,
        seeds=asked,
        draws=number_of_draws,
        prior=prior,
        scale=scale,
        rules=own,
        compared=verb == "compare",
    )
    refuse_account(account, study.draws)
    study = with_counterfactuals(study)
    others = other_studies(study, row_paths, channels)
    options = options_for(study, workers, threads, engine=engine)
    jobs = sum(len(part.jobs) for part in (study, *others.values()))
    announce(scale, jobs, options.workers, threads, quiet)
    folder = out if out is not None else Path("results") / study.folder_name(verb)
    with reporter(quiet, json) as progress:
        shown = replace(options, quarters=progress.quarters) if options.here else options
        result = conduct_all(
            *(study, others, shown, folder),
            verb=verb,
            account=account,
            progress=progress,
            save=_save,
        )
        _save(result)
    if json:
        write_json(result)
    elif not quiet:
        write(result)
        typer.echo(f"Results: {result.folder}")
        typer.echo(f"Picture: {result.folder / 'figures' / f'{_main_picture(result)}.png'}")
    failed = len(result.failed) + result.failed_beside
    end(result.folder, failed, None if result.failed_beside else len(result.runs))
