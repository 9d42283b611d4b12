"""The two verbs: `compare` scenarios against a baseline, or `run` one of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp

from sim.analysis.comparison import Comparison
from sim.experiments.fingerprint import Rules
from sim.experiments.lock import FolderLock
from sim.experiments.means import Means
from sim.experiments.rules import check_means
from sim.experiments.runner import Progress, Simulate, run_jobs, simulate
from sim.experiments.study import Study, build_study, manifest, open_folder, write_manifest
from sim.scenario import Scenario, shipped_scenarios
from sim.units import year_of

DEFAULT_SEEDS = 2
DEFAULT_DRAWS = 10
DEFAULT_SCALE = 1000


def compare(
    *scenarios: str | Path | Scenario,
    baseline: str | None = None,
    seeds: int | Sequence[int] = DEFAULT_SEEDS,
    draws: int = DEFAULT_DRAWS,
    scale: int = DEFAULT_SCALE,
    engine: str = "compiled",
    threads: int | None = None,
    rules: Rules | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run scenarios under the same luck and judge them against the doubling of 2022-2030.

    The first scenario is the baseline unless `baseline` names one. `seeds` is a number n (1 ... n)
    or a list; `draws` is the number of parameter draws (0: central values only). With `out` the
    runs, tables and figures are kept there, and an interrupted study resumes. Raises InputError
    before anything runs, OutputError for trouble with the folder.
    """
    study = build_study(
        scenarios, baseline=baseline, seeds=seeds, draws=draws, scale=scale, rules=rules
    )
    means = Means(engine=engine, threads=threads, rules=rules)
    return conduct(study, means, out, progress=progress)


def run(
    scenario: str | Path | Scenario,
    seed: int = 1,
    scale: int = DEFAULT_SCALE,
    engine: str = "compiled",
    threads: int | None = None,
    rules: Rules | None = None,
    out: str | Path | None = None,
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
        progress=progress,
    )


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


def command_line(verb: str, study: Study, means: Means) -> str:
    """The command that repeats a study; files of a person are given by their name alone."""
    shipped = shipped_scenarios()
    names = [
        s.name if s.name in shipped or s.source_file is None else Path(s.source_file).name
        for s in study.scenarios
    ]
    seeds = ",".join(str(seed) for seed in study.seeds) + ("," if len(study.seeds) == 1 else "")
    draws = len([draw for draw in study.draws if draw])
    text = f"mekong {verb} {' '.join(names)} --seeds {seeds} --draws {draws} --scale {study.scale}"
    return text + ("" if means.engine == "compiled" else f" --engine {means.engine}")


def conduct(
    study: Study,
    means: Means,
    out: str | Path | None,
    *,
    verb: str = "compare",
    progress: Progress | None = None,
    simulator: Simulate = simulate,
) -> Comparison:
    """Do the runs of a study that are not there yet, then read and save what they say."""
    check_means(means)
    record = manifest(study, means.engine, means.threads, command_line(verb, study, means))
    record["policy_start_year"] = policy_start_year(study)
    folder = Path(out) if out is not None else Path(mkdtemp(prefix="mekong-"))
    store = open_folder(folder, study, record)
    with FolderLock(folder):
        run_jobs(list(study.jobs), means, store, progress, simulator)
        result = Comparison(folder, temporary=out is None)
        if out is not None:
            failed = result.failed[["scenario", "seed", "draw", "run"]].to_dict("records")
            write_manifest(folder, {**record, "failed_runs": failed, "notes": dict(result.notes())})
            result.save()
    return result
