"""A comparison that is read for the whole digital economy: e-commerce and three sectors more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import pandas as pd

from sim.accounts import ACCOUNTS, DIGITAL_ECONOMY
from sim.analysis.comparison.account import account_rows
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.digital_economy import (
    doubling_table,
    effect_table,
    lever_table,
    six_market_table,
    year_table,
)
from sim.analysis.text.digital_economy import AccountTables, about_account, limits, policy_answers
from sim.analysis.text.verdict import Answer


class DigitalEconomy(Comparison):
    """The results of a study with the account of the digital economy on top.

    Everything of `Comparison` stays as it is. `account` holds the account's tables; its sentences
    come before those on e-commerce, its rows stand in `years`.
    """

    def _receive(self, years: pd.DataFrame, quarters: pd.DataFrame) -> None:
        found = account_rows(years, self.settings)
        self.capped = found.capped
        super()._receive(pd.concat([years, found.rows]).sort_index(), quarters)

    @cached_property
    def account(self) -> AccountTables:
        """The tables of the account."""
        return AccountTables(
            doubling=doubling_table(self.years, self.every),
            years=year_table(self.years, self.every),
            effects=effect_table(self.contrasts.all, self.paired, self.assumed),
            markets=six_market_table(self.years, self.baseline),
            levers=lever_table(),
            baseline=self.baseline,
            source=self.drawn_from,
            capped=self.capped,
        )

    @property
    def answers(self) -> list[Answer]:
        """What each policy adds to the digital economy, then what it adds to e-commerce."""
        return [*policy_answers(self.account, self.pairs), *super().answers]

    @property
    def conclusion(self) -> list[str]:
        """Sentences on the account and its limits, then those on e-commerce."""
        return [*about_account(self.account), *limits(self.account), *super().conclusion]

    @property
    def account_tables(self) -> dict[str, pd.DataFrame]:
        """Those of the account alone."""
        return {
            "digital_economy": self.account.doubling,
            "digital_economy_years": self.account.years,
            "digital_economy_effects": self.account.effects,
            "digital_economy_levers": self.account.levers,
            "six_markets": self.account.markets,
        }

    def notes(self) -> Mapping[str, str]:
        """What a reader of the tables must know."""
        return {**super().notes(), "account": ACCOUNTS[DIGITAL_ECONOMY]}
