"""`mekong run` and `mekong compare`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.errors import InputError
from sim.experiments.storage.local_path import local_path, output_folder

if TYPE_CHECKING:
    from sim.analysis.comparison.result import Comparison

Baseline = Annotated[
    str | None,
    typer.Option(help="Compare with this scenario instead of the first one.", show_default=False),
]
SEEDS_HELP = "A number n (seeds 1 to n) or a list: 1,2,3 or 7,"
DRAWS_HELP = "Draws of the posterior, each run with every seed; 0: central values only."
PRIOR_HELP = "Draws (and central values) of the prior, not of the posterior."
Seeds = Annotated[str | None, typer.Option(help=SEEDS_HELP, show_default="1")]
Draws = Annotated[int | None, typer.Option(help=DRAWS_HELP, show_default="40; 0 with --seeds")]
Prior = Annotated[bool, typer.Option("--prior", help=PRIOR_HELP)]
Scale = Annotated[int, typer.Option(help="People that one agent stands for; 1 is everyone.")]
Engine = Annotated[
    str, typer.Option(help="compiled, or objects: the same numbers, slowly, for a debugger.")
]
Threads = Annotated[int | None, typer.Option(help="Threads.", show_default="all")]
Workers = Annotated[int | None, typer.Option(help="Runs at a time.", show_default="as many as pay")]
Out = Annotated[
    Path | None,
    typer.Option(
        parser=output_folder,
        metavar="FOLDER",
        help="Folder for the results.",
        show_default="results/<names>-<hash>",
    ),
]
Rule = Annotated[
    Path | None,
    typer.Option(
        parser=local_path,
        metavar="FILE",
        help="A Python file with a rule of your own.",
        show_default=False,
    ),
]
RowPaths = Annotated[
    bool,
    typer.Option(
        "--row-paths",
        help="Run common rules also with the rest of the world cheaper and taxed.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Only JSON on the standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no tables.")]


MOST_DIGITS = 18  # of a number given on the command line


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(compare)
    app.command()(run)


def compare(
    scenarios: Annotated[
        list[str], typer.Argument(help="Shipped names or files; the first is the baseline.")
    ],
    baseline: Baseline = None,
    seeds: Seeds = None,
    draws: Draws = None,
    prior: Prior = False,
    scale: Scale = 1000,
    engine: Engine = "compiled",
    threads: Threads = None,
    workers: Workers = None,
    rule: Rule = None,
    out: Out = None,
    row_paths: RowPaths = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Policies against a baseline and the doubling of 2022-2030: verdict, table, effects, picture.

    An existing --out resumes when it holds the same study.
    """
    _conduct(
        "compare",
        scenarios,
        baseline,
        seeds,
        draws,
        prior,
        scale,
        engine,
        threads,
        workers,
        rule,
        out,
        json,
        quiet,
        row_paths,
    )


def run(
    scenario: Annotated[str, typer.Argument(help="A shipped name or a file.")],
    seeds: Annotated[str, typer.Option(help=SEEDS_HELP)] = "1",
    draws: Annotated[int, typer.Option(help=DRAWS_HELP)] = 0,
    prior: Prior = False,
    scale: Scale = 1000,
    engine: Engine = "compiled",
    threads: Threads = None,
    workers: Workers = None,
    rule: Rule = None,
    out: Out = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """One scenario against the doubling of 2022-2030; a single run unless more are asked for."""
    _conduct(
        "run",
        [scenario],
        None,
        seeds,
        draws,
        prior,
        scale,
        engine,
        threads,
        workers,
        rule,
        out,
        json,
        quiet,
    )


def parse_seeds(text: str) -> int | list[int]:
    """`3` means seeds 1 to 3; with a comma the seeds themselves. Raises InputError."""
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    if not pieces or not all(piece.isascii() and piece.isdigit() for piece in pieces):
        raise InputError(
            f"'{text}' are not seeds", where="--seeds", allowed="a number, or a list such as 1,2,3"
        )
    if max(len(piece.lstrip("0")) for piece in pieces) > MOST_DIGITS:
        raise InputError("a seed has too many digits", where="--seeds", allowed="0 to 2147483647")
    numbers = [int(piece) for piece in pieces]
    return numbers if "," in text else numbers[0]


def _conduct(
    verb: str,
    scenarios: Sequence[str],
    baseline: str | None,
    seeds: str | None,
    draws: int | None,
    prior: bool,
    scale: int,
    engine: str,
    threads: int | None,
    workers: int | None,
    rule: Path | None,
    out: Path | None,
    json: bool,
    quiet: bool,
    row_paths: bool = False,
) -> None:
    wanted = parse_seeds(seeds) if seeds is not None else None
    from sim.analysis.comparison.compare import conduct_all, replications
    from sim.analysis.comparison.rest_of_world import row_path_studies
    from sim.cli import scorecard
    from sim.cli.progress import reporter
    from sim.cli.sizes import said, state
    from sim.experiments.counterfactuals import with_counterfactuals
    from sim.experiments.execution.plan import means_for, plan
    from sim.experiments.own_rules.loading import load_rules
    from sim.experiments.study import build_study

    asked, number_of_draws = replications(wanted, draws)
    own = load_rules(rule) if rule is not None else None
    state(scale, 1, threads)
    study = build_study(
        scenarios,
        baseline=baseline,
        seeds=asked,
        draws=number_of_draws,
        prior=prior,
        scale=scale,
        rules=own,
        compared=verb == "compare",
    )
    study = with_counterfactuals(study)
    others = row_path_studies(study) if row_paths else {}
    jobs = sum(len(part.jobs) for part in (study, *others.values()))
    means = means_for(study, workers, threads, engine=engine)
    need = plan(scale, jobs, means.workers, threads)
    if not quiet:
        typer.echo(said(need, scale), err=True)
    folder = out if out is not None else Path("results") / study.folder_name(verb)
    with reporter(quiet) as progress:
        shown = replace(means, quarters=progress.quarters) if means.here else means
        result = conduct_all(study, others, shown, folder, verb=verb, progress=progress)
    if json:
        scorecard.write_json(result)
    elif not quiet:
        scorecard.write(result)
    _finish(result, quiet or json)


def _finish(result: Comparison, quiet: bool) -> None:
    if not quiet:
        typer.echo(f"Results: {result.folder}")
        typer.echo(f"Picture: {result.folder / 'figures' / 'trajectory.png'}")
    failed = len(result.failed) + result.failed_beside
    if failed:
        of = "" if result.failed_beside else f" of {len(result.runs)}"
        typer.echo(
            f"{failed}{of} runs failed; their errors are in "
            f"{result.folder / 'log'}; the same command tries them again",
            err=True,
        )
        raise typer.Exit(1)
