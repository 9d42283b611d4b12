"""A comparison that is read for who gains: groups of people and firms, jobs, tax, offline sales."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import pandas as pd

from sim.accounts import ACCOUNTS, WHO_GAINS
from sim.analysis.comparison.changes import refuse_what_lacks
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.who_gains import (
    coefficient_table,
    group_table,
    range_table,
    sided,
)
from sim.analysis.text.verdict import Answer
from sim.analysis.text.who_gains import GainTables, gain_answers, gain_limits
from sim.units import COUNTRIES


class WhoGains(Comparison):
    """The results of a study with the account of who gains on top.

    Everything of `Comparison` stays as it is; the sentences of the account come after its own.
    Raises InputError, when it is read, for a result that lacks an indicator.
    """

    def _receive(self, years: pd.DataFrame, quarters: pd.DataFrame) -> None:
        super()._receive(years, quarters)
        for pairs in (*self.paired.values(), *self.assumed.values()):
            for iso in COUNTRIES:
                refuse_what_lacks(pairs, iso)

    @cached_property
    def gains(self) -> GainTables:
        """The tables of the account."""
        sides = sided(self.contrasts.all, self.paired, self.assumed)
        return GainTables(
            groups=group_table(sides, int(self.manifest["scale"])),
            ranges=range_table(sides, self.settings),
            coefficients=coefficient_table(),
        )

    @property
    def answers(self) -> list[Answer]:
        """What each policy adds, avoids and costs, then who gains from it."""
        return [*super().answers, *gain_answers(self.gains)]

    @property
    def conclusion(self) -> list[str]:
        """Sentences on the target, then what the account rests on."""
        limits = gain_limits(self.gains) if self.contrasts.all else []
        return [*super().conclusion, *limits]

    @property
    def account_tables(self) -> dict[str, pd.DataFrame]:
        """Those of the account alone."""
        return {
            "who_gains_groups": self.gains.groups,
            "who_gains_ranges": self.gains.ranges,
            "who_gains_coefficients": self.gains.coefficients,
        }

    def notes(self) -> Mapping[str, str]:
        """What a reader of the tables must know."""
        return {**super().notes(), "account": ACCOUNTS[WHO_GAINS]}
