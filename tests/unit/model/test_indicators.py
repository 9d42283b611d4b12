"""Indicators that cannot be end a run; they are never in a table of results."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.errors import MekongError
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import perform, simulate
from sim.experiments.study import Study
from sim.model.indicators import INDICATORS, Series
from sim.model.model import MekongModel
from sim.scenario import load_scenario

SCALE = 1_000_000


@pytest.fixture(scope="module")
def model() -> MekongModel:
    """Four quarters of a world with trade."""
    model = MekongModel(scale=SCALE, threads=1, firm_rows=50)
    for _ in range(4):
        model.step()
    return model


def changed(model: MekongModel, name: str, where: tuple[int, ...], value: float) -> Series:
    """The series of a run with one value replaced."""
    series = model.series()
    sums = {key: values.copy() for key, values in series.sums.items()}
    sums[name][where] = value
    return Series(series.first, series.countries, sums)


@pytest.mark.parametrize(
    ("name", "where", "value", "words"),
    [
        ("victims", (2, 1, 0), math.nan, "victims became nan|LAO, 2015Q3"),
        ("gmv_nominal_usd", (0, 0, 0), math.inf, "gmv_nominal_usd became inf|KHM, 2015Q1"),
        ("seller_profit_usd", (3, 4, 0), -math.inf, "seller_profit_usd became -inf|VNM, 2015Q4"),
        ("flow_usd", (1, 0, 5), math.nan, "flow_usd became nan|KHM-ROW, 2015Q2"),
        ("spending_all", (1, 2, 0), math.nan, "online_price_index became"),
        ("account_holders", (1, 3, 3), 1e30, "account_share became|THA, 2015Q2|women|0 to 1"),
        ("shoppers", (1, 3, 0), -1.0, "adults_buying_online_share became -|THA, 2015Q2|0 to 1"),
        ("trust_sum", (0, 1, 2), 1e30, "trust became|LAO, 2015Q1|rural"),
        ("covered", (0, 1, 0), 1e30, "coverage became|LAO"),
        ("smes_online", (3, 0, 7), 1e30, "smes_online_share became|KHM, 2015Q4|medium"),
        ("regulatory_distance", (3, 0, 1), 1.5, "regulatory_distance became 1.5|KHM-LAO"),
    ],
)  # fmt: skip
def test_impossible_values_are_refused(
    model: MekongModel, name: str, where: tuple[int, ...], value: float, words: str
) -> None:
    with pytest.raises(MekongError) as told:
        changed(model, name, where, value).table()
    assert [word for word in words.split("|") if word not in str(told.value)] == []


def test_a_table_of_years_is_looked_at_too(model: MekongModel) -> None:
    with pytest.raises(MekongError, match="victims became nan"):
        changed(model, "victims", (2, 1, 0), math.nan).table(yearly=True)


def test_victims_of_a_year_may_be_more_than_people(model: MekongModel) -> None:
    adults = model.series().sums["connected_adults"][3, 0, 0]
    table = changed(model, "victims", (3, 0, 0), 1.5 * adults).table(yearly=True)
    rates = table[(table["indicator"] == "victim_rate") & (table["country"] == "KHM")]
    assert rates["value"].max() >= 1.5


def test_every_share_has_a_bound() -> None:
    shares = [i for i in INDICATORS.values() if i.unit in ("share", "index 0 to 1")]
    assert [i.name for i in shares if i.most != 1.0] == ["victim_rate"]
    assert all(math.isinf(i.most) for i in INDICATORS.values() if i not in shares)


def test_values_of_a_run_are_as_they_were(model: MekongModel) -> None:
    values = model.indicators()["value"].to_numpy()
    assert len(values) and np.isfinite(values).all()


def test_such_a_run_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the runner: no series is kept, and the reason names indicator, place and quarter."""
    original = MekongModel.series

    def broken(self: MekongModel) -> Series:
        series = original(self)
        series.sums["syndicate_capital"][5, 1, 0] = math.nan
        return series

    monkeypatch.setattr(MekongModel, "series", broken)
    study = Study((load_scenario("baseline"),), "baseline", (1,), (0,), SCALE)
    job = study.jobs[0]
    outcome = perform(job, RunOptions(threads=1), simulator=simulate)
    assert not outcome.done
    assert "syndicate_capital became nan" in outcome.error and "LAO, 2016Q2" in outcome.error
