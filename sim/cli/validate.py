"""`mekong validate`: a scenario checked without running it."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.console.options import Json
from sim.cli.console.tables import as_json


def validate(
    file: Annotated[str, typer.Argument(help="A scenario: a file or a shipped name.")],
    json: Json = False,
) -> None:
    """Check a scenario and list its policy and its assumptions."""
    from sim.scenario import load_scenario
    from sim.scenario.assumptions import policy_words, told_assumptions
    from sim.units import quarter_label

    scenario = load_scenario(file)
    if json:
        as_json({"name": scenario.name, "valid": True, **scenario.as_dict()})
        return
    typer.echo(f"'{scenario.name}' is valid: {scenario.title}")
    start, end = quarter_label(scenario.start), quarter_label(scenario.end)
    typer.echo(f"  {start} to {end}, against '{scenario.baseline}'")
    levers, regime = policy_words(scenario)
    parameters, channels, paths = told_assumptions(scenario)
    for title, lines in (
        ("Levers (policy)", levers),
        ("How governments decide (policy)", regime),
        ("Parameters (assumptions)", parameters),
        ("Channels switched off (assumptions)", channels),
        ("Outside paths (assumptions)", paths),
    ):
        typer.echo(f"{title}:")
        for line in lines or ["none"]:
            typer.echo(f"  {line}")
    if parameters or channels:
        typer.echo(
            "mekong compare shows the effect of policy against the same assumptions without it, "
            "and what the assumptions change on lines of their own."
        )
