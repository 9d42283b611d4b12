"""`mekong mix frontier`: mixes of equal cost, and those that no other mix dominates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import (
    SEARCH_SCALE,
    BaselineName,
    Draws,
    Json,
    Out,
    Quiet,
    Scale,
    Seeds,
    Threads,
    Workers,
)
from sim.rows import rows_where

if TYPE_CHECKING:
    from sim.analysis.policy_mixes.frontier import Frontier

_SHOWN = {
    "gmv_real_usd": "purchases 2030",
    "gmv_region_usd": "from neighbours",
    "gap_2030": "gap, points of 100",
    "losses_usd": "losses 2026-30",
    "cost_usd": "cost",
}
MOST_SHOWN = 30


def frontier(
    mixes: Annotated[
        list[str] | None,
        typer.Argument(help="Further mixes: shipped names or files.", show_default="none"),
    ] = None,
    budget: Annotated[
        float, typer.Option(help="Million constant 2022 US$ a year in total, 2026-2030.")
    ] = 130.0,
    levers: Annotated[
        str | None,
        typer.Option(help="Levers to divide it over, with commas.", show_default="five of them"),
    ] = None,
    steps: Annotated[
        int, typer.Option(help="Equal parts of the budget; 0: only the mixes that are named.")
    ] = 8,
    baseline: BaselineName = "baseline",
    seeds: Seeds = "1",
    draws: Draws = 3,
    scale: Scale = SEARCH_SCALE,
    workers: Workers = None,
    threads: Threads = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find mixes that no other of equal cost beats on every goal.

    Compares all divisions of one budget over levers, and further mixes that are named. The goals
    are more e-commerce, more of it within the region, a smaller digital gap, smaller losses and
    less money. An existing --out resumes when it holds the same study.
    """
    from sim.analysis.policy_mixes.frontier import Frontier, folder_of, frontier_study
    from sim.analysis.policy_mixes.mix_folder import conduct_parts
    from sim.analysis.policy_mixes.portfolios import DEFAULT_LEVERS
    from sim.cli.console.arguments import names_in, parse_seeds
    from sim.cli.console.outcome import deliver
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.cli.console.tables import records
    from sim.experiments.execution.plan import plan

    plan(scale, 1, workers, threads)  # before anything is priced
    whole, parts, about = frontier_study(
        mixes or (),
        levers=DEFAULT_LEVERS if levers is None else names_in(levers, "--levers"),
        budget=budget,
        steps=steps,
        baseline=baseline,
        seeds=parse_seeds(seeds),
        draws=draws,
        scale=scale,
        threads=threads,
    )
    announce(scale, sum(len(part.jobs) for part in parts.values()), workers, threads, quiet)
    with reporter(quiet, json) as progress:
        folder = conduct_parts(
            whole, parts, "frontier", about, out or folder_of(whole, about), workers=workers,
            threads=threads, progress=progress,
            command=f"mekong mix frontier --budget {budget:g} --steps {steps}",
        )  # fmt: skip
    result = Frontier(folder)
    record = {
        "baseline": result.baseline,
        "frontier": records(result.table),
        "notes": result.notes,
    }
    deliver(result, record, lambda: _write(result), json, quiet)


def _write(result: Frontier) -> None:
    from sim.analysis.policy_mixes.frontier import NATIONAL
    from sim.analysis.text.formatting import with_interval
    from sim.cli.console.tables import console, show, table

    frame = result.table
    first = frame[(frame["front"] == 1) | (frame["made"] == "named")]
    best = int((frame["front"] == 1).sum())
    made = table(
        f"Mixes of equal cost on the efficient frontier ({best} of {len(frame)}), and "
        f"named mixes: differences from {result.baseline} in the "
        f"five countries (mean; {result.band} in brackets)",
        ["mix", "kind", *_SHOWN.values(), "on frontier", "dominated by"],
        right=[*_SHOWN.values(), "on frontier"],
    )
    for row in first.head(MOST_SHOWN).to_dict("records"):
        cells = []
        for name in _SHOWN:
            times = 100.0 if name == "gap_2030" else 1.0
            parts = (times * float(row[key]) for key in (name, f"{name}_low", f"{name}_high"))
            cells.append(with_interval(*parts))
        share = f"{100 * row['share_on_front']:.0f} %"
        made.add_row(str(row["mix"]), str(row["kind"]), *cells, share, str(row["dominated_by"]))
    out = console()
    show(made)
    if len(first) > MOST_SHOWN:
        out.print(f"{len(first) - MOST_SHOWN} more are in frontier.csv.")
    national = rows_where(frame, kind=NATIONAL)
    if len(national):
        beaten = int(national["dominated"].sum())
        out.print(
            f"{beaten} of {len(national)} national mixes (levers of single countries only) are "
            "dominated: another mix of the same cost is at least as good in everything."
        )
    for text in result.notes:
        out.print(text, markup=False)
    out.print(
        "The mixes on the frontier are not ranked; the choice depends on how you weigh the goals. "
        "Levers of grade D are excluded, as are those of grade A, which raise revenue."
    )
