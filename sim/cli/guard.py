"""One handler for everything that goes wrong: words instead of a traceback, and the exit status."""

from __future__ import annotations

import traceback
import warnings
from typing import Any, TextIO

import typer
from typer.core import TyperGroup

from sim.cli.troubles import in_words
from sim.errors import MekongError, MekongWarning, printable

INTERRUPTED = 130
INTERNAL = 1
# Typer's own way of saying that the command line itself is wrong; it prints those by itself.
_USAGE: type[Exception] = next(
    kind
    for kind in typer.BadParameter.__mro__
    if issubclass(kind, Exception) and kind.__name__ == "ClickException"
)


class GuardedGroup(TyperGroup):
    """The group of all commands, which explains every error to a person."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command and turn what it raises into a message and an exit status."""
        try:
            with warnings.catch_warnings():
                _say_warnings()
                return super().invoke(ctx)
        except MekongError as error:
            typer.echo(f"error: {error}", err=True)
            raise typer.Exit(error.exit_status) from error
        except KeyboardInterrupt as error:
            typer.echo(
                "interrupted: what was finished is kept; the same command goes on from there",
                err=True,
            )
            raise typer.Exit(INTERRUPTED) from error
        except _USAGE as error:
            error.message = printable(str(getattr(error, "message", error)))  # type: ignore[attr-defined]
            raise
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except Exception as error:
            explained = in_words(error)
            if explained is not None and not ctx.params.get("debug"):
                typer.echo(f"error: {explained}", err=True)
                raise typer.Exit(explained.exit_status) from error
            _internal(error, debug=bool(ctx.params.get("debug")))
            raise typer.Exit(INTERNAL) from error


def _say_warnings() -> None:
    """What is wrong with the files of a person is said in words, each warning once."""
    usual, said = warnings.showwarning, set[str]()

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if not issubclass(category, MekongWarning):
            usual(message, category, filename, lineno, file, line)
        elif str(message) not in said:
            said.add(str(message))
            typer.echo(printable(f"warning: {message}"), err=True)

    warnings.showwarning = show
    warnings.simplefilter("always", MekongWarning)


def _internal(error: Exception, debug: bool) -> None:
    said = printable(" ".join(str(error).split()))
    if len(said) > 300:
        said = said[:300] + " ..."
    typer.echo(f"internal error: {type(error).__name__}: {said}", err=True)
    if debug:
        typer.echo(traceback.format_exc(), err=True)
    else:
        typer.echo("  do: repeat with `mekong --debug ...` and report what it shows", err=True)
