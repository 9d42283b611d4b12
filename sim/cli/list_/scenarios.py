"""`mekong list scenarios`: the scenarios that come with the program."""

from __future__ import annotations

from sim.cli.console.options import Json
from sim.cli.console.tables import as_json, show, table


def scenarios(json: Json = False) -> None:
    """List the scenarios that come with the program."""
    from sim.scenario import load_scenario, shipped_scenarios

    found = [load_scenario(name) for name in shipped_scenarios()]
    if json:
        as_json([{"name": s.name, **s.as_dict()} for s in found])
        return
    columns = ["name", "title", "question", "levers"]
    made = table("Scenarios", columns, prose=columns[1:])
    for s in found:
        made.add_row(s.name, s.title, s.question, ", ".join(s.levers))
    show(made, ["levers", "title"])
