"""Keyed random draws: a draw is a function of who, when and what is decided, never of order.

The key of a draw is (seed, ISO code, agent's number, quarter, decision). Two policies under one
seed therefore share every shock, and adding an agent, a lever, a thread or a chunk changes nobody
else's draws (common random numbers). Decision numbers are hashes of their names, so anyone can
add a decision without disturbing the others.

The generator is SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195) used as a
counter-based one: the agent's number is the counter, and the stream is chosen by a 64-bit hash of
everything else. `model.engine.compiler.intrinsics` has compiled versions of these functions that
give the same bits; a test compares them.

Seed 0 is a seed like any other.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from sim.units import hazard_to_probability, per_quarter

_MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15
_MIX_A = 0xBF58476D1CE4E5B9
_MIX_B = 0x94D049BB133111EB
_UNIT = 2.0**-52
LARGEST_SEED = 2**31 - 1


class AgentRng(NamedTuple):
    """The random draws of one agent in one quarter: the stream's key and the agent's number."""

    key: int
    number: int


def decision(name: str) -> int:
    """The number of a decision: a 63-bit hash of its name."""
    digest = hashlib.sha256(f"decision:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def stream_key(seed: int, place: str, step: int) -> int:
    """The key (signed 64 bits) shared by all draws of one seed, one place and one time step."""
    digest = hashlib.sha256(f"stream:{seed}:{place}:{step}".encode()).digest()
    return int.from_bytes(digest[:8], "little", signed=True)


def scramble(key: int, number: int) -> int:
    """A well-mixed 63-bit whole number from a key and a number (element `number` of stream `key`).

    Not random in time: used for what never changes, such as who knows whom.
    """
    z = ((key & _MASK) + (number & _MASK) * _GAMMA) & _MASK
    z = ((z ^ (z >> 30)) * _MIX_A) & _MASK
    z = ((z ^ (z >> 27)) * _MIX_B) & _MASK
    return (z ^ (z >> 31)) >> 1


def unit(whole: int) -> float:
    """The 63-bit whole number of `scramble` as a fraction strictly between 0 and 1."""
    return ((whole >> 11) + 0.5) * _UNIT


def uniform(rng: AgentRng, which: int) -> float:
    """The uniform draw in (0, 1) of one agent, one quarter and one decision."""
    return unit(scramble(scramble(rng.key ^ which, 0), rng.number))


def event_occurs(rng: AgentRng, which: int, hazard: float) -> bool:
    """Whether an event of annual hazard `hazard` (1/year) happens to one agent in one quarter."""
    draw = uniform(rng, which)
    return draw < per_quarter(hazard) and draw < hazard_to_probability(
        hazard
    )  # the first is larger, and quick
