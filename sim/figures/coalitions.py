"""Gains from acting together: a row for every coalition, a column for every country."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import SymLogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.analysis.text.formatting import short
from sim.figures.captions import headline
from sim.figures.mix_captions import caption
from sim.figures.style import DATA, TARGET, house_style
from sim.units import COUNTRY_NAMES

_TITLES = {
    "agreement": "Who gains from an agreement on common rules?",
    "crackdown": "Who gains from a joint crackdown on scams?",
}
_LEVERS = {
    "agreement": "members sign common rules with one another",
    "crackdown": "members raid scam compounds and act together",
}


def coalition_table(frame: pd.DataFrame, *, start: str, scale: int) -> Figure:
    """A heat map of gains; `frame` has the columns of `incentives.csv`, `start` is a quarter.

    Cells of members have a frame; a dot marks a member who would leave, a ring a country outside
    that would join. At the right: what members gain together, and what keeps them together.
    """
    game = str(frame["game"].iloc[0])
    names = list(dict.fromkeys(frame["coalition"]))
    isos = list(dict.fromkeys(frame["country"]))
    cells = {(row["coalition"], row["country"]): row for row in frame.to_dict("records")}
    gains = np.array(
        [[cells[name, iso]["gain_usd"] for iso in isos] for name in names], dtype=float
    )
    top = max(float(np.abs(gains).max()), 1.0)
    with house_style():
        figure = Figure(figsize=(3.4 + 1.25 * (len(isos) + 2), 2.6 + 0.34 * len(names)))
        axes = figure.subplots()
        norm = SymLogNorm(linthresh=top / 100.0, vmin=-top, vmax=top)
        axes.imshow(gains, cmap="RdBu", norm=norm, aspect="auto", alpha=0.85)
        for row, name in enumerate(names):
            for column, iso in enumerate(isos):
                cell = cells[name, iso]
                deep = abs(norm(gains[row, column]) - 0.5) > 0.38
                mark = {"leave": " ●", "join": " ○"}.get(str(cell["wants"]), "")
                axes.text(
                    column,
                    row,
                    f"{short(gains[row, column])}{mark}",
                    ha="center",
                    va="center",
                    fontsize=8,
                    color="white" if deep else TARGET,
                )
                if cell["member"]:
                    axes.add_patch(
                        Rectangle(
                            (column - 0.48, row - 0.46), 0.96, 0.92, fill=False, edgecolor=TARGET
                        )
                    )
            one = cells[name, isos[0]]
            axes.text(
                len(isos),
                row,
                short(float(one["coalition_gain_usd"])),
                ha="center",
                va="center",
                fontsize=8,
                color=DATA,
            )
            axes.text(len(isos) + 1, row, _holds(one), ha="center", va="center", fontsize=8)
        axes.set_xlim(-0.5, len(isos) + 1.6)
        axes.set_xticks(
            range(len(isos) + 2),
            [*(COUNTRY_NAMES[iso] for iso in isos), "members\ntogether", "keeps\ntogether"],
        )
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.set_yticks(range(len(names)), names)
        axes.grid(False)
        axes.spines[["left", "bottom"]].set_visible(False)
        headline(figure, _TITLES[game])
        text = (
            f"Coalitions of countries in which {_LEVERS[game]} from {start} on, the others doing "
            "nothing. Gains over 2026-2030, constant 2022 US$: cheaper online goods, losses to "
            "scams avoided, profit of small firms and taxes, less the cost of programmes and the "
            "revenue of hosted scam compounds. Framed: members. ● would gain by leaving, ○ is "
            "outside and would gain by joining. Right: yes, no member would gain by leaving; "
            "otherwise the side payment that keeps all members in (* more than the others gain). "
            "Means over runs; their bands are in incentives.csv. Colours are logarithmic."
        )
        runs = (
            f"{frame['runs'].iloc[0]} runs (parameter draws and seeds); one agent represents "
            f"{scale:,} people"
        )
        caption(figure, text, runs, "no coalition")
    return figure


def _holds(cell: dict) -> str:
    if cell["deviation_proof"]:
        return "yes"
    return f"{short(float(cell['side_payment_usd']))}{'' if cell['can_be_paid'] else ' *'}"
