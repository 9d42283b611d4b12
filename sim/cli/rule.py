"""`mekong rule`: what a rule of one's own changes, in one picture beside the shipped rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import (
    MIX_SCALE,
    Country,
    Json,
    OutFolder,
    Quiet,
    Scale,
    Seeds,
)
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.analysis.rule_comparison import RuleComparison


def rule(
    rules: Annotated[
        list[str] | None,
        typer.Argument(metavar="RULE", help="Files, or names that `mekong list rules` shows."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All rules that are shipped.")] = False,
    scenario: Annotated[str, typer.Option(help="A shipped name or a file.")] = "baseline",
    country: Country = "GMS5",
    seeds: Seeds = "1",
    scale: Scale = MIX_SCALE,
    market: Annotated[
        bool | None,
        typer.Option(
            "--market/--no-market",
            help="With sellers and trade; without, online prices are held constant.",
            show_default="for rules of firms",
        ),
    ] = None,
    out: OutFolder = Path("results/rules"),
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare your own rule with the shipped one in one picture."""
    from sim.cli.console.arguments import parse_seeds
    from sim.cli.console.progress import reporter
    from sim.cli.console.tables import as_json, records
    from sim.experiments.own_rules.gallery import shipped_rules
    from sim.experiments.storage.local_path import name_or_path

    names = [*(rules or ()), *(shipped_rules() if every else ())]
    if not names:
        raise InputError(
            "no rule is given",
            allowed="files, names that `mekong list rules` shows, or --all",
        )
    from sim.analysis.rule_comparison import compare_rule
    from sim.report.writer import save

    numbers = parse_seeds(seeds)
    told: list[dict[str, object]] = []
    for name in dict.fromkeys(name_or_path(one) for one in names):
        with reporter(quiet, json) as progress:
            found = compare_rule(
                name,
                scenario,
                country,
                seeds=numbers,
                scale=scale,
                market=market,
                progress=progress.quarters,
            )
        save(found, out)
        if json:
            told.append({"rule": found.name, "finding": found.finding} | _facts(found))
            told[-1]["table"] = records(found.table)
        elif not quiet:
            typer.echo(f"{found.title}\n  {found.finding}")
            typer.echo(f"  Picture: {out / 'figures' / f'{found.name}.png'}")
    if json:
        as_json(told)


def _facts(found: RuleComparison) -> dict[str, object]:
    return {
        "title": found.title,
        "scenario": found.scenario,
        "country": found.country,
        "seeds": found.seeds,
        "scale": found.scale,
        "market": found.market,
    }
