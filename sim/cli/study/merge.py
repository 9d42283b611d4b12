"""`mekong study merge`: shards of one study put together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.console.options import Json, LackingRuns, Missing, Quiet, folder_there
from sim.experiments.storage.local_path import output_folder


def merge(
    out: Annotated[
        Path,
        typer.Argument(
            parser=output_folder,
            metavar="FOLDER",
            help="A new folder, or that of an earlier merge.",
        ),
    ],
    shards: Annotated[list[Path], folder_there("Folders of shards of one study.")],
    missing: LackingRuns = Missing.refuse,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Join the shards of one study: the same bytes as in one piece."""
    from sim.analysis.sweep import Sweep
    from sim.cli.console.sweep_tables import fail_if_failed, write
    from sim.experiments.replay import merge as put_together
    from sim.report.writer import save

    found = put_together(out, shards)
    for part in found.damaged:
        typer.echo(f"a damaged part is left out: {part}", err=True)
    if not quiet:
        typer.echo(
            f"{found.runs} runs are in {out}: {found.failed} failed, {found.missing} missing",
            err=True,
        )
    result = Sweep(out, missing.value)
    save(result)
    write(result, json, quiet)
    fail_if_failed(out)
