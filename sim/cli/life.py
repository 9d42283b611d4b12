"""`mekong life`: one person, quarter by quarter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.show import as_json, console, records, table

if TYPE_CHECKING:
    from sim.analysis.life import Life

Json = Annotated[bool, typer.Option("--json", help="Only JSON on the standard output.")]


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(life)


def life(
    scenario: Annotated[str, typer.Argument(help="A shipped name or a file.")],
    consumer: Annotated[int, typer.Option(help="Number of the person in their country.")] = 0,
    country: Annotated[str, typer.Option(help="KHM, LAO, MMR, THA or VNM.")] = "KHM",
    seed: Annotated[int, typer.Option(help="Seed of the run.")] = 1,
    scale: Annotated[int, typer.Option(help="People that one agent stands for.")] = 10_000,
    rule: Annotated[
        Path | None, typer.Option(help="A Python file with a rule of your own.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every quarter, not only those with news.")
    ] = False,
    json: Json = False,
) -> None:
    """The life of one person: what they remember at the end of each quarter, and what happened."""
    from sim.analysis.life import life as follow
    from sim.cli.sizes import state
    from sim.experiments.rules import load_rules

    state(scale, 1, None)
    rules = load_rules(rule) if rule is not None else None
    found = follow(scenario, consumer, country, seed=seed, scale=scale, rules=rules)
    if json:
        as_json(
            {
                "country": found.country,
                "number": found.number,
                "person": found.person,
                "quarters": records(found.table),
            }
        )
        return
    _write(found, every)


def _write(found: Life, every: bool) -> None:
    from sim.analysis.words import country_name

    out = console()
    out.print(f"\n[bold]Person {found.number} of {country_name(found.country)}[/bold]")
    out.print(", ".join(f"{key}: {_word(value)}" for key, value in found.person.items()) + "\n")
    columns = [str(name) for name in found.table.columns]
    numbers = [name for name in columns if found.table[name].dtype.kind == "f"]
    made = table(
        "At the end of each quarter (spending: constant 2022 US$ of the quarter)",
        [name.replace("_", " ") for name in columns],
        right=numbers,
    )
    rows = records(found.table)
    for row in rows:
        news = bool(row["what_happened"]) or row["quarter"].endswith("Q4")
        if every or news or row is rows[0]:
            made.add_row(*(_word(row[name]) for name in columns))
    out.print(made)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}"
    return str(value)
