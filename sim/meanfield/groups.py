"""The groups of a cell of the mean-field model, and the mean person of each.

A cell has those offline, those online who do not shop, and shoppers, each with and without a
payment account. `state[c, NAME]` are shares of the cell, and means of a group.
"""

from __future__ import annotations

from typing import NamedTuple

# what is carried from quarter to quarter, by cell: shares of the cell, and means of groups
OFFLINE, OFFLINE_ACCOUNT, ONLINE, ONLINE_ACCOUNT, SHOPPER, SHOPPER_ACCOUNT = range(6)
TRUST_OFFLINE, TRUST_ONLINE, TRUST_SHOPPER = 6, 7, 8
SKILL_REST, SKILL_SHOPPER = 9, 10
HABIT_REST, HABIT_SHOPPER = 11, 12
IN_PANDEMIC = 13  # share of shoppers who would not have begun without the pandemic
STATE = 14


class Mean(NamedTuple):
    """The mean person of a group, as the agents' functions read one."""

    trust: float
    skill: float
    habit: float
    spending: float
    connected: bool
    account: bool
    shopper: bool
    victim: bool
    began_in_pandemic: bool


def idler(s, account):  # type: ignore[no-untyped-def]
    """The mean person who is online and does not shop."""
    return Mean(s[TRUST_ONLINE], s[SKILL_REST], 0.0, 0.0, True, account, False, False, False)


def buyer(s, account, in_pandemic):  # type: ignore[no-untyped-def]
    """The mean shopper with or without an account, who began because of the pandemic or not."""
    return Mean(
        s[TRUST_SHOPPER], s[SKILL_SHOPPER], s[HABIT_SHOPPER], 0.0, True, account, True, False,
        in_pandemic,
    )  # fmt: skip
