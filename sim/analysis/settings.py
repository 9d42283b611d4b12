"""The parameters with which the runs of a study were done, read back from its manifest."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from sim.units import COUNTRIES


class Settings:
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

    def path(self, scenario: str, name: str) -> str:
        """The choice that a scenario makes for one outside path."""
        return str(self._scenarios[scenario]["paths"][name])
