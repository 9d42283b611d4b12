"""The parameters with which the runs of a study were done, read back from its manifest."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from sim.parameters.channels import CHANNELS
from sim.units import COUNTRIES


class RunParameters:
    """Parameters and levers of every scenario of a study.

    They come from the manifest and not from the program, so that a folder of an older version is
    read with the values that its runs had.
    """

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._drawn: dict[str, dict[str, Any]] = manifest["parameters"]
        self._scenarios = {
            name: tomllib.loads(text) for name, text in manifest["resolved_scenarios"].items()
        }

    def value(self, scenario: str, draw: int, iso: str, name: str) -> float:
        """A parameter of one country in the runs of one scenario and draw."""
        for channel in self.channels_off(scenario):
            if channel in CHANNELS and name in CHANNELS[channel].off:
                return CHANNELS[channel].off[name]
        own = self._scenarios[scenario].get("parameters", {})
        if name in own.get(iso, {}):
            return float(own[iso][name])
        if name in own:
            return float(own[name])
        drawn = self._drawn[str(draw)][name]
        return float(drawn[iso] if isinstance(drawn, dict) else drawn)

    def values(self, scenario: str, draw: int, name: str) -> dict[str, float]:
        """A parameter in all countries."""
        return {iso: self.value(scenario, draw, iso, name) for iso in COUNTRIES}

    def levers(self, scenario: str) -> tuple[str, ...]:
        """The levers that a scenario uses."""
        return tuple(self._scenarios[scenario].get("levers", {}))

    def changed_levers(self, scenario: str, against: str) -> tuple[str, ...]:
        """The levers that two scenarios do not use alike."""
        names = dict.fromkeys((*self.levers(scenario), *self.levers(against)))
        return tuple(
            name for name in names if self.blocks(scenario, name) != self.blocks(against, name)
        )

    def blocks(self, scenario: str, lever: str) -> list[dict[str, Any]]:
        """The blocks of one lever in a scenario, as in its file; none where it is not used."""
        return list(self._scenarios[scenario].get("levers", {}).get(lever, []))

    def overrides(self, scenario: str) -> dict[str, float]:
        """The parameters that a scenario sets by itself, as `name` or `THA.name`."""
        found: dict[str, float] = {}
        for name, value in self._scenarios[scenario].get("parameters", {}).items():
            if isinstance(value, dict):
                found |= {f"{name}.{inner}": float(number) for inner, number in value.items()}
            else:
                found[name] = float(value)
        return found

    def channels_off(self, scenario: str) -> tuple[str, ...]:
        """The channels that a scenario switches off."""
        channels = self._scenarios[scenario].get("channels", {})
        return tuple(name for name, on in channels.items() if not on)

    def reference(self, scenario: str) -> str:
        """The document behind a scenario; may be empty."""
        return str(self._scenarios[scenario].get("reference", ""))

    def title(self, scenario: str) -> str:
        """What a scenario is called."""
        return str(self._scenarios[scenario].get("title", scenario))

    def question(self, scenario: str) -> str:
        """What a scenario asks; may be empty."""
        return str(self._scenarios[scenario].get("question", ""))

    def acting(self, scenario: str, lever: str) -> tuple[str, ...]:
        """The countries in which a scenario uses a lever of countries."""
        named = [block.get("countries", []) for block in self.blocks(scenario, lever)]
        return tuple(iso for iso in COUNTRIES if any(n == "all" or iso in n for n in named))

    def path(self, scenario: str, name: str) -> str:
        """The choice that a scenario makes for one outside path."""
        return str(self._scenarios[scenario]["paths"][name])
