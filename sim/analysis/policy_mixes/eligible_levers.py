"""Which levers may be compared with one another, and how well their prices are known.

Levers of grade D have no measured effect: they are left out of Shapley values, frontiers and
whatever else says that one mix is better than another. Prices are another matter: where the price
of a lever is a judgement, a cost per dollar is shown within a factor of three, and not ranked.
"""

from __future__ import annotations

from dataclasses import replace

from sim.errors import InputError
from sim.parameters.table import parameter_table
from sim.policy.levers import LEVERS
from sim.scenario import Scenario

UNMEASURED = "D"
FACTOR = 3.0  # either way, for a price that is a judgement
# Their price is a judgement by the programme of work, whatever stands beside it as an order of
# magnitude.
_JUDGED = ("regulatory_harmonization", "consumer_protection")
BASES = {
    "money": "the level is itself money",
    "measured": "from budgets or prices",
    "partly": "from budgets or prices, with a judgement",
    "judgement": "a judgement: within a factor of three, not ranked",
}


def unmeasured(scenario: Scenario) -> tuple[str, ...]:
    """Levers of grade D that a scenario uses."""
    return tuple(name for name in scenario.levers if LEVERS[name].grade == UNMEASURED)


def measured_part(scenario: Scenario) -> tuple[Scenario, tuple[str, ...]]:
    """A scenario without its levers of grade D, and their names.

    Raises InputError where such a lever is used in a scenario that is not illustrative, or where no
    other lever is left.
    """
    left_out = unmeasured(scenario)
    if left_out and not scenario.illustrative:
        raise InputError(
            f"'{left_out[0]}' has grade D: no effect of it has been measured, so it is not ranked",
            where=scenario.name,
            allowed="levers of grade A, B or C, see `mekong list levers`",
            todo="take it out, or mark the scenario illustrative: then it is left out here",
        )
    rest = {name: s for name, s in scenario.levers.items() if name not in left_out}
    if not rest:
        what = "has only levers of grade D" if left_out else "uses no lever"
        raise InputError(
            f"'{scenario.name}' {what}: there is nothing to compare",
            allowed="a scenario with levers of grade A, B or C, such as coordinated",
        )
    return (replace(scenario, levers=rest) if left_out else scenario), left_out


def left_out_sentence(scenario: str, levers: tuple[str, ...]) -> str:
    """What a reader must know of levers that were left out; empty if there are none."""
    if not levers:
        return ""
    names = ", ".join(levers)
    return f"Left out of '{scenario}': {names} (grade D: no measured effect, never ranked)."


def price_basis(lever: str) -> str:
    """How the price of a lever is known: a key of `BASES`."""
    about = LEVERS[lever]
    if about.is_money:
        return "money"
    bases = {_basis(parameter_table()[name].source) for name in about.price_parameters}
    if lever in _JUDGED:
        return "judgement"
    return bases.pop() if len(bases) == 1 else "partly"


def _basis(source: str) -> str:
    """How one price is known."""
    words = source.strip().lower()
    if words.startswith("judgement"):
        return "judgement"
    return "partly" if "judgement" in words else "measured"
