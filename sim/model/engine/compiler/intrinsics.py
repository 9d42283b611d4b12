"""Compiled forms of the few functions that need 64-bit wrap-around or a guarded library call.

Importing this module tells Numba how to compile `sim.rng.scramble` and its relatives inside a
rule. Every other function is compiled from its own source.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic, models, overload, register_model

from sim import rng
from sim.agents.firm import MARKETS

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


def by_market(array: Any) -> Any:
    """A row of an array, one number a market, for a rule to read; the caller must hold the array.

    Compiled, an address as of `bare` that nothing can be written to, and that knows its length: a
    place outside raises IndexError, and one below 0 counts from the end, as in Python.
    """
    return array


class _ByMarket(types.Type):  # type: ignore[misc]
    dtype = types.float64

    def __init__(self) -> None:
        super().__init__(name="list by market")


_BY_MARKET = _ByMarket()
register_model(_ByMarket)(models.PointerModel)


@intrinsic
def _listed(_context: Any, array: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(array)(context, builder, arguments[0]).data

    return _BY_MARKET(array), code


@intrinsic
def _read(_context: Any, listed: Any, place: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(builder.gep(arguments[0], [arguments[1]]))

    return types.float64(listed, types.intp), code


@overload(by_market)
def _by_market(array: Any) -> Any:
    def compiled(array: Any) -> Any:
        return _listed(array)

    return compiled


@overload(operator.getitem)
def _of_market(listed: Any, place: Any) -> Any:
    if not (isinstance(listed, _ByMarket) and isinstance(place, types.Integer)):
        return None

    def compiled(listed: Any, place: Any) -> Any:
        if place < -MARKETS or place >= MARKETS:
            raise IndexError("there is no such market")
        if place < 0:
            return _read(listed, np.intp(place) + MARKETS)
        return _read(listed, np.intp(place))

    return compiled
