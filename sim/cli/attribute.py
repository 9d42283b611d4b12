"""`mekong attribute`: what each lever of a mix adds and costs, whatever the order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.runs import DRAWS_HELP, SEEDS_HELP, Baseline, Json, Quiet, Threads
from sim.cli.sweep import Workers
from sim.experiments.storage.local_path import output_folder

if TYPE_CHECKING:
    from sim.analysis.policy_mixes.attribution import Attribution

Scale = Annotated[int, typer.Option(help="People that one agent stands for.")]
SeedText = Annotated[str, typer.Option(help=SEEDS_HELP)]
DrawCount = Annotated[int, typer.Option(help=DRAWS_HELP)]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--out",
        parser=output_folder,
        metavar="FOLDER",
        help="Folder for the results.",
        show_default="results/<verb>-<hash>",
    ),
]
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


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(attribute)


def attribute(
    scenario: Annotated[str, typer.Argument(help="A shipped name or a file: the mix.")],
    levers: Annotated[
        str | None,
        typer.Option(
            help="Only these levers, with commas; the others stay on.", show_default="all"
        ),
    ] = None,
    baseline: Baseline = None,
    seeds: SeedText = "1",
    draws: DrawCount = 10,
    scale: Scale = 20_000,
    permutations: Annotated[
        int, typer.Option(help="Orders to sample where there are more than nine levers.")
    ] = 40,
    country: Annotated[
        str, typer.Option(help="Place on the screen: a code, or GMS5; files have all.")
    ] = "GMS5",
    workers: Workers = None,
    threads: Threads = None,
    out: Folder = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """What each lever of a mix adds, averaged over all orders of adding them, and what it costs.

    Runs every combination of the levers; an existing --out resumes when it holds the same study.
    """
    from sim.analysis.policy_mixes.attribution import Attribution, attribution_study
    from sim.analysis.policy_mixes.mix_folder import conduct, note
    from sim.cli.mixes import announce, check_place, finish, names_in
    from sim.cli.progress import reporter
    from sim.cli.runs import parse_seeds
    from sim.cli.show import as_json, records

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
    with reporter(quiet or json) as progress:
        folder = conduct(
            study, "attribute", out, workers=workers, threads=threads, progress=progress,
            command=f"mekong attribute {about['scenario']} --levers {','.join(about['levers'])}",
        )  # fmt: skip
    note(folder, "attribution", about)
    result = Attribution(folder)
    result.save()
    if json:
        as_json(
            {
                "scenario": result.scenario,
                "baseline": result.baseline,
                "attribution": records(result.table),
                "costs": records(result.costs),
                "notes": result.notes,
                "orders_sampled": result.permutations,
                "folder": str(folder),
            }
        )
    elif not quiet:
        _write(result, country)
    finish(folder, "attribution", result.failed, quiet or json)


def _write(result: Attribution, country: str) -> None:
    from sim.analysis.policy_mixes.attribution import ALL, REST
    from sim.analysis.text.formatting import short, with_interval
    from sim.cli.show import console, table
    from sim.figures.captions import place_name

    frame = result.table
    mine = {
        (row["lever"], row["outcome"]): row
        for row in frame[frame["country"] == country].to_dict("records")
    }
    made = table(
        f"{place_name(country)}: what each lever of '{result.scenario}' adds, averaged over all "
        f"orders (mean of {result.pairs} runs, so that parts add up; in brackets {result.band})",
        ["lever", *_SHOWN.values()],
        right=list(_SHOWN.values()),
        tight=True,
    )
    again = table(
        "How much the order matters: effect alone, then on top of all others",
        ["lever", *_SHOWN.values()],
        right=list(_SHOWN.values()),
        tight=True,
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
    out.print(made)
    out.print(again)
    out.print(_costs(result, country))
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
    from sim.cli.show import table

    frame = result.costs
    mine = {
        (row["lever"], row["per"]): row
        for row in frame[frame["country"] == country].to_dict("records")
    }
    made = table(
        "What it costs, constant 2022 US$ (a judged price: within a factor of three; # rank among "
        "prices that are no mere judgement)",
        ["lever", *_PER.values(), "price"],
        right=list(_PER.values()),
        tight=True,
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
