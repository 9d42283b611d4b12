"""The yardsticks do the same work as the engine, else their times say nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from sim.model.engine import people_loop as chunk
from tests.benchmarks import native, numpy_rules
from tests.benchmarks.moment import Moment, compiled_quarter, moment, unlike
from tests.benchmarks.plain_mesa import Economy

POLICY = {  # every term of the rule at work
    "covid": 0.4,
    "scam_pressure": 1.7,
    "scam_protection": 0.3,
    "interoperability": 0.6,
    "training_offer": 0.5,
    "trust_support": 0.02,
    "pandemic_ebb": 1.0,
    "unaided_town": 0.5,
    "unaided_countryside": 0.4,
    "quality_town": 0.2,
    "quality_countryside": -0.1,
}
VALUES = {  # those that are neutral in the table
    "training_women_tilt": 0.5,
    "coverage_gate": 1.0,
    "coverage_income": 0.3,
    "covid_accounts": 0.4,
    "adoption_spread": 0.6,
    "never_online_buyers": 0.1,
    "pandemic_lapse": 0.5,
    "payment_spending": 0.2,
    "quality_spending": 0.4,
    "spending_cap": 0.7,
    "spending_spread": 0.3,
    "trust_in_lapse": 0.9,
    "trust_in_starting": 0.6,
    "trust_in_spending": 0.2,
}


@pytest.fixture(scope="module")
def now() -> Moment:
    found = moment("2022Q4", 20_000, threads=1)
    views = found.before["views"]
    for name, value in POLICY.items():
        views[name] = value
    assert (views["log_online_price"] != 0.0).all()
    for name, value in VALUES.items():
        found.before["parameters"][name] = value
    found.before["rows"]["began_in_pandemic"][::2] = found.before["rows"]["shopper"][::2]
    return found


@pytest.fixture(scope="module")
def ours(now: Moment) -> dict[str, np.ndarray]:
    now.rewind()
    compiled_quarter()(*now.arguments())
    return now.written()


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the C loop needs gcc")
def test_the_c_loop_gives_the_same_bits(
    now: Moment, ours: dict[str, np.ndarray], tmp_path: Path
) -> None:
    now.rewind()
    native.build(tmp_path, "rounded", native.ROUNDED)(1, *now.arguments())
    assert unlike(ours, now.written()) == {"rows": 0, "sums": 0}


def test_numpy_gives_the_same_people(now: Moment, ours: dict[str, np.ndarray]) -> None:
    """Its exponential may round the last bit otherwise; spending alone shows that."""
    now.rewind()
    numpy_rules.live_one_quarter(*now.arguments())
    theirs = now.written()
    for name in numpy_rules.STATES:
        assert (ours["rows"][name] == theirs["rows"][name]).all()
    for name in ("trust", "skill", "habit", "spending"):
        assert np.allclose(ours["rows"][name], theirs["rows"][name], rtol=1e-5), name
    money = [*chunk.MONEY, chunk.TRUST, chunk.SKILL]
    counted = [c for c in range(chunk.MEASURES) if c not in money]
    assert (ours["tally"][:, :, counted] == theirs["tally"][:, :, counted]).all()
    assert np.allclose(ours["tally"][:, :, money], theirs["tally"][:, :, money], rtol=1e-4)


def test_plain_mesa_lives_like_them(now: Moment, ours: dict[str, np.ndarray]) -> None:
    """Other luck, so within what chance allows."""
    economy = Economy(now)
    economy.step()
    counted = ours["tally"].sum(axis=(0, 1))
    columns = {
        "connected": chunk.CONNECTED,
        "account": chunk.ACCOUNTS,
        "shopper": chunk.SHOPPERS,
        "victim": chunk.VICTIMS,
    }
    for name, column in columns.items():
        wanted = int(counted[column])
        assert wanted > 50
        assert abs(economy.total(name) - wanted) < 5.0 * np.sqrt(wanted), name
