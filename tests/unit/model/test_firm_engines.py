"""Firms: both engines, any threads and any chunks give the same bytes; rules of one's own."""

from __future__ import annotations

import pytest

from sim.agents.firm import MARKETS, sme_quarter
from sim.agents.mesa_adapter import Sme, mesa
from sim.errors import InputError
from sim.model.model import MekongModel
from sim.rng import decision, uniform
from tests.helpers.lively import lively_market, what_is_left

# The same numbers.


def test_both_engines_agree_bit_for_bit() -> None:
    """Sixteen quarters of a lively market, with firms that enter and leave every market."""
    compiled = what_is_left(lively_market(), 16)
    assert compiled == what_is_left(lively_market(engine="objects"), 16)
    assert compiled != what_is_left(lively_market(seed=2), 16)


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("chunk_rows", [None, 1, 7, 64])
def test_threads_and_chunks_change_no_byte(threads: int, chunk_rows: int | None) -> None:
    usual = what_is_left(lively_market(threads=1, rows=300), 8)
    assert usual == what_is_left(lively_market(threads=threads, chunk_rows=chunk_rows, rows=300), 8)


def test_the_engines_of_the_whole_model_agree() -> None:
    """Two years with forty to eighty strata a country; every series, every person, every firm."""
    for rows in (40, 80):
        runs = []
        for engine, threads in (("compiled", 4), ("compiled", 1), ("objects", 1)):
            model = MekongModel(
                "harmonization", scale=200_000, engine=engine, threads=threads, firm_rows=rows
            )
            for _ in range(8 if rows == 40 else 2):
                model.step()
            sums = {name: kept.tobytes() for name, kept in model.series().sums.items()}
            assert model.trade_sector is not None
            runs.append(
                (sums, model.trade_sector.sellers.rows.tobytes(), model.people.rows.tobytes())
            )
        assert runs[0] == runs[1] == runs[2]


def test_a_model_can_be_run_twice() -> None:
    one, two = (MekongModel("baseline", scale=200_000, firm_rows=40) for _ in range(2))
    while one.quarter != "2018Q4":
        one.step()
        two.step()
    assert one.smes.rows.tobytes() == two.smes.rows.tobytes()


# A rule of one's own.


def only_at_home(firm, env, params, rng):  # type: ignore[no-untyped-def]
    """With even odds a firm has a shop this quarter, at home only, and then books a dollar."""
    firm.online = uniform(rng, COIN) < 0.5
    firm.sells_to[env.home] = 0
    firm.revenue = 0.0
    if firm.online:
        firm.sells_to[env.home] = 1
        firm.revenue = 1.0


COIN = decision("coin")


@pytest.mark.parametrize("engine", ["compiled", "objects"])
def test_an_own_rule_replaces_the_standard_one(engine: str) -> None:
    model = MekongModel(
        "baseline", scale=200_000, engine=engine, rules={"sme": only_at_home}, firm_rows=80
    )
    model.step()
    model.step()
    rows = model.smes.rows
    assert model.rules["sme"] is only_at_home
    assert 0.4 < rows["online"].mean() < 0.6
    assert (rows["revenue"] == rows["online"]).all()
    sums = model.series().sums
    assert (sums["sme_exporters"] == 0).all()
    assert (sums["exports_region_usd"] == 0).all()
    assert (sums["gmv_home_usd"].sum(axis=1) > 0).all()


def test_an_own_rule_gives_the_same_bytes_in_both_engines() -> None:
    assert what_is_left(lively_market(rule=only_at_home), 6) == what_is_left(
        lively_market(rule=only_at_home, engine="objects"), 6
    )


def takes_three(firm, env, params):  # type: ignore[no-untyped-def]
    firm.online = True


def reads_what_is_not_there(firm, env, params, rng):  # type: ignore[no-untyped-def]
    firm.onlin = True


def test_rules_that_cannot_work_are_refused() -> None:
    with pytest.raises(InputError, match="no rule for 'firm'"):
        MekongModel("baseline", scale=500_000, rules={"firm": only_at_home})
    with pytest.raises(InputError, match="four arguments"):
        MekongModel("baseline", scale=500_000, rules={"sme": takes_three})
    with pytest.raises(InputError, match=r"there is no 'firm\.onlin'"):
        MekongModel("baseline", scale=500_000, rules={"sme": reads_what_is_not_there})


# Views.


def test_a_firm_of_the_model_is_a_mesa_agent_that_views_its_row() -> None:
    model = MekongModel("baseline", scale=500_000, firm_rows=50)
    model.step()
    firm = model.smes[249]
    assert isinstance(firm, Sme)
    assert isinstance(firm, mesa.Agent)
    assert firm.model is model
    assert firm.online == bool(model.smes.rows["online"][249])
    assert len(firm.sells_to) == MARKETS
    assert firm.log_productivity > model.smes[200].log_productivity
    firm.skill = 0.25
    assert model.smes.rows["skill"][249] == 0.25
    assert len(model.smes) == 250


def test_the_standard_rule_is_the_one_that_is_compiled() -> None:
    model = MekongModel("baseline", scale=500_000, firm_rows=40)
    assert model.rules["sme"] is sme_quarter
