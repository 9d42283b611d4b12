"""What the commands on policy mixes have in common: what is said before and after the runs."""

from __future__ import annotations

from pathlib import Path

import typer

from sim.errors import InputError, did_you_mean


def check_place(country: str) -> None:
    """Refuse what is no country here and not the five. Raises InputError."""
    from sim.analysis.comparison.summary import PLACES

    if country not in PLACES:
        raise InputError(
            f"'{country}' is not a place here",
            where="--country",
            allowed=", ".join(PLACES),
            todo=did_you_mean(country, PLACES) or None,
        )


def names_in(text: str, where: str) -> list[str]:
    """Names with commas between them. Raises InputError where there are none."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise InputError("no names are given", where=where, allowed="names with commas between")
    return names


def announce(scale: int, runs: int, workers: int | None, threads: int | None, quiet: bool) -> None:
    """One line on what the runs need. Raises InputError when they do not fit."""
    from sim.cli.sizes import said
    from sim.experiments.execution.plan import plan

    need = plan(scale, runs, workers, threads)
    if not quiet:
        typer.echo(said(need, scale), err=True)


def finish(folder: Path, name: str, failed: int, quiet: bool) -> None:
    """Where the results are; exit status 1 when runs failed."""
    if not quiet:
        typer.echo(f"Results: {folder / name}.csv")
        typer.echo(f"Picture: {folder / 'figures' / name}.png")
    if failed:
        typer.echo(
            f"{failed} runs failed; their errors are in {folder / 'log'}; the same command tries "
            "them again",
            err=True,
        )
        raise typer.Exit(1)
