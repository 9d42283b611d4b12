"""V30, V32: who never buys online, how much can be spent there, and habits of the pandemic."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.agents.consumer import online_spending
from sim.model.model import MekongModel
from sim.model.population.people import PROPENSITY, trait_table
from tests.helpers.central import PRIOR_CENTRAL
from tests.helpers.models import people_model
from tests.verification.worlds import PLAIN, shopper_share, start_share, world

ADOPTS = PLAIN | {"innovation": 0.5, "imitation": 1.0}


def test_who_never_buys_online_stays_out_and_everybody_else_comes() -> None:
    agents, never = 60_000, 0.3
    model = world(ADOPTS | {"never_online_buyers": never}, agents=agents).run()
    left = math.exp(-0.5 * 16)  # of the others, at most
    error = math.sqrt(never * (1.0 - never) / agents)
    assert shopper_share(model)[-1] == pytest.approx(1.0 - never, abs=4.0 * error + left)


def test_the_start_share_counts_only_those_who_may_buy() -> None:
    start = {"never_online_buyers": 0.4, "start_shopper_share": 0.25}
    model = world(PLAIN | start | {"innovation": 0.0, "imitation": 0.0}, agents=20_000)
    assert start_share(model) == pytest.approx(0.25, abs=0.002)


def test_odds_without_bound_spend_the_cap() -> None:
    params = SimpleNamespace(
        **PRIOR_CENTRAL.in_country("VNM") | {"spending_cap": 0.4, "spending_level": 1e15}
    )
    env = SimpleNamespace(
        covid=0.0, log_mean_income=9.0, log_reference_income=9.0, log_online_price=0.0, quality=0.0,
        interoperability=0.0, consumption_share=0.6, unaided_coverage=1.0, coverage_year_ago=1.0,
    )  # fmt: skip
    person = SimpleNamespace(
        trust=0.7,
        habit=1.0,
        log_income=0.2,
        propensity=0.0,
        account=True,
        coverage_rank=0.3,
        urban=True,
    )
    consumption = 0.6 * math.exp(9.2) / 4.0
    assert online_spending(person, env, params) == pytest.approx(0.4 * consumption, rel=1e-9)


def test_propensities_are_standard_normal() -> None:
    model = people_model("baseline", scale=100_000)
    table = trait_table(model.countries, model.parameters)[0, 0, :, PROPENSITY]
    assert table.mean() == pytest.approx(0.0, abs=1e-12)
    assert table.std() == pytest.approx(1.0, abs=1e-12)
    who = [model.consumers[i].who for i in range(0, len(model.people.rows), 3)]
    traits = np.array(
        [
            (p.propensity, p.reluctance, p.coverage_rank, p.income_rank, p.adult, p.woman)
            for p in who
        ],
        dtype=float,
    )
    apart = np.corrcoef(traits[:, :6].T) - np.eye(6)
    assert np.abs(apart).max() < 5.0 / math.sqrt(len(who))


def test_a_spread_of_propensities_brings_the_eager_first() -> None:
    model = world(
        ADOPTS | {"innovation": 0.05, "imitation": 0.0, "adoption_spread": 1.0},
        agents=20_000,
        end="2018Q4",
    ).run()
    rows = model.people.rows
    eager = np.array([model.consumers[i].who.propensity for i in range(len(rows))])
    assert eager[rows["shopper"]].mean() > eager[~rows["shopper"]].mean() + 0.3


def _pandemic(**values: float) -> MekongModel:
    central = PRIOR_CENTRAL.with_overrides(
        {"shopper_lapse": 0.0, "disconnection_hazard": 0.0} | values
    )
    return people_model("baseline", scale=50_000, parameters=central).run()


def _shoppers(model: MekongModel) -> Any:
    return model.series().sums["shoppers"][:, :, 0]


def test_only_those_whom_the_pandemic_drew_in_leave_after_it() -> None:
    plain, ebbing = _pandemic(), _pandemic(pandemic_lapse=2.0)
    begins = (2020 - 2015) * 4 + 1
    assert np.array_equal(_shoppers(plain)[: begins + 1], _shoppers(ebbing)[: begins + 1])
    lapsed = ebbing.series().sums["lapsed_shoppers"][:, :, 0]
    after = (2025 - 2015) * 4
    assert lapsed[:after].sum() > 0.0 and lapsed[after:].sum() == 0.0
    # without the pull of the pandemic there is nobody to leave
    still = _pandemic(pandemic_lapse=2.0, covid_adoption=0.0)
    assert still.series().sums["lapsed_shoppers"].sum() == 0.0
