"""`mekong list indicators`: everything that is measured."""

from __future__ import annotations

from dataclasses import asdict

from sim.cli.console.options import Json
from sim.cli.console.tables import as_json, show, table


def indicators(json: Json = False) -> None:
    """List the indicators that are measured, with their definitions."""
    from sim.model.indicators import INDICATORS

    if json:
        as_json([asdict(indicator) for indicator in INDICATORS.values()])
        return
    columns = ["name", "unit", "kind", "by group", "definition"]
    made = table("Indicators", columns, prose=["unit", "definition"])
    for indicator in INDICATORS.values():
        grouped = "yes" if indicator.grouped else ""
        made.add_row(indicator.name, indicator.unit, indicator.kind, grouped, indicator.definition)
    show(made, ["by group", "kind", "unit"])
