"""`mekong robustness`: mixes over many futures, their regret, and where the best one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.attribute import Folder, Scale, SeedText
from sim.cli.runs import Json, Quiet, Threads
from sim.cli.sweep import Workers

if TYPE_CHECKING:
    from sim.analysis.policy_mixes.robustness import Robustness


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(robustness)


def robustness(
    mixes: Annotated[list[str], typer.Argument(help="Two or more mixes: shipped names or files.")],
    futures: Annotated[
        int, typer.Option(help="Parameter draws, each with outside paths of its own.")
    ] = 144,
    baseline: Annotated[str, typer.Option(help="Compare with this scenario.")] = "baseline",
    mix: Annotated[
        str | None,
        typer.Option(
            help="Look for where this one fails.", show_default="the one that satisfies most often"
        ),
    ] = None,
    criterion: Annotated[
        str, typer.Option(help="What failing means: doubling, losses, gap, or all three.")
    ] = "all",
    seeds: SeedText = "1",
    scale: Scale = 50_000,
    workers: Workers = None,
    threads: Threads = None,
    out: Folder = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Mixes over futures (parameters, growth, conflict, sellers abroad, AI in scams): how far each

    stays behind the best, in how many it reaches the doubling, and in which the best one fails.
    """
    from sim.analysis.policy_mixes.mix_folder import conduct_parts
    from sim.analysis.policy_mixes.robustness import CRITERIA, Robustness
    from sim.analysis.policy_mixes.robustness_runs import robustness_studies
    from sim.cli.mixes import announce, finish
    from sim.cli.progress import reporter
    from sim.cli.runs import parse_seeds
    from sim.cli.show import as_json, records
    from sim.errors import known_name

    known_name(criterion, CRITERIA, "--criterion")
    whole, parts, about = robustness_studies(
        mixes, baseline=baseline, count=futures, seeds=parse_seeds(seeds), scale=scale
    )
    if mix is not None:
        known_name(mix, about["mixes"], "--mix")
    announce(scale, sum(len(part.jobs) for part in parts.values()), workers, threads, quiet)
    with reporter(quiet or json) as progress:
        folder = conduct_parts(
            whole, parts, "robustness", about, out, workers=workers, threads=threads,
            progress=progress,
            command=f"mekong robustness {' '.join(about['mixes'])} --futures {futures}",
        )  # fmt: skip
    result = Robustness(folder, mix, criterion)
    result.save()
    if json:
        as_json(
            {
                "baseline": result.baseline,
                "recommended": result.recommended,
                "criterion": result.criterion,
                "robustness": records(result.table),
                "boxes": records(result.boxes),
                "sentences": result.sentences,
                "folder": str(folder),
            }
        )
    elif not quiet:
        _write(result)
    finish(folder, "robustness", result.failed, quiet or json)


def _write(result: Robustness) -> None:
    from sim.analysis.policy_mixes.robustness import CRITERIA, REGRET_WORDS, REGRETS
    from sim.analysis.text.formatting import short
    from sim.cli.show import console, table

    out = console()
    made = table(
        f"Share of {len(result.futures)} futures in which ...",
        ["", *CRITERIA.values()],
        right=list(CRITERIA.values()),
        tight=True,
    )
    for name in (result.baseline, *result.mixes):
        made.add_row(name, *(f"{100 * result.share(name, key):.0f} %" for key in CRITERIA))
    out.print(made)
    frame = result.table
    known = {(r["mix"], r["of"], r["number"]): float(r["value"]) for r in frame.to_dict("records")}
    heads = [
        f"{words}, {'% of the baseline' if REGRETS[key][2] else 'points of 100'}"
        for key, words in REGRET_WORDS.items()
    ]
    regret = table(
        "Regret: behind the best of these mixes, 90th percentile of futures and largest",
        ["", *heads],
        right=heads,
        tight=True,
    )
    for name in result.mixes:
        both = [[known[name, key, f"regret_{n}"] for n in ("p90", "max")] for key in REGRETS]
        cells = [f"{short(100 * usual)}, {short(100 * most)}" for usual, most in both]
        regret.add_row(name, *cells)
    out.print(regret)
    for sentence in result.sentences:
        out.print(sentence, markup=False)
        out.print()
    out.print("Shares are of futures, not probabilities: nobody knows how likely each is.")
