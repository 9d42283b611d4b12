"""Small made-up markets of sellers alone, without consumers, in which the right answer is known.

Used by the tests of trade in `tests/verification`, `tests/properties` and `tests/unit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import MARKETS, sme_quarter
from sim.model.engine import firm_loop
from sim.model.engine.firms import Sellers
from sim.model.market.demand import Preferences
from sim.model.market.marketplace import Marketplace, TradeOutcome
from sim.model.market.trade_costs import TradeFacts
from sim.model.population.firms import FirmFacts
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, USD_SCALE, quarter_index
from tests.helpers.central import PRIOR_CENTRAL
from tests.helpers.first_edition import FIRST_EDITION

Matrix = NDArray[np.float64]

START = quarter_index("2015Q1")
COUNT = len(COUNTRIES)
TINY = 1e-9  # appeal of those who are left out
FEE = 0.02  # of platforms

# Nothing stands between countries but the fee of platforms.
FRICTIONLESS = {
    "logistics_cost": 0.0,
    "customs_cost": 0.0,
    "regulatory_cost": 0.0,
    "data_cost": 0.0,
    "payment_cost": 0.0,
    "regulatory_fixed_cost": 0.0,
    "fixed_cost_online": 1200.0,
    "export_fixed_cost": 1.5,
    "pareto_shape": 4.5,
    "variety_substitution": 4.0,
}

# In the limit a firm sells where, and only where, its profit covers the fixed cost. The hazard is
# finite: with an infinite one the market overshoots when the shape is large.
SHARP = {
    "entry_spread": 1e-4,
    "entry_band": 0.0,
    "closure_hazard": 0.0,
    "entry_hazard": 2.0,
    "skill_cost_saving": 0.0,
    "start_seller_share": 0.05,
}

ONE_COUNTRY = (1_000_000.0, 2.0, 2.0, 2.0, 2.0)
TWO_COUNTRIES = (1_000_000.0, 1_000_000.0, 2.0, 2.0, 2.0)
CLOSED = np.eye(COUNT)


def pair_of_markets() -> Matrix:
    """Tastes of two countries open to each other and closed to everybody else."""
    weight = np.eye(COUNT)
    weight[0, 1] = weight[1, 0] = 1.0
    return weight


def no_laws(fee: float = FEE) -> TradeFacts:
    """No distance between any rules, no taxes; platforms keep the share `fee`."""
    return TradeFacts(
        rules=np.zeros((MARKETS, MARKETS)),
        data=np.zeros((MARKETS, MARKETS)),
        vat_rate=np.zeros(COUNT),
        taxed_parcels=np.zeros(COUNT, dtype=bool),
        linked=np.zeros((MARKETS, MARKETS)),
        paperless=np.zeros((MARKETS, MARKETS)),
        closed=np.zeros((MARKETS, MARKETS)),
        import_tax=np.zeros(COUNT),
        support=np.zeros(COUNT),
        shop_cost=np.ones(COUNT),
        platform=np.full(COUNT, fee),
    )


def facts_of(firms: float, goods: float = 1.0) -> FirmFacts:
    """Firms of which a share sells goods."""
    return FirmFacts(firms, women_owned=0.3, urban=0.5, goods=goods, micro=0.9, small=0.08)


def values(parameters: Mapping[str, float]) -> list[dict[str, float]]:
    """The central values with these in their place, by country."""
    chosen = PRIOR_CENTRAL.with_overrides(FIRST_EDITION | dict(parameters))
    return [chosen.in_country(iso) for iso in COUNTRIES]


@dataclass
class Bazaar:
    """Sellers and their market, with what stays the same from quarter to quarter.

    `yearly` is what each country spends on goods in a year (US$).
    """

    market: Marketplace
    yearly: Matrix
    facts: TradeFacts = field(default_factory=no_laws)
    quarter: int = START

    def step(self) -> TradeOutcome:
        """One quarter of trade."""
        trade_outcome = self.market.trade(
            self.quarter,
            self.yearly / QUARTERS_PER_YEAR,
            np.ones((COUNT, 2)),
            np.zeros(COUNT),
            self.facts,
            "flat",
        )
        self.quarter += 1
        return trade_outcome

    def run(self, quarters: int) -> list[TradeOutcome]:
        """Several quarters of trade."""
        return [self.step() for _ in range(quarters)]

    def settled(self, quarters: int = 60, kept: int = 30) -> Settled:
        """Means over the last quarters, when firms at the margin just come and go in turns."""
        self.run(quarters - kept)
        last = self.run(kept)
        return Settled(
            sales=np.mean([trade_outcome.sales for trade_outcome in last], axis=0)
            * QUARTERS_PER_YEAR,
            online=np.mean(
                [counted(trade_outcome, firm_loop.ONLINE) for trade_outcome in last], axis=0
            ),
            exporters=np.mean(
                [counted(trade_outcome, firm_loop.EXPORTERS) for trade_outcome in last], axis=0
            ),
            sells=np.mean([sells_to(trade_outcome) for trade_outcome in last], axis=0),
            shares=np.mean([trade_outcome.equilibrium.shares for trade_outcome in last], axis=0),
            log_prices=np.mean([np.log(trade_outcome.prices) for trade_outcome in last], axis=0),
            last=last[-1],
        )


@dataclass(frozen=True)
class Settled:
    """A market at rest: yearly sales by origin and market, firms, shares and log prices."""

    sales: Matrix
    online: Matrix
    exporters: Matrix
    sells: Matrix
    shares: Matrix
    log_prices: Matrix
    last: TradeOutcome

    @property
    def relative_imports(self) -> float:
        """What two countries buy from each other, over what they buy at home (geometric mean)."""
        first = self.sales[1, 0] / self.sales[0, 0]
        second = self.sales[0, 1] / self.sales[1, 1]
        return float(np.sqrt(first * second))


def bazaar(
    firms: Sequence[float],
    weight: Matrix,
    yearly: Sequence[float],
    parameters: Mapping[str, float] | None = None,
    *,
    rows: int = 20_000,
    copies: int = 1,
    seed: int = 1,
    row: float = TINY,
    brand: float = TINY,
    start: Sequence[float] | None = None,
) -> Bazaar:
    """A market without frictions in the sharp limit, but for the `parameters`."""
    chosen = values({**FRICTIONLESS, **SHARP, **(parameters or {})})
    for p, share in zip(chosen, start or (), strict=False):
        p["start_seller_share"] = share
    preferences = Preferences(
        weight=weight,
        brand=np.full(COUNT, brand),
        row=np.full(COUNT, row),
        row_demand=np.full(COUNT, 1e-30),
        quantity=np.ones(COUNT),
        market=np.ones(COUNT),
    )
    return Bazaar(
        Marketplace(
            sellers(firms, chosen, rows=rows, copies=copies, seed=seed), preferences, chosen
        ),
        np.asarray(yearly, dtype=float),
    )


def sellers(
    firms: Sequence[float],
    parameters: Sequence[Mapping[str, float]],
    *,
    rows: int,
    copies: int = 1,
    seed: int = 1,
    engine: str = "compiled",
    threads: int = 2,
    goods: float = 1.0,
    rule: Callable[..., None] = sme_quarter,
    chunk_rows: int | None = None,
) -> Sellers:
    """The small firms of the five countries; a share of them sells goods."""
    return Sellers(
        None,
        {iso: facts_of(count, goods) for iso, count in zip(COUNTRIES, firms, strict=True)},
        parameters,
        seed,
        1,
        engine,
        threads,
        [0.5] * COUNT,
        rule=rule,
        rows=rows,
        copies=copies,
        chunk_rows=chunk_rows,
    )


def spending_for(active: float, p: Mapping[str, float] | None = None) -> float:
    """Yearly spending at which so many firms of a closed country sell (the inverse of V9)."""
    p = {**FRICTIONLESS, **(p or {})}
    theta, sigma = p["pareto_shape"], p["variety_substitution"]
    cost = sigma * p["fixed_cost_online"] * theta
    return active * cost / ((theta - sigma + 1.0) * (1.0 - FEE))


def counted(trade_outcome: TradeOutcome, measure: int) -> Matrix:
    """Firms (not units of them) counted under one measure, by country."""
    return np.asarray(trade_outcome.counted[:, :, measure].sum(axis=1) / USD_SCALE)


def sells_to(trade_outcome: TradeOutcome) -> Matrix:
    """Firms that sell, by origin and market."""
    columns = slice(firm_loop.SELLS_TO, firm_loop.SELLS_TO + MARKETS)
    return np.asarray(trade_outcome.counted[:, :, columns].sum(axis=1) / USD_SCALE)


def shifted(
    facts: TradeFacts,
    p: Mapping[str, float],
    origin: int,
    buyer: int,
    *,
    cost: float = 1.0,
    fixed: float = 1.0,
) -> TradeFacts:
    """Laws of one pair and direction moved so that exactly these factors fall on its costs.

    `cost` multiplies the cost of serving the market, `fixed` the fixed cost. The distance of rules
    does both; the distance of data laws then sets the cost alone.
    """
    reference = p["reference_distance"]
    rules, data = facts.rules.copy(), facts.data.copy()
    before = 1.0 + p["regulatory_cost"] * rules[origin, buyer] / reference
    entry = p["export_fixed_cost"] + p["regulatory_fixed_cost"] * rules[origin, buyer] / reference
    if fixed != 1.0:
        wanted = (entry * fixed - p["export_fixed_cost"]) / p["regulatory_fixed_cost"]
        rules[origin, buyer] = wanted * reference
    after = 1.0 + p["regulatory_cost"] * rules[origin, buyer] / reference
    whole = (1.0 + p["data_cost"] * data[origin, buyer]) * cost * before / after
    data[origin, buyer] = (whole - 1.0) / p["data_cost"]
    return replace(facts, rules=rules, data=data)
