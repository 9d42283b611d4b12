"""`mekong mix attribute`: what each lever of a mix adds and costs, whatever the order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import (
    MIX_SCALE,
    Baseline,
    Country,
    Draws,
    Json,
    Out,
    Quiet,
    Scale,
    ScenarioName,
    Seeds,
    Threads,
    Workers,
)
from sim.rows import rows_where

if TYPE_CHECKING:
    from sim.analysis.policy_mixes.attribution import Attribution

_SHOWN = {
    "gmv_real_usd": "purchases 2030",
    "gmv_region_usd": "from neighbours",
    "sme_exporters": "exporting firms",
    "rural_shoppers": "rural shoppers",
    "poor_shoppers": "poor shoppers",
    "losses_avoided_usd": "losses avoided",
    "cost_usd": "cost",
}
_PER = {
    "purchases_usd": "per dollar of e-commerce",
    "losses_avoided_usd": "per dollar of losses avoided",
    "rural_shoppers": "per rural shopper",
}


def attribute(
    scenario: ScenarioName,
    levers: Annotated[
        str | None,
        typer.Option(
            help="Only these levers, with commas; the others stay on.", show_default="all"
        ),
    ] = None,
    baseline: Baseline = None,
    seeds: Seeds = "1",
    draws: Draws = 10,
    scale: Scale = MIX_SCALE,
    permutations: Annotated[
        int, typer.Option(help="Orders to sample where there are more than nine levers.")
    ] = 40,
    country: Country = "GMS5",
    workers: Workers = None,
    threads: Threads = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compute what each lever of a mix adds, and what it costs.

    The contribution is the average over all orders of adding the levers (Shapley value); tables in
    the folder have every country. Runs every combination of the levers; an existing --out resumes
    when it holds the same study.
    """
    from sim.analysis.policy_mixes.attribution import Attribution, attribution_study
    from sim.analysis.policy_mixes.mix_folder import conduct
    from sim.cli.console.arguments import check_place, names_in, parse_seeds
    from sim.cli.console.outcome import deliver
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.cli.console.tables import records

    check_place(country)
    study, about = attribution_study(
        scenario,
        None if levers is None else names_in(levers, "--levers"),
        baseline=baseline,
        seeds=parse_seeds(seeds),
        draws=draws,
        scale=scale,
        permutations=permutations,
    )
    announce(study.scale, len(study.jobs), workers, threads, quiet)
    command = f"mekong mix attribute {about['scenario']} --levers {','.join(about['levers'])}"
    with reporter(quiet, json) as progress:
        folder = conduct(
            study, "attribute", "attribution", about, out, workers=workers, threads=threads,
            progress=progress, command=command,
        )  # fmt: skip
    result = Attribution(folder)
    record = {
        "scenario": result.scenario,
        "baseline": result.baseline,
        "attribution": records(result.table),
        "costs": records(result.costs),
        "notes": result.notes,
        "orders_sampled": result.permutations,
    }
    deliver(result, record, lambda: _write(result, country), json, quiet)


def _write(result: Attribution, country: str) -> None:
    from sim.analysis.policy_mixes.attribution import ALL, REST
    from sim.analysis.text.formatting import short, with_interval
    from sim.cli.console.tables import console, show, table
    from sim.figures.captions import place_name

    frame = result.table
    mine = {
        (row["lever"], row["outcome"]): row
        for row in rows_where(frame, country=country).to_dict("records")
    }
    made = table(
        f"{place_name(country)}: what each lever of '{result.scenario}' adds, averaged over all "
        f"orders (mean of {result.pairs} runs, so that parts add up; in brackets {result.band})",
        ["lever", *_SHOWN.values()],
        right=list(_SHOWN.values()),
    )
    again = table(
        "Effect alone, then on top of all other levers",
        ["lever", *_SHOWN.values()],
        right=list(_SHOWN.values()),
    )
    for lever in (*result.game.levers, ALL, REST):
        cells, order = [], []
        for outcome in _SHOWN:
            if (lever, outcome) not in mine:
                cells.append("")
                order.append("")
                continue
            row = mine[lever, outcome]
            cells.append(with_interval(row["value"], row["low"], row["high"]))
            order.append(f"{short(row['first_in'])}, {short(row['last_in'])}")
        if lever != REST or any(cells):
            made.add_row(lever.replace("_", " "), *cells)
        if lever == ALL:
            middles = [mine[lever, o]["median"] if (lever, o) in mine else None for o in _SHOWN]
            words = ["" if middle is None else short(middle) for middle in middles]
            made.add_row("  median, as `mekong compare` has it", *words)
        if lever in result.game.levers:
            again.add_row(lever.replace("_", " "), *order)
    out = console()
    show(made)
    show(again)
    show(_costs(result, country))
    for text in result.notes:
        out.print(text, markup=False)
    if result.permutations:
        out.print(
            f"{result.permutations} orders of {len(result.game.levers)} levers were sampled; "
            "sampling_error in attribution.csv is the standard error of doing so."
        )


def _costs(result: Attribution, country: str):  # type: ignore[no-untyped-def]
    import pandas as pd

    from sim.analysis.policy_mixes.attribution import ALL
    from sim.analysis.policy_mixes.eligible_levers import BASES
    from sim.analysis.text.formatting import short
    from sim.cli.console.tables import table

    frame = result.costs
    mine = {
        (row["lever"], row["per"]): row
        for row in rows_where(frame, country=country).to_dict("records")
    }
    made = table(
        "Costs, constant 2022 US$ (judged prices: within a factor of three; # rank without them)",
        ["lever", *_PER.values(), "price"],
        right=list(_PER.values()),
    )
    for lever in (*result.game.levers, ALL):
        cells = []
        basis = ""
        for per in _PER:
            row = mine[lever, per]
            basis = str(row["price_basis"])
            if row["note"]:
                cells.append(str(row["note"]))
                continue
            around = (
                f" ({short(row['third'])} to {short(row['triple'])})"
                if row["third"] == row["third"]
                else ""
            )
            rank = "" if pd.isna(row["rank"]) else f" #{row['rank']}"
            cells.append(f"{short(row['value'])}{around}{rank}")
        made.add_row(lever.replace("_", " "), *cells, BASES[basis])
    return made
