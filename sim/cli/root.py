"""What stands before any command: the version and how much is said about a fault."""

from __future__ import annotations

from typing import Annotated

import typer

from sim._version import __version__


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"mekong {__version__}")
        raise typer.Exit


def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say the version."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an internal error.")
    ] = False,
) -> None:
    """Does e-commerce in Cambodia, Lao PDR, Myanmar, Thailand and Viet Nam double 2022-2030?

    Start with [bold]mekong compare baseline coordinated[/bold]: the verdict, a table and a picture.
    """
