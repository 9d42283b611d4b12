"""`mekong trace`: one person or one firm, quarter by quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.console.options import INSPECTION_SCALE, Json, NoProgress, Rule, Scale, ScenarioName
from sim.cli.console.tables import as_json, console, records, show, table
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.analysis.agent_history import AgentHistory

_TITLES = {
    "consumer": "At the end of each quarter (spending: constant 2022 US$ of the quarter)",
    "sme": "At the end of each quarter (revenue: sold online in the quarter before, 2022 US$)",
}


def trace(
    scenario: ScenarioName,
    consumer: Annotated[
        int | None,
        typer.Option(help="Number of the person in their country.", show_default="0"),
    ] = None,
    sme: Annotated[
        int | None,
        typer.Option(
            help="Number of the firm instead, from the least productive up.", show_default=False
        ),
    ] = None,
    country: Annotated[str, typer.Option(help="KHM, LAO, MMR, THA or VNM.")] = "KHM",
    seed: Annotated[int, typer.Option(help="Seed of the run.")] = 1,
    scale: Scale = INSPECTION_SCALE,
    rule: Rule = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every quarter, not only those with news.")
    ] = False,
    json: Json = False,
    quiet: NoProgress = False,
) -> None:
    """Follow one person or firm: state and events in each quarter."""
    if consumer is not None and sme is not None:
        raise InputError("a trace is of a person or of a firm", todo="give one of the two")
    from sim.analysis import agent_history as lives
    from sim.cli.console.sizes import announce
    from sim.experiments.own_rules.loading import load_rules

    announce(scale, 1, quiet=quiet)
    rules = load_rules(rule) if rule is not None else None
    if sme is not None:
        found = lives.trace_firm(scenario, sme, country, seed=seed, scale=scale, rules=rules)
    else:
        found = lives.trace(scenario, consumer or 0, country, seed=seed, scale=scale, rules=rules)
    if json:
        as_json(
            {
                "kind": found.kind,
                "country": found.country,
                "number": found.number,
                "person" if found.kind == "consumer" else "firm": found.person,
                "story": found.story,
                "quarters": records(found.table),
            }
        )
        return
    _write(found, every)


def _write(found: AgentHistory, every: bool) -> None:
    from sim.analysis.text.formatting import country_name

    out = console()
    name = "Person" if found.kind == "consumer" else "Firm"
    out.print(f"\n{name} {found.number} of {country_name(found.country)}", style="bold")
    if found.kind == "consumer":
        facts = (f"{key.replace('_', ' ')}: {_word(value)}" for key, value in found.person.items())
        out.print(", ".join(facts))
    else:
        for sentence in found.story:
            out.print(sentence, markup=False)
    out.print()
    columns = [str(name) for name in found.table.columns]
    heads = {name: name.replace("_", " ") for name in columns}
    numbers = [heads[name] for name in columns if found.table[name].dtype.kind == "f"]
    states = [heads[name] for name in columns if found.table[name].dtype.kind == "b"]
    made = table(
        _TITLES[found.kind], list(heads.values()), right=numbers, prose=[heads["what_happened"]]
    )
    rows = records(found.table)
    for row in rows:
        news = bool(row["what_happened"]) or row["quarter"].quarter == 4
        if every or news or row is rows[0]:
            made.add_row(*(_word(row[name]) for name in columns))
    show(made, states)  # what happened tells when a state changed


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)
