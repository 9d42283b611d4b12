"""`mekong new`: a scenario or a rule to start from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.experiments.storage.local_path import output_file


class FileKind(StrEnum):
    """What can be begun from a shipped example."""

    scenario = "scenario"
    rule = "rule"


def new(
    kind: Annotated[FileKind, typer.Argument(help="scenario or rule")],
    name: Annotated[
        Path, typer.Argument(parser=output_file, metavar="NAME", help="Name of the new file.")
    ],
    start_from: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Shipped scenario or rule to begin with.",
            show_default="broadband; the whole rule",
        ),
    ] = None,
    of: Annotated[str, typer.Option("--kind", help="Whose rule: consumer or sme.")] = "consumer",
) -> None:
    """Copy a shipped scenario or rule into this folder as a start."""
    if kind is FileKind.scenario:
        from sim.scenario import copy_shipped

        path = copy_shipped("scenario", start_from or "broadband", name)
        then = f"mekong compare baseline {path}"
    else:
        from sim.experiments.own_rules.template import new_rule

        path = new_rule(name, of, start_from)
        then = f"mekong rule {path}"
    typer.echo(f"{path} is written; change it, then: {then}")
