"""Draws by the million, by the compiled forms of `sim.rng`, for tests of their quality."""

from __future__ import annotations

from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from sim import rng
from sim.model.engine.compiled import consumer_kind
from sim.model.engine.compiler.cache import compiled_module
from sim.model.engine.compiler.translator import Program

_LOOPS = """
@njit
def scramble_all(keys, numbers, out):
    for i in range(len(out)):
        out[i] = scramble(keys[i], numbers[i])


@njit
def chance_all(keys, which, numbers, out):
    for i in range(len(out)):
        out[i] = uniform(AgentRng(keys[i], numbers[i]), which)


run = chance_all
"""


@cache
def compiled() -> ModuleType:
    """The functions of `sim.rng` as a rule's module has them, with loops around them."""
    program = Program(consumer_kind())
    uniform = program.add(rng.uniform)
    names = f"from sim.rng import AgentRng\n{program.text()}\nuniform = {uniform}\n"
    return compiled_module(names + _LOOPS)


def uniforms(
    numbers: NDArray[np.int64],
    *,
    seed: int = 1,
    place: str = "THA",
    step: int = 8060,
    name: str = "connect",
) -> NDArray[np.float64]:
    """One draw for each agent's number."""
    keys = np.full(len(numbers), rng.stream_key(seed, place, step), dtype=np.int64)
    out = np.empty(len(numbers))
    compiled().chance_all(keys, rng.decision(name), numbers, out)
    return out
