"""Held-out shares by sex and income: groups of a run added up by hand, gaps, and distances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.calibration.data.held_out_groups import HeldOutRuns, groups_table, shares_by_group
from sim.calibration.data.observables import on_scale
from sim.calibration.data.targets import load_targets
from sim.model.indicators import GROUPS
from sim.model.model import MekongModel
from sim.units import COUNTRIES, year_of


def runs(values: dict[str, float], draws: int = 3) -> HeldOutRuns:
    """Draws one log odd apart around given shares, by group, the same everywhere else."""
    middle = np.array([on_scale(share, "logit") for share in values.values()])
    steps = np.arange(draws, dtype=float) - (draws - 1) / 2
    table = middle[None, :] + steps[:, None]
    shape = (draws, 3, 4, len(COUNTRIES), 10)
    return HeldOutRuns(np.broadcast_to(table[:, None, :, None, None], shape).copy(), 2015)


def test_groups_of_a_run_are_its_people_added_up() -> None:
    model = MekongModel("baseline", seed=1, scale=200_000)
    while model.next_quarter < model.policy_scenario.start + 12:
        model.step()
    assert year_of(model.series().first) == 2015
    found = shares_by_group(model.series())
    assert found.shape == (3, 4, len(COUNTRIES), 3)
    table = model.indicators()
    at = table[(table["country"] == "THA") & (table["quarter"] == "2017Q4")]

    def people(name: str, *groups: str) -> float:
        return float(at[(at["indicator"] == name) & at["group"].isin(groups)]["value"].sum())

    share = people("account_holders", "q1", "q2") / people("adults", "q1", "q2")
    assert found[1, 2, COUNTRIES.index("THA"), 2] == pytest.approx(on_scale(share, "logit"))
    share = people("connected", "women") / people("population", "women")
    assert found[0, 0, COUNTRIES.index("THA"), 2] == pytest.approx(on_scale(share, "logit"))
    assert {"women", "men", "q1", "q5"} <= set(GROUPS)


def test_levels_and_gaps_stand_beside_what_was_published() -> None:
    shares = {"female": 0.4, "male": 0.5, "poorest40": 0.3, "richest60": 0.6}
    table = groups_table(load_targets(), runs(shares))
    here = table[(table["country"] == "KHM") & (table["year"] == 2017)].set_index(
        ["indicator", "group"]
    )
    women = here.loc[("account_share", "female")]
    assert women["unit"] == "fraction" and women["value"] == pytest.approx(0.215264)
    assert women["low"] < women["central"] < women["high"]
    assert women["central"] == pytest.approx(0.4)
    gap = here.loc[("account_share", "female - male")]
    assert gap["unit"] == "log odds"
    assert gap["low"] == pytest.approx(on_scale(0.4, "logit"))
    assert gap["high"] == pytest.approx(gap["low"])
    published = on_scale(0.215264, "logit") - on_scale(0.218455, "logit")
    assert gap["value"] == pytest.approx(published)
    assert gap["error"] == pytest.approx((published - gap["low"]) / np.hypot(0.172, 0.171))


def test_every_held_out_share_since_the_start_is_compared_and_nothing_else() -> None:
    targets = load_targets()
    table = groups_table(targets, runs(dict.fromkeys(("a", "b", "c", "d"), 0.5)))
    held = targets[(targets["use"] == "held_out") & (targets["year"] >= 2015)]
    levels = table[table["unit"] == "fraction"]
    told = levels["indicator"] + "_" + levels["group"]
    key = ["country", "year", "indicator"]
    assert (
        pd.MultiIndex.from_frame(levels.assign(indicator=told)[key])
        .sort_values()
        .equals(pd.MultiIndex.from_frame(held[key]).sort_values())
    )
    gaps = table[table["unit"] == "log odds"]
    assert len(gaps) == len(levels) / 2
