"""`mekong evidence sensitivity`: what outcomes and effects depend on, and what data would teach."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import (
    PARAMETER_SCALE,
    BaselineName,
    Json,
    LackingRuns,
    Missing,
    OutFolder,
    Quiet,
    SamplingSeed,
    Threads,
    Workers,
)
from sim.rows import rows_where

if TYPE_CHECKING:
    from sim.analysis.sensitivity.result import GlobalSensitivity

_SECONDS = (0.04, 0.1)  # of a pair of mean-field runs: in a design, of a draw
_AGENTS = 12.0  # core-seconds of a pair of runs of agents at scale 5,000


class DrawSource(StrEnum):
    """Where draws of the parameters come from."""

    prior = "prior"
    posterior = "posterior"


def sensitivity(
    scenario: Annotated[str, typer.Argument(help="A scenario by name, or its file.")] = (
        "coordinated"
    ),
    baseline: BaselineName = "baseline",
    years: Annotated[str, typer.Option(help="Years with commas between.")] = "2023,2026,2030",
    n: Annotated[int, typer.Option("--n", help="Blocks of the Sobol' design, a power of 2.")] = 256,
    draws: Annotated[
        int, typer.Option(help="Draws for Shapley effects and the value of information.")
    ] = 1000,
    seed: SamplingSeed = 7,
    source: Annotated[
        DrawSource, typer.Option("--from", help="Draws of the prior, or of the posterior.")
    ] = DrawSource.prior,
    outcomes: Annotated[
        str | None, typer.Option(help="Outcomes with commas between.", show_default="all six")
    ] = None,
    worth: Annotated[
        float, typer.Option(help="Worth of a dollar of added purchases, in the net benefit.")
    ] = 0.1,
    agents: Annotated[
        int, typer.Option(help="Draws that are run with agents too, as a check.")
    ] = 0,
    scale: Annotated[int, typer.Option(help="People per agent in that check.")] = PARAMETER_SCALE,
    workers: Workers = None,
    threads: Threads = None,
    missing: LackingRuns = Missing.refuse,
    out: OutFolder = Path("results/sensitivity"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find which parameters matter, and which data would help.

    Computes Sobol' indices, Shapley effects and the value of information with the mean-field
    approximation.
    """
    from sim.analysis.sensitivity.inputs import inputs
    from sim.analysis.sensitivity.result import sensitivity as run
    from sim.analysis.sensitivity.settings import SensitivitySettings
    from sim.cli.console.arguments import names_in
    from sim.cli.console.progress import duration, reporter
    from sim.cli.console.tables import as_json, records
    from sim.meanfield.outcomes import OUTCOMES, years_from
    from sim.report.writer import save

    named = OUTCOMES if outcomes is None else names_in(outcomes, "--outcomes")
    asked = SensitivitySettings(
        years=years_from(years), n=n, draws=draws, seed=seed, source=source.value, worth=worth,
        agents=agents, agent_scale=scale, missing=missing.value,
        outcomes=tuple(named),
    )  # fmt: skip
    runs = n * (len(inputs()) + 2) if source is DrawSource.prior else 0
    seconds = runs * _SECONDS[0] + draws * _SECONDS[1] + agents * _AGENTS * 5000 / max(scale, 1)
    if not quiet:
        typer.echo(
            f"{runs + draws:,} pairs of runs of the mean-field approximation"
            + (f" and {agents} of agents (each {scale:,} people)" if agents else "")
            + f", about {duration(seconds)} and a few minutes for the tables",
            err=True,
        )
    with reporter(quiet, json) as progress:
        result = run(
            scenario, baseline, asked, folder=out, workers=workers, threads=threads,
            progress=progress,
        )  # fmt: skip
    save(result)
    if json:
        tables = {
            "sobol": result.sobol,
            "shapley_effects": result.shapley,
            "information": result.information,
            "agents": result.agents,
        }
        as_json({"folder": str(out), **{name: records(table) for name, table in tables.items()}})
    elif not quiet:
        _write(result)
        typer.echo(f"Results: {out}")


def _write(result: GlobalSensitivity) -> None:
    from sim.cli.console.tables import console, show, table
    from sim.meanfield.outcomes import EFFECT, LEVEL, RATIO, VALUE
    from sim.units import REGION

    last = max(result.manifest["identity"]["years"])
    policy = result.manifest["scenario"]
    shares = rows_where(result.shapley, country=REGION, year=last)
    heads = [f"{last}/2022", "5 to 95 %", f"effect of {policy}", "5 to 95 % "]
    made = table("Shares of the variance, the five countries", ["group", *heads], right=heads)
    ratio = rows_where(shares, kind=LEVEL, outcome=RATIO).set_index("group")
    effect = rows_where(shares, kind=EFFECT, outcome=VALUE).set_index("group")
    for group in dict.fromkeys(shares["group"]):
        cells = []
        for part in (ratio, effect):
            if group in part.index:
                row = part.loc[group]
                cells += [f"{row['share']:.0%}", f"{row['low']:.0%} to {row['high']:.0%}"]
            else:
                cells += ["", ""]
        made.add_row(group, *cells)
    show(made)
    for kind, outcome in ((LEVEL, RATIO), (EFFECT, VALUE)):
        why = result.cautions.get((kind, outcome, REGION, last))
        if why:
            console().print(f"{kind}, {outcome}: {why}", markup=False)
    if result.cautions:
        many = len(result.cautions)
        console().print(f"In shapley_effects.csv {many} outcomes are not to be used (see docs).")
    mine = rows_where(result.information, kind=EFFECT, outcome=VALUE)
    surveys = mine[mine["error"] != 0.0].head(5)
    made = table(
        f"Data that would narrow the effect of {policy} most",
        ["datum", "variance falls by", "meaning"],
        right=["variance falls by"], prose=["meaning"],
    )  # fmt: skip
    for row in surveys.to_dict("records"):
        made.add_row(row["datum"], f"{row['reduction']:.0%}", row["meaning"])
    show(made)
