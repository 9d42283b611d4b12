"""Sobol' indices of groups of inputs, with bootstrap intervals; for independent inputs only.

The design is Saltelli's (2010): blocks of runs A, AB_1 ... AB_G, B, where AB_g is A with the inputs
of group g from B, and A and B are halves of one scrambled Sobol' sequence. First-order indices are
estimated as in Saltelli et al. (2010), total ones as in Jansen (1999); whole blocks are resampled.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import InputError
from sim.quantile_bands import HIGH, LOW, quantile

Floats = NDArray[np.float64]
RESAMPLES = 400
MOST_BLOCKS = 16_384  # half a day of runs of the mean-field model, and half a gigabyte of points
COLUMNS = ["input", "first", "first_low", "first_high", "total", "total_low", "total_high"]


def check_blocks(n: int) -> None:
    """Refuse a number of blocks that is no power of two, or too many. Raises InputError."""
    if n > MOST_BLOCKS:
        raise InputError(
            f"{n:,} blocks of a Sobol' design are too many",
            where="--n",
            allowed=f"a power of two up to {MOST_BLOCKS:,}",
        )
    if n < 2 or n & (n - 1):
        raise InputError(
            f"{n} points of a Sobol' sequence are not balanced",
            where="--n",
            allowed="a power of two, such as 64, 128 or 256",
        )


def saltelli(n: int, groups: Sequence[Sequence[int]], seed: int) -> Floats:
    """Blocks of points in the unit cube: (n, groups + 2, inputs), A first and B last.

    `groups` list the columns of each group; together they are all columns. Raises InputError.
    """
    from scipy.stats import qmc

    check_blocks(n)
    width = sum(len(columns) for columns in groups)
    sampler = qmc.Sobol(2 * width, scramble=True, rng=np.random.default_rng(seed))
    both = np.asarray(sampler.random(n))
    one, other = both[:, :width], both[:, width:]
    blocks = np.repeat(one[:, None, :], len(groups) + 2, axis=1)
    for position, columns in enumerate(groups, start=1):
        blocks[:, position, list(columns)] = other[:, list(columns)]
    blocks[:, -1] = other
    return blocks


def sobol_indices(
    results: Floats, names: Sequence[str], seed: int = 1, resamples: int = RESAMPLES
) -> pd.DataFrame:
    """Indices of one outcome from its values by block and run (blocks, groups + 2).

    A row a group: first-order and total index with the 5th and 95th percentile of the bootstrap.
    All values are finite (`finite_runs.usable`); a constant outcome has no indices (nan).
    """
    blocks, runs = results.shape
    if runs != len(names) + 2:
        raise InputError(f"{runs} runs a block do not fit {len(names)} groups")
    if not np.isfinite(results).all():
        raise InputError("results are not finite", todo="choose the blocks with `usable` first")
    weights = np.full((blocks, resamples + 1), 1.0 / blocks)
    rng = np.random.default_rng(seed)
    picked = rng.multinomial(blocks, np.full(blocks, 1.0 / blocks), size=resamples)
    weights[:, 1:] = picked.T / blocks
    centred = results - results[:, [0, -1]].mean()
    a, b, mixed = centred[:, :1], centred[:, -1:], centred[:, 1:-1]
    mean = ((a + b) / 2.0).T @ weights
    variance = ((a * a + b * b) / 2.0).T @ weights - mean * mean
    if not np.ptp(results) > 0.0:
        variance = np.full_like(variance, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        first = (b * (mixed - a)).T @ weights / variance
        total = (0.5 * (a - mixed) ** 2).T @ weights / variance
    columns: dict[str, object] = {"input": list(names)}
    for name, found in (("first", first), ("total", total)):
        columns[name] = found[:, 0]
        columns[f"{name}_low"] = quantile(found[:, 1:], LOW)
        columns[f"{name}_high"] = quantile(found[:, 1:], HIGH)
    return pd.DataFrame(columns, columns=COLUMNS)
