"""`mekong evidence calibrate`: parameters estimated from data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import Json, OutFolder, Quiet, Sampling, SamplingSeed, Work, Workers
from sim.cli.console.tables import as_json, show, table
from sim.errors import InputError
from sim.experiments.storage.local_path import local_path


def calibrate(
    plan: Annotated[
        Sampling, typer.Option(help="How much is sampled; quick is for a look only.")
    ] = Sampling.full,
    seed: SamplingSeed = 1,
    figures: Annotated[
        Path | None,
        typer.Option(
            parser=local_path,
            metavar="FILE",
            help="Figures of your own to fit as well, in the columns of targets.csv.",
        ),
    ] = None,
    workers: Workers = None,
    out: OutFolder = Path("calibration/posterior"),
    work: Work = Path("results/calibrate"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Estimate the parameters from the shipped data.

    Parameters of policies are what studies say (mekong evidence studies); others without data
    (trade, scams, trust) keep their prior. What is written to
    calibration/posterior in a checkout is what the program reads.
    """
    from sim.calibration import calibrate as room
    from sim.calibration import outputs as evidence
    from sim.calibration.data.targets import as_known, load_targets, own_figures, with_own
    from sim.calibration.posterior import cut_posterior as estimate
    from sim.cli.console.progress import duration, reporter
    from sim.figures.fit import fit
    from sim.figures.posterior import prior_posterior
    from sim.figures.style import save
    from sim.target import POSTERIOR_ORIGIN

    chosen = {"full": estimate.FULL, "refit": estimate.REFIT, "quick": estimate.QUICK}[plan]
    known = as_known(load_targets(), POSTERIOR_ORIGIN)
    if figures is not None:
        own = own_figures(figures)
        if own["year"].max() > POSTERIOR_ORIGIN:
            raise InputError(
                f"a figure of {own['year'].max()} cannot be fitted",
                where=str(figures),
                allowed=f"years up to {POSTERIOR_ORIGIN}",
                todo="see what it changes with `mekong data add FILE RESULT`",
            )
        known = with_own(known, own)
    setting = room.setting_of(known, POSTERIOR_ORIGIN, seed, {})
    at_once = room.reruns_at_a_time(chosen, workers)
    if not quiet:
        ahead = room.seconds_ahead(chosen, estimate.Estimation(setting), at_once)
        typer.echo(
            f"about {duration(ahead)} from the beginning, less what {work} has already", err=True
        )
    with reporter(quiet, json) as progress:
        found = room.calibrate(
            plan=chosen,
            work=work,
            seed=seed,
            workers=at_once,
            targets=known,
            told=progress.stage,
        )
    evidence.save(found, out)
    shown = evidence.bands_table(found)
    fitted = fit(load_targets(), shown[shown["year"] <= found.origin])
    save(fitted, out / "figures" / "fit")
    estimated = prior_posterior(evidence.parameters_table(found))
    save(estimated, out / "figures" / "prior_posterior")
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
    show(made)
    typer.echo(
        f"{summary['points']} points in {summary['worlds']} worlds, rerun in agents: effective "
        f"sample size {summary['effective_sample_size']:.0f}, largest weight "
        f"{summary['largest_weight']:.3f}"
    )
    typer.echo(f"draws, fit and contraction are in {out}")
