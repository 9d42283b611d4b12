"""`mekong list levers`: what governments can do, what it costs and how well its effect is known."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from sim.cli.console.options import Json
from sim.cli.console.tables import as_json, console, show, table
from sim.errors import known_name

# The documents that ask for a lever, by the sign they have in the table of levers.
DOCUMENTS = {
    "S0": "Mekong-US Track 1.5 dialogue 2025",
    "S1": "Greater Mekong strategy",
    "S2": "GMS Digital Economy Cooperation Initiative",
    "S3": "ASEAN Digital Ministers 2026, preview",
    "S4": "5th ASEAN Digital Ministers 2025",
}


def asked_by(seed: str) -> str:
    """What a document asks for, with the document's name in place of its sign."""
    sign, colon, what = seed.partition(":")
    return f"{DOCUMENTS.get(sign, sign)}{colon}{what}"


def levers(
    name: Annotated[
        str | None, typer.Option(help="Only this lever, in full.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """List policy levers: range, cost, lag, quality of evidence."""
    from sim.policy.levers import GRADES, LEVERS

    one = None if name is None else LEVERS[known_name(name, LEVERS, kind="lever")]
    chosen = list(LEVERS.values()) if one is None else [one]
    if json:
        as_json([{**asdict(x), "ranked": x.grade != "D"} for x in chosen])
        return
    if name is not None:
        _in_full(name)
        return
    columns = ["name", "L", "grade", "range", "lag, ramp", "unit", "cost", "asked for as"]
    made = table("Levers (lag and ramp in years)", columns, prose=["unit", "asked for as"])
    for lever in chosen:
        made.add_row(
            lever.name,
            str(lever.number),
            lever.grade,
            f"{lever.minimum:g} to {lever.maximum:g}",
            f"{lever.lag_years:g}, {lever.ramp_years:g}",
            lever.unit,
            lever.price_text(),
            "; ".join(seed.partition(":")[2].strip() for seed in lever.seeds),
        )
    show(made, ["asked for as", "cost"])
    for grade, meaning in GRADES.items():
        console().print(f"{grade}: {meaning}")
    typer.echo(
        "`mekong list levers --name NAME` says more: what it moves, its price, who asks for it."
    )


def _in_full(name: str) -> None:
    from sim.parameters.table import parameter_table
    from sim.policy.levers import GRADES, LEVERS

    def priced(parameter: str) -> str:
        p = parameter_table()[parameter]
        return f"{p.name} = {p.central:g} ({p.low:g} to {p.high:g}) {p.unit}"

    lever = LEVERS[name]
    made = table(lever.name, ["", " "])
    for key, value in (
        ("number", f"L{lever.number}"),
        ("title", lever.title),
        ("level", lever.range_text),
        ("set by", lever.scope),
        ("moves", ", ".join(lever.moves)),
        ("cost", lever.price_text(priced)),
        ("lag, ramp", f"{lever.lag_years:g}, {lever.ramp_years:g} years"),
        ("grade", f"{lever.grade}: {GRADES[lever.grade]}"),
        *(("asked for by" if not k else "", asked_by(s)) for k, s in enumerate(lever.seeds)),
        ("meaning", lever.meaning),
        ("source", lever.source),
    ):
        made.add_row(key, value)
    show(made)
