"""The main picture of a comparison: what policies change, on a scale on which it can be seen.

Above, the baseline against the doubling, and beside it the difference of each policy from its
baseline by year. Below, the difference of 2030 by country, and what each part of a mix adds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.text.formatting import money, signed_money, small_percent
from sim.figures.captions import RunsShown, headline, place_in_title, place_name, put_caption
from sim.figures.history import BILLION, draw_history, gmv_history
from sim.figures.labels import Label, end_labels
from sim.figures.style import COLOURS, FAINT, INK, TARGET, house_style
from sim.target import BASE_YEAR, FACTOR, POSTERIOR_ORIGIN, TARGET_YEAR
from sim.target import trajectory as doubling
from sim.units import COUNTRIES, REGION

MILLION = 1e6
FIRST_SHOWN = 2016
MOST = 5  # policies in one picture
MOST_PARTS = 12  # rows of the panel of parts
FEW = 2  # policies whose bands are filled
STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))  # so that lines differ without colour
MARKERS = ("o", "s", "^", "D", "v")
UNEQUAL = 8.0  # times the smallest difference, from which the largest would hide it
OFFSET = 0.7  # of a row, over which the policies of a country are spread
Fan = tuple[float, float, float]


class Part(NamedTuple):
    """What one lever of a mix adds in 2030 (US$, mean and band), its cost and its grade."""

    name: str
    value: float
    low: float
    high: float
    cost: float
    grade: str


class Policy(NamedTuple):
    """One policy against its baseline, purchases in constant 2022 US$.

    `by_year` has low, median and high of the difference by year (US$), `share` is that of 2030
    over the baseline, `by_country` has both for 2030 (US$; share) by country.
    """

    name: str
    by_year: pd.DataFrame
    share: Fan
    by_country: Mapping[str, tuple[Fan, Fan]]
    parts: Sequence[Part]


def difference(baseline: pd.DataFrame, policies: Sequence[Policy], runs: RunsShown) -> Figure:
    """Four panels; `baseline` is the fan of the five countries in nominal US$ billion by year.

    Of more than five policies those that change most are drawn. Where their differences are of
    other sizes, each has a strip of its own in place of one panel for all.
    """
    order = sorted(policies, key=lambda one: -abs(_last(one)))[:MOST]
    shown = [one for one in policies if one in order]
    every = _rows(shown)
    rows = every[:MOST_PARTS]
    strips = len(shown) if _unequal(shown) else 1
    above = max(3.6, 0.95 * strips)
    below = 0.7 + max(0.42 * len(rows), len(COUNTRIES) * (0.35 + 0.15 * len(shown)))
    with house_style():
        figure = Figure(figsize=(12.5, 1.4 + above + below))
        grid = figure.add_gridspec(2, 2, height_ratios=(above, below))
        _baseline(figure.add_subplot(grid[0, 0]), baseline, runs)
        if strips > 1:
            inner = grid[0, 1].subgridspec(strips, 1)
            for number, policy in enumerate(shown):
                _by_year(figure.add_subplot(inner[number]), [policy], number, strips)
        else:
            _by_year(figure.add_subplot(grid[0, 1]), shown)
        _by_country(figure.add_subplot(grid[1, 0] if rows else grid[1, :]), shown)
        if rows:
            _parts(figure.add_subplot(grid[1, 1]), rows)
        headline(figure, _finding(shown, len(policies), REGION, runs))
        words = _words(len(shown), len(policies), len(every), strips)
        put_caption(figure, runs, words.rstrip(), band="bands and lines")
    return figure


def country_difference(
    place: str, baseline: pd.DataFrame, policies: Sequence[Policy], runs: RunsShown
) -> Figure:
    """The two upper panels for one country; `by_year` and `share` of the policies are its own."""
    order = sorted(policies, key=lambda one: -abs(_last(one)))[:MOST]
    shown = [one for one in policies if one in order]
    with house_style():
        figure = Figure(figsize=(12.5, 5.0))
        grid = figure.add_gridspec(1, 2 if shown else 1)
        _baseline(figure.add_subplot(grid[0, 0]), baseline, runs, place)
        if shown:
            _by_year(figure.add_subplot(grid[0, 1]), shown, place=place)
        headline(figure, _finding(shown, len(policies), place, runs))
        words = (
            "Left: the baseline, in nominal US$; dashed: doubling; grey: observed values with "
            "their range. "
        )
        if shown:
            words += "Right: paired differences (common random numbers) in constant 2022 US$. "
        if len(shown) < len(policies):
            words += f"The {len(shown)} of {len(policies)} policies that change most. "
        put_caption(figure, runs, words.rstrip(), band="bands and lines")
    return figure


def _finding(shown: Sequence[Policy], many: int, place: str, runs: RunsShown) -> str:
    """The title: what the policy does that changes most."""
    where = place_in_title(place)
    if not shown:
        return f"E-commerce without new policy: '{runs.baseline}', {where}"
    best = max(shown, key=lambda one: abs(_last(one)))
    amount = f"{signed_money(_last(best))} ({_signed_percent(best.share[0])})"
    open_sign = best.share[1] < 0.0 < best.share[2]
    doubt = "; its range includes zero" if open_sign else ""
    change = f"changes online purchases of {TARGET_YEAR}"
    if many == 1:
        return f"'{best.name}' {change} by {amount}, {where}{doubt}"
    return f"Of {many} policies '{best.name}' {change} most: {amount}, {where}{doubt}"


def _unequal(policies: Sequence[Policy]) -> bool:
    """Whether the largest difference would hide the smallest one on a common scale."""
    sizes = [abs(_last(policy)) for policy in policies]
    return len(sizes) > 1 and max(sizes) > UNEQUAL * min(sizes)


def _rows(policies: Sequence[Policy]) -> list[tuple[int, Part | None, str]]:
    """Number of the mix, part and label by row; where there are several, a row names each mix."""
    mixes = [(number, policy) for number, policy in enumerate(policies) if policy.parts]
    found: list[tuple[int, Part | None, str]] = []
    for number, policy in mixes:
        if len(mixes) > 1:
            found.append((number, None, policy.name))
        found += [(number, part, part.name.replace("_", " ")) for part in policy.parts]
    return found


def _words(shown: int, all_of_them: int, parts: int, strips: int) -> str:
    told = (
        "Above left: the baseline, in nominal US$; dashed: doubling; grey: observed values with "
        "their range. All other panels: paired differences (common random numbers) in constant "
        "2022 US$, each on its own scale. "
    )
    if strips > 1:
        told += "Policies of other sizes have strips of their own. "
    if shown < all_of_them:
        told += f"The {shown} of {all_of_them} policies that change most. "
    if parts:
        told += (
            "Parts of a mix: mean over all orders of adding levers, so that they add up to the "
            "mean effect of the mix (five and more: mean of the first and the last place, which "
            "need not); lines: range of the runs that were made for them. "
        )
    if parts > MOST_PARTS:
        told += "Not all parts are shown; parts.csv has them. "
    return told


def _last(policy: Policy) -> float:
    found = float(policy.by_year["median"].get(TARGET_YEAR, np.nan))
    return 0.0 if math.isnan(found) else found


def _baseline(axes: Axes, fan: pd.DataFrame, runs: RunsShown, place: str = REGION) -> None:
    fan = fan[fan.index >= FIRST_SHOWN]
    history = gmv_history(place)
    history = history[history.index >= FIRST_SHOWN]
    highest = float(history["high"].max()) / BILLION
    colour = COLOURS[0]
    axes.fill_between(fan.index, fan["low"], fan["high"], color=colour, alpha=0.16, linewidth=0)
    axes.plot(fan.index, fan["median"], color=colour, linewidth=2.2, label=runs.baseline, zorder=4)
    draw_history(axes, history)
    base = float(fan["median"][BASE_YEAR])
    years = list(range(BASE_YEAR, TARGET_YEAR + 1))
    target = [doubling(base, year) for year in years]
    axes.plot(years, target, color=TARGET, linewidth=1.4, linestyle=(0, (4, 2.5)), label="doubling")
    axes.axvline(POSTERIOR_ORIGIN + 0.5, color=FAINT, linewidth=0.8, linestyle=":", zorder=1)
    axes.set_xlim(FIRST_SHOWN - 0.5, TARGET_YEAR + 0.1)
    axes.set_ylim(0, 1.06 * max(float(fan["high"].max()), highest, target[-1]))
    axes.set_xticks(range(2018, TARGET_YEAR + 1, 4))
    axes.set_ylabel("US$ billion, nominal", fontsize=8)
    last = float(fan["median"].get(TARGET_YEAR, np.nan))
    ratio = f" \u00d7{last / base:.2f}" if base > 0.0 else ""
    labels = [Label(f"{runs.baseline}{ratio}", last, colour)]
    end_labels(
        axes, [*labels, Label(f"doubling \u00d7{FACTOR:.0f}", target[-1], TARGET)], TARGET_YEAR
    )
    where = "The five countries" if place == REGION else place_name(place)
    axes.set_title(f"{where}: baseline against the doubling")


def _colour(number: int) -> str:
    return COLOURS[(number + 1) % len(COLOURS)]


def _by_year(
    axes: Axes, policies: Sequence[Policy], first: int = 0, strips: int = 1, place: str = REGION
) -> None:
    """Lines of policies, of which the first has the number `first`; one of so many strips."""
    axes.axhline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    highest = max((float(p.by_year.abs().to_numpy().max()) for p in policies), default=0.0)
    unit, word = (BILLION, "billion") if highest >= BILLION else (MILLION, "million")
    labels = []
    for number, policy in enumerate(policies, start=first):
        fan, colour = policy.by_year / unit, _colour(number)
        if len(policies) <= FEW:
            axes.fill_between(
                fan.index, fan["low"], fan["high"], color=colour, alpha=0.14, linewidth=0
            )
        for edge in ("low", "high"):
            axes.plot(fan.index, fan[edge], color=colour, linewidth=0.6, alpha=0.7)
        axes.plot(
            fan.index,
            fan["median"],
            color=colour,
            linewidth=2.0,
            linestyle=STYLES[number],
            marker=MARKERS[number],
            markersize=4,
            label=policy.name,
            zorder=4,
        )
        text = f"{policy.name}\n{signed_money(_last(policy))} ({_signed_percent(policy.share[0])})"
        labels.append(Label(text, float(fan["median"].get(TARGET_YEAR, np.nan)), colour))
    years = sorted({int(year) for policy in policies for year in policy.by_year.index})
    axes.set_xlim(years[0] - 0.1, TARGET_YEAR + 0.1)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(y=0.08)
    axes.set_ylabel(f"US$\n{word}" if strips > 1 else f"US$ {word} of 2022", fontsize=8)
    axes.yaxis.set_major_locator(MaxNLocator(2 if strips > 1 else 5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    end_labels(axes, labels, TARGET_YEAR, lines=2)
    if first == 0:
        axes.set_title(f"Difference from the baseline, {place_in_title(place)}")
    if first < strips - 1:
        axes.tick_params(labelbottom=False)


def _by_country(axes: Axes, policies: Sequence[Policy]) -> None:
    axes.axvline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    step = OFFSET / max(len(policies), 1)
    for row, iso in enumerate(COUNTRIES):
        for number, policy in enumerate(policies):
            if iso not in policy.by_country:
                continue
            amount, share = policy.by_country[iso]
            height = row + step * (number - (len(policies) - 1) / 2)
            _dot(axes, height, share, 100.0, number, policy.name)
            _text(axes, 100.0 * share[2], height, signed_money(amount[0]), number, (5, -3))
    axes.set_yticks(range(len(COUNTRIES)), [place_name(iso) for iso in COUNTRIES])
    axes.set_ylim(len(COUNTRIES) - 0.45, -0.6)
    axes.margins(x=0.2)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel(f"% of the country's purchases in {TARGET_YEAR}", fontsize=8)
    axes.set_title(f"By country in {TARGET_YEAR}")


def _parts(axes: Axes, rows: Sequence[tuple[int, Part | None, str]]) -> None:
    axes.axvline(0.0, color=FAINT, linewidth=1.0, zorder=1)
    axes.grid(False, axis="y")
    axes.grid(True, axis="x")
    highest = max(max(abs(part.low), abs(part.high)) for _, part, _ in rows if part)
    unit, word = (BILLION, "billion") if highest >= BILLION else (MILLION, "million")
    axes.set_yticks(range(len(rows)), [label for _, _, label in rows])
    for row, (number, part, _) in enumerate(rows):
        if part is None:
            axes.get_yticklabels()[row].set_fontweight("bold")
            continue
        _dot(axes, row, (part.value, part.low, part.high), 1.0 / unit, number, part.name)
        words = f"{signed_money(part.value)}, costs {money(part.cost)}, grade {part.grade}"
        _text(axes, part.value / unit, row, words, number, (0, 6))
    axes.set_ylim(len(rows) - 0.45, -0.7)
    axes.margins(x=0.16)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(f"US$ {word} of 2022 in {TARGET_YEAR}, five countries", fontsize=8)
    axes.set_title("What each part adds")


def _dot(axes: Axes, height: float, fan: Fan, factor: float, number: int, label: str) -> None:
    value, low, high = (factor * part for part in fan)
    colour = _colour(number)
    axes.plot([low, high], [height, height], color=colour, linewidth=2.0, zorder=2)
    axes.plot(
        [value],
        [height],
        MARKERS[number],
        color=colour,
        markersize=6,
        markeredgecolor="white",
        label=label,
        zorder=3,
    )


def _text(
    axes: Axes, x: float, height: float, words: str, number: int, away: tuple[float, float]
) -> None:
    """Words beside a dot, so many points `away` from a place on its line."""
    axes.annotate(
        words,
        (x, height),
        xytext=away,
        textcoords="offset points",
        ha="left",
        fontsize=7.8,
        color=INK[_colour(number)],
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.8},
        zorder=2.5,
    )


def _signed_percent(share: float) -> str:
    return f"{'+' if share > 0 else ''}{small_percent(share)}"
