"""Channels: mechanisms through which policies act, each of which a scenario can switch off.

A channel that is off is a bundle of parameter values at which its mechanism does nothing
(`channels.toml`). The bundle comes last, on top of the draw and of the scenario's own parameters.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.parameters.table import parameter_table

CHANNELS_FILE = Path(__file__).with_name("channels.toml")


@dataclass(frozen=True)
class Channel:
    """One mechanism; `off` are the parameter values at which it does nothing."""

    name: str
    title: str
    meaning: str
    off: dict[str, float]


def read_channels(blocks: Mapping[str, Any]) -> dict[str, Channel]:
    """The channels of a table. Raises InputError for a parameter or a value that cannot be."""
    table = parameter_table()
    found = {name: Channel(name, **block) for name, block in blocks.items()}
    for channel in found.values():
        for name, value in channel.off.items():
            where = f"{CHANNELS_FILE.name}, {channel.name}.{name}"
            if name not in table:
                raise InputError(f"there is no parameter '{name}'", where=where)
            low, high = table[name].minimum, table[name].maximum
            if not low <= value <= high:
                allowed = f"{low:g} to {high:g}"
                raise InputError(f"{value:g} is out of range", where=where, allowed=allowed)
    return found


def _read() -> dict[str, Channel]:
    with CHANNELS_FILE.open("rb") as file:
        return read_channels(tomllib.load(file))


CHANNELS: dict[str, Channel] = _read()


def with_channels_off(parameters: Mapping[str, float], off: Iterable[str]) -> dict[str, float]:
    """Overrides (`name` or `THA.name`) as they apply once these channels are off."""
    neutral = {name: value for channel in off for name, value in CHANNELS[channel].off.items()}
    kept = {
        key: value for key, value in parameters.items() if key.rpartition(".")[2] not in neutral
    }
    return kept | neutral
