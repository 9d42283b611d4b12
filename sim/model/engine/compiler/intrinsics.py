"""Compiled forms of the few functions that need 64-bit wrap-around or a guarded library call.

Importing this module tells Numba how to compile `sim.rng.scramble` and its relatives inside a
rule. Every other function is compiled from its own source.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic, overload

from sim import rng

_GAMMA = 0x9E3779B97F4A7C15
_MIX_A = 0xBF58476D1CE4E5B9
_MIX_B = 0x94D049BB133111EB


@overload(rng.scramble)
def _scramble(key: Any, number: Any) -> Any:
    gamma, mix_a, mix_b = np.uint64(_GAMMA), np.uint64(_MIX_A), np.uint64(_MIX_B)
    s30, s27, s31, s1 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(1)

    def compiled(key: Any, number: Any) -> Any:
        z = np.uint64(key) + np.uint64(number) * gamma
        z = (z ^ (z >> s30)) * mix_a
        z = (z ^ (z >> s27)) * mix_b
        return np.int64((z ^ (z >> s31)) >> s1)

    return compiled


def bare(array: Any) -> Any:
    """The array itself; compiled, the address of its first element, to be read by position.

    Handing an array on counts a reference, for each of many calls and each agent; handing on an
    address does not. The caller must hold the array.
    """
    return array


@intrinsic
def _address(_context: Any, array: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(array)(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), code


@overload(bare)
def _bare(array: Any) -> Any:
    def compiled(array: Any) -> Any:
        return _address(array)

    return compiled
