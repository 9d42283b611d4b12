"""`mekong evidence studies`: what experiments of studies say about parameters and policies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import Json, OutFolder, Quiet, SamplingSeed, Work, Workers
from sim.cli.console.tables import as_json, records, show, table


def studies(
    draws: Annotated[
        int, typer.Option(help="Draws of the prior in which experiments are run.")
    ] = 320,
    kept: Annotated[
        bool, typer.Option("--kept", help="Take the shipped answers of experiments; seconds.")
    ] = False,
    seed: SamplingSeed = 1,
    workers: Workers = None,
    out: OutFolder = Path("calibration/evidence"),
    work: Work = Path("results/studies"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Estimate parameters from published experiments.

    Every experiment is run in draws of the prior; emulators of the answers weigh the prior by all
    studies, and each study is predicted from the others.
    """
    from sim.calibration.studies import effects, evidence, outputs
    from sim.calibration.studies.table import load_studies
    from sim.cli.console.progress import duration, reporter
    from sim.experiments.execution.plan import at_a_time
    from sim.experiments.limits import MOST_DRAWS, check_count, check_seed
    from sim.experiments.storage.checkpoints import Checkpoints
    from sim.figures.studies import left_out_studies
    from sim.figures.style import save

    check_seed(seed, "--seed")
    check_count(draws, MOST_DRAWS, "draws", least=effects.FEWEST_DRAWS)
    known = load_studies()
    if kept:
        answers = outputs.kept_effects()
    else:
        at_once = at_a_time(effects.SCALE, draws, workers)
        if not quiet:
            ahead = duration(effects.seconds_ahead(draws, at_once))
            typer.echo(f"about {ahead} from the beginning, less what {work} has", err=True)
        stages = Checkpoints(work, {"scale": effects.SCALE}, effects.SOURCES)
        with reporter(quiet, json) as progress:
            answers = effects.effects(draws, stages, at_once, told=progress.stage)
    found = evidence.estimate(known, answers, seed)
    outputs.save(found, answers, out, effects.SCALE)
    predicted = found.left_out.sort_values(["experiment", "name"])
    predicted["study"] += ", " + predicted["experiment"].str.replace("_", " ")
    save(left_out_studies(predicted), out / "figures" / "left_out")
    summary = outputs.diagnostics(found)
    if json:
        as_json(summary)
        return
    columns = ["policy", "prior", "posterior", "share", "studies", "grades"]
    made = table("Effect on purchases of 2030, before and after the studies", columns)
    for row in records(evidence.policies_table(found)):
        made.add_row(
            row["policy"],
            *(
                f"{100 * row[f'{what}_median']:+.2f} % ({100 * row[f'{what}_low']:+.2f} to "
                f"{100 * row[f'{what}_high']:+.2f})"
                for what in ("prior", "posterior")
            ),
            f"{100 * row['share']:.0f} %",
            str(row["studies"]),
            row["grades"],
        )
    show(made)
    left = summary["left_out"]
    typer.echo(
        f"{summary['studies']} figures of {summary['papers']} papers; effective sample size "
        f"{summary['effective_sample_size']:.0f}, Pareto k {summary['pareto_k']:.2f}. Predicted "
        f"from the others, {100 * left['inside_90']:.0f} % of {left['sizes']:.0f} sizes are within "
        f"90 % intervals; mean log score {left['log_score']:.2f}, of the prior "
        f"{left['prior_log_score']:.2f}"
    )
    typer.echo(f"tables are in {out}")
