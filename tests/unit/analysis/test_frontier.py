"""Portfolios of one budget, and their sorting by dominance."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.policy_mixes import frontier as module
from sim.analysis.policy_mixes.frontier import Frontier, frontier, fronts_of
from sim.analysis.policy_mixes.portfolios import (
    Prices,
    check_levers,
    divisions,
    is_national,
    money,
    portfolio,
    portfolios,
    prices,
)
from sim.errors import InputError
from sim.experiments.paired_runs import total
from sim.model.model import MekongModel
from sim.report.writer import save
from sim.units import COUNTRIES
from tests.helpers.toy import IDLE, RULES, SCAMS, mix, toy


def test_all_ways_to_divide_a_budget() -> None:
    assert list(divisions(2, 2)) == [(2, 0), (1, 1), (0, 2)]
    for parts, steps in ((3, 8), (4, 6), (5, 4)):
        found = list(divisions(parts, steps))
        assert len(found) == len(set(found)) == math.comb(steps + parts - 1, parts - 1)
        assert {sum(division) for division in found} == {steps}


def test_a_lever_takes_no_more_than_its_highest_level() -> None:
    unit = {SCAMS: dict.fromkeys(COUNTRIES, 1e9), IDLE: dict.fromkeys(COUNTRIES, 1e7)}
    known = Prices(unit, dict.fromkeys(COUNTRIES, 1.0))
    made, left_out = portfolios([SCAMS, IDLE], known, budget=20.0, steps=4)
    assert left_out == 2  # 75 and 100 per cent are more than the 50 m that customs can take
    assert list(made) == ["enforcement100", "enforcement75-customs25", "enforcement50-customs50"]
    levels = portfolio("x", made["enforcement75-customs25"], known, 20.0).levers
    assert levels[IDLE][0].level == pytest.approx(0.5)
    assert levels[SCAMS][0].level == pytest.approx(75e6 / 5e9)
    with pytest.raises(InputError, match="cannot be divided"):
        portfolios([IDLE, IDLE], known, budget=1e6, steps=2)


def test_money_is_divided_by_incomes_and_bought_in_the_model() -> None:
    """The model spends what the portfolio planned; less on scams, whose takings fall meanwhile."""
    levers = ["broadband_investment", SCAMS]
    known = prices(levers, 200_000, threads=1)
    plan = portfolio("half", {levers[0]: 0.5, SCAMS: 0.5}, known, 130.0)
    series = MekongModel(plan, seed=1, scale=200_000, threads=1).run().series()
    for lever in levers:
        spent = total(series, [f"spending_{lever}_usd"], (2026, 2030), COUNTRIES, "all")
        least = 0.8 if lever == SCAMS else 0.98
        assert least < spent / (money(130.0) / 2) < 1.02
    shares = known.levels(levers[0], 1e9)
    richest = max(known.income, key=lambda iso: known.income[iso])
    paid = {iso: shares[iso] * known.unit[levers[0]][iso] for iso in COUNTRIES}
    assert paid[richest] == max(paid.values())
    assert sum(paid.values()) == pytest.approx(1e9)


def test_dominance_is_that_of_a_known_case() -> None:
    values = np.array([[1.0, 4.0], [2.0, 2.0], [4.0, 1.0], [2.0, 3.0], [5.0, 5.0]])
    assert fronts_of(values).tolist() == [1, 1, 1, 2, 3]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Frontier:
    """Named mixes of the toy world."""
    mixes = [mix("rules", RULES), mix("scams", SCAMS), mix("idle", IDLE), mix("two", RULES, SCAMS)]
    folder = tmp_path_factory.mktemp("frontier") / "out"
    result = frontier(*mixes, steps=0, draws=2, out=folder, simulator=toy, threads=1)
    save(result)
    return result


def test_who_is_beaten_and_by_whom(done: Frontier) -> None:
    table = done.table.set_index("mix")
    assert table["front"].to_dict() == {"rules": 1, "scams": 1, "two": 1, "idle": 2}
    assert table.loc["idle", "dominated_by"] == "scams"
    assert table["kind"].to_dict() == {
        "rules": "joint",
        "two": "joint",
        "scams": "national",
        "idle": "national",
    }
    assert table.loc["two", "gmv_real_usd"] == pytest.approx(5 * 36.0)
    assert table.loc["scams", "losses_usd"] == pytest.approx(-5 * 5 * 4.0)
    assert table.loc["two", "cost_usd"] == pytest.approx(5 * 5 * 8.0)
    assert table.loc["rules", "gap_2030"] == pytest.approx(-0.1 / 3)
    assert table["share_on_front"].to_dict() == {"rules": 1, "scams": 1, "two": 1, "idle": 0}
    assert len(done.best) == 3
    assert (done.folder / "frontier.csv").is_file()
    assert (done.folder / "figures" / "frontier.svg").is_file()


def test_a_budget_is_the_same_in_every_draw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prices of a draw are twice as high: half the level."""

    def dear(levers: list[str], scale: int, threads: int | None, draw: int) -> Prices:
        price = 1e9 * (1 + draw)
        return Prices(
            {name: dict.fromkeys(COUNTRIES, price) for name in levers},
            dict.fromkeys(COUNTRIES, 1.0),
        )

    monkeypatch.setattr(module, "prices", dear)
    _, parts, about = module.frontier_study(levers=[SCAMS, IDLE], steps=2, draws=2)
    assert about["mixes"] == ["enforcement100", "enforcement50-customs50", "customs100"]
    levels = [parts[f"draw_{draw}"].scenarios[1].levers[SCAMS][0].level for draw in (1, 2)]
    assert levels[0] == pytest.approx(1.5 * levels[1], rel=1e-3)
    assert [part.draws for part in parts.values()] == [(1,), (2,)]
    result = frontier(
        levers=[SCAMS, IDLE], steps=2, draws=2, out=tmp_path, simulator=toy, threads=1
    )
    assert result.table["money.paperless_customs"].max() == 1.0
    assert result.pairs == 2


def test_what_stands_in_no_portfolio() -> None:
    with pytest.raises(InputError, match="no effect of it has been measured"):
        check_levers([SCAMS, "digital_skills"])
    with pytest.raises(InputError, match="is an accounting identity"):
        check_levers([SCAMS, "digital_taxation"])
    with pytest.raises(InputError, match="two or more"):
        check_levers([SCAMS])
    with pytest.raises(InputError, match="is an accounting identity"):
        frontier("taxation", "anti_scam", steps=0)
    with pytest.raises(InputError, match="two or more mixes"):
        frontier("anti_scam", steps=0)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymoo.util.nds.non_dominated_sorting", None)
    with pytest.raises(InputError, match="needs pymoo") as caught:
        frontier("anti_scam", "broadband", steps=0)
    assert "[analysis]" in str(caught.value)


def test_national_plans_have_levers_of_single_countries_only() -> None:
    assert is_national(mix("x", SCAMS, IDLE))
    assert not is_national(mix("x", SCAMS, RULES))
