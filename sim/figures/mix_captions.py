"""Captions of the figures of policy mixes: the runs, the baseline, what is shown."""

from __future__ import annotations

import textwrap

from matplotlib.figure import Figure

from sim.figures.captions import CHARACTERS_PER_INCH
from sim.figures.style import DATA
from sim.policy.levers import LEVERS
from sim.target import POSTERIOR_ORIGIN


def runs_words(seeds: int, draws: int, scale: int, pairs: int) -> str:
    """Seeds, draws (0: central values) and scale in words; `pairs` of seed and draw count."""
    told = f"{seeds} seed{'s' if seeds > 1 else ''}"
    drawn = f"{draws} parameter draws" if draws else "central parameters only"
    wanted = seeds * max(draws, 1)
    counted = f", {pairs} of {wanted} count" if pairs < wanted else ""
    return f"{told}, {drawn}{counted}; one agent represents {scale:,} people"


def caption(figure: Figure, text: str, runs: str, baseline: str) -> None:
    """Write the caption below a figure."""
    words = (
        f"{text} Baseline: {baseline}. {runs}. Last outcome data: {POSTERIOR_ORIGIN}. "
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
