"""Draws are uniform and independent as far as a million of them can tell.

Every test says what it would find: its power is computed here from the size of the sample, not
claimed. Seeds are fixed, so nothing is left to chance from one run of the tests to the next; a
p-value below 1e-4 in any of the some hundred comparisons means trouble.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from tests.helpers.draws_in_bulk import uniforms

N = 1_000_000
SMALL = 1e-4
NUMBERS = np.arange(N, dtype=np.int64)
Draws = NDArray[np.float64]


def _neighbours(distance: int) -> tuple[Draws, Draws]:
    draws = uniforms(np.arange(N + distance, dtype=np.int64))
    return draws[:-distance], draws[distance:]


PAIRS = {
    "next agent": lambda: _neighbours(1),
    "agent after next": lambda: _neighbours(2),
    "agent of the next community": lambda: _neighbours(250),
    "agent of another chunk": lambda: _neighbours(65_536),
    "next quarter": lambda: (uniforms(NUMBERS), uniforms(NUMBERS, step=8061)),
    "a year later": lambda: (uniforms(NUMBERS), uniforms(NUMBERS, step=8064)),
    "seeds 0 and 1": lambda: (uniforms(NUMBERS, seed=0), uniforms(NUMBERS, seed=1)),
    "seeds 1 and 2": lambda: (uniforms(NUMBERS), uniforms(NUMBERS, seed=2)),
    "countries": lambda: (uniforms(NUMBERS), uniforms(NUMBERS, place="VNM")),
    "connect and disconnect": lambda: (uniforms(NUMBERS), uniforms(NUMBERS, name="disconnect")),
    "start and stop shopping": lambda: (
        uniforms(NUMBERS, name="start_shopping"),
        uniforms(NUMBERS, name="stop_shopping"),
    ),
    "shopping and scams": lambda: (
        uniforms(NUMBERS, name="start_shopping"),
        uniforms(NUMBERS, name="meet_scam"),
    ),
    "twice a number": lambda: (uniforms(NUMBERS), uniforms(2 * NUMBERS)),
}


def _chi_square_p(counts: NDArray[np.int_]) -> float:
    expected = counts.sum() / counts.size
    statistic = float(((counts - expected) ** 2).sum() / expected)
    return float(stats.chi2.sf(statistic, counts.size - 1))


def _chi_square_power(deviation: float, cells: int) -> float:
    """Probability of finding cells that are `deviation` too full or too empty in turn."""
    critical = stats.chi2.isf(SMALL, cells - 1)
    return float(stats.ncx2.sf(critical, cells - 1, N * deviation**2))


@pytest.mark.parametrize("seed", [0, 1, 2, 2**31 - 1])
@pytest.mark.parametrize("name", ["connect", "start_shopping"])
def test_draws_fill_a_thousand_cells_alike(seed: int, name: str) -> None:
    """Would find cells that are 2 % too full or too empty in turn with probability above 0.99."""
    assert _chi_square_power(0.02, 1000) > 0.99
    draws = uniforms(NUMBERS, seed=seed, name=name)
    counts = np.histogram(draws, bins=1000, range=(0.0, 1.0))[0]
    assert SMALL < _chi_square_p(counts) < 1.0 - SMALL


def test_small_probabilities_are_met() -> None:
    """Rare events decide much here: hazards of 1e-5 to 1e-2 a quarter, each to 4.4 deviations."""
    draws = uniforms(np.arange(5 * N, dtype=np.int64))
    for rare in (1e-5, 1e-4, 1e-3, 1e-2):
        for tail in (draws < rare, draws > 1.0 - rare):
            assert abs(int(tail.sum()) - 5 * N * rare) < 4.4 * np.sqrt(5 * N * rare)


@pytest.mark.parametrize("place", ["KHM", "LAO", "MMR", "THA", "VNM"])
def test_the_distribution_function_is_the_diagonal(place: str) -> None:
    """Kolmogorov and Smirnov: finds a distribution function that is off by 0.004 anywhere."""
    assert stats.kstwo.isf(SMALL, N) < 0.004 / 1.5
    assert stats.kstest(uniforms(NUMBERS, place=place), "uniform").pvalue > SMALL


@pytest.mark.parametrize("pair", PAIRS)
def test_draws_do_not_go_together(pair: str) -> None:
    """Finds a correlation of 0.006 with probability above 0.98 (ordinary and of squares)."""
    critical = stats.norm.isf(SMALL / 2.0) / np.sqrt(N)
    assert stats.norm.sf((critical - 0.006) * np.sqrt(N)) > 0.98
    one, other = PAIRS[pair]()
    assert abs(np.corrcoef(one, other)[0, 1]) < critical
    assert abs(np.corrcoef((one - 0.5) ** 2, (other - 0.5) ** 2)[0, 1]) < critical


@pytest.mark.parametrize("pair", PAIRS)
def test_draws_fill_the_square_alike(pair: str) -> None:
    """32 x 32 cells: finds cells 2 % too full or too empty in turn with probability above 0.99."""
    assert _chi_square_power(0.02, 32 * 32) > 0.99
    one, other = PAIRS[pair]()
    cells = np.floor(one * 32).astype(int) * 32 + np.floor(other * 32).astype(int)
    counts = np.bincount(cells, minlength=1024)
    assert SMALL < _chi_square_p(counts) < 1.0 - SMALL


@pytest.mark.parametrize("bit", [1, 2, 3, 10, 26, 40, 52])
def test_runs_of_every_bit_have_the_right_number(bit: int) -> None:
    """Runs of equal bits from agent to agent: finds 0.3 % more or fewer with probability 0.98."""
    critical = stats.norm.isf(SMALL / 2.0)
    assert stats.norm.sf(critical - 0.003 * np.sqrt(N) * 2.0) > 0.98
    bits = np.floor(uniforms(NUMBERS) * 2.0**bit).astype(np.int64) & 1
    ones = int(bits.sum())
    zeros = N - ones
    runs = 1 + int((bits[1:] != bits[:-1]).sum())
    expected = 1.0 + 2.0 * ones * zeros / N
    variance = (expected - 1.0) * (expected - 2.0) / (N - 1.0)
    assert abs(runs - expected) < critical * np.sqrt(variance)
    assert abs(ones - N / 2) < critical * np.sqrt(N) / 2.0


def test_draws_of_one_person_over_a_life_are_independent() -> None:
    """64 quarters of 20,000 people: the mean over a life scatters as 1 / sqrt(12 x 64)."""
    lives = np.stack([uniforms(NUMBERS[:20_000], step=8060 + k) for k in range(64)])
    spread = float(lives.mean(axis=0).var() * 12.0 * 64.0)
    assert abs(spread - 1.0) < stats.norm.isf(SMALL / 2.0) * np.sqrt(2.0 / 20_000)


def test_seeds_that_follow_each_other_are_independent() -> None:
    """The means of 400 neighbouring seeds scatter as they should and do not drift."""
    means = np.array([uniforms(NUMBERS[:10_000], seed=seed).mean() for seed in range(400)])
    scores = (means - 0.5) * np.sqrt(12.0 * 10_000)
    assert stats.kstest(scores, "norm").pvalue > SMALL
    assert abs(np.corrcoef(scores[1:], scores[:-1])[0, 1]) < 4.0 / np.sqrt(400)
