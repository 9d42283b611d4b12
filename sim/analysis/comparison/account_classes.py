"""The class that reads a result for each of the accounts of `sim.accounts`."""

from __future__ import annotations

from collections.abc import Sequence

from sim.accounts import ACCOUNTS, DIGITAL_ECONOMY, ECOMMERCE, WHO_GAINS
from sim.analysis.comparison.digital_economy import DigitalEconomy
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.who_gains import WhoGains
from sim.errors import known_name
from sim.sectors.values import sector_values

CLASSES: dict[str, type[Comparison]] = {
    ECOMMERCE: Comparison,
    DIGITAL_ECONOMY: DigitalEconomy,
    WHO_GAINS: WhoGains,
}


def account_class(account: str) -> type[Comparison]:
    """The class that reads a result for an account. Raises InputError for an unknown one."""
    known_name(account, ACCOUNTS, where="--account", kind="account")
    return CLASSES[account]


def refuse_account(account: str, draws: Sequence[int]) -> None:
    """Raises InputError, before anything runs, for an account that cannot be read of such runs."""
    if account_class(account) is DigitalEconomy:
        sector_values(draws)
