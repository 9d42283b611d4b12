"""`mekong validate FILE` and `mekong new scenario|rule NAME`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.show import as_json
from sim.experiments.storage.local_path import output_file

Json = Annotated[bool, typer.Option("--json", help="Only JSON on the standard output.")]


class Kind(StrEnum):
    """What can be begun from a shipped example."""

    scenario = "scenario"
    rule = "rule"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(validate)
    app.command()(new)


def validate(
    file: Annotated[str, typer.Argument(help="A scenario: a file or a shipped name.")],
    json: Json = False,
) -> None:
    """Check a scenario without running it; list its policy and its assumptions apart."""
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
    parameters, paths = told_assumptions(scenario)
    for title, lines in (
        ("Levers (policy)", levers),
        ("How governments decide (policy)", regime),
        ("Parameters (assumptions)", parameters),
        ("Outside paths (assumptions)", paths),
    ):
        typer.echo(f"{title}:")
        for line in lines or ["none"]:
            typer.echo(f"  {line}")
    if parameters:
        typer.echo(
            "mekong compare shows the effect of policy against the same assumptions without it, "
            "and what the assumptions change on lines of their own."
        )


def new(
    kind: Annotated[Kind, typer.Argument(help="scenario or rule")],
    name: Annotated[
        Path, typer.Argument(parser=output_file, metavar="NAME", help="Name of the new file.")
    ],
    start_from: Annotated[
        str, typer.Option("--from", help="Shipped scenario to begin with.")
    ] = "broadband",
    of: Annotated[str, typer.Option("--kind", help="Whose rule: consumer or sme.")] = "consumer",
) -> None:
    """Copy a shipped scenario or rule into this folder, to start from."""
    if kind is Kind.scenario:
        from sim.scenario import copy_shipped

        path = copy_shipped("scenario", start_from, name)
        then = f"mekong compare baseline {path}"
    else:
        from sim.experiments.own_rules.template import new_rule

        path = new_rule(name, of)
        then = f"mekong run baseline --rule {path}"
    typer.echo(f"{path} is written; change it, then: {then}")
