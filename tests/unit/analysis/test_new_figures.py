"""New figures reweight the draws of a result, and it is said when that is not enough."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.new_figures import add_figures, highest_k, pareto_k
from sim.calibration.data.targets import (
    TARGET_COLUMNS,
    as_known,
    load_targets,
    own_figures,
    with_own,
)
from sim.calibration.posterior.likelihood import OFFSET, START_YEAR
from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import run_jobs
from sim.experiments.run import Job
from sim.experiments.study import build_study
from sim.parameters.posterior import posterior_draw
from sim.target import POSTERIOR_ORIGIN
from sim.units import COUNTRIES
from tests.helpers.made_up import made_up, prepared, scenario

SHARES = ("internet_users_share", "account_share", "adults_buying_online_share")
DRAWS = 45
WHERE, YEAR, ERROR = ("adults_buying_online_share", "MMR"), 2026, 0.4
ROUND = 0.2


def share(draw: int) -> float:
    """What the made-up run of a draw has everywhere in every year."""
    return 0.2 + 0.3 * draw / DRAWS


def with_shares(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up`, with shares of people online, with an account and buying online."""
    plain = made_up(job, options)
    plain = plain[~plain["indicator"].isin(SHARES)]
    rows = [
        (iso, f"{year}Q{quarter}", name, "all", share(job.draw), "share")
        for iso in COUNTRIES
        for name in SHARES
        for year in range(2015, 2031)
        for quarter in range(1, 5)
    ]
    return pd.concat([plain, pd.DataFrame(rows, columns=plain.columns)], ignore_index=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result of the baseline alone, with draws of the posterior."""
    where = tmp_path_factory.mktemp("result")
    study = build_study([scenario("plain")], seeds=1, draws=DRAWS, scale=100_000)
    study, _, store = prepared(where, study)
    run_jobs(study.jobs, RunOptions(), store, None, with_shares)
    return where


def a_figure(folder: Path, **cells: object) -> Path:
    """A file with one figure, of a series of which the posterior has one."""
    row = {
        **{"indicator": WHERE[0], "country": WHERE[1], "year": YEAR, "value": 0.35},
        **{"unit": "fraction", "scale": "logit", "error": ERROR, "round_error": ROUND, "weight": 1},
        **{"family": "findex", "kind": "reported", "edition": 2027, "source_id": "own"},
        **{"module": "shoppers", "use": "fit", "note": ""},
        **cells,
    }
    path = folder / "new.csv"
    pd.DataFrame([row], columns=list(TARGET_COLUMNS)).to_csv(path, index=False)
    return path


def test_a_draw_counts_by_the_density_of_the_figure(folder: Path, tmp_path: Path) -> None:
    fitted = as_known(load_targets(), POSTERIOR_ORIGIN)
    one = fitted.query("indicator == @WHERE[0] and country == @WHERE[1]").iloc[0]
    found = add_figures(a_figure(tmp_path), folder)
    told = np.array([share(draw) for draw in range(1, DRAWS + 1)])
    drift = np.array([posterior_draw(d).observation["drift_shoppers"] for d in range(1, DRAWS + 1)])
    # of two figures of one series: the second one given the first
    odds = np.log(told / (1 - told))
    first = drift**2 * (one["year"] - START_YEAR) + OFFSET**2
    tie = first / (first + one["error"] ** 2 / one["weight"])
    total = drift**2 * (YEAR - START_YEAR) + OFFSET**2 + ERROR**2 + ROUND**2
    variance = total - tie * first
    known = np.log(one["value"] / (1 - one["value"])) - odds
    missed = np.log(0.35 / 0.65) - odds - tie * known
    density = np.exp(-0.5 * missed**2 / variance) / np.sqrt(variance)
    assert found.weights["weight"].to_numpy() == pytest.approx(density / density.sum())
    row = found.figures.iloc[0]
    assert row["low"] < row["low_after"] <= row["median_after"] <= row["high_after"]


def test_a_weak_figure_is_enough_and_a_sharp_one_is_not(folder: Path, tmp_path: Path) -> None:
    weak = add_figures(a_figure(tmp_path, error=5), folder)
    assert weak.effective > 40
    assert weak.parameters["shift"].abs().max() < 0.2
    sharp = add_figures(a_figure(tmp_path, value=0.95, error=0.01), folder)
    assert sharp.effective < weak.effective
    assert not sharp.enough and sharp.sentence.startswith("Reweighting is not enough: ")
    assert "estimate the posterior anew" in sharp.sentence


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"value": 1.5}, "1.5"),
        ({"use": "described"}, "changes nothing"),
        ({"year": 2031}, "2031"),
        ({"family": "constructed", "round_error": 0}, "never mixed"),
        ({"error": 0}, "standard deviation"),
    ],
)
def test_wrong_figures_are_refused(
    cells: dict[str, object], said: str, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refused:
        add_figures(a_figure(tmp_path, **cells), folder)
    assert said in str(refused.value)


def test_a_refit_has_an_own_figure_instead_of_the_shipped_one(tmp_path: Path) -> None:
    known = as_known(load_targets(), POSTERIOR_ORIGIN)
    key = ["indicator", "country", "year"]
    there = known[(known["indicator"] == WHERE[0]) & (known["country"] == WHERE[1])].iloc[0]
    new = own_figures(a_figure(tmp_path, year=int(there["year"])))
    fitted = with_own(known, new)
    assert len(fitted) == len(known)
    assert float(fitted.set_index(key)["value"][*WHERE, there["year"]]) == 0.35
    later = with_own(known, own_figures(a_figure(tmp_path, year=int(there["year"]) - 1)))
    assert len(later) == len(known) + 1
    with pytest.raises(InputError, match="never mixed"):
        with_own(known, own_figures(a_figure(tmp_path, family="constructed", round_error=0)))


def test_a_result_without_draws_is_refused(tmp_path: Path) -> None:
    study = build_study([scenario("plain")], seeds=2, draws=0, scale=100_000)
    study, _, store = prepared(tmp_path / "r", study)
    run_jobs(study.jobs, RunOptions(), store, None, with_shares)
    with pytest.raises(InputError, match="draws of the posterior"):
        add_figures(a_figure(tmp_path), tmp_path / "r")


@pytest.mark.parametrize("k", [0.2, 0.5, 0.9])
def test_the_shape_of_a_pareto_tail_is_found(k: float) -> None:
    weights = np.random.default_rng(1).pareto(1.0 / k, 4000) + 1.0
    assert pareto_k(weights) == pytest.approx(k, abs=0.12)


def test_few_or_equal_weights_have_no_tail() -> None:
    assert pareto_k(np.ones(10)) == np.inf
    assert pareto_k(np.ones(100)) == -np.inf
    assert highest_k(100) == pytest.approx(0.5) and highest_k(10**6) == 0.7
