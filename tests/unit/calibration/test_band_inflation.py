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
    factor_of,
    factors,
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


def test_the_factor_is_the_root_mean_square_and_never_narrows() -> None:
    assert factor_of(np.array([3.0, -1.0])) == pytest.approx(np.sqrt(5.0))
    assert factor_of(np.array([0.5, -0.5])) == 1.0
    assert factor_of(np.array([])) == 1.0


def test_a_country_is_judged_by_the_factor_of_the_others() -> None:
    """Errors of 2 and 1.5 are outside and inside; by the others' factors 1.5 and 2 both are in."""
    row = widening_table(forecasts({"KHM": [2.0], "THA": [1.5]})).iloc[0]
    assert (row["indicator"], row["forecasts"]) == ("account_share", 2)
    assert row["rms_error"] == row["factor"] == pytest.approx(2.5 / np.sqrt(2.0))
    assert (row["inside_90"], row["inside_90_widened"]) == (0.5, 1.0)
    alone = widening_table(forecasts({"KHM": [2.0]})).iloc[0]
    assert alone["inside_90_widened"] == 0.0  # nobody else says anything


def test_own_readings_benchmarks_and_other_tests_count_for_nothing() -> None:
    table = forecasts({"KHM": [1.0, 9.0, 9.0, 9.0]})
    table.loc[1, "kind"] = "constructed"
    table.loc[2, "method"] = "drift"
    table.loc[3, "test"] = "without KHM"
    row = widening_table(table).iloc[0]
    assert (row["forecasts"], row["rms_error"]) == (1, pytest.approx(1.0))


def test_draws_move_away_from_their_median_which_stays() -> None:
    luck = np.random.default_rng(1)
    truth = luck.normal(size=(101, len(OBSERVABLES), 2, 3))
    by = np.array([1.0, 2.0, 1.0, 3.0])
    wide = widened(truth, by)
    assert np.median(wide, axis=0) == pytest.approx(np.median(truth, axis=0))
    assert (wide[:, [0, 2]] == truth[:, [0, 2]]).all()
    assert wide.std(axis=0)[1] == pytest.approx(2.0 * truth.std(axis=0)[1])
    assert wide.std(axis=0)[3] == pytest.approx(3.0 * truth.std(axis=0)[3])


def test_the_ledger_is_widened_and_its_medians_and_past_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledger, "run_sets", made_up)
    monkeypatch.setattr(ledger, "factors", lambda: np.ones(len(OBSERVABLES)))
    plain = forecast(draws=50)
    by = np.array([1.0, 2.0, 1.0, 1.0])
    monkeypatch.setattr(ledger, "factors", lambda: by)
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
    by = np.array([2.0, 1.0, 1.0, 1.0])
    rows = pd.DataFrame(
        variance_rows(runs, runs[:10], runs, by, np.repeat(np.arange(20), 3), range(2025, 2026))
    )
    missed = rows.groupby("measure")["missed"].mean()
    assert missed[OBSERVABLES[0]] == pytest.approx(0.75, abs=1e-4)
    assert missed[OBSERVABLES[1]] == 0.0
    parts = rows[["estimated", "not_estimated", "chance", "missed"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(1.0, abs=1e-3)


def test_the_kept_factors_are_those_of_the_kept_hindcast(checkout: Path) -> None:
    kept = pd.read_csv(checkout / "calibration" / "hindcast" / "forecasts.csv")
    table = widening_table(kept).set_index("indicator")["factor"]
    assert factors() == pytest.approx([table[name] for name in OBSERVABLES], rel=1e-4)
    assert (factors() >= 1.0).all() and factors().max() > 1.3  # bands of some were too narrow


def test_a_table_that_cannot_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "widening.csv").write_text("indicator,factor\naccount_share,wide\n")
    monkeypatch.setattr(widening, "shipped", lambda *_: tmp_path / "widening.csv")
    with pytest.raises(InputError, match="past errors cannot be read"):
        factors()
