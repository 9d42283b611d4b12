"""Parameters that must fit together: what the bounds of single parameters cannot say.

Each `Joint` names its parameters and gives, for any one of them, the interval in which it fits
beside the others. Scenarios, overrides and points of a design that do not fit are refused with the
nearest value that does; draws of the prior are moved to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sim.parameters.table import parameter_table
from sim.units import COUNTRIES, COUNTRY_NAMES

# Seller sizes have the tail pareto_shape / (variety_substitution - 1): at one or less their mean is
# infinite, and with a large one all sellers are alike.
LEAST_TAIL, MOST_TAIL = 1.2, 2.5
# Spending brings varieties, these lower prices, and these raise spending: with a gain near one the
# model would have two equilibria. About one draw in a hundred is cut.
MOST_LOOP_GAIN = 0.8
# What is bought at home is the remainder; preference weights are quoted relative to it.
MOST_FROM_ABROAD = 0.95
_ROUNDING = 1e-12

Values = Mapping[str, float]  # of one country
Limits = Callable[[str, Values], tuple[float, float]]


@dataclass(frozen=True)
class Joint:
    """One joint constraint.

    `limits(name, values)` is the interval in which a parameter fits beside the others. `moved`
    lists the parameters that give way to values that a person has set, the preferred one first.
    Where priors can break the constraint (`in_designs`), points of a design are moved as draws are;
    elsewhere they are refused.
    """

    name: str
    words: str
    parameters: tuple[str, ...]
    moved: tuple[str, ...]
    limits: Limits
    in_designs: bool

    def fits(self, values: Values) -> bool:
        """Whether the values of one country fit together."""
        name = self.parameters[0]
        low, high = self.limits(name, values)
        return low - _ROUNDING <= values[name] <= high + _ROUNDING

    def nearest(self, name: str, values: Values) -> float | None:
        """The nearest value of one parameter that fits beside the others, if its bounds allow."""
        low, high = self.limits(name, values)
        row = parameter_table()[name]
        low, high = max(low, row.minimum), min(high, row.maximum)
        return min(max(values[name], low), high) if low <= high else None


def _tail(name: str, p: Values) -> tuple[float, float]:
    power = p["variety_substitution"] - 1.0
    if name == "pareto_shape":
        return LEAST_TAIL * power, MOST_TAIL * power
    return 1.0 + p["pareto_shape"] / MOST_TAIL, 1.0 + p["pareto_shape"] / LEAST_TAIL


def _loop(name: str, p: Values) -> tuple[float, float]:
    power, shape = p["variety_substitution"] - 1.0, p["pareto_shape"]
    if name == "price_elasticity":
        gain = 1.0 / power - 1.0 / shape
        return -math.inf, 1.0 + MOST_LOOP_GAIN / gain if gain > 0.0 else math.inf
    excess = p["price_elasticity"] - 1.0
    if excess <= 0.0:
        return -math.inf, math.inf
    room = MOST_LOOP_GAIN / excess
    if name == "variety_substitution":
        return 1.0 + 1.0 / (room + 1.0 / shape), math.inf
    return -math.inf, 1.0 / (1.0 / power - room) if 1.0 / power > room else math.inf


def _sum(one: str, other: str, most: float) -> Limits:
    """The two together are at most `most`."""

    def limits(name: str, p: Values) -> tuple[float, float]:
        return -math.inf, most - p[other if name == one else one]

    return limits


def _fees(name: str, p: Values) -> tuple[float, float]:
    if name == "remittance_fee_linked":
        return -math.inf, p["remittance_fee"]
    return p["remittance_fee_linked"], math.inf


JOINTS = (
    Joint(
        "tail of seller sizes",
        f"pareto_shape / (variety_substitution - 1) from {LEAST_TAIL} to {MOST_TAIL}: beyond it "
        "the mean size of sellers is infinite, or all are alike",
        ("pareto_shape", "variety_substitution"),
        ("pareto_shape", "variety_substitution"),
        _tail,
        in_designs=True,
    ),
    Joint(
        "gain of the variety loop",
        "(price_elasticity - 1) * (1 / (variety_substitution - 1) - 1 / pareto_shape) up to "
        f"{MOST_LOOP_GAIN}: with more, the model has two equilibria",
        ("price_elasticity", "variety_substitution", "pareto_shape"),
        ("price_elasticity", "pareto_shape", "variety_substitution"),
        _loop,
        in_designs=True,
    ),
    Joint(
        "purchases from abroad",
        f"intra_region_share + row_share up to {MOST_FROM_ABROAD}: the rest is bought at home",
        ("row_share", "intra_region_share"),
        ("intra_region_share", "row_share"),
        _sum("row_share", "intra_region_share", MOST_FROM_ABROAD),
        in_designs=False,
    ),
    Joint(
        "weights of contacts",
        "neighbour_weight + community_weight up to 1: the country has the rest",
        ("neighbour_weight", "community_weight"),
        ("neighbour_weight", "community_weight"),
        _sum("neighbour_weight", "community_weight", 1.0),
        in_designs=True,
    ),
    Joint(
        "fees of remittances",
        "remittance_fee_linked up to remittance_fee: linked payment systems do not cost more",
        ("remittance_fee_linked", "remittance_fee"),
        ("remittance_fee_linked", "remittance_fee"),
        _fees,
        in_designs=True,
    ),
    Joint(
        "age bands",
        "youth_share_of_adults + older_share_of_adults up to 1: nobody is in both bands",
        ("youth_share_of_adults", "older_share_of_adults"),
        ("youth_share_of_adults", "older_share_of_adults"),
        _sum("youth_share_of_adults", "older_share_of_adults", 1.0),
        in_designs=False,
    ),
)
JOINED = frozenset(name for joint in JOINTS for name in joint.parameters)


@dataclass(frozen=True)
class Misfit:
    """Values that are allowed one by one and do not fit together."""

    joint: Joint
    countries: tuple[str, ...]
    name: str  # the parameter that could move, where there is one
    what: str
    todo: str

    @property
    def allowed(self) -> str:
        """The constraint in words."""
        return self.joint.words


def misfits(
    values: Mapping[str, Mapping[str, float]], given: Iterable[str] = ()
) -> Iterator[Misfit]:
    """All misfits of values by name and country.

    `given` are overrides (`name` or `THA.name`): a message proposes to change one of them.
    """
    asked = {key.rpartition(".")[2] for key in given}
    for joint in JOINTS:
        wrong = {
            iso: here
            for iso in COUNTRIES
            if not joint.fits(here := {name: values[name][iso] for name in joint.parameters})
        }
        if wrong:
            yield _misfit(joint, wrong, asked)


def _misfit(joint: Joint, wrong: Mapping[str, Values], asked: set[str]) -> Misfit:
    iso, here = next(iter(wrong.items()))
    name = next((n for n in joint.moved if n in asked), joint.moved[0])
    others = " and ".join(f"{n} = {here[n]:g}" for n in joint.parameters if n != name)
    where = "" if len(wrong) == len(COUNTRIES) else f" in {COUNTRY_NAMES[iso]}"
    what = f"{name} = {here[name]:g} does not fit {others}{where}"
    if len({tuple(v.values()) for v in wrong.values()}) > 1:
        what += f" (nor in {len(wrong) - 1} other countries)"
    nearest = joint.nearest(name, here)
    todo = f"change {' or '.join(joint.parameters)}"
    if nearest is not None:
        todo = f"the nearest that fits is {name} = {nearest:.4g}"
    return Misfit(joint, tuple(wrong), name, what, todo)


def settle(
    values: dict[str, dict[str, float]], kept: Iterable[str] = (), designs: bool = True
) -> None:
    """Move values that do not fit to the nearest that do; `kept` overrides stay as they are.

    With `designs`, only constraints by which points of a design are moved.
    """
    fixed = set(kept)
    for joint in JOINTS:
        if designs and not joint.in_designs:
            continue
        for iso in COUNTRIES:
            here = {name: values[name][iso] for name in joint.parameters}
            if joint.fits(here):
                continue
            for name in joint.moved:
                if name in fixed or f"{iso}.{name}" in fixed:
                    continue
                nearest = joint.nearest(name, here)
                if nearest is not None:
                    values[name][iso] = nearest
                    break
