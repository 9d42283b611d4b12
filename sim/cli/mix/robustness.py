"""`mekong mix robustness`: mixes over many states of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.console.options import (
    SEARCH_SCALE,
    BaselineName,
    Json,
    Out,
    Quiet,
    Scale,
    Seeds,
    Threads,
    Workers,
)

if TYPE_CHECKING:
    from sim.analysis.policy_mixes.robustness import Robustness


def robustness(
    mixes: Annotated[list[str], typer.Argument(help="Two or more mixes: shipped names or files.")],
    futures: Annotated[
        int, typer.Option(help="Parameter draws, each with outside paths of its own.")
    ] = 144,
    baseline: BaselineName = "baseline",
    mix: Annotated[
        str | None,
        typer.Option(
            help="Look for where this one fails.", show_default="the one that satisfies most often"
        ),
    ] = None,
    criterion: Annotated[
        str, typer.Option(help="What failing means: doubling, losses, gap, or all three.")
    ] = "all",
    seeds: Seeds = "1",
    scale: Scale = SEARCH_SCALE,
    workers: Workers = None,
    threads: Threads = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare mixes over many states of the world.

    States differ in parameters, growth, conflict, sellers abroad and the use of AI in scams. Shows
    the regret of each mix, the share of states in which it reaches the doubling, and those in which
    the best mix fails.
    """
    from sim.analysis.policy_mixes.mix_folder import conduct_parts
    from sim.analysis.policy_mixes.robustness import CRITERIA, Robustness
    from sim.analysis.policy_mixes.robustness_runs import robustness_studies
    from sim.cli.console.arguments import parse_seeds
    from sim.cli.console.outcome import deliver
    from sim.cli.console.progress import reporter
    from sim.cli.console.sizes import announce
    from sim.cli.console.tables import records
    from sim.errors import known_name

    known_name(criterion, CRITERIA, "--criterion")
    whole, parts, about = robustness_studies(
        mixes, baseline=baseline, count=futures, seeds=parse_seeds(seeds), scale=scale
    )
    if mix is not None:
        known_name(mix, about["mixes"], "--mix")
    announce(scale, sum(len(part.jobs) for part in parts.values()), workers, threads, quiet)
    with reporter(quiet, json) as progress:
        folder = conduct_parts(
            whole, parts, "robustness", about, out, workers=workers, threads=threads,
            progress=progress,
            command=f"mekong mix robustness {' '.join(about['mixes'])} --futures {futures}",
        )  # fmt: skip
    result = Robustness(folder, mix, criterion)
    record = {
        "baseline": result.baseline,
        "recommended": result.recommended,
        "criterion": result.criterion,
        "robustness": records(result.table),
        "boxes": records(result.boxes),
        "sentences": result.sentences,
    }
    deliver(result, record, lambda: _write(result), json, quiet)


def _write(result: Robustness) -> None:
    from sim.analysis.policy_mixes.robustness import CRITERIA, REGRET_WORDS, REGRETS
    from sim.analysis.text.formatting import short
    from sim.cli.console.tables import console, show, table

    out = console()
    made = table(
        f"Share of {len(result.futures)} states of the world in which ...",
        ["", *CRITERIA.values()],
        right=list(CRITERIA.values()),
    )
    for name in (result.baseline, *result.mixes):
        made.add_row(name, *(f"{100 * result.share(name, key):.0f} %" for key in CRITERIA))
    show(made)
    frame = result.table
    known = {(r["mix"], r["of"], r["number"]): float(r["value"]) for r in frame.to_dict("records")}
    heads = [
        f"{words}, {'% of the baseline' if REGRETS[key][2] else 'points of 100'}"
        for key, words in REGRET_WORDS.items()
    ]
    regret = table(
        "Regret: shortfall from the best of these mixes, 90th percentile of states and largest",
        ["", *heads],
        right=heads,
    )
    for name in result.mixes:
        both = [[known[name, key, f"regret_{n}"] for n in ("p90", "max")] for key in REGRETS]
        cells = [f"{short(100 * usual)}, {short(100 * most)}" for usual, most in both]
        regret.add_row(name, *cells)
    show(regret)
    for sentence in result.sentences:
        out.print(sentence, markup=False)
        out.print()
    out.print("Shares are of states, not probabilities: the likelihood of each state is unknown.")
