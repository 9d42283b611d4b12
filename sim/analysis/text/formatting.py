"""Numbers as text."""

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


def small_percent(share: float) -> str:
    """A fraction in per cent with two significant digits, however small: `0.0077 %`."""
    if math.isnan(share):
        return "unknown"
    value = 100.0 * share
    if value == 0.0:
        return "0 %"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f} %"


def change_words(value: float) -> str:
    """A change of money: `US$ 1.2 m more`, `US$ 3 m less`."""
    if math.isnan(value):
        return "unknown"
    return f"{money(abs(value))} {'more' if value >= 0 else 'less'}"


def short(value: float) -> str:
    """A number for a narrow column: two significant digits and the step as a letter, `6.4m`."""
    if math.isnan(value):
        return "?"
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(value) >= 0.9951 * size:
            return f"{_two_digits(value / size)}{letter}"
    return _two_digits(value)


def with_interval(value: float, low: float, high: float) -> str:
    """A change and its interval in one step, for a narrow column: `+6.4 (4.7, 53)m`."""
    if math.isnan(value):
        return "?"
    largest = max(abs(value), abs(low), abs(high))
    steps = ((1e9, "bn"), (1e6, "m"), (1e3, "k"))
    size, letter = next((step for step in steps if largest >= 0.9951 * step[0]), (1.0, ""))
    middle, first, last = (
        _brief(part / size, decimals=2 if letter else 3) for part in (value, low, high)
    )
    sign = "+" if value > 0 and middle != "0" else ""
    return f"{sign}{middle} ({first}, {last}){letter}"


def _brief(value: float, decimals: int) -> str:
    """Two significant digits, and no more decimals than given."""
    if abs(value) >= 0.1:
        return _two_digits(value)
    text = f"{value:.{decimals}f}"
    return "0" if float(text) == 0.0 else text


def _two_digits(value: float) -> str:
    shown = float(f"{value:.1e}")
    if shown == 0.0:
        return "0"
    return f"{shown:.{max(0, 1 - math.floor(math.log10(abs(shown))))}f}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def country_name(iso: str) -> str:
    """The country's name for a sentence."""
    return COUNTRY_NAMES.get(iso, iso)


COUNT_WORDS = ("none", "one", "two", "three", "four", "five")
