"""Implausible draws, which only a run of the agents can identify.

Where more than half of a country's small firms sold online in the last year that tastes are solved
for, supply is so cheap that the model says nothing about entry.
"""

MOST_SELLERS = 0.5  # share of a country's small firms
JUDGED_YEAR = 2021
