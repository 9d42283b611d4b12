"""What must hold in every run: checks of a finished model, used by several tests."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.model.indicators import GROUPS, INDICATORS, group_matrix
from sim.model.market.accounts import RECIPIENTS, Accounts
from sim.model.model import MekongModel
from sim.model.population import synthesis
from sim.units import COUNTRIES, USD_SCALE, year_of

Array = NDArray[np.float64]
COUNT = len(COUNTRIES)
PARTS = ((1, 2), (3, 4), (5, 6, 7, 8, 9))  # groups that make up the whole: area, sex, fifths
SHARES = (
    "internet_users_share",
    "account_share",
    "adults_buying_online_share",
    "consumption_share",
    "victim_rate",
    "trust",
    "skill",
    "coverage",
)


MAY_BE_NEGATIVE = {"seller_profit_usd"}  # fixed costs may exceed what sellers earn


def values(model: MekongModel) -> dict[str, Array]:
    """Every indicator as an array (quarters, countries and the region, groups)."""
    series = model.series()
    return {
        name: series._values(row, False)
        for name, row in INDICATORS.items()
        if series._has(row) and row.grouped != "pairs"
    }


def counts(model: MekongModel, name: str) -> NDArray[np.int64]:
    """Agents, not persons, behind an additive series: (quarters, countries, groups)."""
    sums = model.series().sums
    weight = sums["population"][:, :, :1] / model.people.places.size[None, :, None]
    found = sums[name] / weight
    whole = np.rint(found)
    assert np.abs(found - whole).max() < 1e-6
    return whole.astype(np.int64)


def start_counts(model: MekongModel, column: int) -> NDArray[np.int64]:
    """Agents of 2014Q4 in a column of the census: (countries, groups)."""
    return np.asarray(model.people.initial_counts[:, :, column] @ group_matrix().T)


def decomposition(model: MekongModel) -> None:
    """I3: value = people x connected x shoppers x spending each, and their growth adds up."""
    v = values(model)
    alive = v["shoppers"] > 0
    ratios = [
        v["population"],
        v["connected"] / np.maximum(v["population"], 1e-300),
        v["shoppers"] / np.where(v["connected"] > 0, v["connected"], 1.0),
        v["spend_per_shopper_usd"],
    ]
    product = np.prod(ratios, axis=0)
    assert np.allclose(product[alive], v["gmv_real_usd"][alive], rtol=1e-12, atol=0.0)
    assert (v["gmv_real_usd"][~alive] == 0.0).all()
    both = alive[0] & alive[-1] & (v["gmv_real_usd"][0] > 0) & (v["gmv_real_usd"][-1] > 0)
    growth = sum(np.log(r[-1][both]) - np.log(r[0][both]) for r in ratios)
    whole = np.log(v["gmv_real_usd"][-1][both]) - np.log(v["gmv_real_usd"][0][both])
    assert np.allclose(growth, whole, rtol=0.0, atol=1e-10)


def bounds(model: MekongModel) -> None:
    """I6: everybody's state and every indicator stays within what it can be."""
    rows = model.people.rows
    adult = facts(model)[0]
    for name in ("trust", "skill", "habit"):
        assert ((rows[name] >= 0.0) & (rows[name] <= 1.0)).all(), name
    assert not (rows["shopper"] & ~rows["connected"]).any()
    assert not ((rows["shopper"] | rows["account"] | rows["victim"]) & ~adult).any()
    assert not (rows["victim"] & ~rows["connected"]).any()
    assert (rows["spending"] >= 0.0).all()
    assert np.isfinite(rows["spending"]).all()
    assert (rows["spending"][~rows["shopper"]] == 0.0).all()
    v = values(model)
    for name, series in v.items():
        assert np.isfinite(series).all(), name
        assert (series >= 0.0).all() or name in MAY_BE_NEGATIVE, name
    for name in SHARES:
        assert (v[name] <= 1.0 + 1e-12).all(), name
    order = ("shoppers", "connected_adults", "connected", "population")
    for smaller, larger in pairwise(order):
        assert (v[smaller] <= v[larger] * (1 + 1e-12)).all(), smaller
    assert (v["account_holders"] <= v["adults"] * (1 + 1e-12)).all()
    assert (v["gmv_real_usd"] <= v["consumption_usd"] * (1 + 1e-3)).all()


def stocks_and_flows(model: MekongModel) -> None:
    """I7: what was, and came, and went, is what is: agent by agent, in every group."""
    for stock, column, came, went in (
        ("connected", synthesis.CONNECTED, "newly_connected", "dropped_out"),
        ("account_holders", synthesis.ACCOUNTS, "new_accounts", ""),
        ("shoppers", synthesis.SHOPPERS, "new_shoppers", "lapsed_shoppers"),
    ):
        now = counts(model, stock)
        before = np.concatenate([start_counts(model, column)[None], now[:-1]])
        gone = counts(model, went) if went else 0
        assert (now == before + counts(model, came) - gone).all(), stock


def groups_add_up(model: MekongModel) -> None:
    """Town and countryside, the sexes, the fifths, and the five countries make up the whole."""
    for name, series in values(model).items():
        if INDICATORS[name].of:
            continue
        assert np.allclose(series[:, :-1].sum(axis=1), series[:, -1], rtol=1e-12), name
        if series.shape[2] == len(GROUPS):
            for parts in PARTS:
                together = series[:, :, list(parts)].sum(axis=2)
                assert np.allclose(together, series[:, :, 0], rtol=1e-12, atol=1e-6), name


def prices(model: MekongModel) -> None:
    """I22: nominal = real x deflator x exchange rate, converted once, at output."""
    v = values(model)
    first = model.policy_scenario.start
    quarters = len(v["gmv_real_usd"])
    years = np.array([year_of(first + k) for k in range(quarters)]) - 2014
    for position, country in enumerate(model.countries.values()):
        rate = country.nominal_per_real[years][:, None]
        drift = model.values[country.iso]["exchange_rate_drift"]
        rate = rate * np.exp(drift * np.maximum(years - 11, 0))[:, None]
        for real, nominal in (
            ("gmv_real_usd", "gmv_nominal_usd"),
            ("consumption_usd", "consumption_nominal_usd"),
        ):
            expected = v[real][:, position] * rate
            assert np.allclose(v[nominal][:, position], expected, rtol=1e-12), nominal
        deflated = v["gmv_nominal_usd"][:, position] / country.us_prices[years][:, None]
        assert np.allclose(v["gmv_us_prices"][:, position], deflated, rtol=1e-12)


def budgets_of_people(model: MekongModel) -> None:
    """I23: online + offline + loss + saving = income of each person, and the totals agree."""
    adult, log_income = facts(model)
    rows, v = model.people.rows, values(model)
    last = model.next_quarter - 1 - model.policy_scenario.start
    for position, (iso, here) in enumerate(model.outlooks.items()):
        first, size = model.people.places.first[position], model.people.places.size[position]
        own = slice(int(first), int(first + size))
        weight = here.population[last] / size
        mean = float(here.income[last]) / 4.0
        income = mean * np.exp(log_income[own])
        consumption = income * here.consumption_share[last]
        counted = consumption * (1.0 + mean_gain(model, iso, own))
        online = rows["spending"][own].astype(np.float64)
        most = consumption * (
            1.0 + model.values[iso]["coverage_income"]
        )  # of who was newly reached
        assert (online <= most * (1.0 + 1e-6)).all()
        assert (online[~adult[own]] == 0.0).all()
        loss = np.where(rows["victim"][own], model.values[iso]["scam_loss_share"] * income, 0.0)
        offline = consumption - online
        saving = income - consumption - loss
        assert np.allclose(online + offline + loss + saving, income)
        unit = size * weight / USD_SCALE  # a sum falls short by at most one unit a person
        whole = np.floor(online * USD_SCALE).sum() / USD_SCALE * weight
        assert np.isclose(v["gmv_real_usd"][last, position, 0], whole, rtol=1e-12)
        for name, amounts, least in (
            ("scam_losses_usd", loss, unit),
            ("income_usd", income, unit * mean),
            ("consumption_usd", counted, unit * mean),
        ):
            short = float(amounts.sum()) * weight - v[name][last, position, 0]
            assert -1e-9 * float(amounts.sum()) * weight <= short <= least, name


def mean_gain(model: MekongModel, iso: str, own: slice) -> Array:
    """What people of an area consume more on average, since networks reached some of them."""
    town, countryside = model.networks[iso].newly_covered()
    urban = np.array([model.consumers[k].who.urban for k in range(own.start, own.stop)])
    return np.where(urban, town, countryside) * model.values[iso]["coverage_income"]


def facts(model: MekongModel) -> tuple[NDArray[np.bool_], Array]:
    """Who is an adult, and everybody's log income relative to the country's mean."""
    people = [(one.who.adult, one.who.log_income) for one in model.consumers]
    return np.array([p[0] for p in people], dtype=bool), np.array([p[1] for p in people])


def accounts_add_up(accounts: Accounts) -> None:
    """I1 and I2: where the money of one quarter went, without any tolerance."""
    flows, received = accounts.flows, accounts.received
    assert flows.dtype == accounts.sellers.dtype == np.int64
    assert (flows[:, :COUNT].sum(axis=0) + accounts.fraud == accounts.spending).all()
    assert set(received) == set(RECIPIENTS)
    assert (accounts.sellers + sum(received.values()) == flows).all()
    whole = int(accounts.sellers.sum()) + sum(int(part.sum()) for part in received.values())
    spent = int(accounts.spending.sum()) + int(flows[:COUNT, COUNT].sum())
    assert whole + int(accounts.fraud.sum()) == spent
    for amounts in (flows, accounts.fraud, accounts.sellers, *received.values()):
        assert (amounts >= 0).all()
    assert (flows[COUNT:, COUNT] == 0).all()


CHECKS = (
    decomposition,
    bounds,
    stocks_and_flows,
    groups_add_up,
    prices,
    budgets_of_people,
)
