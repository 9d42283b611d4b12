"""The ledger of forecasts: its columns, its order, and that only years to come stand in it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.data.observables import OBSERVABLES, log_odds
from sim.calibration.data.scam_figures import POLICE, REPORTING, ScamFigure
from sim.calibration.forecast import ledger
from sim.calibration.forecast.ledger import COLUMNS, forecast
from sim.calibration.forecast.police_figures import MEASURE, known_to_police
from sim.errors import InputError
from sim.parameters.posterior import posterior_draws
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES

DRAWS = 40


def made_up(
    sets: list[object], seeds: list[int], scale: int, workers: int, told: object
) -> tuple[np.ndarray, np.ndarray]:
    """Runs in which half of everybody takes part, and a billion dollars are spent every year and
    as much lost to scams."""
    runs = np.tile(log_odds(np.array(0.5)), (len(sets), 4, 5, 16)).astype(float)
    runs[:, 3] = np.log(1e9)
    return runs, np.full((len(sets), 5, 16), np.log(1e9))


def test_columns_order_and_years(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "run_sets", made_up)
    table = forecast(draws=DRAWS).ledger
    assert list(table.columns) == list(COLUMNS)
    assert list(COLUMNS) == [
        *("country", "year", "measure"),
        *("q05", "q10", "q25", "q50", "q75", "q90", "q95"),
    ]
    keys = list(zip(table["country"], table["measure"], table["year"], strict=True))
    coming = range(POSTERIOR_ORIGIN + 1, 2031)
    wanted = [(c, m, y) for c in COUNTRIES for m in OBSERVABLES for y in coming]
    wanted += [(c, MEASURE, y) for c in ("THA", "VNM") for y in coming]
    assert keys == sorted(wanted)
    numbers = table[list(COLUMNS[3:])].to_numpy(float)
    assert (np.diff(numbers, axis=1) >= 0.0).all() and np.isfinite(numbers).all()
    money = table["measure"].str.endswith("_usd").to_numpy()
    assert (numbers[money] == numbers[money].round()).all()
    assert ((numbers[~money] > 0.0) & (numbers[~money] < 1.0)).all()
    wide = table["q95"] / table["q05"]
    last = table["year"] == 2030
    assert wide[money & last].mean() > wide[money & (table["year"] == POSTERIOR_ORIGIN + 1)].mean()


def test_more_draws_than_there_are_cannot_be_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "run_sets", made_up)
    with pytest.raises(InputError, match="no draw"):
        forecast(draws=len(posterior_draws()))


def test_what_police_know_is_learnt_from_what_they_knew() -> None:
    """Ten figures at a quarter of the loss: a later one is a quarter of its own year's loss."""
    years = range(2015, 2031)
    lost = np.full((4000, 5, 16), np.log(8e8))
    lost[:, 3, -1] = np.log(1.6e9)
    figures = [ScamFigure(POLICE, "THA", year, np.log(2e8), "x") for year in range(2015, 2025)]
    found = known_to_police(lost, years, figures, 1)
    assert list(found) == ["THA"]
    assert np.median(found["THA"][:, -1]) == pytest.approx(np.log(4e8), abs=0.05)
    assert found["THA"][:, -1].std() == pytest.approx(0.3, abs=0.03)


def test_without_a_figure_the_part_that_police_know_is_its_prior_and_nobody_knows_more() -> None:
    years, lost = range(2015, 2031), np.full((4000, 5, 16), np.log(1e9))
    one = ScamFigure(POLICE, "VNM", 2020, np.log(1e9 * np.exp(REPORTING[POLICE].mean)), "x")
    assert known_to_police(lost, years, [], 1) == {}
    found = known_to_police(lost, years, [one], 1)["VNM"]
    assert (found <= np.log(1e9)).all()
    assert np.median(found[:, 0]) == pytest.approx(np.log(1e9) + REPORTING[POLICE].mean, abs=0.05)
