"""What platforms keep of an order: commissions and transaction fees that were published, by date.

A figure is a range over platforms and goods, in force from a quarter on; the year is its row's and
the quarter the ending of its name. Both fees are paid by sellers who are no official shops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.data.select import Selection
from sim.units import QUARTERS_PER_YEAR, quarter_index

COMMISSION, TRANSACTION_FEE = "platform_commission", "platform_transaction_fee"
RISE_STARTS = quarter_index("2020Q1")  # before it platforms let sellers in almost for nothing
RISE_ENDS = quarter_index("2025Q1")


@dataclass(frozen=True)
class Commissions:
    """Dated figures of one country: the quarters (index), and the range from then on (shares).

    Between two figures the share moves in a straight line, since dates of smaller changes were not
    found; after the last it stays.
    """

    quarters: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def share(self, quarter: int, position: float, early: float) -> float:
        """Share of an order that platforms keep, at a position within the range (0 low, 1 high).

        Before the first figure it rises from `early`, if that figure is later than the rise.
        """
        values = [
            low + position * (high - low) for low, high in zip(self.low, self.high, strict=True)
        ]
        dates = list(self.quarters)
        if dates[0] > RISE_STARTS:
            dates, values = [RISE_STARTS, *dates], [early, *values]
        return float(np.interp(quarter, dates, values))


def assumed_share(quarter: int, early: float, final: float) -> float:
    """Where there are no figures: from `early` until 2019 in a straight line to `final` in 2025."""
    done = (quarter - RISE_STARTS) / (RISE_ENDS - RISE_STARTS)
    return early + (final - early) * min(max(done, 0.0), 1.0)


def platform_shares(
    known: Mapping[str, Commissions],
    parameters: Mapping[str, Mapping[str, float]],
    quarter: int,
    path: str,
) -> NDArray[np.float64]:
    """Share of an order that platforms keep, by country; `path` is `commissions` of a scenario."""
    shares = []
    for iso, params in parameters.items():
        early = params["early_platform_fee"]
        if path == "published" and iso in known:
            shares.append(known[iso].share(quarter, params["commission_position"], early))
        else:
            shares.append(assumed_share(quarter, early, params["platform_fee"]))
    return np.array(shares)


def read_commissions(data: Selection, iso: str) -> Commissions | None:
    """The dated commissions of a country with its transaction fees; None where no figure was found.

    Before the first figure of the transaction fee it is as large as that figure.
    """
    commission, transaction = _dated(data, COMMISSION, iso), _dated(data, TRANSACTION_FEE, iso)
    if not commission:
        return None
    quarters = sorted({*commission, *(q for q in transaction if q > min(commission))})
    found = [
        np.add(_in_force(commission, q), _in_force(transaction, q) if transaction else (0.0, 0.0))
        for q in quarters
    ]
    return Commissions(
        tuple(quarters), tuple(float(x[0]) for x in found), tuple(float(x[1]) for x in found)
    )


def _dated(data: Selection, name: str, iso: str) -> dict[int, tuple[float, float]]:
    found = {}
    for place in range(QUARTERS_PER_YEAR):
        low, high = (data.by_year(f"{name}_{side}_q{place + 1}", iso) for side in ("low", "high"))
        for year in low:
            found[year * QUARTERS_PER_YEAR + place] = (low[year], high[year])
    return found


def _in_force(dated: Mapping[int, tuple[float, float]], quarter: int) -> tuple[float, float]:
    before = [q for q in dated if q <= quarter]
    return dated[max(before) if before else min(dated)]
