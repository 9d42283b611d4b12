"""The mean-field model: the agents' mean converges to it (V25), and where they differ."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.data.observables import MeanFieldObserver, of_series
from sim.meanfield.model import MeanFieldModel, MeanFieldWorlds, parameter_sets, recorded
from sim.model.engine import people_loop as chunk
from sim.model.engine.people import VIEW
from sim.model.model import MekongModel
from sim.parameters.values import PRIOR_DRAWS, ParameterSet
from sim.scenario import load_scenario
from sim.units import COUNTRIES

PARAMETERS = ParameterSet.draw(PRIOR_DRAWS)  # the central set of the prior stands still
FLAT = {
    "neighbour_weight": 0.0,  # fixed neighbours are what a mean cannot know
    "start_skill_spread": 0.0,
}


def both(scale: int, seed: int, overrides: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Counts per person by quarter, country and measure: agents, mean field."""
    values = PARAMETERS.with_overrides(overrides)
    model = MekongModel("baseline", seed=seed, scale=scale, parameters=values, market=False)
    tallies, views = [], []
    while model.next_quarter <= load_scenario("baseline").start + 35:
        model.step()
        views.append(np.array(model.views, dtype=VIEW))
        tallies.append(model.tally.sum(axis=1) / model.people.places.size[:, None])
    mean_field = MeanFieldModel(model.countries, values, np.stack(views)).run()[0]
    return np.stack(tallies), np.moveaxis(mean_field, 0, 1)


@pytest.fixture(scope="module")
def errors() -> dict[int, float]:
    """Root mean square relative error of shoppers in THA and VNM, 2017 on, by scale."""
    found = {}
    for scale in (20_000, 5_000, 1_250):
        misses = []
        for seed in (1, 2, 3, 4):
            agents, mean_field = both(scale, seed, FLAT)
            a, t = agents[8:, 3:, chunk.SHOPPERS], mean_field[8:, 3:, chunk.SHOPPERS]
            misses.append(a / t - 1.0)
        found[scale] = float(np.sqrt(np.mean(np.square(misses))))
    return found


def test_the_agents_mean_converges_to_the_mean_field(errors: dict[int, float]) -> None:
    """A quarter of the people a step: the error halves, down to what a mean leaves out."""
    assert errors[20_000] > 1.4 * errors[5_000] > 1.4 * errors[1_250] * 1.2
    assert errors[1_250] < 0.012


def test_every_count_agrees_in_the_large_countries() -> None:
    agents, mean_field = both(500, 1, FLAT)
    measures = {
        "connected": (chunk.CONNECTED, 0.01),
        "accounts": (chunk.ACCOUNTS, 0.01),
        "shoppers": (chunk.SHOPPERS, 0.02),
        "ready": (chunk.READY, 0.01),
        "spending": (chunk.SPENDING, 0.03),
        "spending of holders": (chunk.SPENDING_OF_HOLDERS, 0.03),
        "trust": (chunk.TRUST, 0.01),
    }
    money = {*chunk.SPENT, chunk.TRUST}
    for name, (column, allowed) in measures.items():
        a = agents[12:, 3:, column] / (65536.0 if column in money else 1.0)
        miss = np.abs(a / mean_field[12:, 3:, column] - 1.0).mean()
        assert miss < allowed, (name, miss)
    flows = {
        "new": (chunk.NEW_SHOPPERS, 0.03),
        "lapsed": (chunk.LAPSED_SHOPPERS, 0.03),
        "cheated": (chunk.VICTIMS, 0.08),  # about a thousand cases
    }
    for name, (column, allowed) in flows.items():
        miss = abs(agents[:, 3:, column].sum() / mean_field[:, 3:, column].sum() - 1.0)
        assert miss < allowed, (name, miss)


def test_fixed_neighbours_slow_the_agents_down() -> None:
    """Where the two differ on purpose: clusters of neighbours saturate (documented, not mended)."""
    agents, mean_field = both(2_000, 1, {"neighbour_weight": 0.9, "community_weight": 0.0})
    late = slice(16, 28)
    gap = agents[late, 3:, chunk.SHOPPERS].sum() / mean_field[late, 3:, chunk.SHOPPERS].sum() - 1.0
    assert gap < -0.03


def test_no_hazards_no_change() -> None:
    """V20 in the mean-field model: stocks stand still."""
    hazards = (
        *("connection_hazard", "disconnection_hazard", "account_hazard", "innovation"),
        *("imitation", "shopper_lapse", "scam_hazard"),
    )
    still = dict.fromkeys(hazards, 0.0)
    model = MekongModel("baseline", scale=50_000, parameters=PARAMETERS, market=False)
    views = recorded(model)
    mean_field = MeanFieldModel(model.countries, PARAMETERS.with_overrides(still), views)
    out = mean_field.run()[0]
    for column in (chunk.CONNECTED, chunk.ACCOUNTS, chunk.SHOPPERS):
        assert np.ptp(out[:, :, column], axis=1) == pytest.approx(0.0, abs=1e-13)
    assert (out[:, 0, chunk.SHOPPERS] > 0.001).all()


def test_groups_add_up_to_everybody_and_shares_stay_in_bounds() -> None:
    model = MekongModel("coordinated", scale=50_000, parameters=PARAMETERS, market=False)
    mean_field = MeanFieldModel(model.countries, PARAMETERS, recorded(model))
    whole, groups = mean_field.run(), mean_field.run(groups=True)
    assert groups.sum(axis=3) == pytest.approx(whole, rel=1e-12, abs=1e-15)
    row = whole[0]
    assert (row[:, :, chunk.SHOPPERS] <= row[:, :, chunk.CONNECTED_ADULTS]).all()
    assert (row[:, :, chunk.CONNECTED] <= 1.0).all() and (row >= 0.0).all()
    stock, began, lapsed = (
        row[:, :, c] for c in (chunk.SHOPPERS, chunk.NEW_SHOPPERS, chunk.LAPSED_SHOPPERS)
    )
    change = np.diff(stock, axis=1)
    assert change == pytest.approx((began - lapsed)[:, 1:], abs=1e-12)


def test_holders_spend_a_part_and_all_of_it_where_everybody_holds_an_account() -> None:
    model = MekongModel("baseline", scale=50_000, parameters=PARAMETERS, market=False)
    views = recorded(model)
    tally = model.tally.sum(axis=1)
    assert (tally[:, chunk.SPENDING_OF_HOLDERS] > 0).all()
    assert (tally[:, chunk.SPENDING_OF_HOLDERS] <= tally[:, chunk.SPENDING]).all()
    assert (tally[:3, chunk.SPENDING_OF_HOLDERS] < tally[:3, chunk.SPENDING]).all()
    sure = PARAMETERS.with_overrides({"account_hazard": 20.0, "account_peer_effect": 10.0})
    late = MeanFieldModel(model.countries, sure, views).run()[0, :, -1]
    assert late[:, chunk.SPENDING_OF_HOLDERS] == pytest.approx(late[:, chunk.SPENDING], rel=1e-3)


def test_observables_are_the_indicators_of_the_model() -> None:
    model = MekongModel("baseline", seed=2, scale=20_000, parameters=PARAMETERS).run()
    observed = of_series(model.series())
    table = model.indicators(yearly=True).set_index(["indicator", "country", "group", "year"])
    share = table["value"]["internet_users_share", "THA", "all", 2019]
    assert observed[0, 3, 4] == pytest.approx(np.log(share / (1 - share)))
    money = table["value"]["gmv_nominal_usd", "VNM", "all", 2022]
    assert observed[3, 4, 7] == pytest.approx(np.log(money))
    adults = np.array([country.adult_share for country in model.countries.values()])
    mean_field = np.zeros((1, 5, 64, chunk.MEASURES))
    mean_field[:, :, :, chunk.SHOPPERS] = 0.25 * adults[None, :, None]
    mean_field[:, :, :, chunk.SPENDING] = 10.0
    seen = MeanFieldObserver([model.outlooks], adults[None], 64)(mean_field, np.zeros(1, np.int64))
    assert seen[0, 2] == pytest.approx(np.log(0.25 / 0.75))
    here = model.outlooks["THA"]
    year = slice(28, 32)
    dollars = float((10.0 * here.population[year] * here.nominal[year]).sum())
    assert seen[0, 3, 3, 7] == pytest.approx(np.log(dollars))


def test_worlds_side_by_side_are_what_each_is_alone() -> None:
    """Runs in two worlds, in any order, give the bytes of each model's own run."""
    sets = [PARAMETERS, ParameterSet.draw(PRIOR_DRAWS + 3)]
    models = []
    for values in sets:
        model = MekongModel("baseline", seed=1, scale=200_000, parameters=values, market=False)
        models.append(MeanFieldModel(model.countries, values, recorded(model)[:24]))
    alone = [one.run()[0] for one in models]
    places = np.array([1, 0, 1])
    together = MeanFieldWorlds(models).run(places, parameter_sets(sets, COUNTRIES)[places])
    assert not np.array_equal(alone[0], alone[1])
    for place, found in zip(places, together, strict=True):
        assert found.tobytes() == alone[place].tobytes()
