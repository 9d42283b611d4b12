"""The best use of a budget in a world that can be worked out by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.emulation import optimum as optimising
from sim.analysis.emulation.objectives import objective
from sim.analysis.emulation.optimum import Optimum, optimum
from sim.analysis.emulation.optimum_sentences import sentences
from sim.analysis.emulation.purses import BEST, COMMON, EVEN, OWN, REGRET
from sim.analysis.policy_mixes.portfolios import Prices
from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.model.indicators import INDICATORS
from sim.policy.levers import LEVERS
from sim.report.writer import save
from sim.units import COUNTRIES, REGION

PAY, CUSTOMS, RULES = "payments_interoperability", "paperless_customs", "regulatory_harmonization"
WORTH = {PAY: 30.0, CUSTOMS: 5.0, RULES: 8.0}  # million a year for each unit of level
COST = 2.0  # million a year for a unit of level in one country; of all agreements for a country too
NUMBERS = ("gmv_real_usd", "gmv_nominal_usd", "gmv_region_usd", "sme_exporters", "income_usd")
GROUPS = ("all", "urban", "rural", "women", "men", "q1", "q2", "q5")


class World:
    """Payments are worth most everywhere but in Thailand, where customs are; losses never change.

    What customs are worth grows with the number of the draw.
    """

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, job: Job, options: RunOptions) -> pd.DataFrame:
        self.runs += 1
        rows: list[tuple[object, ...]] = []
        of_all: dict[tuple[str, str, str], float] = {}
        for iso in COUNTRIES:
            gain, spent = 0.0, dict.fromkeys((PAY, CUSTOMS, RULES), 0.0)
            for lever, schedules in job.scenario.levers.items():
                for one in schedules:
                    if iso in one.places or one.places[0].count("-"):
                        worth = WORTH[lever]
                        if lever == CUSTOMS:
                            worth *= 1.0 + 0.1 * job.draw + 9.0 * (iso == "THA")
                        gain += 1e6 * worth * one.level
                        spent[lever] += 1e6 * COST * one.level
            for year in (2021, 2022, *range(2026, 2031)):
                late = year >= 2026
                values = dict.fromkeys(((name, "all") for name in NUMBERS), 1e9)
                values["gmv_real_usd", "all"] += gain * late
                values["scam_losses_usd", "all"] = 5e6
                values["smes_online_share", "all"] = 0.1
                for group in GROUPS:
                    values["shoppers", group] = 1e5
                    values["adults", group] = 2e5
                for lever, money in spent.items():
                    values[f"spending_{lever}_usd", "all"] = money * late
                for (name, group), value in values.items():
                    flow = INDICATORS[name].kind == "flow"
                    for quarter in range(1, 5):
                        key = (f"{year}Q{quarter}", name, group)
                        part = value / 4 if flow else value
                        of_all[key] = of_all.get(key, 0.0) + part
                        rows.append((iso, *key, part, INDICATORS[name].unit))
        rows += [(REGION, *key, v, INDICATORS[key[1]].unit) for key, v in of_all.items()]
        columns = ["country", "quarter", "indicator", "group", "value", "unit"]
        return pd.DataFrame(rows, columns=columns)


def flat_prices(levers: object, scale: int, threads: int | None, draw: int = 0) -> Prices:
    """What a unit of level costs in five years, and incomes that are all alike."""
    unit = {name: dict.fromkeys(LEVERS[name].places, 5e6 * COST) for name in WORTH}
    unit[RULES] = dict.fromkeys(LEVERS[RULES].places, 5e6 * COST * 5 / 10)
    return Prices(unit, dict.fromkeys(COUNTRIES, 1e12))


@pytest.fixture(autouse=True)
def prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimising, "prices", flat_prices)


ASKED = {"budget": 5.0, "draws": 4, "points": 20, "scale": 100_000, "threads": 1, "workers": 1}


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def found(world: World, tmp_path_factory: pytest.TempPathFactory) -> Optimum:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimising, "prices", flat_prices)
        folder = tmp_path_factory.mktemp("optimum") / "out"
        return optimum([PAY, CUSTOMS, RULES], out=folder, simulator=world, **ASKED)  # type: ignore[arg-type]


def given(found: Optimum, purse: str, mix: str = BEST) -> dict[tuple[str, str], float]:
    """Million a year by lever and place."""
    table = found.table
    mine = table[(table["purse"] == purse) & (table["mix"] == mix)]
    return {
        (r["lever"], r["country"]): float(r["usd_a_year"]) / 1e6 for r in mine.to_dict("records")
    }


def test_one_purse_pays_what_brings_most_wherever_it_is(found: Optimum) -> None:
    money = given(found, COMMON)
    # customs in Thailand bring 25 and more for each unit of money, payments 15 in every country;
    # no dose may have more than a treasury has
    assert money[CUSTOMS, "THA"] == pytest.approx(1.0, abs=0.05)
    assert money[PAY, REGION] == pytest.approx(4.0, abs=0.05)
    assert money[RULES, REGION] == pytest.approx(0.0, abs=0.05)


def test_each_treasury_buys_what_is_best_at_home(found: Optimum) -> None:
    money = given(found, OWN)
    for iso in COUNTRIES:
        lever = CUSTOMS if iso == "THA" else PAY
        assert money[lever, iso] == pytest.approx(1.0, abs=0.05), iso


@pytest.mark.parametrize("purse", [COMMON, OWN])
def test_no_mix_costs_more_than_the_budget(found: Optimum, purse: str) -> None:
    for mix, money in found.answers[purse].money.items():
        assert money.sum() <= 5.0 * 5e6 * (1 + 1e-9), mix
        if purse == OWN:
            assert (money.sum(axis=1) <= 1.0 * 5e6 * (1 + 1e-9)).all(), mix
        assert found.effects[purse, mix]["cost_usd", REGION].max() <= 5.0 * 5e6 * 1.01, mix


def test_full_runs_confirm_what_was_predicted(found: Optimum) -> None:
    mixes = found.mixes.dropna(subset=["predicted"])
    assert len(mixes) == len(found.effects) >= 6
    assert mixes["value"].to_numpy() == pytest.approx(mixes["predicted"].to_numpy(), rel=0.02)
    # four million for payments, one for customs in Thailand: five years of it, mean of four draws
    wanted = 5e6 * (4.0 * 30.0 / COST + 1.0 * 5.0 * 10.25 / COST)
    assert found.goal(COMMON, BEST).mean() == pytest.approx(wanted, rel=0.02)
    assert found.goal(COMMON, BEST).mean() > found.goal(COMMON, EVEN).mean()


def test_how_often_a_lever_is_best_and_what_the_next_dollar_brings(found: Optimum) -> None:
    mine = found.table[(found.table["purse"] == COMMON) & (found.table["mix"] == BEST)]
    rows = {(r["lever"], r["country"]): r for r in mine.to_dict("records")}
    assert rows[CUSTOMS, "THA"]["share_of_draws"] == 1.0
    assert rows[CUSTOMS, "KHM"]["share_of_draws"] == rows[RULES, REGION]["share_of_draws"] == 0.0
    # a million for customs in Cambodia: half a unit of level, worth 5 (1 + 0.1 draw), draws 1 to 4
    slope = rows[CUSTOMS, "KHM"]
    assert slope["next_dollar"] == pytest.approx(5.0 * 1.25 / COST, rel=0.05)
    assert slope["low"] == pytest.approx(5.0 * 1.1 / COST, rel=0.05)
    assert slope["high"] == pytest.approx(5.0 * 1.4 / COST, rel=0.05)
    assert rows[PAY, REGION]["lost_without"] > rows[CUSTOMS, REGION]["lost_without"] > 0.0


def test_regret_is_never_below_zero(found: Optimum) -> None:
    for one in found.answers.values():
        assert all((one.tops >= effect - 1.0).all() for effect in one.effects.values())
        worst = {mix: (one.tops - effect).max() for mix, effect in one.effects.items()}
        assert worst[REGRET] <= worst[BEST] + 1.0


def test_the_same_folder_answers_again_and_for_another_objective(
    found: Optimum, world: World
) -> None:
    before = world.runs
    saved = save(found)
    first = {path.name: path.read_bytes() for path in saved.glob("*.csv")}
    assert set(first) == {"optimum.csv", "optimum_mixes.csv", "emulator.csv"}
    assert (saved / "figures" / "optimum.png").is_file()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimising, "prices", flat_prices)
        again = optimum([PAY, CUSTOMS, RULES], out=found.folder, simulator=world, **ASKED)  # type: ignore[arg-type]
        assert world.runs == before
        save(again)
        assert {path.name: path.read_bytes() for path in saved.glob("*.csv")} == first
        other = optimum(
            [PAY, CUSTOMS, RULES],
            goal="losses",
            out=found.folder,
            simulator=world,
            **ASKED,  # type: ignore[arg-type]
        )
    assert world.runs - before <= 4 * 9  # full runs of its mixes, and no designed run
    assert other.answers[COMMON].money[BEST].sum() == 0.0  # nothing changes losses


def test_the_answer_is_said_with_its_error(found: Optimum) -> None:
    said = " ".join(sentences(found))
    assert "US$ 5 m a year" in said and "range of 4 draws" in said
    assert "at least nine draws in ten: payments interoperability and paperless customs" in said
    assert re.search(r"explains (100\.0|99\.\d) % of the variance", said)
    assert "best one without" in said


@pytest.mark.parametrize(
    ("levers", "how", "said"),
    [
        (["digital_skills", PAY], {}, "grade D"),
        (["remittance_links", PAY], {}, "accounting identity"),
        ([PAY], {}, "two or more different levers"),
        (None, {"budget": -1.0}, "a budget of -1"),
        (None, {"draws": 1}, "how sure"),
        (None, {"points": 5}, "5 points"),
        (None, {"goal": "welfare"}, "'welfare' is no objective"),
        (None, {"goal": "value=much"}, "no weight of value"),
        (None, {"goal": "value=1,value=2"}, "two weights"),
        (None, {"goal": "value=0"}, "all weights are zero"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_runs(
    levers: list[str] | None, how: dict[str, object], said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        optimum(levers, out=tmp_path / "out", **{**ASKED, **how})  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()


def test_weights_are_counted_in_dollars() -> None:
    mixed = objective("value=1, buyers=50")
    assert mixed.weights == {"purchases_usd": 1.0, "rural_shoppers": 50.0, "poor_shoppers": 50.0}
    assert (mixed.unit, mixed.name) == ("US$", "value=1,buyers=50")
