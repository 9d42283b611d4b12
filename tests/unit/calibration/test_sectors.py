"""Sector parameters: what is known when, recovery of known values, scores, the files written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibration.sectors import evidence as room
from sim.calibration.sectors.estimation import (
    SectorDensity,
    SectorPlan,
    error_of,
    known_figures,
    one_run,
    revisions,
    sector_chains,
)
from sim.calibration.sectors.evidence import sectors
from sim.calibration.sectors.hindcast import coverage, scored
from sim.calibration.sectors.runs import LAST_YEAR, YEARS
from sim.calibration.sectors.space import DRIFT, SectorSpace
from sim.data.schema import LAST_OUTCOME_YEAR
from sim.sectors.published import PUBLISHED_FOR, Figure, figures, latest
from sim.sectors.rule import FIFTHS, MEDIA, SECTORS, TRAVEL, Drivers, wanted
from sim.sectors.values import prior_values
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES

SMALL = SectorPlan(draws=3, walkers=24, steps=6, ensembles=1, central_steps=120)


def drivers(runs: int) -> Drivers:
    """Runs in which consumption grows and ever more people are online; no two runs are alike."""
    shape = (runs, len(COUNTRIES), len(YEARS), len(FIFTHS))
    grown = 1.04 ** (np.array(YEARS) - 2022)
    size = np.array([3e9, 1e9, 6e9, 55e9, 46e9])[None, :, None, None]
    wiggle = 1.0 + 0.01 * np.arange(runs)[:, None, None, None]
    consumption = size * grown[None, None, :, None] * wiggle * np.ones(shape)
    reach = np.linspace(0.6, 0.95, len(YEARS))[None, None, :, None] * np.ones(shape)
    return Drivers(
        years=YEARS,
        consumption=consumption,
        reach=reach,
        income=np.full(shape, 3000.0),
        ecommerce=0.05 * consumption,
        urban=np.full(shape[:3], 0.6),
        cap=np.full(shape[:2], 0.4),
    )


def test_an_origin_knows_what_was_published_by_then() -> None:
    then = known_figures(TRAVEL, figures(until=2021), 2021)
    assert [COUNTRIES[one.country] for one in then] == list(PUBLISHED_FOR)
    assert all(one.years.tolist() == [2019, 2020, 2021] for one in then)
    thai = np.exp(then[0].values) / 1e9
    np.testing.assert_allclose(thai, [7.2, 2.6, 2.8])  # the 2021 edition, revised since
    now = known_figures(TRAVEL, figures(), LAST_OUTCOME_YEAR)
    assert np.exp(now[0].values[2]) / 1e9 == pytest.approx(2.0)
    assert now[0].years.max() <= LAST_OUTCOME_YEAR


def test_errors_hold_rounding_and_what_editions_revise() -> None:
    found = [
        Figure(MEDIA, "THA", 2022, 4e9, 2022, "a"),
        Figure(MEDIA, "THA", 2022, 5e9, 2024, "b"),
        *(
            Figure(one, "VNM", 2022, v, e, "c")
            for one in SECTORS
            for v, e in ((2e9, 22), (2e9, 23))
        ),
    ]
    sizes = revisions(found)
    assert sizes[MEDIA] == pytest.approx(np.sqrt(np.log(4 / 5) ** 2 / 2))
    assert sizes[TRAVEL] == 0.0
    assert error_of(found[1], 0.0) == pytest.approx(0.1 / np.sqrt(3))
    assert error_of(found[1], 0.2) == pytest.approx(np.hypot(0.1 / np.sqrt(3), 0.2))
    assert revisions(figures())[TRAVEL] > revisions(figures())[MEDIA] > 0.0


@pytest.mark.parametrize("sector", SECTORS)
def test_a_point_becomes_the_values_that_it_stands_for(sector: str) -> None:
    space = SectorSpace(sector)
    points = np.zeros((2, len(space)))
    points[1] = 1.0
    base = prior_values(0)
    found = space.account_values(points, base)
    for name, by_country in base.items():  # the middle of the prior is its central set
        expected = [by_country[iso] for iso in COUNTRIES]
        np.testing.assert_allclose(found[name][0], expected)
    assert (found[f"{sector}_share"][1] > found[f"{sector}_share"][0]).all()
    labels = space.estimates(points[0])
    assert f"THA.{sector}_share" in labels and DRIFT.name not in labels


def test_countries_without_figures_learn_half_of_what_the_others_say() -> None:
    space = SectorSpace(MEDIA)
    names = [one.label for one in space.dimensions]
    drawn = space.prior(20_000, np.random.default_rng(1))
    table = np.corrcoef(drawn.T)
    thai, lao = names.index("THA.media_share"), names.index("LAO.media_share")
    assert table[thai, lao] == pytest.approx(0.5, abs=0.02)
    assert abs(table[thai, names.index("media_growth")]) < 0.02


def made_up_figures(share: float, growth: float) -> list[Figure]:
    """Exact figures of 2019-24 under known parameters, in draws of the prior's central values."""
    values = {n: np.array([[v[iso] for iso in COUNTRIES]]) for n, v in prior_values(0).items()}
    values |= {"media_share": np.full((1, 5), share), "media_growth": np.full((1, 5), growth)}
    here = drivers(1)
    money = wanted(MEDIA, here, values).sum(axis=3)[0]
    return [
        Figure(MEDIA, iso, year, float(money[COUNTRIES.index(iso), YEARS.index(year)]), 2025, "x")
        for iso in PUBLISHED_FOR
        for year in range(2019, 2025)
    ]


def test_known_parameters_are_recovered() -> None:
    share, growth = 0.031, 0.09
    found = made_up_figures(share, growth)
    plan = SectorPlan(walkers=24, ensembles=2, central_steps=400)
    chains = sector_chains(MEDIA, drivers(1), known_figures(MEDIA, found, 2024), plan, 1)
    values = SectorSpace(MEDIA).values(chains.flat())
    for label, truth in (("THA.media_share", share), ("VNM.media_share", share)):
        low, high = np.quantile(values[label], [0.05, 0.95])
        assert low < truth < high, label
        assert high / low < 2.0  # the prior spans a factor of nine
    low, high = np.quantile(values["media_growth"], [0.05, 0.95])
    assert low < growth < high
    assert chains.r_hat().max() < 1.1


def test_the_density_is_the_prior_where_there_is_no_figure() -> None:
    density = SectorDensity(MEDIA, one_run(drivers(2), 1), 0, [])
    points = density.space.prior(5, np.random.default_rng(2))
    np.testing.assert_allclose(density(points), density.space.log_prior(points))
    far = points.copy()
    far[0, 0] = 9.0
    assert density(far)[0] == -np.inf and np.isfinite(density(far)[1:]).all()


def test_forecasts_are_scored_against_the_last_edition_and_only_later_years() -> None:
    logs = np.zeros((len(SECTORS), 50, len(COUNTRIES), len(YEARS)))
    truth = {(one.sector, one.country, one.year): one for one in latest(figures())}
    for (sector, iso, year), one in truth.items():
        if sector in SECTORS and iso in COUNTRIES:
            at = SECTORS.index(sector), slice(None), COUNTRIES.index(iso), YEARS.index(year)
            logs[at] = np.log(one.value)
    found = scored(2021, logs, YEARS, figures(until=2021), 1)
    last = max(one.year for one in figures())
    assert set(found["year"]) == set(range(2022, last + 1))
    assert len(found) == len(SECTORS) * len(PUBLISHED_FOR) * (last - 2021)
    assert found["inside_90"].all()  # a forecast that is right
    worse = scored(2021, logs - 3.0, YEARS, figures(until=2021), 1)
    assert not worse["inside_90"].any() and (worse["crps"] > found["crps"]).all()
    table = coverage(pd.concat([found, worse.assign(origin=2022)]))
    whole = table[(table["origin"] == "all") & (table["sector"] == "all")].iloc[0]
    assert whole["inside_90"] == 0.5 and whole["forecasts"] == 2 * len(found)


def test_everything_is_estimated_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "sector_runs", lambda draws, *_: drivers(len(draws)))
    found = sectors(tmp_path / "work", SMALL, seed=1, workers=1)
    again = sectors(tmp_path / "work", SMALL, seed=1, workers=1)
    found.save(tmp_path / "out")
    draws = pd.read_csv(tmp_path / "out" / "draws.csv")
    assert draws["draw"].tolist() == [0, 1, 2, 3]
    pd.testing.assert_frame_equal(
        room.draws_table(found.posterior),
        room.draws_table(again.posterior),
        check_exact=True,
    )
    later = pd.read_csv(tmp_path / "out" / f"forecast_origin_{POSTERIOR_ORIGIN}.csv")
    assert set(later["year"]) == set(range(POSTERIOR_ORIGIN + 1, LAST_YEAR + 1))
    assert (later["q05"] < later["q50"]).all() and (later["q50"] < later["q95"]).all()
    told = later.drop_duplicates("country").set_index("country")["basis"]
    assert told["THA"] == "figures" and told["MMR"] == "income and use"
    table = pd.read_csv(tmp_path / "out" / "parameters.csv")
    assert {"prior_low", "low", "contraction", "basis"} <= set(table.columns)
    fit = pd.read_csv(tmp_path / "out" / "fit.csv")
    assert set(fit["country"]) == set(PUBLISHED_FOR)


def test_the_page_counts_the_fit_as_the_table_has_it(checkout: Path) -> None:
    """Medians within 90 % of a figure's own error, and in the range of the editions printed."""
    fit = pd.read_csv(checkout / "calibration" / "sectors" / "fit.csv")
    near = np.abs(np.log(fit["central"] / fit["value"])) < 1.645 * fit["error"]
    early = fit["year"] <= 2023
    assert (early.sum(), len(fit)) == (30, 36)
    told = f"for {near[early].sum()} ({near.sum()}), and in the range of the editions"
    told += f" that were printed, rounding included, for {fit['within'][early].sum()}"
    told += f" ({fit['within'].sum()})"
    page = (checkout / "docs" / "digital_economy.md").read_text(encoding="utf-8")
    assert told in " ".join(page.split())
    assert near[early].mean() >= 0.9
    assert ((fit["published_low"] <= fit["high"]) & (fit["published_high"] >= fit["low"])).all()
