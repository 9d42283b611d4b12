"""`mekong mix levers`: what each lever does alone, at its usual and at its largest dose."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.console.options import (
    MIX_SCALE,
    Country,
    Draws,
    Json,
    Out,
    Quiet,
    Scale,
    Seeds,
    Threads,
    Workers,
)

if TYPE_CHECKING:
    from sim.analysis.policy_mixes.single_levers import SingleLevers

_SHOWN = {
    "gmv_real_usd": "purchases",
    "shoppers": "shoppers",
    "gmv_region_usd": "from neighbours",
    "sme_exporters": "exporters",
    "scam_losses_usd_cumulative": "losses 26-30",
}
_NONE = "-"


def levers(
    names: Annotated[
        str | None,
        typer.Option("--levers", help="Only these levers, with commas.", show_default="all"),
    ] = None,
    seeds: Seeds = "1",
    draws: Draws = 0,
    scale: Scale = MIX_SCALE,
    country: Country = "GMS5",
    workers: Workers = None,
    threads: Threads = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show each lever alone, at its usual and at its largest dose.

    Changes from the baseline in per cent, and the cost; budgets are ample in all runs. The table in
    the folder has amounts, intervals and every country. An existing --out resumes when it holds the
    same study.
    """
    from sim.analysis.policy_mixes.mix_folder import conduct
    from sim.analysis.policy_mixes.single_levers import (
        KIND,
        SingleLevers,
        levers_folder,
        levers_study,
    )
    from sim.cli.console.arguments import check_place, names_in, parse_seeds
    from sim.cli.console.outcome import end
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.cli.console.tables import as_json, records
    from sim.report.writer import save

    check_place(country)
    chosen = None if names is None else names_in(names, "--levers")
    study, about = levers_study(chosen, seeds=parse_seeds(seeds), draws=draws, scale=scale)
    announce(study.scale, len(study.jobs), workers, threads, quiet)
    command = "mekong mix levers" + (f" --levers {','.join(chosen)}" if chosen else "")
    where = levers_folder(study, chosen) if out is None else out
    with reporter(quiet, json) as progress:
        folder = conduct(
            study, KIND, KIND, about, where, workers=workers, threads=threads,
            progress=progress, command=command,
        )  # fmt: skip
    result = SingleLevers(folder)
    save(result)
    if json:
        as_json({"levers": records(result.table), "folder": str(folder)})
    elif not quiet:
        _write(result, country)
    if not (quiet or json):
        typer.echo(f"Results: {folder / 'levers.csv'}")
    end(folder, result.failed)


def _write(result: SingleLevers, country: str) -> None:
    from sim.analysis.policy_mixes.single_levers import IDLE, UNCHANGED
    from sim.analysis.text.formatting import money
    from sim.cli.console.tables import console, show, table
    from sim.figures.captions import place_name
    from sim.policy.levers import LEVERS
    from sim.rows import rows_where

    frame = rows_where(result.table, country=country)
    heads = [*_SHOWN.values(), "cost"]
    made = table(
        f"{place_name(country)}: each lever alone, change in 2030 in per cent of the baseline "
        "(medians; losses and cost are sums)",
        ["lever", "grade", "dose", *heads],
        right=heads,
    )
    for (lever, dose), rows in frame.groupby(["lever", "dose"], sort=False):
        by = {row["indicator"]: row for row in rows.to_dict("records")}
        cells = [_cell(by[name]) for name in _SHOWN]
        first = rows.iloc[0]
        words = f"{dose}: {first['level']:g}"
        if first["runs"] < result.runs:
            words += f" ({first['runs']} of {result.runs} runs)"
        grade = LEVERS[str(lever)].grade
        made.add_row(str(lever), grade, words, *cells, money(float(first["cost_usd"])))
    show(made)
    console().print(
        f"{_NONE}: {IDLE}. 0: {UNCHANGED}. Levers of grade D have no measured effect; their order "
        "says nothing.",
        markup=False,
    )


def _cell(row: dict[Hashable, Any]) -> str:
    from sim.analysis.policy_mixes.single_levers import IDLE

    if row["note"]:
        return _NONE if row["note"] == IDLE else "0"
    return f"{row['percent']:+.2g} %"
