"""The two verbs: `compare` scenarios against a baseline, or `run` one of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.analysis.comparison import Comparison
from sim.experiments.fingerprint import Rules
from sim.experiments.lock import FolderLock
from sim.experiments.runner import Means, Progress, Simulate, run_jobs, simulate
from sim.experiments.study import Study, build_study, manifest, open_folder, write_manifest
from sim.scenario import Scenario
from sim.units import year_of

DEFAULT_SEEDS = 3
DEFAULT_DRAWS = 0
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
    """The command that repeats a study, without the names of folders."""
    seeds = list(study.seeds)
    numbered = seeds == list(range(1, len(seeds) + 1)) and verb == "compare"
    given = str(len(seeds)) if numbered else ",".join(str(seed) for seed in seeds)
    if len(seeds) == 1 and not numbered and verb == "compare":
        given += ","
    names = [
        s.name if s.source_file is None or _is_shipped(s) else Path(s.source_file).name
        for s in study.scenarios
    ]
    draws = len([draw for draw in study.draws if draw])
    text = f"mekong {verb} {' '.join(names)} --seeds {given} --draws {draws} --scale {study.scale}"
    return text + ("" if means.engine == "compiled" else f" --engine {means.engine}")


def _is_shipped(scenario: Scenario) -> bool:
    from sim.scenario import shipped_scenarios

    return scenario.name in shipped_scenarios()


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
    record = manifest(study, means.engine, means.threads, command_line(verb, study, means))
    record["policy_start_year"] = policy_start_year(study)
    temporary = TemporaryDirectory(prefix="mekong-") if out is None else None
    folder = Path(temporary.name) if temporary is not None else Path(out or ".")
    store = open_folder(folder, study, record)
    with FolderLock(folder):
        run_jobs(list(study.jobs), means, store, progress, simulator)
        result = Comparison(folder, temporary)
        if temporary is None:
            failed = result.failed[["scenario", "seed", "draw", "run"]].to_dict("records")
            write_manifest(
                folder, {**record, "failed_runs": failed, "notes": dict(result.notes())}
            )
            result.save()
    return result
