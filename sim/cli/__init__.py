"""The command `mekong`. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings

import typer

from sim.cli import (
    attribute,
    convergence,
    dashboard,
    evidence,
    files,
    frontier,
    incentives,
    kpis,
    levers,
    life,
    lists,
    prior,
    replication,
    report,
    required,
    results,
    robustness,
    runs,
    sensitivity,
    sweep,
    tornado,
)
from sim.cli.guard import INTERRUPTED, GuardedGroup
from sim.cli.root import root

app = typer.Typer(
    name="mekong",
    cls=GuardedGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.callback()(root)
_ALL = (
    *(runs, report, dashboard, sweep, results, convergence, lists, levers, files, life, kpis),
    *(replication, incentives, attribute, frontier, robustness, required, tornado, evidence),
    *(prior, sensitivity),
)
for commands in _ALL:
    commands.register(app)


def main() -> None:
    """Entry point of the command line."""
    # A pool replaces a worker that has grown: nothing is lost, and nobody need do anything.
    warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
    try:
        app(prog_name="mekong")
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            # A rule that never ends may still compute on another thread: nobody waits for it.
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError, ValueError):
                    stream.flush()
            os._exit(INTERRUPTED)
        raise


__all__ = ["app", "main"]
