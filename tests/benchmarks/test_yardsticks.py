"""The yardsticks do the same work as the engine, else their times say nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.model.engine import people_loop as chunk
from tests.benchmarks import native, numpy_rules, peers, simple_rule
from tests.benchmarks.moment import Moment, compiled_quarter, moment, unlike
from tests.benchmarks.plain_mesa import Economy
from tests.helpers.code_checks import CHECKOUT

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


@pytest.fixture(scope="module")
def adults() -> peers.Adults:
    rng = np.random.default_rng(7)
    incomes = 4000.0 * rng.lognormal(-0.2, 0.6, 20_000)
    return peers.Adults(incomes.astype(np.float32), rng.random(20_000) < incomes / 100_000.0)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the C loop needs gcc")
def test_a_library_that_flushes_small_numbers_is_refused(tmp_path: Path) -> None:
    """In a process of its own, whose arithmetic is spoilt by it."""
    body = (
        "import sys; from pathlib import Path; from tests.benchmarks import native, peer_rules\n"
        "native.library(Path(sys.argv[1]), 'rule', 'simple_rule.c', *{flags})"
    )
    for flags, refused in (("peer_rules.SUMS_IN_ANY_ORDER", False), ("['-ffast-math']", True)):
        program = [sys.executable, "-c", body.format(flags=flags), str(tmp_path)]
        done = subprocess.run(program, capture_output=True, text=True, cwd=CHECKOUT)
        assert ("flush subnormal" in done.stderr) == refused == (done.returncode != 0), done.stderr


@pytest.mark.parametrize("peer", peers.PEERS, ids=lambda peer: peer.name)
def test_packages_follow_the_simple_rule(peer: peers.Peer, adults: peers.Adults) -> None:
    if not peer.installed:
        pytest.skip(f"{peer.package} is not installed")
    peers.refuse_other_histories(peer.name, peer.build(adults)(), adults)


def test_the_product_follows_the_simple_rule() -> None:
    """In plain Python, sooner done than the rule is compiled; NumPy derives the same people."""
    product = peers.model(2_000, engine="objects")
    adults = peers.adults_of(product)
    in_numpy = peers.in_numpy_as_product(product)()
    ours = peers.of_product(product)()
    peers.refuse_other_histories("the product", ours, adults)
    assert [shoppers for shoppers, _ in ours] == [shoppers for shoppers, _ in in_numpy]
    assert np.allclose([spent for _, spent in ours], [spent for _, spent in in_numpy], rtol=1e-5)


@pytest.mark.parametrize("name", ["IMITATION", "INNOVATION"])
def test_another_rule_is_noticed(
    name: str, adults: peers.Adults, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = peers.Adults(np.tile(adults.income, 10), np.tile(adults.shopper, 10))
    with monkeypatch.context() as changed:
        changed.setattr(simple_rule, name, 1.2 * getattr(simple_rule, name))
        other = peers.in_numpy(many)()
    with pytest.raises(AssertionError, match="other, quarter"):
        peers.refuse_other_histories("other", other, many)


def test_other_spending_is_noticed(adults: peers.Adults) -> None:
    history = [(shoppers, 1.2 * spent) for shoppers, spent in peers.in_numpy(adults)()]
    with pytest.raises(AssertionError, match="spending"):
        peers.refuse_other_histories("other", history, adults)
