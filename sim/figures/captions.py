"""Title and caption of every figure: the question, the baseline, the runs, the interval."""

from __future__ import annotations

import textwrap
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.style import DATA
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRY_NAMES, REGION

CHARACTERS_PER_INCH = 15.6  # of a caption
TITLE_CHARACTERS_PER_INCH = 8.5
TITLE_LINE = 0.22  # inches that a line of a title takes
KEY_BELOW = 0.31  # inches from the top to the key below a title of one line
LONGEST_LIST = 50  # characters of scenario names in a caption


class RunsShown(NamedTuple):
    """The scenarios and runs of a comparison, as titles and captions tell them.

    `pairs` is the number of runs of the baseline, `drawn` that of parameter draws (0: central
    values alone), `drawn_words` what they are drawn from, and `band` what low and high are.
    """

    scenarios: tuple[str, ...]
    baseline: str
    question: str
    pairs: int
    seeds: int
    drawn: int
    drawn_words: str
    band: str
    scale: int


def headline(figure: Figure, text: str, key: Axes | None = None, own_key: bool = False) -> None:
    """The title of a figure, flush left, and below it the key of what is labelled in one panel.

    With `own_key` a line is left free for a key that the figure draws itself.
    """
    room = "\n" if own_key or key is not None else ""
    lines = _even_lines(text, int(figure.get_figwidth() * TITLE_CHARACTERS_PER_INCH))
    words = "\n".join(lines)
    figure.suptitle(words + room, x=0.01, ha="left", fontsize=13, fontweight="bold")
    if key is None:
        return
    handles, names = key.get_legend_handles_labels()
    below = KEY_BELOW + TITLE_LINE * (len(lines) - 1)
    first = dict(zip(reversed(names), reversed(handles), strict=True))
    order = list(dict.fromkeys(names))
    figure.legend(
        [first[name] for name in order],
        order,
        loc="upper left",
        bbox_to_anchor=(0.005, 1.0 - below / figure.get_figheight()),
        ncols=8,
        fontsize=8.5,
        borderaxespad=0.0,
        columnspacing=1.4,
        handlelength=1.2,
    )


def _even_lines(text: str, width: int) -> list[str]:
    """As few lines as the width asks for, of about one length: no word stands alone in the last."""
    count = len(textwrap.wrap(text, width)) or 1
    for narrower in range(max(len(text) // count, 1), width):
        lines = textwrap.wrap(text, narrower)
        if len(lines) <= count:
            return lines or [""]
    return textwrap.wrap(text, width) or [""]


def subject(runs: RunsShown) -> str:
    """Which scenarios are shown; only how many where their names would not fit."""
    others = [name for name in runs.scenarios if name != runs.baseline]
    names = ", ".join(others)
    if len(names) > LONGEST_LIST:
        names = f"{len(others)} scenarios"
    compared = f"Compared: {names}. " if others else ""
    return f"{compared}Baseline: {runs.baseline}."


def runs_words(runs: RunsShown) -> str:
    """How many runs, with how many seeds and draws."""
    many = f"{runs.pairs} runs" if runs.pairs > 1 else "one run"
    what = runs.drawn_words or "central parameters only"
    return f"{many} per scenario: {runs.seeds} seed{'s' if runs.seeds > 1 else ''}, {what}"


def band_words(runs: RunsShown, band: str) -> str:
    """What the `band` ("lines", "bars") of a figure is, and what it covers."""
    if runs.pairs < 2:
        return "a single run, no interval"
    covers = "" if runs.drawn else " (random variation only)"
    return f"{band}: {runs.band}{covers}"


def put_caption(figure: Figure, runs: RunsShown, text: str, band: str = "") -> None:
    """Write the caption below a figure; `band` names what shows the interval, if anything does."""
    sentences = [
        f"Question: {runs.question}" if runs.question else "",
        text,
        subject(runs),
        f"{runs_words(runs)}{'; ' + band_words(runs, band) if band else ''}.",
        f"One agent represents {runs.scale:,} people.",
        f"Last outcome data: {POSTERIOR_ORIGIN}. Scenarios, not forecasts.",
    ]
    put_text(figure, " ".join(sentence for sentence in sentences if sentence))


def put_text(figure: Figure, words: str) -> None:
    """Write words below a figure, flush left, in lines as wide as the figure."""
    width = int(figure.get_figwidth() * CHARACTERS_PER_INCH)
    figure.supxlabel(
        "\n".join(textwrap.wrap(words, width)), x=0.01, ha="left", fontsize=8.5, color=DATA
    )


def title_of(figure: Figure) -> str:
    """The title of a figure as one line."""
    return " ".join(figure.get_suptitle().split())


def taken_caption(figure: Figure) -> str:
    """The caption of a figure, which is removed from it: elsewhere it is text."""
    text = " ".join(figure.get_supxlabel().replace("-\n", "-").split())
    figure.supxlabel("")
    return text


def place_name(place: str) -> str:
    """A country, or the five countries together, as a title."""
    return "Five countries together" if place == REGION else COUNTRY_NAMES[place]


def place_in_title(place: str) -> str:
    """The same as a part of a sentence or the head of a column."""
    return "five countries" if place == REGION else place_name(place)
