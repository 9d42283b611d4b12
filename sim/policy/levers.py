"""What governments can do: one block per lever in `levers.toml`, read and checked here.

The validator of scenarios, the command line, the documentation and the sliders read this table.
A lever never writes state: its schedule (`sim/policy/schedule.py`) says how much of it is in effect
in a quarter, the rules of the model use that number, and its cost goes through a budget.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.units import COUNTRIES, REGION

SCOPES = ("countries", "pairs", "region")
PAIRS = tuple(f"{a}-{b}" for i, a in enumerate(COUNTRIES) for b in COUNTRIES[i + 1 :])
PLACES = {"countries": COUNTRIES, "pairs": PAIRS, "region": (REGION,)}


@dataclass(frozen=True)
class Lever:
    """One policy instrument.

    `level` runs from `minimum` to `maximum` in `unit`; at `neutral` the lever changes nothing.
    `moves` names what it acts on. `prices` has the parts of the yearly cost of one unit of level:
    what is paid for (one of `COST_BASES`) and the parameter with its price, or "level" where the
    level is itself money. `lag_years` and `ramp_years` stand where a scenario gives none. `grade`
    says how well the size of the effect is known, from A (follows from an accounting identity) to D
    (no measured effect). `usual` is the shipped scenario that has its usual dose; `seeds` names
    the programmes that ask for it.
    """

    name: str
    number: int
    title: str
    unit: str
    minimum: float
    maximum: float
    neutral: float
    scope: str
    moves: tuple[str, ...]
    prices: dict[str, str]
    lag_years: float
    ramp_years: float
    grade: str
    usual: str
    seeds: tuple[str, ...]
    meaning: str
    source: str

    @property
    def is_money(self) -> bool:
        """Whether the level is an amount of money, spent as it stands."""
        return MONEY in self.prices.values()

    @property
    def price_parameters(self) -> tuple[str, ...]:
        """The parameters that hold its prices; none where the level is itself money."""
        return tuple(name for name in self.prices.values() if name != MONEY)

    def price_text(self, words: Callable[[str], str] = str) -> str:
        """What one unit of level costs a year; `words` puts the name of a parameter into words."""
        return " + ".join(
            f"{'the level itself' if name == MONEY else words(name)}, per {COST_BASES[base]}"
            for base, name in self.prices.items()
        )

    @property
    def places(self) -> tuple[str, ...]:
        """Every place for which this lever can be set."""
        return PLACES[self.scope]

    @property
    def range_text(self) -> str:
        """The allowed levels in words, e.g. `0 to 5 (1/year)`."""
        return f"{self.minimum:g} to {self.maximum:g} ({self.unit})"


MONEY = "level"  # in place of the parameter with a price
COST_BASES = {  # what a unit of level is paid for, in words
    "person": "person",
    "rural person": "rural person",
    "1000 people": "1000 people",
    "gdp": "gdp",
    "country": "country",
    "firm": "firm",
    "online firm": "online firm",
    "pair": "pair",
    "takings": "US$ that syndicates in the country take",
}
GRADES = {
    "A": "follows from an accounting identity",
    "B": "measured nearby",
    "C": "measured elsewhere or indirectly",
    "D": "no measured effect: zero or a judgement, only in scenarios marked illustrative, and "
    "left out of every ranking",
}


def _read() -> dict[str, Lever]:
    path = Path(__file__).with_name("levers.toml")
    with path.open("rb") as file:
        blocks = tomllib.load(file)
    return {name: _lever(name, block, path.name) for name, block in blocks.items()}


def _lever(name: str, block: dict[str, Any], where: str) -> Lever:
    lists = {key: tuple(block[key]) for key in ("moves", "seeds")}
    lever = Lever(**{"name": name, "minimum": 0.0, "neutral": 0.0, "usual": "", **block, **lists})
    for value, allowed in (
        (lever.scope, SCOPES),
        (lever.grade, tuple(GRADES)),
        *((base, tuple(COST_BASES)) for base in lever.prices),
    ):
        if value not in allowed:
            raise InputError(
                f"lever '{name}': '{value}' is not known", where=where, allowed=", ".join(allowed)
            )
    return lever


LEVERS: dict[str, Lever] = _read()
