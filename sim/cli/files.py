"""`mekong validate FILE` and `mekong new scenario|rule NAME`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.show import as_json

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
    """Check a scenario without running it, and say what it does."""
    from sim.scenario import load_scenario
    from sim.units import quarter_label

    scenario = load_scenario(file)
    if json:
        as_json({"name": scenario.name, "valid": True, **scenario.as_dict()})
        return
    typer.echo(f"'{scenario.name}' is valid: {scenario.title}")
    start, end = quarter_label(scenario.start), quarter_label(scenario.end)
    typer.echo(f"  {start} to {end}, against '{scenario.baseline}'")
    for name, value in scenario.parameters.items():
        typer.echo(f"  parameter {name} = {value:g}")
    for lever, schedules in scenario.levers.items():
        for s in schedules:
            until = quarter_label(s.end) if s.end is not None else "for good"
            typer.echo(
                f"  {lever} {s.level:g} in {', '.join(s.places)}: {quarter_label(s.start)} to "
                f"{until}, lag {s.lag_years:g}, ramp {s.ramp_years:g} years"
            )


def new(
    kind: Annotated[Kind, typer.Argument(help="scenario or rule")],
    name: Annotated[str, typer.Argument(help="Name of the new file.")],
    start_from: Annotated[
        str, typer.Option("--from", help="Shipped scenario to begin with.")
    ] = "broadband",
    of: Annotated[str, typer.Option("--kind", help="Whose rule: consumer or sme.")] = "consumer",
) -> None:
    """Copy a shipped scenario or rule into this folder, to start from."""
    if kind is Kind.scenario:
        from sim.scenario import copy_shipped

        path = copy_shipped("scenario", start_from, Path(name))
        then = f"mekong compare baseline {path}"
    else:
        from sim.experiments.starting_rule import new_rule

        path = new_rule(Path(name), of)
        then = f"mekong run baseline --rule {path}"
    typer.echo(f"{path} is written; change it, then: {then}")
