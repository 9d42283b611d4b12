"""All commands of `mekong`."""

from __future__ import annotations

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
from sim.cli.guard import GuardedGroup
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
