"""The assumptions about the world outside that a scenario chooses among: its [paths] table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OutsidePath:
    """One assumption: its `choices` (name: meaning), of which the first is the default."""

    name: str
    meaning: str
    choices: dict[str, str]

    @property
    def default(self) -> str:
        """The choice made where a scenario says nothing."""
        return next(iter(self.choices))


_ALL = (
    OutsidePath(
        name="growth",
        meaning="income of the countries after the last observation",
        choices={"weo": "the projections of the IMF World Economic Outlook"},
    ),
    OutsidePath(
        name="exchange",
        meaning="exchange rates after the last observation",
        choices={
            "weo": "as the IMF World Economic Outlook implies",
            "no_change": "each currency keeps its last observed rate while prices go on",
        },
    ),
    OutsidePath(
        name="conflict",
        meaning="the conflict in Myanmar",
        choices={"observed": "as far as it shows in the country's income"},
    ),
    OutsidePath(
        name="row",
        meaning="sellers in China and the rest of the world from 2026 on",
        choices={
            "flat": "their prices stay where they are relative to those of the region",
            "cheaper": "their prices fall every year (parameter row_price_trend)",
            "taxed": "their sales bear a tariff or tax (parameter row_tariff)",
        },
    ),
    OutsidePath(
        name="covid",
        meaning="the pandemic",
        choices={
            "observed": "more online buying from 2020, fading afterwards",
            "none": "no pandemic, to see how much of the growth it explains",
        },
    ),
)

PATHS: dict[str, OutsidePath] = {path.name: path for path in _ALL}
