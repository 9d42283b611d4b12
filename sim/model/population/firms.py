"""Small firms as weighted strata of the productivity distribution, finer towards the top.

A row stands for a run of quantiles of a Pareto distribution and carries the exact mean of
productivity to the power sigma - 1 over that run, so that sums over rows are the sums over all
firms without any sampling noise. Strata are equally spaced in the logarithm of the share of firms
above them, down to single firms at the top. At `scale = 1` every firm is a row.

Where a firm is, who owns it and what it sells are hashed from its number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.agents.firm import Firm
from sim.rng import scramble, stream_key

ROWS_PER_COUNTRY = 10_000
COLUMN_BYTES = 12  # weight, productivity and share of firms below, of one row
CHUNK_ROWS = 2_048
CELLS = 12  # size (3) x owner (2) x area (2), in which firms are counted
_BITS = 15
_FRACTION = 2.0**-_BITS


class Registry(NamedTuple):
    """What never changes about the firms of a country (one row of the array of registries)."""

    first: int
    size: int
    firm_key: int
    women_share: float
    urban_share: float
    goods_share: float
    micro_share: float
    small_share: float


_WHOLE = ("first", "size", "firm_key")
REGISTRY = np.dtype([(name, "i8" if name in _WHOLE else "f8") for name in Registry._fields])


@dataclass(frozen=True)
class FirmFacts:
    """The firms of one country: how many, and the shares of their kinds."""

    firms: float
    women_owned: float
    urban: float
    goods: float
    micro: float
    small: float


def rows_of(firms: float, scale: int) -> int:
    """Rows that stand for the firms of a country at a scale."""
    whole = max(round(firms), 1)
    return min(whole, max(ROWS_PER_COUNTRY, round(whole / scale)))


def strata(
    firms: float, rows: int, shape: float, power: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Weight (firms), log productivity and share of firms below, for each row.

    `power` is sigma - 1; log productivity is that of the mean of productivity ** power.
    """
    above = _shares_above(firms, rows)
    tail = power / shape
    share = -np.diff(above)
    # mean of (share above) ** -tail over the stratum, in closed form
    inside = -np.diff(above ** (1.0 - tail)) / (1.0 - tail)
    mean = inside / share
    weight = share * firms
    middle = 1.0 - (above[:-1] + above[1:]) / 2.0
    return (
        weight.astype(np.float32),
        (np.log(mean) / power).astype(np.float32),
        middle.astype(np.float32),
    )


def _shares_above(firms: float, rows: int) -> NDArray[np.float64]:
    """Share of firms above each edge, from 1 down to 0; no stratum holds less than one firm."""
    whole = max(round(firms), 1)
    if rows == 1 or rows >= whole:
        return np.linspace(1.0, 0.0, rows + 1)
    single = 1
    for _ in range(60):  # so many single firms at the top that the last stratum holds just one
        steps = rows - single
        ratio = (single / whole) ** (1.0 / steps)
        wanted = math.ceil(1.0 / (1.0 / ratio - 1.0))
        wanted = min(max(wanted, 1), rows - 1)
        if wanted == single:
            break
        single = wanted
    steps = rows - single
    upper = (single / whole) ** (np.arange(steps + 1) / steps)
    return np.concatenate([upper, np.arange(single - 1, -1, -1) / whole])


def describe_firm(registry, log_productivity, below, number):  # type: ignore[no-untyped-def]
    """The firm with this number in its country; `below` is the share of less productive ones."""
    bits = scramble(registry.firm_key, number)
    mask = (1 << _BITS) - 1
    size = 2
    if below < registry.micro_share:
        size = 0
    elif below < registry.micro_share + registry.small_share:
        size = 1
    return Firm(
        log_productivity,
        ((bits & mask) + 0.5) * _FRACTION,
        (((bits >> _BITS) & mask) + 0.5) * _FRACTION < registry.goods_share,
        (((bits >> 2 * _BITS) & mask) + 0.5) * _FRACTION < registry.women_share,
        (((bits >> 3 * _BITS) & mask) + 0.5) * _FRACTION < registry.urban_share,
        size,
    )


def firm_cell(who):  # type: ignore[no-untyped-def]
    """The cell in which a firm is counted."""
    cell = who.size
    if who.woman_owned:
        cell += 3
    if not who.urban:
        cell += 6
    return cell


def registry_record(iso: str, facts: FirmFacts, first: int, size: int, seed: int) -> Registry:
    """The row of a country in the array of registries."""
    return Registry(
        first=first,
        size=size,
        firm_key=stream_key(seed, f"{iso}:firm", 0),
        women_share=facts.women_owned,
        urban_share=facts.urban,
        goods_share=facts.goods,
        micro_share=facts.micro,
        small_share=facts.small,
    )


def firm_luck_place(iso: str) -> str:
    """The place under which the draws of a country's firms are keyed."""
    return f"{iso}:sme"


def chunks_of(sizes: Mapping[str, int], rows: int | None = None) -> list[tuple[int, int, int]]:
    """Runs of rows of one country: (country, begin, end)."""
    runs = []
    begin = 0
    step = rows or CHUNK_ROWS
    for country, size in enumerate(sizes.values()):
        runs += [(country, begin + k, begin + min(k + step, size)) for k in range(0, size, step)]
        begin += size
    return runs
