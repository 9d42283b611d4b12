"""How far each input moves a result when it alone is changed (a design one at a time)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.errors import InputError

PREFIX = "x."
COLUMNS = ["input", "at_low", "at_high", "input_low", "input_high", "middle", "runs"]


def swings(outcomes: pd.DataFrame, value: str = "ratio") -> pd.DataFrame:
    """A row an input, the widest swing first, from a table with a row a run.

    Columns `x.<input>` hold what was varied, empty where it was left as it is; `value` is the
    result. `at_low` and `at_high` are medians over runs at the lowest and highest value of the
    input, `middle` is the median with everything as it is. Raises InputError for a table of another
    design.
    """
    inputs = [name for name in outcomes.columns if str(name).startswith(PREFIX)]
    varied = outcomes[inputs].notna().sum(axis=1)
    if not inputs or varied.max() != 1 or not (varied == 0).any():
        raise InputError(
            "these runs do not change one input at a time",
            allowed='a study with [design] kind = "one_at_a_time"',
        )
    middle = float(outcomes.loc[varied == 0, value].median())
    rows = []
    for name in inputs:
        mine = outcomes[outcomes[name].notna()]
        low, high = float(mine[name].min()), float(mine[name].max())
        at = [float(mine.loc[mine[name] == end, value].median()) for end in (low, high)]
        rows.append((str(name).removeprefix(PREFIX), *at, low, high, middle, len(mine)))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    width = np.abs(frame[["at_low", "at_high"]].sub(frame["middle"], axis=0)).max(axis=1)
    order = width.sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)
