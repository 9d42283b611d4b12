"""`costs.csv`: what a lever costs for each extra dollar of e-commerce, loss avoided, rural shopper.

Cost and effect are the lever's shares of those of the whole mix, so a lever that works only with
others is not credited with their money. Cost is all public money up to 2030; e-commerce and losses
are sums over 2026-2030, and people who shop are those of 2030. A ratio is given only where the
effect is a gain in the whole interval; with a price that is a judgement it stands with a third
and three times of it, and has no rank.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.policy_mixes.eligible_levers import BASES, FACTOR, price_basis
from sim.analysis.policy_mixes.mix_outcomes import OUTCOMES
from sim.quantile_bands import interval

Floats = NDArray[np.float64]
PER = {
    "purchases_usd": "extra dollar of e-commerce, 2026-2030",
    "losses_avoided_usd": "dollar of losses to scams avoided, 2026-2030",
    "rural_shoppers": "rural online shopper, 2030",
}
COLUMNS = [
    *("country", "lever", "per", "value", "low", "high", "third", "triple", "rank"),
    *("cost_usd", "effect", "effect_low", "effect_high", "price_basis", "note", "unit"),
]
UNSURE = "no sure gain"
FREE = "costs nothing here"


def unit_costs(levers: Sequence[str], shares: Floats, whole: str, draws: int) -> pd.DataFrame:
    """The columns of `costs.csv` from shares by lever, pair, place and outcome.

    `value` is the mean cost over the mean effect, low and high are over pairs of runs, of so many
    independent `draws`. `rank` is 1
    for the cheapest among the levers whose price is no judgement, in each place and for each `per`,
    where there are two or more. The mix itself has the name `whole`.
    """
    names = list(OUTCOMES)
    bases = {lever: price_basis(lever) for lever in levers}
    bases[whole] = max(bases.values(), key=list(BASES).index)
    rows: list[dict[str, object]] = []
    for at, place in enumerate(PLACES):
        for per in PER:
            for lever, share in zip((*levers, whole), (*shares, shares.sum(axis=0)), strict=True):
                cost, effect = (share[:, at, names.index(name)] for name in ("cost_usd", per))
                if not np.isnan(effect).all():
                    keys = {"country": place, "lever": lever, "per": per}
                    rows.append({**keys, "price_basis": bases[lever], **_row(cost, effect, draws)})
    frame = pd.DataFrame(rows, columns=COLUMNS)
    judged = (frame["price_basis"].isin(["partly", "judgement"])).to_numpy()
    value = frame["value"].astype(float)
    frame["third"] = np.where(judged, value / FACTOR, np.nan)
    frame["triple"] = np.where(judged, value * FACTOR, np.nan)
    frame["rank"] = _ranks(frame, value, whole)
    frame["unit"] = "constant 2022 dollars each"
    return frame


def _ranks(frame: pd.DataFrame, value: pd.Series, whole: str) -> pd.Series:
    ranked = (frame["price_basis"] != "judgement") & (frame["lever"] != whole)
    groups = value.where(ranked).groupby([frame["country"], frame["per"]])
    return groups.rank().where(groups.transform("count") > 1).astype("Int64")


def _row(cost: Floats, effect: Floats, draws: int) -> dict[str, object]:
    low, high = interval(effect, draws)
    found: dict[str, object] = {
        "cost_usd": float(np.mean(cost)),
        "effect": float(np.mean(effect)),
        "effect_low": low,
        "effect_high": high,
        "value": np.nan,
        "note": "",
    }
    if not low > 0.0:
        return found | {"note": UNSURE}
    if not np.mean(cost) > 0.0:
        return found | {"note": FREE}
    known = effect > 0.0
    ratio_low, ratio_high = interval(cost[known] / effect[known], draws)
    value = float(np.mean(cost) / np.mean(effect))
    return found | {"value": value, "low": ratio_low, "high": ratio_high}
