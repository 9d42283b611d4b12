"""`mekong study package`: a replication package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import ResultFolder, Rule, a_file


def package(
    result: ResultFolder,
    out: Annotated[Path | None, a_file("The archive to write.", "RESULT.zip")] = None,
    rule: Rule = None,
) -> None:
    """Pack inputs, code, data, results and a README for data editors.

    The archive has a program that does every run again and compares bytes.
    """
    from sim.experiments.own_rules.loading import load_rules
    from sim.report.package import package as pack

    rules = load_rules(rule) if rule is not None else None
    path = pack(result, out, rules=rules, rule=rule)
    typer.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
