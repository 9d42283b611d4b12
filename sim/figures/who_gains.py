"""Who gains: shares of groups in what a policy adds, and ranges of jobs and tax."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.figures.captions import RunsShown, headline, put_caption
from sim.figures.inclusion import APART, TOGETHER
from sim.figures.inclusion import ROWS as PEOPLE
from sim.figures.style import COLOURS, DATA, FAINT, house_style
from sim.rows import row_where, rows_where

FIRMS = {"medium": ("medium firms", 10.8), "small": ("small firms", 11.8)}
ROWS = {**PEOPLE, **FIRMS, "micro": ("micro firms", 12.8)}
JOBS = {"jobs_online_sellers": "at online sellers", "jobs_offline_shops": "lost in shops"}
JOBS |= {"jobs_net": "net"}
TAX = {"tax_collected_usd": "collected online", "tax_lost_home_usd": "lost: sellers at home"}
TAX |= {"tax_lost_imports_usd": "lost: imports", "tax_net_usd": "net"}
THOUSAND, MILLION = 1e3, 1e6


def who_gains(groups: pd.DataFrame, ranges: pd.DataFrame, runs: RunsShown) -> Figure:
    """Left: shares of added purchases (people) and sales (firms); right: ranges, a row a policy.

    `groups` and `ranges` are the tables of the account for the five countries; a share is a
    fraction, jobs are persons in 2030, tax is in constant 2022 US$ over 2026-2030.
    """
    names = list(dict.fromkeys(ranges["scenario"]))
    with house_style():
        figure = Figure(figsize=(12.5, max(6.4, 1.3 + 2.1 * len(names))))
        grid = figure.add_gridspec(len(names), 3, width_ratios=(1.5, 1.0, 1.0))
        left = figure.add_subplot(grid[:, 0])
        _shares(left, groups, names)
        for number, name in enumerate(names):
            own = rows_where(ranges, scenario=name)
            jobs, tax = (figure.add_subplot(grid[number, column]) for column in (1, 2))
            colour = COLOURS[(number + 1) % len(COLOURS)]
            _bars(jobs, rows_where(own, period="2030"), JOBS, THOUSAND, colour)
            _bars(tax, rows_where(own, period="2026-2030"), TAX, MILLION, colour)
            jobs.set_title(f"{name}: jobs in 2030, thousand", fontsize=9)
            tax.set_title("tax 2026-2030, US$ million", fontsize=9)
        headline(figure, _finding(groups, names[0]), key=left)
        put_caption(
            figure,
            runs,
            "Left: shares of a group in added purchases (people) and in added online sales of "
            "small firms (firms by size) in 2030; grey rings: its share without the policy; groups "
            "without a dot have no known share. Right: bars go from the lowest to the highest "
            "value over coefficients and runs, thick: coefficients at their centre; every panel "
            "has a scale of its own. Tax lost is below zero where online purchases pay more.",
            band="lines through the dots",
        )
    return figure


def _finding(groups: pd.DataFrame, name: str) -> str:
    """The title: what part of the added purchases is that of the countryside and of the poorest."""
    mine = rows_where(groups, scenario=name, indicator="gmv_real_usd").set_index("group")
    share = 100.0 * mine["share_of_effect"].astype(float)
    known = [group for group in ("rural", "q1") if group in share.index and share[group] > 0.0]
    if len(known) < 2:
        return f"Who gains from '{name}' in the five countries together"
    return (
        f"Of the purchases that '{name}' adds, the countryside makes {share['rural']:.0f} % and "
        f"the poorest fifth {share['q1']:.0f} %"
    )


def _shares(axes: Axes, groups: pd.DataFrame, names: list[str]) -> None:
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    apart = min(APART, TOGETHER / max(len(names) - 1, 1))
    for number, name in enumerate(names):
        mine = rows_where(groups, scenario=name)
        people = rows_where(mine, indicator="gmv_real_usd")
        firms = rows_where(mine, indicator="seller_revenue_usd", split="size")
        known = pd.concat([people, firms]).set_index("group")
        shown = [group for group in ROWS if group in known.index]
        colour, shift = (
            COLOURS[(number + 1) % len(COLOURS)],
            apart * (number - (len(names) - 1) / 2),
        )
        at = [ROWS[group][1] + shift for group in shown]
        low, value, high, before = (
            100.0 * known.loc[shown, column].astype(float)
            for column in ("share_low", "share_of_effect", "share_high", "share_before")
        )
        if number == 0:
            axes.plot(
                before,
                [ROWS[group][1] for group in shown],
                "o",
                markerfacecolor="white",
                markeredgecolor=FAINT,
                markersize=7,
                label="without the policy",
                zorder=3,
            )
        axes.hlines(at, low, high, color=colour, linewidth=1.6, zorder=3.5)
        axes.plot(value, at, "o", color=colour, markersize=5, label=name, zorder=4)
    axes.set_yticks([at for _, at in ROWS.values()], [words for words, _ in ROWS.values()])
    axes.set_ylim(13.6, -0.8)
    axes.set_xlabel("% of what is added", fontsize=8)


def _bars(
    axes: Axes, ranges: pd.DataFrame, measures: dict[str, str], unit: float, colour: str
) -> None:
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")
    axes.tick_params(axis="y", length=0)
    for height, measure in enumerate(measures):
        row = row_where(ranges, measure=measure)
        low, first, last, high = (
            float(row[name]) / unit for name in ("low", "runs_low", "runs_high", "high")
        )
        axes.hlines(height, low, high, color=colour, linewidth=3.0, alpha=0.45, zorder=3)
        axes.hlines(height, first, last, color=colour, linewidth=7.0, zorder=4)
    axes.axvline(0.0, color=DATA, linewidth=0.9, zorder=2)
    axes.set_yticks(range(len(measures)), list(measures.values()), fontsize=8)
    axes.set_ylim(len(measures) - 0.4, -0.6)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
