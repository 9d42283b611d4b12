"""Runs that failed or are not finite: refused by name, or left out when asked; never made up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, MekongError
from sim.experiments.execution.execute import REFUSE

DROP = "drop"
_NAMED = 3


def usable(
    values: NDArray[np.float64],
    named: Callable[[int], str],
    missing: str = REFUSE,
    errors: Mapping[int, str] | None = None,
) -> NDArray[np.bool_]:
    """Which rows of `values` (first axis: runs, or whole blocks of runs) are finite throughout.

    `named(row)` says what a row is, `errors` why it failed where it did. Raises MekongError when a
    row is not finite, unless `missing` is "drop", and when fewer than two rows are left; InputError
    for another `missing`.
    """
    if missing not in (REFUSE, DROP):
        raise InputError(
            f"'{missing}' does not say what to do", where="--missing", allowed="refuse, drop"
        )
    good = np.asarray(np.isfinite(values.reshape(len(values), -1)).all(axis=1))
    bad = np.flatnonzero(~good)
    if len(bad) and missing == REFUSE:
        why = {row: f" ({error})" for row, error in (errors or {}).items()}
        names = ", ".join(named(int(row)) + why.get(int(row), "") for row in bad[:_NAMED])
        more = f" and {len(bad) - _NAMED} more" if len(bad) > _NAMED else ""
        raise MekongError(
            f"{len(bad)} of {len(good)} failed or are not finite: {names}{more}",
            todo="find out why; --missing drop leaves them out, whole blocks of a design at a time",
        )
    if good.sum() < 2:
        raise MekongError("fewer than two finite runs are left", todo="find out why runs fail")
    return np.asarray(good)
