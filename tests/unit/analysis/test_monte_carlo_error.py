"""Monte-Carlo errors with known answers, and convergence in scale."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.validation.convergence import convergence
from sim.analysis.validation.monte_carlo_error import error_of_mean, precision, resampled_error
from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.report.writer import plot, save
from sim.target import medians
from tests.helpers.made_up import finished, made_up, policy, scenario


def test_the_error_of_a_mean_over_seeds_is_the_textbook_one() -> None:
    values = np.array([[1.0, 2.0, 4.0, 9.0]])
    assert error_of_mean(values) == pytest.approx(np.std(values, ddof=1) / 2.0)
    assert error_of_mean(values.T) == error_of_mean(values)
    assert math.isnan(error_of_mean(np.array([[3.0]])))


def test_errors_of_draws_and_seeds_add_up() -> None:
    """Where a run is a draw's part plus a seed's part, the mean has the variance of both."""
    draws, seeds = np.array([0.0, 3.0, 6.0, 11.0]), np.array([0.5, 0.1, 0.9])
    values = draws[:, None] + seeds[None, :]
    variance = draws.var(ddof=1) / 4 + seeds.var(ddof=1) / 3
    assert error_of_mean(values) == pytest.approx(math.sqrt(variance))
    values[1, 2] = np.nan  # a run that failed
    assert error_of_mean(values) == pytest.approx(math.sqrt(variance), rel=0.1)


def test_errors_by_choosing_runs_anew_agree_with_the_textbook() -> None:
    luck = np.random.default_rng(5)
    values = luck.normal(size=(1, 400))
    error = 1.0 / math.sqrt(400)
    assert resampled_error(values, partial(np.mean, axis=1)) == pytest.approx(error, rel=0.15)
    wide = math.sqrt(math.pi / 2) * error  # of the median of a normal sample
    assert resampled_error(values, medians) == pytest.approx(wide, rel=0.25)
    assert resampled_error(np.full((3, 3), 2.0), medians) == 0.0


def test_headline_numbers_have_their_errors(tmp_path: Path) -> None:
    from sim.analysis.comparison.result import Comparison

    result = Comparison(finished(tmp_path / "out", seeds=6, draws=2))
    found = precision(result.years, result.scenarios, result.contrasts)
    keys = ["scenario", "country", "measure", "number"]
    table = found.set_index(keys)
    assert not found.duplicated(keys).any()
    for row in result.table.to_dict("records"):
        place = (row["scenario"], row["country"], row["measure"])
        for number in ("ratio", "low", "high", "share_doubled"):
            assert table.loc[(*place, number), "value"] == pytest.approx(row[number])
    effects = table.xs("effect_on_ratio", level="number")
    assert set(effects.index.get_level_values("scenario")) == {"policy"}
    # Under the same luck an effect is far more exact than the ratio itself.
    ratio = table.loc[("policy", "THA", "real_usd", "ratio"), "mc_error"]
    effect = table.loc[("policy", "THA", "real_usd", "effect_on_ratio"), "mc_error"]
    assert 0 < effect < 0.2 * ratio


def drifting(job: Job, options: RunOptions) -> pd.DataFrame:
    """Made-up runs in which coarse agents sell more from 2023 on: 1 % at scale 100,000."""
    frame = made_up(job, options)
    late = (frame["quarter"].astype(str) > "2023") & frame["indicator"].astype(str).str.startswith(
        "gmv"
    )
    frame.loc[late, "value"] *= 1.0 + job.scale / 1e7
    return frame


def test_convergence_tells_how_far_a_scale_is_from_the_finest(tmp_path: Path) -> None:
    result = convergence(
        [scenario("plain"), policy()],
        [100_000, 50_000, 200_000],
        seeds=4,
        folder=tmp_path,
        simulator=drifting,
    )
    table = result.table
    assert list(dict.fromkeys(table["scale"])) == [200_000, 100_000, 50_000]
    mine = table[(table["country"] == "THA") & (table["measure"] == "nominal_usd")]
    plain = mine[mine["scenario"] == "plain"].set_index("scale")
    for scale in (200_000, 100_000):
        grown = (1 + scale / 1e7) / (1 + 50_000 / 1e7)
        assert plain["ratio"][scale] / plain["ratio"][50_000] == pytest.approx(grown)
        error = math.hypot(plain["ratio_se"][scale], plain["ratio_se"][50_000])
        gap = plain["ratio"][scale] - plain["ratio"][50_000]
        assert plain["distance"][scale] == pytest.approx(gap / error)
    assert math.isnan(plain["distance"][50_000])
    assert (mine.loc[mine["scenario"] == "policy", "effect_ratio"] > 0).all()
    save(result)
    assert (tmp_path / "figures" / "convergence.png").stat().st_size > 10_000
    assert len(plot(result).axes) == 12
    with pytest.raises(InputError, match="two or more"):
        convergence(["baseline"], [5000, 5000], folder=tmp_path / "one")
