"""The account that the page shows: what `mekong dashboard --account` handed to the server."""

from __future__ import annotations

import os

from sim.accounts import DIGITAL_ECONOMY, ECOMMERCE, WHO_GAINS

ACCOUNT = "MEKONG_DASHBOARD_ACCOUNT"  # read by the server; e-commerce where it is not set


def asked_account() -> str:
    """The name of the account."""
    return os.environ.get(ACCOUNT, ECOMMERCE)


def whole_economy() -> bool:
    """Whether the page is about the whole digital economy."""
    return asked_account() == DIGITAL_ECONOMY


def shares_gains() -> bool:
    """Whether the page says who gains."""
    return asked_account() == WHO_GAINS
