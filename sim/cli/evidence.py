"""`mekong calibrate`, `recovery`, `hindcast` and `forecast`: numbers from data, and how good."""

from __future__ import annotations

from enum import StrEnum
from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.runs import Json, Quiet
from sim.cli.show import as_json, console, records, table
from sim.experiments.storage.local_path import output_file, output_folder

POSTERIOR = Path("calibration/posterior")
HINDCAST = Path("calibration/hindcast")
LEDGER = Path("calibration/forecast_origin_2023.csv")

Seed = Annotated[int, typer.Option(help="Seed of all sampling.")]
Workers = Annotated[int | None, typer.Option(help="Runs at a time.", show_default="cores")]
Work = Annotated[
    Path,
    typer.Option(
        parser=output_folder,
        metavar="FOLDER",
        help="Folder for finished stages: a stopped run goes on.",
    ),
]


class PlanName(StrEnum):
    """How much is sampled."""

    full = "full"
    refit = "refit"
    quick = "quick"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(calibrate)
    app.command()(recovery)
    app.command()(hindcast)
    app.command()(forecast)


def calibrate(
    plan: Annotated[
        PlanName, typer.Option(help="How much is sampled; quick is for a look only.")
    ] = PlanName.full,
    seed: Seed = 1,
    workers: Workers = None,
    out: Annotated[
        Path,
        typer.Option(parser=output_folder, metavar="FOLDER", help="Folder for draws and evidence."),
    ] = POSTERIOR,
    work: Work = Path("results/calibrate"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Estimate the parameters from the shipped figures; says first how long it takes.

    Parameters without figures (trade, scams, trust) keep their prior. What is written to
    calibration/posterior in a checkout is what the program reads.
    """
    from sim.calibration import calibrate as room
    from sim.calibration import outputs as evidence
    from sim.calibration.data.targets import as_known, load_targets
    from sim.calibration.posterior import cut_posterior as estimate
    from sim.cli.progress import duration
    from sim.cli.stages import stage_reporter
    from sim.figures.fit import fit
    from sim.figures.posterior import prior_posterior

    chosen = {"full": estimate.FULL, "refit": estimate.REFIT, "quick": estimate.QUICK}[plan]
    setting = room.setting_of(as_known(load_targets(), 2023), 2023, seed, {})
    at_once = room.reruns_at_a_time(chosen, workers)
    if not quiet:
        ahead = room.seconds_ahead(chosen, estimate.Estimation(setting), at_once)
        typer.echo(
            f"about {duration(ahead)} from the beginning, less what {work} has already", err=True
        )
    with stage_reporter(quiet or json) as told:
        found = room.calibrate(plan=chosen, work=work, seed=seed, workers=at_once, told=told)
    evidence.save(found, out)
    _save(
        {
            "fit": fit(load_targets(), evidence.bands_table(found).query("year <= 2023")),
            "prior_posterior": prior_posterior(evidence.parameters_table(found)),
        },
        out / "figures",
    )
    summary = evidence.diagnostics(found)
    if json:
        as_json(summary)
        return
    made = table("Convergence", ["module", "ensembles", "walkers", "accepted", "worst R-hat"])
    for name, one in summary["modules"].items():
        made.add_row(
            name,
            str(one["ensembles"]),
            str(one["walkers"]),
            f"{one['accepted']:.2f}",
            f"{one['worst_r_hat']:.3f}",
        )
    console().print(made)
    typer.echo(
        f"{summary['points']} points in {summary['worlds']} worlds, rerun in agents: effective "
        f"sample size {summary['effective_sample_size']:.0f}, largest weight "
        f"{summary['largest_weight']:.3f}"
    )
    typer.echo(f"draws, fit and contraction are in {out}")


def recovery(
    times: Annotated[int, typer.Option(help="Made-up worlds to estimate.")] = 20,
    seed: Seed = 1,
    out: Annotated[
        Path, typer.Option(parser=output_folder, metavar="FOLDER", help="Folder for the tables.")
    ] = Path("calibration/recovery"),
    work: Work = Path("results/recovery"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Estimate worlds whose parameters are known, made up with figures where the real ones are.

    Says how often bands held the truth, and what figures of this kind can tell at best.
    """
    from sim.calibration.calibrate import setting_of
    from sim.calibration.data.targets import as_known, load_targets
    from sim.calibration.posterior.self_test import recover, summary
    from sim.calibration.tables import write_table
    from sim.cli.stages import stage_reporter
    from sim.experiments.limits import MOST_DRAWS, check_count

    check_count(times, MOST_DRAWS, "worlds", least=1)
    setting = setting_of(as_known(load_targets(), 2023), 2023, seed, {})
    with stage_reporter(quiet or json) as told:
        found = recover(setting, work, times, told=told)
    short = summary(found)
    for name, frame in (("recovered", found), ("summary", short)):
        write_table(out / f"{name}.csv", frame)
    if json:
        as_json(records(short))
        return
    columns = ["module", "parameter", "worlds", "in 50 %", "in 90 %", "contraction", "uniform, p"]
    made = table("How often bands held the truth", columns, right=columns[2:])
    for row in records(short):
        made.add_row(
            row["module"],
            row["parameter"],
            str(row["worlds"]),
            f"{100 * row['inside_50']:.0f} %",
            f"{100 * row['inside_90']:.0f} %",
            f"{row['contraction']:.2f}",
            f"{row['p_uniform']:.2f}",
        )
    console().print(made)


def hindcast(
    plan: Annotated[
        PlanName, typer.Option(help="How much is sampled at each origin.")
    ] = PlanName.refit,
    seed: Seed = 1,
    out: Annotated[
        Path, typer.Option(parser=output_folder, metavar="FOLDER", help="Folder for the tables.")
    ] = HINDCAST,
    work: Work = Path("results/hindcast"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Forecast from 2019, 2020, 2021 and 2022 and score years not used, beside benchmarks.

    Also leaves out one country at a time, and takes mechanisms away.
    """
    from sim.calibration.forecast import score_tables as verdicts
    from sim.calibration.forecast.hindcast import hindcast as run
    from sim.calibration.posterior import cut_posterior as estimate
    from sim.cli.stages import stage_reporter
    from sim.figures.skill import pit_histogram, skill

    small = estimate.QUICK if plan is PlanName.quick else estimate.SMALL
    chosen = {"full": estimate.FULL, "refit": estimate.REFIT, "quick": estimate.QUICK}[plan]
    with stage_reporter(quiet or json) as told:
        found = run(work, chosen, small, seed=seed, told=told)
    found.save(out)
    model = verdicts.of_origins(verdicts.published_only(found.forecasts)).query("method == 'model'")
    _save(
        {
            "skill": skill(found.skill.query("measure != 'all'")),
            "pit": pit_histogram(
                model.rename(columns={"indicator": "measure"})[["measure", "pit"]]
            ),
        },
        out / "figures",
    )
    if json:
        as_json({"skill": records(found.skill), "coverage": records(found.coverage)})
        return
    _write_skill(found.skill)
    _write_coverage(found.coverage)
    typer.echo(
        "Few forecasts, from few countries: a difference that the interval does not hold above "
        "zero is no difference. Priors were set by people who knew these years."
    )
    typer.echo(f"all forecasts are in {out}")


def forecast(
    draws: Annotated[
        int | None, typer.Option(help="Draws of the posterior.", show_default="all")
    ] = None,
    scale: Annotated[int, typer.Option(help="People that one agent stands for.")] = 1000,
    workers: Workers = None,
    out: Annotated[
        Path, typer.Option(parser=output_file, metavar="FILE", help="The file to write.")
    ] = LEDGER,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the ledger: quantiles for 2024 to 2030, to be compared with outcomes later."""
    from sim.calibration.data.targets import load_targets
    from sim.calibration.forecast.ledger import as_csv
    from sim.calibration.forecast.ledger import forecast as run
    from sim.calibration.tables import write_table
    from sim.cli.progress import reporter
    from sim.experiments.storage.atomic_write import write_text
    from sim.figures.fan import fan

    with reporter(quiet or json) as progress:
        found = run(draws, scale, workers, lambda d, a: progress(d, a, 0))
    write_text(out, as_csv(found.ledger))
    for frame, name in ((found.variance, "variance"), (found.bands, "bands")):
        write_table(out.with_name(f"{out.stem}_{name}.csv"), frame, digits=8)
    about = dumps(found.manifest, indent=2, sort_keys=True)
    write_text(out.with_name(f"{out.stem}_manifest.json"), about + "\n")
    if json:
        as_json(records(found.ledger))
    else:
        typer.echo(f"{len(found.ledger)} rows in {out}, a picture beside it")
    _save({"forecast": fan(found.bands, found.variance, load_targets())}, out.parent / "figures")


def _save(figures: dict[str, Any], folder: Path) -> None:
    from sim.figures.style import save

    for name, figure in figures.items():
        save(figure, folder / name)


def _write_skill(frame: Any) -> None:
    made = table(
        "Skill: 1 less CRPS over that of the benchmark; interval of 90 %",
        ["measure", "benchmark", "skill", "interval", "forecasts", "countries", "better"],
        right=["skill", "interval", "forecasts", "countries"],
    )
    for row in records(frame):
        low, high = row["low"], row["high"]
        known = low == low  # not NaN
        made.add_row(
            row["measure"],
            row["benchmark"],
            f"{row['value']:.2f}",
            f"{low:.2f} to {high:.2f}" if known else "-",
            str(row["points"]),
            str(row["blocks"]),
            "yes" if row["better"] else "not shown",
        )
    console().print(made)


def _write_coverage(frame: Any) -> None:
    made = table(
        "Share of outcomes inside the model's bands",
        ["measure", "band", "inside", "forecasts"],
        right=["band", "inside", "forecasts"],
    )
    for row in records(frame[frame["method"] == "model"]):
        made.add_row(
            row["measure"],
            f"{100 * row['level']:.0f} %",
            f"{100 * row['inside']:.0f} %",
            str(row["forecasts"]),
        )
    console().print(made)
