"""Numbers as a person says them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.units import COUNTRY_NAMES

_STEPS = ((1e12, "trillion"), (1e9, "bn"), (1e6, "m"), (1e3, "thousand"))


def rounded(value: float) -> str:
    """Three significant digits without an exponent."""
    if math.isnan(value):
        return "unknown"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def amount(value: float) -> str:
    """A large number with its step in words: `1.23 bn`."""
    for size, name in _STEPS:
        if abs(value) >= 0.9995 * size:
            return f"{rounded(value / size)} {name}"
    return rounded(value)


def money(value: float) -> str:
    """US$ in words: `US$ 1.23 bn`."""
    sign = "-" if value < 0 else ""
    return f"{sign}US$ {amount(abs(value))}" if not math.isnan(value) else "unknown"


def signed_money(value: float) -> str:
    """`money` with its sign always shown."""
    return money(value) if value <= 0 or math.isnan(value) else f"+{money(value)}"


def times(ratio: float) -> str:
    """A ratio: `1.97 times`."""
    return "unknown" if math.isnan(ratio) else f"{ratio:.2f} times"


def percent(share: float) -> str:
    """A fraction in per cent."""
    return "unknown" if math.isnan(share) else f"{100 * share:.1f} %"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def country_name(iso: str) -> str:
    """The country's name for a sentence."""
    return COUNTRY_NAMES.get(iso, iso)


COUNT_WORDS = ("none", "one", "two", "three", "four", "five")
