"""`mekong cite`: what to write of a result in a paper."""

from __future__ import annotations

import typer

from sim.cli.console.options import Json, ResultFolder


def cite(result: ResultFolder, json: Json = False) -> None:
    """Write the methods paragraph and citation of a result."""
    from sim.cli.console.tables import as_json
    from sim.experiments.storage.folder import read_manifest
    from sim.report.methods import bibtex, citation, methods

    record = read_manifest(result)
    if json:
        found = {"methods": methods, "citation": citation, "bibtex": bibtex}
        as_json({name: write(record) for name, write in found.items()})
        return
    typer.echo(f"{methods(record)}\n\n{citation(record)}\n\n{bibtex(record)}")
