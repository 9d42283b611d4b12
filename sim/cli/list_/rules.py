"""`mekong list rules`: the rules that come with the program, to copy and to change."""

from __future__ import annotations

from sim.cli.console.options import Json
from sim.cli.console.tables import as_json, show, table


def rules(json: Json = False) -> None:
    """List the rules that come with the program, as examples."""
    from sim.experiments.own_rules.gallery import shipped_rules

    found = shipped_rules()
    if json:
        as_json([{"name": name, "about": about} for name, about in found.items()])
        return
    made = table("Rules to start from", ["name", "about"], prose=["about"])
    for name, about in found.items():
        made.add_row(name, about)
    show(made)
