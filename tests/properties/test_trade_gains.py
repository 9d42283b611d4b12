"""I12 and decision 5 with people: cheaper trade never means less online shopping.

Through a scenario: its agreements, and its parameters.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.model import MekongModel
from sim.scenario import Scenario
from tests.helpers.central import PRIOR_CENTRAL
from tests.helpers.first_edition import FIRST_EDITION
from tests.verification.bazaar import COUNT

ROWS = 2000


def _run(
    levers: dict[str, object], seed: int = 1, end: str = "2030Q4", off: tuple[str, ...] = ()
) -> MekongModel:
    channels = dict.fromkeys(off, False)
    table = {"title": "A", "levers": levers, "horizon": {"end": end}, "channels": channels}
    scenario = Scenario.from_dict(table, name="agreements")
    return MekongModel(scenario, seed=seed, scale=50_000, firm_rows=ROWS).run()


def _all(model: MekongModel, name: str) -> np.ndarray:
    return np.asarray(model.series().sums[name][:, :, 0])


def _agreements(**changes: object) -> dict[str, object]:
    block = {"pairs": "all", "level": 0.8, "start": "2026Q1", **changes}
    return {"regulatory_harmonization": [block]}


def test_the_agreement_of_one_pair_moves_its_trade_both_ways() -> None:
    """Signed in 2017 without lag or ramp; of the ten others in the first quarter none moves."""
    block = {"pairs": ["THA-VNM"], "start": "2017Q1", "lag_years": 0, "ramp_years": 0}
    old, new = (_run(levers, end="2019Q4").series().sums for levers in ({}, _agreements(**block)))
    ratio = new["flow_usd"] / np.maximum(old["flow_usd"], 1e-9)
    first = 8
    assert (old["flow_usd"][:first] == new["flow_usd"][:first]).all()
    there, back = ratio[first:, 3, 4], ratio[first:, 4, 3]
    assert min(there.min(), back.min()) > 1.01
    assert min(there[-4:].mean(), back[-4:].mean()) > 1.05
    untouched = np.ones((COUNT, COUNT + 1), dtype=bool)
    untouched[:, 3:5] = False
    assert (old["flow_usd"][first] == new["flow_usd"][first])[untouched].all()
    assert (_spending(new)[first] == _spending(old)[first]).all()  # people act before firms
    assert (_spending(new)[first + 1, 3:] > _spending(old)[first + 1, 3:]).all()
    assert (_spending(new)[first + 1] >= _spending(old)[first + 1]).all()


def _spending(sums: dict[str, np.ndarray]) -> np.ndarray:
    return np.asarray(sums["gmv_real_usd"][:, :, 0])


@pytest.fixture(scope="module")
def harmonized() -> list[tuple[MekongModel, MekongModel]]:
    return [(_run({}, seed), _run(_agreements(), seed)) for seed in (1, 2)]


def test_harmonization_never_lowers_total_e_commerce(
    harmonized: list[tuple[MekongModel, MekongModel]],
) -> None:
    """Decision 5: with imported varieties in the price index the total never falls, in any quarter.

    Measured in 2030: 0.01 % for the region, 0.005 % to 0.06 % by country. A single country with
    few agents may dip for a while when one large firm leaves; the mean over seeds does not.
    """
    late = []
    for old, new in harmonized:
        was, now = _all(old, "gmv_real_usd"), _all(new, "gmv_real_usd")
        assert (now.sum(axis=1) >= was.sum(axis=1)).all()
        assert (now[:44] == was[:44]).all()
        late.append(now[-4:].sum(axis=0) / was[-4:].sum(axis=0) - 1.0)
        trade = _all(new, "gmv_region_usd")[-4:].sum() / _all(old, "gmv_region_usd")[-4:].sum()
        assert 1.01 < trade < 1.3
    assert (np.mean(late, axis=0) > 0).all()


def test_an_index_of_home_varieties_alone_would_see_no_gain() -> None:
    """Harmonization adds imported varieties; at home none is added, and some are lost.

    Rules at home that become simpler, and brands that grow with the market, would add some.
    """
    off = ("home_compliance", "brand_entry")
    gains = []
    for seed in (1, 2):
        pair = [_run(levers, seed, off=off) for levers in ({}, _agreements())]
        here = np.arange(COUNT)
        appeal = []
        for model in pair:
            equilibrium = model.trade_outcome.equilibrium
            home = equilibrium.shares[here, here] + equilibrium.shares[COUNT + 1]
            appeal.append(np.log([equilibrium.total * home, equilibrium.total]))
        gains.append(appeal[1] - appeal[0])
    home, whole = np.mean(gains, axis=0)
    assert (home[3:] < 1e-4).all()  # but for a few large firms among the rows
    assert (whole > 1e-5).sum() >= 4 and whole.mean() > 1e-5


def test_a_dearer_border_in_a_scenario_lowers_trade_and_tastes_do_not_take_it_back() -> None:
    """Customs at the top of their range against the bottom, from the start of the run on.

    Sellers who grow with their market take a part of it back, so they do not here.
    """
    models = {
        cost: MekongModel(
            Scenario.from_dict(
                {
                    "title": "Border",
                    "parameters": {"customs_cost": cost},
                    "horizon": {"end": "2023Q4"},
                },
                name="border",
            ),
            scale=50_000,
            firm_rows=ROWS,
            parameters=PRIOR_CENTRAL.with_overrides(FIRST_EDITION),
        ).run()
        for cost in (0.04, 0.12)
    }
    low, high = (models[cost] for cost in (0.04, 0.12))
    assert (
        low.trade_sector.market.preferences.weight == high.trade_sector.market.preferences.weight
    ).all()
    kept = _all(high, "gmv_region_usd")[-4:].sum() / _all(low, "gmv_region_usd")[-4:].sum()
    p = low.values["THA"]
    share = p["formal_share"]
    dearer = (1.0 + 0.12 * share) / (1.0 + 0.04 * share)
    bounds = (dearer ** -(p["variety_substitution"] - 1.0), dearer ** (-1.5 * p["pareto_shape"]))
    assert bounds[1] < kept < bounds[0]  # more than prices alone, as firms leave markets too
