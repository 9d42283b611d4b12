"""Places, quarters and money: the one place where years become quarters.

Rates everywhere else are annual. A hazard h (1/year) becomes the probability
`hazard_to_probability(h)` of an event in one quarter; a relaxation rate k (1/year) leaves the
fraction `decay_factor(k)` of a gap after one quarter. `exponential` and `logarithm` are guarded so
that the compiled and the uncompiled engine agree even where plain Python would raise.
"""

from __future__ import annotations

import math
import re

from sim.errors import InputError

COUNTRIES = ("KHM", "LAO", "MMR", "THA", "VNM")
COUNTRY_NAMES = {
    "KHM": "Cambodia",
    "LAO": "Lao PDR",
    "MMR": "Myanmar",
    "THA": "Thailand",
    "VNM": "Viet Nam",
    "GMS5": "the five countries",
    "ROW": "the rest of the world",
}
REGION = "GMS5"
ROW = "ROW"  # China and the rest of the world

QUARTERS_PER_YEAR = 4
MONTHS_PER_YEAR = 12.0
QUARTER_YEARS = 0.25
USD_SCALE = 65536  # sums are whole numbers of 2**-16 US$
_LARGEST_EXPONENT = 700.0


def quarter_index(label: str) -> int:
    """`"2015Q1"` as a running number of quarters: year * 4 + (quarter - 1)."""
    match = re.fullmatch(r"([0-9]{4})Q([1-4])", label) if isinstance(label, str) else None
    if not match:
        raise InputError(
            f"'{label}' is not a quarter",
            allowed="a year and a quarter such as 2026Q1",
            todo="write the four digits of the year, a capital Q and 1 to 4",
        )
    return int(match[1]) * QUARTERS_PER_YEAR + int(match[2]) - 1


def quarter_label(index: int) -> str:
    """The inverse of `quarter_index`."""
    return f"{index // QUARTERS_PER_YEAR}Q{index % QUARTERS_PER_YEAR + 1}"


def year_of(index: int) -> int:
    """The calendar year of a quarter."""
    return index // QUARTERS_PER_YEAR


def quarter_of(index: int) -> int:
    """The position of a quarter within its year, 0 to 3."""
    return index % QUARTERS_PER_YEAR


FIRST_QUARTER = quarter_index("2015Q1")
LAST_QUARTER = quarter_index("2030Q4")


def exponential(x: float) -> float:
    """exp(x), held at exp(+-700) so that it neither overflows nor raises."""
    return math.exp(min(max(x, -_LARGEST_EXPONENT), _LARGEST_EXPONENT))


def logarithm(x: float) -> float:
    """Natural logarithm, with everything below 1e-300 (zero too) taken as 1e-300."""
    return math.log(max(x, 1e-300))


def hazard_to_probability(hazard: float) -> float:
    """Probability that an event of annual hazard `hazard` (1/year) happens in one quarter."""
    return 1.0 - exponential(-hazard * QUARTER_YEARS)


def decay_factor(rate: float) -> float:
    """Share of a gap that is left after one quarter when it closes at `rate` (1/year)."""
    return exponential(-rate * QUARTER_YEARS)


def per_quarter(annual: float) -> float:
    """A yearly amount, as the amount of one quarter."""
    return annual * QUARTER_YEARS
