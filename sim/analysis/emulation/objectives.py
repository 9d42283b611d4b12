"""What the best use of money is judged by: one outcome, or several with stated weights."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from sim.errors import InputError, did_you_mean


@dataclass(frozen=True)
class MixObjective:
    """Weights of outcomes; `unit` is that of their sum, `words` says what is summed."""

    name: str
    weights: dict[str, float]
    unit: str
    words: str


# Each name and the outcomes that it counts. Someone both rural and poor counts twice as a buyer.
PARTS: dict[str, tuple[str, ...]] = {
    "value": ("purchases_usd",),
    "buyers": ("rural_shoppers", "poor_shoppers"),
    "exporters": ("sme_exporters",),
    "losses": ("losses_avoided_usd",),
}
UNITS = {"value": "US$", "buyers": "buyers", "exporters": "firms", "losses": "US$"}
WORDS = {
    "value": "online purchases 2026-2030, constant 2022 US$",
    "buyers": "rural online buyers and those of the two poorest fifths in 2030 (both: counted "
    "twice)",
    "exporters": "small firms that sell to neighbours in 2030",
    "losses": "losses to scams avoided 2026-2030, constant 2022 US$",
}
_LEAST, _MOST = 1e-6, 1e12  # US$ that a unit is worth
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_ALLOWED = f"{', '.join(PARTS)}, or weights in US$ such as value=1,losses=1,buyers=50"


def objective(text: str) -> MixObjective:
    """The objective that a person named. Raises InputError."""
    if "=" not in text:
        _known(text)
        weights = dict.fromkeys(PARTS[text], 1.0)
        return MixObjective(text, weights, UNITS[text], WORDS[text])
    weights, words = {}, []
    for part in text.split(","):
        name, _, number = (piece.strip() for piece in part.partition("="))
        _known(name)
        if PARTS[name][0] in weights:
            raise InputError(f"'{name}' has two weights", where="--objective", allowed=_ALLOWED)
        weights |= dict.fromkeys(PARTS[name], _weight(name, number))
        words.append(f"US$ {float(number):g} for each of: {WORDS[name]}")
    if not any(weights.values()):
        raise InputError("all weights are zero", where="--objective", allowed=_ALLOWED)
    return MixObjective(text.replace(" ", ""), weights, "US$", "; ".join(words))


def _known(name: str) -> None:
    if name not in PARTS:
        raise InputError(
            f"'{name}' is no objective",
            where="--objective",
            allowed=_ALLOWED,
            todo=did_you_mean(name, PARTS) or None,
        )


def _weight(name: str, text: str) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if value != 0.0 and not _LEAST <= value <= _MOST:
        raise InputError(
            f"'{text}' is no weight of {name}",
            where="--objective",
            allowed=f"0, or {_LEAST:g} to {_MOST:g} US$ that one unit is worth",
        )
    return value
