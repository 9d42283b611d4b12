"""The ledger of forecasts: its columns, its order, and that only years to come stand in it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.data.observables import OBSERVABLES, log_odds
from sim.calibration.forecast import ledger
from sim.calibration.forecast.ledger import COLUMNS, forecast
from sim.errors import InputError
from sim.parameters.posterior import posterior_draws
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES

DRAWS = 40


def made_up(
    sets: list[object], seeds: list[int], scale: int, workers: int, told: object
) -> np.ndarray:
    """Runs in which half of everybody takes part and a billion dollars are spent every year."""
    runs = np.tile(log_odds(np.array(0.5)), (len(sets), 4, 5, 16)).astype(float)
    runs[:, 3] = np.log(1e9)
    return runs


def test_columns_order_and_years(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "observables", made_up)
    table = forecast(draws=DRAWS).ledger
    assert list(table.columns) == list(COLUMNS)
    assert list(COLUMNS) == [
        *("country", "year", "measure"),
        *("q05", "q10", "q25", "q50", "q75", "q90", "q95"),
    ]
    keys = list(zip(table["country"], table["measure"], table["year"], strict=True))
    coming = range(POSTERIOR_ORIGIN + 1, 2031)
    assert keys == sorted((c, m, y) for c in COUNTRIES for m in OBSERVABLES for y in coming)
    numbers = table[list(COLUMNS[3:])].to_numpy(float)
    assert (np.diff(numbers, axis=1) >= 0.0).all() and np.isfinite(numbers).all()
    money = table["measure"].str.endswith("_usd").to_numpy()
    assert (numbers[money] == numbers[money].round()).all()
    assert ((numbers[~money] > 0.0) & (numbers[~money] < 1.0)).all()
    wide = table["q95"] / table["q05"]
    last = table["year"] == 2030
    assert wide[money & last].mean() > wide[money & (table["year"] == 2024)].mean()


def test_more_draws_than_there_are_cannot_be_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "observables", made_up)
    with pytest.raises(InputError, match="no draw"):
        forecast(draws=len(posterior_draws()))
