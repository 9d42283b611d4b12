"""One handler for everything that goes wrong: words instead of a traceback, and the exit status."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Iterator
from typing import Any, TextIO

import typer
from typer.core import TyperGroup

from sim.cli.console.troubles import in_words
from sim.errors import (
    INTERRUPTED,
    KEPT,
    InputError,
    MekongError,
    MekongWarning,
    nearest,
    printable,
)

INTERNAL = 1
# Typer's own way of saying that the command line itself is wrong; it prints those by itself.
_USAGE: type[Exception] = next(
    kind
    for kind in typer.BadParameter.__mro__
    if issubclass(kind, Exception) and kind.__name__ == "ClickException"
)


_FORMER = {
    "life": "trace",
    "required": "mix threshold",
    "incentives": "mix coalitions",
    "scorecard": "mix kpis",
    "recovery": "evidence self-test",
}


class CommandGroup(TyperGroup):
    """A group of commands that knows where a command it does not have may be found."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of the first word. Raises InputError with the nearest one of all groups."""
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise InputError(
                f"there is no command '{ctx.command_path} {args[0]}'",
                allowed=", ".join(self.commands),
                todo=_nearest(args[0], list(_commands(ctx.find_root().command))),
            )
        return super().resolve_command(ctx, args)


def _commands(group: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """The last word of every command, and all of its words."""
    for name, command in group.commands.items():
        yield name, before + name
        yield from _commands(command, f"{name} ") if hasattr(command, "commands") else ()


def _nearest(word: str, known: list[tuple[str, str]]) -> str:
    close = nearest(word, dict(known))
    found = (
        [_FORMER[word]] if word in _FORMER else [words for name, words in known if name == close]
    )
    likely = " or ".join(f"`mekong {words}`" for words in found)
    return f"did you mean {likely}?" if likely else "`mekong --help` lists the commands"


class GuardedGroup(CommandGroup):
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
            typer.echo(f"interrupted: {KEPT}", err=True)
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
