"""All commands of `mekong`, in groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from sim._version import __version__
from sim.cli.cite import cite
from sim.cli.community import community
from sim.cli.compare import compare
from sim.cli.console.guard import CommandGroup, GuardedGroup
from sim.cli.dashboard import dashboard
from sim.cli.data.add import add
from sim.cli.diff import diff
from sim.cli.evidence.calibrate import calibrate
from sim.cli.evidence.commissions import commissions
from sim.cli.evidence.forecast import forecast
from sim.cli.evidence.hindcast import hindcast
from sim.cli.evidence.prior_share import prior_share
from sim.cli.evidence.replication import replication
from sim.cli.evidence.scores import scores
from sim.cli.evidence.sectors import sectors
from sim.cli.evidence.self_test import self_test
from sim.cli.evidence.sensitivity import sensitivity
from sim.cli.evidence.studies import studies
from sim.cli.evidence.tornado import tornado
from sim.cli.list_.data import data
from sim.cli.list_.indicators import indicators
from sim.cli.list_.levers import levers
from sim.cli.list_.parameters import parameters
from sim.cli.list_.rules import rules
from sim.cli.list_.scenarios import scenarios
from sim.cli.mix.attribute import attribute
from sim.cli.mix.coalitions import coalitions
from sim.cli.mix.estimates import estimates
from sim.cli.mix.explorer import explorer
from sim.cli.mix.frontier import frontier
from sim.cli.mix.kpis import kpis
from sim.cli.mix.levers import levers as mix_levers
from sim.cli.mix.optimum import optimum
from sim.cli.mix.robustness import robustness
from sim.cli.mix.sequence import sequence
from sim.cli.mix.swap import swap
from sim.cli.mix.threshold import threshold
from sim.cli.new import new
from sim.cli.report import report
from sim.cli.rule import rule
from sim.cli.run import run
from sim.cli.study.convergence import convergence
from sim.cli.study.export import export
from sim.cli.study.figures import figures
from sim.cli.study.merge import merge
from sim.cli.study.package import package
from sim.cli.study.rerun import rerun
from sim.cli.study.verify import verify
from sim.cli.sweep import sweep
from sim.cli.trace import trace
from sim.cli.validate import validate

RESULTS, INPUTS, ANALYSIS = "Scenarios and their results", "Inputs and agents", "Studies"
_Commands = tuple[Callable[..., None], ...]
_COMMANDS: tuple[tuple[str, _Commands], ...] = (
    (RESULTS, (compare, run, report, dashboard, diff, cite)),
    (INPUTS, (new, validate, trace, rule, community)),
    (ANALYSIS, (sweep,)),
)
_GROUPS: tuple[tuple[str, str, str, _Commands], ...] = (
    (
        *("list", INPUTS, "What there is: scenarios, levers, parameters, data, rules, ..."),
        (scenarios, levers, parameters, indicators, data, rules),
    ),
    (
        *("study", ANALYSIS, "Work with result folders: merge, verify, rerun, export."),
        (merge, verify, rerun, export, figures, package, convergence),
    ),
    (
        *("data", INPUTS, "New figures: what they change."),
        (add,),
    ),
    (
        *("mix", ANALYSIS, "Combinations of levers: contributions, trade-offs, robustness."),
        (
            *(mix_levers, attribute, swap, optimum, explorer, estimates, sequence, frontier),
            *(robustness, threshold, coalitions, kpis),
        ),
    ),
    (
        *("evidence", ANALYSIS, "Estimation, validation and sensitivity of the model."),
        (
            *(calibrate, self_test, hindcast, forecast, scores, sectors, prior_share),
            *(replication, studies, commissions, sensitivity, tornado),
        ),
    ),
)
_SHARED: dict[str, Any] = {
    "no_args_is_help": True,
    "rich_markup_mode": "rich",
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"mekong {__version__}")
        raise typer.Exit


def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an internal error.")
    ] = False,
) -> None:
    """Does e-commerce in Cambodia, Lao PDR, Myanmar, Thailand and Viet Nam double 2022-2030?

    Start with [bold]mekong compare baseline coordinated[/bold].
    """


def _application() -> typer.Typer:
    made = typer.Typer(name="mekong", cls=GuardedGroup, pretty_exceptions_enable=False, **_SHARED)
    made.callback()(root)
    for panel, commands in _COMMANDS:
        for command in commands:
            made.command(rich_help_panel=panel)(command)
    for name, panel, words, commands in _GROUPS:
        group = typer.Typer(cls=CommandGroup, help=words, **_SHARED)
        for command in commands:
            group.command()(command)
        made.add_typer(group, name=name, rich_help_panel=panel)
    return made


app = _application()
