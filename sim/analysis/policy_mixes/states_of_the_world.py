"""Futures: parameter draws combined with what happens outside, the same for every mix.

Outside are growth, conflict in Myanmar, sellers in China and the rest of the world, and artificial
intelligence in the hands of scammers; how much of a raid on scams moves elsewhere is among the
parameters. Every future has a draw of its own. Combinations of outside paths are dealt out in a
shuffled order, so that all of them come equally often.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiments.run import parameters_of
from sim.experiments.study import Study, build_study
from sim.parameters.posterior import posterior_draw
from sim.parameters.table import parameter_table
from sim.scenario import Scenario
from sim.units import COUNTRIES

# Choices in an order that has a meaning: from less to more of it.
OUTSIDE: dict[str, tuple[str, ...]] = {
    "growth": ("low", "weo", "high"),
    "conflict": ("observed", "worse"),
    "row": ("taxed", "flat", "cheaper"),
    "ai_scams": ("none", "rising"),
}
FUTURES = 144
FEWEST = 12

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Future:
    """A parameter draw and a choice for every outside path, in the order of `OUTSIDE`."""

    draw: int
    choices: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The name of the folder with its runs."""
        return "-".join(self.choices)


def futures(count: int, seed: int = 1) -> list[Future]:
    """So many futures, draws 1, 2, ...; the same number gives the same. Raises InputError."""
    if count < FEWEST:
        raise InputError(
            f"{count} futures say little", where="--futures", allowed=f"{FEWEST} or more"
        )
    every = list(product(*OUTSIDE.values()))
    luck = np.random.default_rng(seed)
    found: list[Future] = []
    while len(found) < count:
        for at in luck.permutation(len(every)):
            found.append(Future(len(found) + 1, every[int(at)]))
    return found[:count]


def studies(
    mixes: Sequence[Scenario],
    baseline: Scenario | str,
    wanted: Sequence[Future],
    seeds: int | Sequence[int],
    scale: int,
) -> dict[str, Study]:
    """The runs by folder: every mix and the baseline in the futures with the same outside paths.

    Outside paths of a mix give way to those of the future.
    """
    whole = build_study([baseline, *mixes], seeds=seeds, draws=0, scale=scale)
    found: dict[str, list[Future]] = {}
    for future in wanted:
        found.setdefault(future.folder, []).append(future)
    return {
        folder: replace(
            whole,
            scenarios=tuple(_in_future(s, group[0]) for s in whole.scenarios),
            draws=tuple(future.draw for future in group),
        )
        for folder, group in found.items()
    }


def _in_future(scenario: Scenario, future: Future) -> Scenario:
    paths = dict(zip(OUTSIDE, future.choices, strict=True))
    return replace(scenario, paths={**scenario.paths, **paths})


def points(wanted: Sequence[Future]) -> dict[str, Floats]:
    """What differs between futures, as numbers by input.

    An outside path is the place of its choice in `OUTSIDE`. A parameter that differs between
    countries is its mean distance from the central values: a factor, or a difference for those with
    a linear prior.
    """
    found: dict[str, Floats] = {
        f"paths.{name}": np.array([OUTSIDE[name].index(future.choices[at]) for future in wanted])
        for at, name in enumerate(OUTSIDE)
    }
    sets = [parameters_of(future.draw) for future in wanted]
    for name, parameter in parameter_table().items():
        if parameter.status == "fixed" or parameter.low == parameter.high:
            continue
        values = np.array([[one.get(iso, name) for iso in COUNTRIES] for one in sets])
        if not parameter.by_country:
            found[f"parameters.{name}"] = values[:, 0]
            continue
        central = np.array([parameter.central_in(iso) for iso in COUNTRIES])
        if parameter.prior == "log":
            found[f"parameters.{name}"] = np.exp(np.log(values / central).mean(axis=1))
        else:
            found[f"parameters.{name}"] = (values - central).mean(axis=1)
    return found


def worlds(wanted: Sequence[Future]) -> NDArray[np.int64]:
    """By future the world of its draw: the draws of a world share all that was not estimated."""
    return np.array([posterior_draw(future.draw).prior_draw for future in wanted])


def range_words(name: str, low: float, high: float, among: Mapping[str, Floats]) -> str:
    """A range of an input as a person says it."""
    head, _, plain = name.partition(".")
    if head == "paths":
        kept = [c for k, c in enumerate(OUTSIDE[plain]) if low <= k <= high]
        return f"{plain} is {' or '.join(kept)}"
    parameter = parameter_table()[plain]
    unit = ""
    if parameter.by_country:
        unit = " times its central value" if parameter.prior == "log" else " from its central value"
    elif parameter.unit != "1":
        unit = f" ({parameter.unit})"
    values = among[name]
    above, below = low > values.min(), high < values.max()
    if above and below and math.isfinite(low) and math.isfinite(high):
        return f"{plain} from {low:.3g} to {high:.3g}{unit}"
    return f"{plain} of {low:.3g} or more{unit}" if above else f"{plain} up to {high:.3g}{unit}"
