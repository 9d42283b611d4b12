"""How often something holds over runs, in words: always as a count, never as a bare yes or no.

From `FEWEST_FOR_WORDS` runs on, a count is also named: "very likely" from nine tenths of the runs,
"likely" from two thirds, "as likely as not" from a third, "unlikely" from a tenth, and "very
unlikely" below. These are words about the runs of a study, not about the world: a probability is
named only where parameters were drawn, and never as 0 or 1, which no number of draws can show.
"""

from __future__ import annotations

import pandas as pd

FEWEST_FOR_WORDS = 10
_WORDS = (
    (0.9, "very likely"),
    (2.0 / 3.0, "likely"),
    (1.0 / 3.0, "as likely as not"),
    (0.1, "unlikely"),
    (0.0, "very unlikely"),
)


def counted(hits: int, runs: int) -> str:
    """`in 10 of 20 runs`, `in all 20 runs`, `in none of 20 runs`."""
    if runs < 2:
        return "in the one run" if hits else "not in the one run"
    if runs == 2 and hits != 1:
        return "in both runs" if hits else "in neither run"
    if hits in (0, runs):
        return f"in all {runs} runs" if hits else f"in none of {runs} runs"
    return f"in {hits} of {runs} runs"


def named(hits: int, runs: int) -> str:
    """The word for a count; empty where it says enough by itself."""
    if runs < FEWEST_FOR_WORDS or hits in (0, runs):
        return ""
    return next(words for least, words in _WORDS if hits / runs >= least - 1e-12)


def doubles(hits: int, runs: int) -> str:
    """`doubles in 10 of 20 runs (as likely as not)`."""
    if runs == 0:
        return "cannot be judged"
    if runs == 1:
        return "doubles in the one run" if hits else "does not double in the one run"
    words = named(hits, runs)
    return f"doubles {counted(hits, runs)}" + (f" ({words})" if words else "")


def hits_of(row: pd.Series) -> tuple[int, int]:
    """Runs that doubled, and runs that can be judged, in a row of `summary.csv`."""
    return int(row["runs_doubled"]), int(row["runs_judged"])


def probability(row: pd.Series, source: str) -> str:
    """The probability where parameters were drawn from `source`; empty where they were not."""
    hits, runs = hits_of(row)
    draws = int(row["draws"])
    if draws < 2 or runs == 0:
        return ""
    if hits in (0, runs):
        return f"{draws} draws of the {source} cannot show a probability of {1 if hits else 0}"
    return f"a probability of {hits / runs:.2f} under the {source}"
