"""Options that commands share, each declared once, and the default scale of each kind of work."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.accounts import ECOMMERCE as ECOMMERCE  # the default account
from sim.experiments.storage.local_path import local_path, output_file, output_folder

# People that one agent stands for.
COMPARISON_SCALE = 1000  # comparisons, single scenarios, forecasts
PARAMETER_SCALE = 5000  # many draws of the parameters
INSPECTION_SCALE = 10_000  # one agent, yearly figures, replications of studies
DOSE_SCALE = 10_000  # designed sets of doses
MIX_SCALE = 20_000  # every subset of the levers or of the countries
SEARCH_SCALE = 50_000  # hundreds of mixes or states of the world

SEEDS_HELP = "A number n (seeds 1 to n) or a list: 1,2,3 or 7,"
DRAWS_HELP = "Draws of the posterior, each run with every seed; 0: central values."


def a_file(words: str, default: str | bool = True, flag: str = "--out") -> Any:
    """An option that names a file to write; refused at once where it cannot be written."""
    return typer.Option(flag, parser=output_file, metavar="FILE", help=words, show_default=default)


def a_folder(words: str, default: str | bool = True, flag: str = "--out") -> Any:
    """An option that names a folder to write to; refused at once where it cannot be."""
    return typer.Option(
        flag, parser=output_folder, metavar="FOLDER", help=words, show_default=default
    )


def folder_there(words: str) -> Any:
    """An argument that names a folder to read."""
    return typer.Argument(parser=local_path, metavar="FOLDER", help=words)


class Missing(StrEnum):
    """What to do about runs that are not there."""

    refuse = "refuse"
    drop = "drop"


class Sampling(StrEnum):
    """How much is sampled by an estimation."""

    full = "full"
    refit = "refit"
    quick = "quick"


# ---- what is run ----------------------------------------------------------------------------

ScenarioName = Annotated[str, typer.Argument(help="A shipped name or a file.")]
Baseline = Annotated[
    str | None,
    typer.Option(help="Compare with this scenario.", show_default="that of the first scenario"),
]
BaselineName = Annotated[str, typer.Option(help="Compare with this scenario.")]
Seeds = Annotated[str, typer.Option(help=SEEDS_HELP)]
Draws = Annotated[int, typer.Option(help=DRAWS_HELP)]
Prior = Annotated[
    bool,
    typer.Option("--prior", help="Draws (and central values) of the prior, not of the posterior."),
]
Scale = Annotated[int, typer.Option(help="People that one agent represents; 1 is everyone.")]
Rule = Annotated[
    Path | None,
    typer.Option(
        parser=local_path,
        metavar="FILE",
        help="A Python file with a rule of your own.",
        show_default=False,
    ),
]
SamplingSeed = Annotated[int, typer.Option(help="Seed of all sampling.")]

Objective = Annotated[
    str,
    typer.Option(
        help="value, buyers (rural and poor), exporters, losses (avoided), or weights in US$: "
        "value=1,losses=1,buyers=50"
    ),
]

# ---- how it is run --------------------------------------------------------------------------

Engine = Annotated[
    str, typer.Option(help="compiled, or objects: the same numbers, slowly, for a debugger.")
]
Threads = Annotated[int | None, typer.Option(help="Threads of a run.", show_default="all")]
Workers = Annotated[int | None, typer.Option(help="Runs at a time.", show_default="as many as pay")]
Work = Annotated[
    Path, a_folder("Folder for finished stages; a stopped command resumes there.", flag="--work")
]

# ---- which results, and where they go -------------------------------------------------------

Country = Annotated[str, typer.Option(help="A country code, or GMS5 for all five.")]
Measure = Annotated[str, typer.Option(help="real_usd, nominal_usd or consumption_share.")]
Account = Annotated[
    str,
    typer.Option(
        help="Read for e-commerce, digital-economy (all sectors) or who-gains (groups, jobs, tax)."
    ),
]
LackingRuns = Annotated[
    Missing, typer.Option("--missing", help="Runs that failed or are not there: refuse or drop.")
]
ResultFolder = Annotated[Path, folder_there("A result folder.")]
Out = Annotated[
    Path | None, a_folder("Folder for the results.", "results/<command>-<names>-<hash>")
]
OutFolder = Annotated[Path, a_folder("Folder for results.")]
OutFile = Annotated[Path, a_file("The file to write.")]
Json = Annotated[bool, typer.Option("--json", help="Only JSON on the standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no tables.")]
NoProgress = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
