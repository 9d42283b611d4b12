"""`mekong list parameters`: every adjustable parameter."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from sim.cli.console.options import Json
from sim.cli.console.tables import as_json, show, table
from sim.errors import known_name


def parameters(
    name: Annotated[
        str | None, typer.Option(help="Only this parameter, in full.", show_default=False)
    ] = None,
    mechanism: Annotated[
        str | None, typer.Option(help="Only those of one mechanism.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """List every adjustable parameter: value, prior, meaning, source."""
    from sim.gains.coefficients import central, coefficients
    from sim.parameters.table import parameter_table, sector_table
    from sim.parameters.values import ParameterSet
    from sim.sectors.values import central_values

    every = (parameter_table(), sector_table(), coefficients())
    chosen = [one for table_of in every for one in table_of.values()]
    if name is not None:
        _known("parameter", name, [p.name for p in chosen])
        chosen = [p for p in chosen if p.name == name]
    if mechanism is not None:
        _known("mechanism", mechanism, list(dict.fromkeys(p.mechanism for p in chosen)))
        chosen = [p for p in chosen if p.mechanism == mechanism]
    used = ParameterSet.central().as_dict() | central_values() | central()
    if json:
        as_json([asdict(p) | {"used": used[p.name]} for p in chosen])
    elif name is not None:
        _details(asdict(chosen[0]) | {"used in a run": used[name]})
    else:
        columns = ["name", "mechanism", "in a run", "prior, 5 % to 95 %", "unit", "status"]
        made = table("Parameters", [*columns, "meaning"], right=["in a run"], prose=["meaning"])
        for p in chosen:
            value = used[p.name]
            shown = "*" if isinstance(value, dict) else f"{value:g}"
            span = f"{p.low:g} to {p.high:g}"
            made.add_row(p.name, p.mechanism, shown, span, p.unit, p.status, p.meaning)
        show(made, ["mechanism", "status", "unit"])
        typer.echo("* differs between countries: see `mekong list parameters --name NAME`")
        typer.echo("who gains: bounds of an account after the run, see docs/who_gains.md")
        typer.echo("estimated: fitted to data, a run uses the posterior; all others keep the prior")


def _known(kind: str, word: str, options: list[str]) -> None:
    listed = "" if len(options) < 20 else "see `mekong list parameters`"
    known_name(word, options, kind=kind, listed=listed)


def _details(row: dict[str, Any]) -> None:
    made = table(str(row.pop("name")), ["", " "])
    for key, value in row.items():
        if isinstance(value, dict):
            value = ", ".join(f"{iso} {number:g}" for iso, number in value.items())
        if value not in ("", None):
            made.add_row(key.replace("_", " "), str(value))
    show(made)
