"""Every number that a person may turn: one table, read and checked once.

`table.csv` beside this file holds a row per parameter. The validator, the documentation, the
command line, the sliders and the bounds of the calibration all derive from it. `sectors.csv` has
the same columns for the account of the digital economy (`sim.sectors`), which is worked out after a
run: none of its parameters is one of a run.
"""

from __future__ import annotations

import csv
import functools
import math
import re
from dataclasses import dataclass, field
from pathlib import Path

from scipy.special import ndtr, ndtri

from sim.errors import InputError
from sim.units import COUNTRIES

TABLE_FILE = Path(__file__).with_name("table.csv")
SECTOR_FILE = Path(__file__).with_name("sectors.csv")
PRIORS = ("log", "linear")
SPIKE = re.compile(r"(\w+), (0\.\d+) at zero")  # as in "linear, 0.25 at zero"
STATUSES = ("estimated", "fixed", "swept")


@dataclass(frozen=True)
class Parameter:
    """One number with its unit, prior range and source.

    `low`, `central` and `high` are about the 5th, 50th and 95th percentile of the prior;
    `minimum` and `maximum` bound what a scenario may ask for. Where countries differ,
    `by_country` holds their central values and the prior range is relative to them: a factor
    (high / central) where `prior` is "log", a difference (high - central) where it is "linear".
    With the probability `spike` the prior is exactly zero, and the three are of the rest.
    """

    name: str
    mechanism: str
    symbol: str
    unit: str
    low: float
    central: float
    high: float
    minimum: float
    maximum: float
    prior: str
    status: str
    meaning: str
    source: str
    by_country: dict[str, float] = field(default_factory=dict, hash=False)
    spike: float = 0.0

    def central_in(self, country: str) -> float:
        """Central value in one country."""
        return self.by_country.get(country, self.central)

    def quantile(self, country: str, z: float) -> float:
        """Prior value at standard normal score `z` (two half-normals that meet at the centre).

        The lowest scores are the spike at zero, where there is one.
        """
        if self.spike > 0.0:
            above = float(ndtr(z)) - self.spike
            if above <= 0.0:
                return 0.0
            z = float(ndtri(above / (1.0 - self.spike)))
        centre = self.central_in(country)
        side = self.high if z > 0 else self.low
        step = abs(z) / _Z95
        if self.prior == "log":
            value = centre * (side / self.central) ** step
        else:
            value = centre + (side - self.central) * step
        return min(max(value, self.minimum), self.maximum)

    def distance(self, country: str, value: float) -> float:
        """Distance of a value from the centre: 1 at the low or high end of the prior."""
        centre = self.central_in(country)
        if value == centre:
            return 0.0
        side = self.high if value > centre else self.low
        if self.prior == "log":
            if value <= 0.0 or side == self.central:
                return math.inf
            return math.log(value / centre) / math.log(side / self.central)
        return (value - centre) / (side - self.central) if side != self.central else math.inf


_Z95 = 1.6448536269514722


@functools.cache
def parameter_table() -> dict[str, Parameter]:
    """All parameters by name, in the order of the table."""
    return _read(TABLE_FILE)


@functools.cache
def sector_table() -> dict[str, Parameter]:
    """Parameters of the account of the digital economy, by name."""
    return _read(SECTOR_FILE)


def _read(path: Path) -> dict[str, Parameter]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    table: dict[str, Parameter] = {}
    for number, row in enumerate(rows, start=2):
        parameter = _read_row(row, f"{path.name}, line {number}")
        if parameter.name in table:
            raise InputError(f"parameter '{parameter.name}' is listed twice", where=path.name)
        table[parameter.name] = parameter
    return table


def _read_row(row: dict[str, str], where: str) -> Parameter:
    try:
        numbers = [float(row[key]) for key in ("low", "central", "high", "minimum", "maximum")]
        by_country = {iso: float(row[iso]) for iso in COUNTRIES if row[iso]}
    except (KeyError, ValueError) as error:
        raise InputError(f"a number is missing or unreadable: {error}", where=where) from error
    low, central, high, minimum, maximum = numbers
    spiked = SPIKE.fullmatch(row["prior"])
    parameter = Parameter(
        name=row["name"],
        mechanism=row["mechanism"],
        symbol=row["symbol"],
        unit=row["unit"],
        low=low,
        central=central,
        high=high,
        minimum=minimum,
        maximum=maximum,
        prior=spiked[1] if spiked else row["prior"],
        status=row["status"],
        meaning=row["meaning"],
        source=row["source"],
        by_country=by_country,
        spike=float(spiked[2]) if spiked else 0.0,
    )
    values = [parameter.central, *by_country.values()]
    if not all(math.isfinite(value) for value in [*numbers, *by_country.values()]):
        raise InputError(f"'{parameter.name}' has a value that is not a number", where=where)
    if not parameter.low <= parameter.central <= parameter.high:
        raise InputError(f"'{parameter.name}': low, central, high are out of order", where=where)
    if not all(parameter.minimum <= value <= parameter.maximum for value in values):
        raise InputError(f"'{parameter.name}': a value lies outside its bounds", where=where)
    if parameter.prior not in PRIORS or parameter.status not in STATUSES:
        raise InputError(
            f"'{parameter.name}': unknown prior or status",
            where=where,
            allowed=f"prior {', '.join(PRIORS)}, or such as 'linear, 0.25 at zero'; "
            f"status {', '.join(STATUSES)}",
        )
    if parameter.spike > 0.0 and (parameter.low < 0.0 or minimum > 0.0 or by_country):
        raise InputError(
            f"'{parameter.name}': zero must be the lowest value, the same in all countries, for a "
            "prior with a spike there",
            where=where,
        )
    if parameter.prior == "log" and parameter.low <= 0:
        raise InputError(f"'{parameter.name}': a log prior needs a positive low", where=where)
    if not (parameter.unit and parameter.meaning and parameter.source):
        raise InputError(f"'{parameter.name}' lacks a unit, a meaning or a source", where=where)
    return parameter
