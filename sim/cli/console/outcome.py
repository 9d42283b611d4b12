"""How a command that ran something ends: where results are, and exit status 1 if runs failed."""

from __future__ import annotations

from pathlib import Path

import typer


def say_where(folder: Path, table: str, picture: str, quiet: bool) -> None:
    """Name the results and the picture of a folder."""
    if not quiet:
        typer.echo(f"Results: {folder / table}")
        typer.echo(f"Picture: {folder / 'figures' / picture}.png")


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
