"""`mekong community`: every community quarter by quarter, as a page that plays."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import PARAMETER_SCALE, OutFile, Quiet, Rule, Scale, ScenarioName


def community(
    scenario: ScenarioName = "baseline",
    rule: Rule = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            help="What people remember, also by a rule of your own; several are allowed.",
            show_default="shopper, victim",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the run.")] = 1,
    scale: Scale = PARAMETER_SCALE,
    market: Annotated[
        bool, typer.Option("--market", help="With sellers and trade, not at constant prices.")
    ] = False,
    out: OutFile = Path("communities.html"),
    quiet: Quiet = False,
) -> None:
    """Show every community quarter by quarter, as a page that plays."""
    from sim.analysis.community_history import SHOWN, community_history
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.experiments.own_rules.loading import load_rules
    from sim.report.communities import animate

    announce(scale, 1, quiet=quiet)
    rules = load_rules(rule) if rule is not None else None
    with reporter(quiet, False) as progress:
        found = community_history(
            scenario,
            field or SHOWN,
            rules=rules,
            seed=seed,
            scale=scale,
            market=market,
            progress=progress.quarters,
        )
        made = animate(found)
    path = made.save(out)
    if not quiet:
        many = len(found.communities)
        typer.echo(f"{many} communities, {len(found.quarters)} quarters: open {path} in a browser")
