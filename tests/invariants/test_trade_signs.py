"""I12 and decision 5: cheaper trade is never less trade, never dearer and never less shopping.

Sellers meet the buyers of a recorded run of the whole model, with its firms, tastes, laws and
parameters; then the costs of one pair and direction fall by one per cent. Both runs share all luck.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple

import numpy as np
import pytest

from sim.countries.trade import load_trade
from sim.engine.marketplace import Marketplace, Traded
from sim.engine.sellers import Sellers
from sim.market.demand import Tastes
from sim.market.wedges import TradeFacts
from sim.model import MekongModel
from sim.trading import firm_facts
from sim.units import COUNTRIES, LAST_QUARTER, USD_SCALE, quarter_index
from tests.verification.bazaar import COUNT, sells_to, shifted

ROWS = 600
CHANGED = quarter_index("2022Q1")
LATE = 8  # last quarters of a run
PAIRS = list(permutations(range(COUNT), 2))
CHANGES = {"cost": {"cost": 0.99}, "fixed": {"fixed": 0.99}}


@dataclass(frozen=True)
class Recorded:
    """What the sellers of a baseline run of the whole model met, by quarter."""

    parameters: list[dict[str, float]]
    tastes: Tastes
    first: int
    goods: list[np.ndarray]
    ready: list[np.ndarray]
    log_wages: list[np.ndarray]
    facts: list[TradeFacts]


class Step(NamedTuple):
    traded: Traded
    sells: np.ndarray  # by row and market


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    model = MekongModel("baseline", scale=20_000, firm_rows=ROWS)
    assert model.trading is not None
    fraud = np.array([p["purchase_fraud_share"] for p in model.values.values()])
    goods, ready, wages, facts = [], [], [], []
    while model.next_quarter <= LAST_QUARTER:
        wages.append(model.log_wages())
        model.step()
        goods.append(model.spending / USD_SCALE * (1.0 - fraud))
        ready.append(model.ready_shares())
        facts.append(model.trading.facts)
    return Recorded(
        parameters=list(model.values.values()),
        tastes=model.trading.market.tastes,
        first=model.scenario.start,
        goods=goods,
        ready=ready,
        log_wages=wages,
        facts=facts,
    )


def replay(
    world: Recorded,
    pair: tuple[int, int] | None = None,
    change: dict[str, float] | None = None,
    *,
    until: int = LAST_QUARTER,
    seed: int = 1,
) -> list[Step]:
    """The quarters from the change on, with the costs of one pair changed."""
    stock = Sellers(
        None,
        {iso: firm_facts(load_trade(), iso) for iso in COUNTRIES},
        world.parameters, seed, 1, "compiled", 2, [0.5] * COUNT, rows=ROWS,
    )  # fmt: skip
    market = Marketplace(stock, world.tastes, world.parameters)
    steps = []
    for t, quarter in enumerate(range(world.first, until + 1)):
        facts = world.facts[t]
        if pair and change and quarter >= CHANGED:
            facts = shifted(facts, world.parameters[pair[1]], *pair, **change)
        traded = market.trade(
            quarter, world.goods[t], world.ready[t], world.log_wages[t], facts, "flat"
        )
        if quarter >= CHANGED:
            steps.append(Step(traded, stock.rows["sells_to"].copy()))
    return steps


@pytest.fixture(scope="module")
def before(recorded: Recorded) -> list[Step]:
    return replay(recorded)


@pytest.fixture(scope="module")
def after(recorded: Recorded) -> dict[tuple[str, tuple[int, int]], list[Step]]:
    """All twenty pairs, with either cost down by one per cent."""
    return {
        (name, pair): replay(recorded, pair, change)
        for name, change in CHANGES.items()
        for pair in PAIRS
    }


def test_the_change_is_what_it_says(recorded: Recorded) -> None:
    """One factor at a time falls by one per cent, in one direction of one pair."""
    from sim.market.wedges import wedges

    quarter, facts, p = CHANGED, recorded.facts[28], recorded.parameters
    old = wedges(facts, p, quarter, "flat").shifter
    for name, change in CHANGES.items():
        new_facts = shifted(facts, p[4], 3, 4, **change)
        ratio = wedges(new_facts, p, quarter, "flat").shifter / old
        wanted = np.ones_like(ratio)
        wanted[3, 4] = change.get("cost", 1.0)
        assert ratio == pytest.approx(wanted, rel=1e-12)
        moved = new_facts.rules != facts.rules
        assert moved.sum() == (1 if name == "fixed" else 0)


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("name", CHANGES)
def test_one_step(
    name: str,
    pair: tuple[int, int],
    before: list[Step],
    after: dict[tuple[str, tuple[int, int]], list[Step]],
) -> None:
    """In the first two quarters who sells is nested, and nobody sells less of that pair."""
    origin, buyer = pair
    for old, new in zip(before[:2], after[name, pair][:2], strict=True):
        assert (new.sells[:, buyer] >= old.sells[:, buyer]).all() or name == "cost"
        mine = _rows_of(origin)
        assert (new.sells[mine, buyer] >= old.sells[mine, buyer]).all()
        assert new.traded.sales[pair] >= old.traded.sales[pair]
        assert sells_to(new.traded)[pair] >= sells_to(old.traded)[pair]
        assert new.traded.prices[buyer] <= old.traded.prices[buyer]
        elsewhere = np.arange(COUNT) != buyer
        assert (new.traded.sales[:, :COUNT] == old.traded.sales[:, :COUNT])[:, elsewhere].all() or (
            new is not after[name, pair][0]
        )
    if name == "cost":
        rise = after[name, pair][0].traded.sales[pair] / before[0].traded.sales[pair]
        assert 1.02 < rise < 1.0310  # (sigma - 1) per cent, less what it does to the market


def _rows_of(country: int) -> slice:
    return slice(country * ROWS, (country + 1) * ROWS)
