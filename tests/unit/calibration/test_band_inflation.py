"""Bands widened by the size of past errors: errors, factors, what they do to a band."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibration.data.observables import OBSERVABLES, VALUE, on_scale, shares
from sim.calibration.forecast import band_inflation as widening
from sim.calibration.forecast import ledger
from sim.calibration.forecast.band_inflation import (
    PRIOR_SPREAD,
    factors,
    spreads,
    standardised,
    widened,
    widening_table,
)
from sim.calibration.forecast.ledger import forecast, variance_rows
from sim.errors import InputError
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES
from tests.unit.calibration.test_ledger import made_up

Z95 = 1.6448536269514722


def forecasts(errors: dict[str, list[float]], indicator: str = "account_share") -> pd.DataFrame:
    """Forecasts of a half with bands of one log odd to each side, missed by so many of them."""
    return pd.DataFrame(
        [
            {
                "test": "origin 2019",
                "origin": 2019,
                "year": 2020,
                "method": "model",
                "kind": "reported",
                "indicator": indicator,
                "country": country,
                "value": float(shares(np.array(error / Z95))),
                "low": float(shares(np.array(-1.0))),
                "central": 0.5,
                "high": float(shares(np.array(1.0))),
            }
            for country, some in errors.items()
            for error in some
        ]
    )


def test_errors_are_in_half_bands_of_their_own_side_on_the_scale_of_the_targets() -> None:
    table = forecasts({"KHM": [-2.0, 0.0, 1.0]})
    assert standardised(table) == pytest.approx([-2.0, 0.0, 1.0])
    table["low"] = float(shares(np.array(-2.0)))  # the lower half is twice as wide
    assert standardised(table) == pytest.approx([-1.0, 0.0, 1.0])
    money = pd.DataFrame(
        {"indicator": [OBSERVABLES[VALUE]], "value": [4e9], "low": [5e8], "central": [1e9],
         "high": [2e9]}
    )  # fmt: skip
    assert standardised(money) == pytest.approx([2.0 * Z95])


def spread(errors: list[float], horizons: list[float], indicator: int = 1) -> np.ndarray:
    count = len(errors)
    known = widening.Past(
        np.array(errors), np.full(count, indicator), np.array(horizons), np.ones(count)
    )
    return spreads(known, [1, 2, 4])


def test_with_many_errors_the_spread_is_theirs_and_grows_as_they_do() -> None:
    luck = np.random.default_rng(3).normal(size=4000)
    horizons = np.tile([1.0, 2.0, 4.0], 1334)[:4000]
    found = spread((0.6 * horizons**0.5 * luck).tolist(), horizons.tolist())
    assert found[1] == pytest.approx([0.6, 0.6 * np.sqrt(2.0), 1.2], rel=0.03)
    assert found[[0, 2, 3]] == pytest.approx(np.tile([1.0, np.sqrt(2.0), 2.0], (3, 1)), rel=0.03)


def test_with_few_errors_the_prior_keeps_the_spread_near_one() -> None:
    """One error of four at one year: the worked optimum solves 1 - 16 exp(-2a) + 4a = 0."""
    a = float(np.log(spread([4.0], [1.0])[1, 0]))
    assert 1.0 - 16.0 * np.exp(-2.0 * a) + a / PRIOR_SPREAD**2 == pytest.approx(0.0, abs=1e-4)
    assert spread([], []) == pytest.approx(np.ones((4, 3)))
    assert 0.7 < spread([0.0], [1.0])[1, 0] < 1.0  # one hit narrows, but not to nothing


def test_an_outcome_counts_once_however_many_origins_forecast_it() -> None:
    table = forecasts({"KHM": [1.0, 1.0, 1.0], "THA": [2.0]})
    table["origin"], table["year"] = [2019, 2020, 2021, 2021], [2022, 2022, 2022, 2023]
    known = widening.past(table)
    assert known.weights == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1.0])
    assert known.horizons.tolist() == [3.0, 2.0, 1.0, 2.0]


def test_an_origin_is_judged_by_the_factors_of_the_others() -> None:
    """One origin missed by four in one country: alone it cannot know, with the other it can."""
    missed = forecasts({iso: [3.0] for iso in COUNTRIES})
    both = pd.concat([missed, missed.assign(origin=2020, year=2021)], ignore_index=True)
    alone = widening_table(missed).query("forecasts > 0").iloc[0]
    assert (alone["inside_90"], alone["inside_90_other_origins"]) == (0.0, 0.0)
    assert alone["interval_score_other_origins"] == alone["interval_score"]
    told = widening_table(both).query("forecasts > 0").iloc[0]
    assert told["rms_error"] == pytest.approx(3.0)
    assert 1.6 < told["factor"] < 3.0
    assert told["interval_score_other_origins"] < told["interval_score"]


def test_the_interval_score_is_worked_by_hand() -> None:
    """Half a band beyond a band of two halves: 2 + (2 / 0.1) * 0.5 = 12."""
    row = widening_table(forecasts({"KHM": [1.5 * Z95]})).query("forecasts > 0").iloc[0]
    assert row["interval_score"] == pytest.approx(12.0)


def test_own_readings_benchmarks_and_other_tests_count_for_nothing() -> None:
    table = forecasts({"KHM": [1.0, 9.0, 9.0, 9.0]})
    table.loc[1, "kind"] = "constructed"
    table.loc[2, "method"] = "drift"
    table.loc[3, "test"] = "without KHM"
    row = widening_table(table).query("forecasts > 0").iloc[0]
    assert (row["forecasts"], row["rms_error"]) == (1, pytest.approx(1.0))


def test_draws_are_stretched_about_their_median_which_stays() -> None:
    luck = np.random.default_rng(1)
    truth = luck.normal(size=(101, len(OBSERVABLES), 2, 3))
    by = np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [0.5, 0.5, 0.5]])
    wide = widened(truth, by)
    assert np.median(wide, axis=0) == pytest.approx(np.median(truth, axis=0))
    assert (wide[:, [0, 2]] == truth[:, [0, 2]]).all()
    ratio = wide.std(axis=0) / truth.std(axis=0)
    assert ratio == pytest.approx(np.repeat(by[:, None, :], 2, axis=1))


def test_the_ledger_is_widened_and_its_medians_and_past_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledger, "run_sets", made_up)
    monkeypatch.setattr(ledger, "factors", lambda ahead: np.ones((len(OBSERVABLES), len(ahead))))
    plain = forecast(draws=50)
    by = np.array([[1.0], [2.0], [1.0], [1.0]]) * np.ones(6)
    monkeypatch.setattr(ledger, "factors", lambda ahead: by[:, : len(ahead)])
    wide = forecast(draws=50)
    assert wide.manifest["widened"] == dict(zip(OBSERVABLES, by.tolist(), strict=True))
    assert wide.ledger["q50"].to_numpy() == pytest.approx(plain.ledger["q50"].to_numpy(), rel=1e-3)
    accounts = (plain.ledger["measure"] == "account_share").to_numpy()
    before, after = (
        on_scale_all(one.ledger["q95"]) - on_scale_all(one.ledger["q50"]) for one in (plain, wide)
    )
    assert after[accounts] == pytest.approx(2.0 * before[accounts], rel=0.02)
    columns = ["q05", "q25", "q75", "q95"]
    assert wide.ledger.loc[~accounts, "q95"].equals(plain.ledger.loc[~accounts, "q95"])
    past = (plain.bands["year"] <= POSTERIOR_ORIGIN).to_numpy()
    assert wide.bands.loc[past, columns].equals(plain.bands.loc[past, columns])


def on_scale_all(column: pd.Series) -> np.ndarray:
    return np.array([on_scale(value, "logit") if value < 1.0 else 0.0 for value in column])


def test_what_widening_adds_is_missed_in_the_variance() -> None:
    """Runs with variance 1 and nothing missed; doubled in spread three quarters are missed."""
    luck = np.random.default_rng(2)
    runs = luck.normal(size=(60, len(OBSERVABLES), len(COUNTRIES), 1))
    by = np.array([[2.0], [1.0], [1.0], [0.5]])
    rows = pd.DataFrame(
        variance_rows(runs, runs[:10], runs, by, np.repeat(np.arange(20), 3), range(2025, 2026))
    )
    missed = rows.groupby("measure")["missed"].mean()
    assert missed[OBSERVABLES[0]] == pytest.approx(0.75, abs=1e-4)
    assert missed[OBSERVABLES[1]] == missed[OBSERVABLES[3]] == 0.0  # nothing to take away from
    parts = rows[["estimated", "not_estimated", "chance", "missed"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(1.0, abs=1e-3)


def test_the_kept_factors_are_those_of_the_kept_hindcast(checkout: Path) -> None:
    kept = pd.read_csv(checkout / "calibration" / "hindcast" / "forecasts.csv")
    table = widening_table(kept).set_index(["indicator", "horizon"])["factor"]
    found = factors([1, 2, 5, 6])
    for place, name in enumerate(OBSERVABLES):
        assert found[place, :3] == pytest.approx([table[name, one] for one in (1, 2, 5)], rel=1e-4)
        assert found[place, 3] == found[place, 2]  # beyond the longest horizon it stays


def test_a_table_that_cannot_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "widening.csv").write_text("indicator,horizon,factor\naccount_share,1,wide\n")
    monkeypatch.setattr(widening, "shipped", lambda *_: tmp_path / "widening.csv")
    with pytest.raises(InputError, match="past errors cannot be read"):
        factors([1])
