"""Captions of the figures of policy mixes: the runs, the baseline, what is shown."""

from __future__ import annotations

import textwrap

from matplotlib.figure import Figure

from sim.analysis.policy_mixes.mix_folder import MixFolder
from sim.figures.captions import CHARACTERS_PER_INCH
from sim.figures.style import DATA
from sim.policy.levers import LEVERS
from sim.target import LAST_OUTCOME_YEAR


def runs_of(folder: MixFolder, pairs: int) -> str:
    """Seeds, draws and scale in words; `pairs` of seed and draw count."""
    seeds = f"{folder.seeds} seed{'s' if folder.seeds > 1 else ''}"
    draws = f"{folder.draws} parameter draws" if folder.draws else "central parameters only"
    wanted = folder.seeds * max(folder.draws, 1)
    counted = f", {pairs} of {wanted} count" if pairs < wanted else ""
    return f"{seeds}, {draws}{counted}; one agent represents {folder.scale:,} people"


def caption(figure: Figure, text: str, runs: str, baseline: str) -> None:
    """Write the caption below a figure."""
    words = (
        f"{text} Baseline: {baseline}. {runs}. Last outcome data: {LAST_OUTCOME_YEAR}. "
        "Scenarios, not forecasts."
    )
    width = int(figure.get_figwidth() * CHARACTERS_PER_INCH)
    figure.supxlabel(
        "\n".join(textwrap.wrap(words, width)), x=0.01, ha="left", fontsize=8.5, color=DATA
    )


def lever_name(name: str, width: int = 24) -> str:
    """The title of a lever on one or more lines; other names without their underscores."""
    words = LEVERS[name].title if name in LEVERS else name.replace("_", " ")
    return "\n".join(textwrap.wrap(words, width))
