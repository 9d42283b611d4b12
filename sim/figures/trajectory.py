"""The main picture: an account by country and in total against the doubling by 2030."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from sim.analysis.text.formatting import listed
from sim.analysis.text.frequencies import doubles, hits_of
from sim.figures.captions import RunsShown, headline, place_name, put_caption
from sim.figures.history import BILLION, draw_history
from sim.figures.labels import Label, end_labels
from sim.figures.style import COLOURS, DATA, FAINT, TARGET, house_style
from sim.rows import row_where
from sim.target import BASE_YEAR, FACTOR, POSTERIOR_ORIGIN, TARGET_YEAR
from sim.target import trajectory as doubling
from sim.units import COUNTRIES, REGION

FIRST_SHOWN = 2016
LEAST_HEIGHT = 0.12  # the end of the doubling line, as a share of the axis, before it turns log
SMALLEST_BAR = 0.03  # spread of the values of 2022 worth showing, as a share of their median
BESIDE = 0.22  # years to the right of 2022, so that the bar does not hide what was observed
LEAST_OF_LOG = 1e-4  # lowest value on a log scale, as a share of the highest
SUBTITLE_LINE = 12  # points
LONGEST_NAME = 22  # of a scenario at the end of its line
LEAST_GAP = 0.008  # of the height of a panel, below which two lines are one to the eye
PLACES = (*COUNTRIES, REGION)


class Paths(NamedTuple):
    """What the lines of the main picture show, in nominal US$ billion (all but `summary`).

    `fans` has by scenario and country low, median and high of each year, `levels` those of the
    baseline's values of 2022 by country; `summary` has the columns of `summary.csv`. `assumed` are
    scenarios that rest on assumptions of their own, and `alone` says of a scenario which other one
    has these assumptions without policy, and in what words. `past` has the countries that are past
    1.5 times 2022 before the policies start; `history` has what was observed by place (columns
    best, low and high, US$), `account` says of what, `observed` what dots and bars are.
    """

    fans: Mapping[tuple[str, str], pd.DataFrame]
    levels: pd.DataFrame
    summary: pd.DataFrame
    assumed: tuple[str, ...]
    alone: Mapping[str, tuple[str, str]]
    past: Mapping[str, float]
    history: Mapping[str, pd.DataFrame]
    account: str = "E-commerce"
    observed: str = (
        "observed values with their low-high range, as reconstructed from conflicting sources"
    )

    def fan(self, scenario: str, place: str) -> pd.DataFrame:
        """Low, median and high by year, as far as they are shown."""
        fan = self.fans[scenario, place]
        return fan[fan.index >= FIRST_SHOWN]

    def row(self, scenario: str, place: str) -> pd.Series:
        """What the summary says of nominal purchases."""
        return row_where(self.summary, scenario=scenario, country=place, measure="nominal_usd")

    def ratio(self, scenario: str, place: str) -> float:
        """Nominal purchases of 2030 over 2022."""
        return float(self.row(scenario, place)["ratio"])


def trajectory(paths: Paths, runs: RunsShown) -> Figure:
    """Six panels in nominal US$ billion: history, every scenario with its band, the doubling.

    The doubling starts from the baseline's own value of 2022. A panel is on a log scale only where
    the doubling would lie flat at the bottom of a linear one.
    """
    with house_style():
        figure = Figure(figsize=(12.5, 8.2))
        grid = figure.subplots(2, 3)
        for place, axes in zip(PLACES, grid.flat, strict=True):
            _panel(axes, paths, runs, place)
        headline(figure, _finding(paths, runs))
        several = runs.pairs > 1
        put_caption(
            figure,
            runs,
            f"Lines: median growth over a run's own value of {BASE_YEAR}, drawn from the median of "
            f"those values{f'; bar with caps: the values of {BASE_YEAR}' if several else ''}. "
            f"Dashed: doubling. Number at a line's end: {TARGET_YEAR} over {BASE_YEAR}"
            f"{f', median of {runs.pairs} runs' if several else ''}. "
            f"{_dotted(paths)}{_left_out(paths, runs)}Grey dots "
            f"and bars: {paths.observed}; dotted line: last year of data.",
            band="shaded or outlined",
        )
    return figure


def _finding(paths: Paths, runs: RunsShown) -> str:
    """The title: whether the five countries together double in the baseline."""
    row = paths.row(runs.baseline, REGION)
    found = doubles(*hits_of(row))
    ratio = f"\u00d7{float(row['ratio']):.2f}" if pd.notna(row["ratio"]) else "ratio unknown"
    return f"{paths.account} {found} of '{runs.baseline}': {ratio} by {TARGET_YEAR}, five countries"


def _dotted(paths: Paths) -> str:
    """The note on lines that show assumptions as well as policy."""
    if not paths.assumed:
        return ""
    told = f"The lines of {listed(paths.assumed)} use other assumptions"
    return f"{told}; dotted: these assumptions alone, without new policy. "


def _panel(axes: Axes, paths: Paths, runs: RunsShown, place: str) -> None:
    history = paths.history[place]
    history = history[history.index >= FIRST_SHOWN]
    top, bottom, labels = 0.0, np.inf, []
    for number, scenario in enumerate(runs.scenarios):
        colour = COLOURS[number % len(COLOURS)]
        fan = paths.fan(scenario, place)
        if _coincides(paths, runs, scenario, place):
            continue
        _band(axes, fan, colour, filled=scenario == runs.baseline)
        width = max(3.4 - 1.1 * number, 1.2)  # lines that coincide show as one within the other
        axes.plot(fan.index, fan["median"], color=colour, linewidth=width, label=scenario, zorder=4)
        last = float(fan["median"].get(TARGET_YEAR, np.nan))
        ratio = paths.ratio(scenario, place)
        labels.append(Label(f"{_short(scenario)} \u00d7{ratio:.2f}", last, colour))
        labels += _assumptions_alone(axes, paths, scenario, place, colour)
        bottom, top = np.nanmin([bottom, fan["low"].min()]), np.nanmax([top, fan["high"].max()])
    draw_history(axes, history)
    base = float(paths.levels["median"][place])
    top = max(top, _level_of_2022(axes, paths, place))
    years = list(range(BASE_YEAR, TARGET_YEAR + 1))
    target = [doubling(base, year) for year in years]
    draw_doubling(axes, years, target, 1.4)
    labels.append(Label(f"doubling \u00d7{FACTOR:.0f}", target[-1], TARGET))
    top = np.nanmax([top, target[-1], history["high"].max() / BILLION])
    _scale(axes, float(top), target[-1], np.nanmin([bottom, history["low"].min() / BILLION]))
    axes.set_ylabel("US$ billion, nominal", fontsize=8)
    _years(axes)
    end_labels(axes, labels, TARGET_YEAR)
    _title(axes, paths, runs, place)


def _coincides(paths: Paths, runs: RunsShown, scenario: str, place: str) -> bool:
    """Whether a policy cannot be told from the baseline in a panel."""
    if scenario == runs.baseline or scenario in paths.assumed:
        return False
    return look_alike(paths.fan(runs.baseline, place), paths.fan(scenario, place))


def look_alike(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether the medians of two fans are one line to the eye."""
    height = max(float(fan["high"].max()) for fan in (one, other))
    return bool((other["median"] - one["median"]).abs().max() < LEAST_GAP * height)


def _left_out(paths: Paths, runs: RunsShown) -> str:
    """The note on policies that are not drawn where they cannot be told from the baseline."""
    names = [
        name
        for name in runs.scenarios
        if any(_coincides(paths, runs, name, place) for place in PLACES)
    ]
    said = not_drawn(names, runs.baseline)
    return f"{said}; the picture of differences has them on a scale of their own. " if said else ""


def not_drawn(names: Sequence[str], baseline: str) -> str:
    """Which scenarios a picture leaves out; nothing where it leaves out none."""
    return f"Not drawn where within a line's width of {baseline}: {listed(names)}" if names else ""


def draw_doubling(axes: Axes, years: Sequence[int], values: Sequence[float], width: float) -> None:
    """The way to twice the value of 2022, dashed."""
    axes.plot(
        years,
        values,
        color=TARGET,
        linewidth=width,
        linestyle=(0, (4, 2.5)),
        label="doubling",
        zorder=5,
    )


def _band(axes: Axes, fan: pd.DataFrame, colour: str, filled: bool) -> None:
    """The baseline's band is filled, the others are outlined: several fills would turn to grey."""
    if filled:
        axes.fill_between(
            fan.index, fan["low"], fan["high"], color=colour, alpha=0.16, linewidth=0, zorder=2
        )
        return
    for edge in ("low", "high"):
        axes.plot(
            fan.index, fan[edge], color=colour, linewidth=0.7, linestyle="-", alpha=0.75, zorder=2.5
        )


def _assumptions_alone(
    axes: Axes, paths: Paths, scenario: str, place: str, colour: str
) -> list[Label]:
    """A dotted line for a scenario's assumptions without its policy, where it has both."""
    if scenario not in paths.alone:
        return []
    other, words = paths.alone[scenario]
    middle = paths.fan(other, place)["median"]
    axes.plot(
        middle.index, middle, color=colour, linewidth=1.1, linestyle=":", label=words, zorder=4
    )
    text = f"{_short(words)} \u00d7{paths.ratio(other, place):.2f}"
    return [Label(text, float(middle.get(TARGET_YEAR, np.nan)), colour)]


def _level_of_2022(axes: Axes, paths: Paths, place: str) -> float:
    """A bar with caps: how far the runs' own values of 2022 lie apart. Returns its top."""
    low, middle, high = (float(paths.levels[k][place]) for k in ("low", "median", "high"))
    if not high - low > SMALLEST_BAR * middle:
        return high
    axes.errorbar(
        [BASE_YEAR + BESIDE],
        [middle],
        yerr=[[middle - low], [high - middle]],
        fmt="none",
        ecolor=COLOURS[0],
        elinewidth=1.6,
        capsize=4,
        label="spread of 2022",
        zorder=3.5,
    )
    return high


def _scale(axes: Axes, top: float, doubled: float, least: float) -> None:
    if doubled == 0.0:
        note = f"nothing was bought online in {BASE_YEAR}"
        axes.annotate(note, (0.02, 0.97), xycoords="axes fraction", va="top", color=DATA)
    if 0.0 < doubled < LEAST_HEIGHT * top:
        axes.set_yscale("log")
        axes.set_ylim(max(least, top * LEAST_OF_LOG) * 0.8, top * 1.3)
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.annotate(
            "log scale", (0.02, 0.97), xycoords="axes fraction", va="top", color=DATA, fontsize=8
        )
    else:
        axes.set_ylim(0, top * 1.06)
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _years(axes: Axes) -> None:
    axes.set_xlim(FIRST_SHOWN - 0.5, TARGET_YEAR + 0.1)
    axes.set_xticks(range(2018, TARGET_YEAR + 1, 4))
    axes.set_xticks(range(FIRST_SHOWN, TARGET_YEAR + 1), minor=True)
    axes.axvline(POSTERIOR_ORIGIN + 0.5, color=FAINT, linewidth=0.8, linestyle=":", zorder=1)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[:12]}\u2026{name[-9:]}"


def _title(axes: Axes, paths: Paths, runs: RunsShown, place: str) -> None:
    lines = max(1 + _subtitle(paths, runs.baseline, each).count("\n") for each in PLACES)
    axes.set_title(place_name(place), pad=8 + SUBTITLE_LINE * lines)
    axes.annotate(
        _subtitle(paths, runs.baseline, place),
        (0.0, 1.0),
        xycoords="axes fraction",
        xytext=(0, 4 + SUBTITLE_LINE * lines),
        textcoords="offset points",
        ha="left",
        va="top",
        fontsize=8.3,
        color=DATA,
    )


def _subtitle(paths: Paths, baseline: str, place: str) -> str:
    """In how many runs the baseline doubles, and whether the target says much there."""
    row = paths.row(baseline, place)
    hits, runs = hits_of(row)
    year = row["year_doubled"]
    more = ["target says little about policy"] if place in paths.past else []
    if runs == 1:
        when = f"doubles in {int(year)}" if hits else f"not doubled by {TARGET_YEAR}"
        text = f"{baseline}: {when} (one run)"
    else:
        text = f"{baseline}: {doubles(hits, runs)}"
        if pd.notna(year):
            more.insert(0, f"median first in {int(year)}")
    return "\n".join([text, *more])
