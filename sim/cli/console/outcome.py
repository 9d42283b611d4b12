"""How a command that ran something ends: where results are, and exit status 1 if runs failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sim.analysis.emulation.optimum import Optimum
    from sim.analysis.emulation.sequence import Sequencing
    from sim.analysis.policy_mixes.attribution import Attribution
    from sim.analysis.policy_mixes.frontier import Frontier
    from sim.analysis.policy_mixes.robustness import Robustness
    from sim.analysis.policy_mixes.swap import Swap
    from sim.analysis.thresholds.threshold import Threshold


def deliver(
    result: Attribution | Frontier | Optimum | Robustness | Sequencing | Swap | Threshold,
    record: Mapping[str, object],
    show: Callable[[], None],
    json: bool,
    quiet: bool,
) -> None:
    """Save a result, print its record or show it, name its files; status 1 if runs failed."""
    from sim.cli.console.tables import as_json
    from sim.report.writer import save  # late, since it loads Matplotlib

    save(result)
    if json:
        as_json({**record, "folder": str(result.folder)})
    elif not quiet:
        show()
    say_where(result.folder, f"{result.kind}.csv", result.kind, quiet or json)
    end(result.folder, result.failed)


def say_where(folder: Path, table: str, picture: str, quiet: bool) -> None:
    """Name the results and the picture of a folder, if it has one."""
    if quiet:
        return
    typer.echo(f"Results: {folder / table}")
    drawn = folder / "figures" / f"{picture}.png"
    if drawn.is_file():
        typer.echo(f"Picture: {drawn}")


def end(folder: Path, failed: int, of: int | None = None) -> None:
    """Leave with exit status 1 if runs failed, and say where their errors are."""
    if failed:
        known = "" if of is None else f" of {of}"
        typer.echo(
            f"{failed}{known} runs failed; their errors are in {folder / 'log'}; the same command "
            "tries them again",
            err=True,
        )
        raise typer.Exit(1)
