"""The two verbs: `compare` scenarios against a baseline, or `run` one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import mkdtemp

import pandas as pd

from sim.accounts import ECOMMERCE
from sim.analysis.comparison import channels as by_channel
from sim.analysis.comparison import parts as by_lever
from sim.analysis.comparison import rest_of_world as by_row
from sim.analysis.comparison.account_classes import account_class, refuse_account
from sim.analysis.comparison.result import Comparison
from sim.errors import InputError, MekongError, OutputError
from sim.experiments.counterfactuals import with_counterfactuals
from sim.experiments.execution.execute import DROP, carry_out
from sim.experiments.execution.executors import same_workers
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.plan import options_for
from sim.experiments.execution.progress import Overall, Progress
from sim.experiments.execution.runner import Simulate, simulate
from sim.experiments.provenance.fingerprint import Rules
from sim.experiments.run import drawn_from, is_central
from sim.experiments.storage.folder import (
    INSIDE,
    INSIDE_COMPLETE,
    note,
    read_manifest,
    write_manifest,
)
from sim.experiments.storage.local_path import output_folder
from sim.experiments.storage.lock import FolderLock
from sim.experiments.study import Study, argument, build_study, manifest
from sim.scenario import Scenario
from sim.units import year_of

_TABLES: dict[str, Callable[[Comparison, dict[str, Comparison]], pd.DataFrame]] = {
    by_row.FOLDER: by_row.row_path_table,
    by_channel.FOLDER: by_channel.channel_table,
}
DEFAULT_SEEDS = 1
DEFAULT_DRAWS = 40  # as many as a band needs, see `sim.quantile_bands`
DEFAULT_SCALE = 1000


def compare(
    *scenarios: str | Path | Scenario,
    baseline: str | None = None,
    seeds: int | Sequence[int] | None = None,
    draws: int | None = None,
    prior: bool = False,
    scale: int = DEFAULT_SCALE,
    engine: str = "compiled",
    threads: int | None = None,
    workers: int | None = None,
    rules: Rules | None = None,
    out: str | Path | None = None,
    row_paths: bool = False,
    channels: bool = False,
    account: str = ECOMMERCE,
    progress: Progress | None = None,
) -> Comparison:
    """Run scenarios under common random numbers; judge them against the doubling of 2022-2030.

    The first scenario is the baseline unless `baseline` names one. `seeds` is a number n (1 ... n)
    or a list; `draws` is the number of parameter draws (0: central values only), of the posterior
    or, with `prior`, of the prior; for what is left out see `replications`. With `out` the runs are
    kept there, and an interrupted study resumes; `mekong.save` writes tables and figures. A
    scenario whose parameters or outside paths differ from the baseline's also runs with its
    levers, so that the effect of its policy is separated from the effect of its assumptions. With
    `row_paths` scenarios with common rules also run with the rest of the world cheaper and taxed:
    see `.row_paths`. With `channels` all of them also run once for each channel with that channel
    off: see `.channels`. The levers of a mix are run in their combinations, under some of the draws
    and from the same pasts, for what each of them adds: see `.parts`.

    `account` is what the result is read for: "e-commerce"; "digital-economy", which adds transport
    and food delivery, travel and media (`.account`); or "who-gains", with effects by group and
    ranges of jobs, tax and offline sales (`.gains`). `scale` is people per agent, `workers` how
    many runs go on at a time, each in a process of its own (None: as many as pay), `threads` how
    many a run has (None: all there are), `rules` a person's own by kind (`{"consumer": rule}`), and
    `progress(done, total, failed)` is called after each run. Raises InputError before anything
    runs, OutputError for trouble with the folder, MekongError when no run of a scenario finished.
    """
    seeds, draws = replications(seeds, draws)
    study = build_study(
        scenarios,
        baseline=baseline,
        seeds=seeds,
        draws=draws,
        prior=prior,
        scale=scale,
        rules=rules,
    )
    study = with_counterfactuals(study)
    options = options_for(study, workers, threads, engine=engine)
    others = other_studies(study, row_paths, channels)
    return conduct_all(study, others, options, out, account=account, progress=progress)


def run(
    scenario: str | Path | Scenario,
    seed: int = 1,
    scale: int = DEFAULT_SCALE,
    engine: str = "compiled",
    threads: int | None = None,
    rules: Rules | None = None,
    out: str | Path | None = None,
    account: str = ECOMMERCE,
    progress: Progress | None = None,
) -> Comparison:
    """Run one scenario once, with the central parameters, and judge it; see `compare`."""
    return compare(
        scenario,
        seeds=[seed],
        draws=0,
        scale=scale,
        engine=engine,
        threads=threads,
        rules=rules,
        out=out,
        account=account,
        progress=progress,
    )


def replications(
    seeds: int | Sequence[int] | None, draws: int | None
) -> tuple[int | Sequence[int], int]:
    """Seeds and draws as asked for; one seed of 40 draws if nothing is said.

    Who asks for seeds gets so many runs a scenario and no more; draws multiply them.
    """
    if seeds is None:
        return DEFAULT_SEEDS, DEFAULT_DRAWS if draws is None else draws
    return seeds, draws or 0


def policy_start_year(study: Study) -> int | None:
    """The year in which the first lever starts that the baseline does not have."""
    base = next(s for s in study.scenarios if s.name == study.baseline)
    starts = [
        year_of(schedule.start)
        for scenario in study.scenarios
        for name, schedules in scenario.levers.items()
        for schedule in schedules
        if schedule not in base.levers.get(name, ())
    ]
    return min(starts, default=None)


def other_studies(study: Study, row_paths: bool, channels: bool) -> dict[str, Study]:
    """The studies that belong to one, by their folder inside its own."""
    found = {
        by_row.FOLDER: by_row.row_path_studies(study) if row_paths else {},
        by_channel.FOLDER: by_channel.channel_studies(study) if channels else {},
        by_lever.FOLDER: by_lever.parts_study(study),
    }
    return {
        f"{kind}/{name}": one for kind, several in found.items() for name, one in several.items()
    }


def command_line(verb: str, study: Study, options: RunOptions, flags: Sequence[str] = ()) -> str:
    """The command that repeats a study; files of a person are given by their name alone."""
    names = [argument(s) for s in study.scenarios if s.name in study.asked]
    seeds = ",".join(str(seed) for seed in study.seeds) + ("," if len(study.seeds) == 1 else "")
    draws = len([draw for draw in study.draws if not is_central(draw)])
    text = f"mekong {verb} {' '.join(names)} --seeds {seeds} --draws {draws} --scale {study.scale}"
    text += " --prior" if drawn_from(study.draws) == "prior" else ""
    text += "" if options.engine == "compiled" else f" --engine {options.engine}"
    return " ".join([text, *flags])


def conduct(
    study: Study,
    options: RunOptions,
    out: str | Path | None,
    *,
    verb: str = "compare",
    account: str = ECOMMERCE,
    progress: Progress | None = None,
    flags: Sequence[str] = (),
    simulator: Simulate = simulate,
) -> Comparison:
    """Do the runs of a study that are not there yet, then read what they say of an account."""
    command = command_line(verb, study, options, flags)
    record = manifest(study, options.engine, options.threads, command)
    record["policy_start_year"] = policy_start_year(study)
    folder = output_folder(out) if out is not None else Path(mkdtemp(prefix="mekong-"))
    carry_out(study, options, folder, record, progress=progress, simulator=simulator)
    with FolderLock(folder):
        result = account_class(account)(folder, temporary=out is None, missing=DROP)
        if out is not None:
            failed = result.failed[["scenario", "seed", "draw", "run"]].to_dict("records")
            known = {**read_manifest(folder), **record}
            write_manifest(folder, {**known, "failed_runs": failed, "notes": dict(result.notes())})
    return result


@same_workers()
def conduct_all(
    study: Study,
    others: dict[str, Study],
    options: RunOptions,
    out: str | Path | None,
    *,
    verb: str = "compare",
    account: str = ECOMMERCE,
    progress: Progress | None = None,
    save: Callable[[Comparison], object] | None = None,
) -> Comparison:
    """A study and the `others` that belong to it, by their folder inside its own.

    `save` is called with the study's own result before the others begin: what is finished is
    written, whatever becomes of them.
    """
    refuse_account(account, study.draws)
    total = sum(len(part.jobs) for part in (study, *others.values()))
    shown = Overall(progress, total)
    kinds = {by_row.FOLDER: "--row-paths", by_channel.FOLDER: "--channels"}
    flags = [flag for kind, flag in kinds.items() if any(f.startswith(kind) for f in others)]
    flags += [] if account == ECOMMERCE else [f"--account {account}"]
    result = conduct(study, options, out, verb=verb, account=account, progress=shown, flags=flags)
    inside = {name: len(other.jobs) for name, other in others.items()}
    if inside:
        with FolderLock(result.folder):
            note(result.folder, {INSIDE: inside})
        if save is not None:
            save(result)
    for name, other in others.items():
        shown.next_part()
        try:
            part = conduct(other, options, result.folder / name, verb=verb, progress=shown)
        except MekongError as error:
            if not name.startswith(by_lever.FOLDER) or isinstance(error, (InputError, OutputError)):
                raise
            # nobody asked for it, so the comparison is whole without
            shown.say(f"the levers of the mixes could not be run by themselves: {error.what}")
            continue
        result.inside[name] = part
        if name.startswith(by_lever.FOLDER):
            result.parts = by_lever.parts_table(part, other)
    for kind, table in _TABLES.items():
        found = {
            name.partition("/")[2]: part
            for name, part in result.inside.items()
            if name.startswith(f"{kind}/")
        }
        if found:
            setattr(result, kind, table(result, found))
    if others:
        with FolderLock(result.folder):
            note(result.folder, {INSIDE_COMPLETE: True})
    return result
