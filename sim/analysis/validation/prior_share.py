"""How much of an effect is prior: what the data left of its spread.

An effect is taken relative to the run's own baseline: in dollars it would mostly tell how large the
market is. The share is its variance over draws of the posterior, divided by that over draws of the
prior, 1 at most; 1 less the share is what the figures took away. Near 1 an effect hangs on
parameters that have not been measured here, however narrow its interval. Runs of a draw are
averaged over seeds first. Numbers for the shipped scenarios are in `calibration/prior_share.csv`,
made by `mekong evidence prior-share`.
"""

from __future__ import annotations

import csv
import functools
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.comparison.pairs import Floats, Pairs
from sim.analysis.comparison.tables.effects import HEADLINE, Where, targets
from sim.analysis.comparison.tables.summary import PLACES
from sim.calibration.studies.shipped_evidence import shipped_table
from sim.errors import InputError
from sim.resources import shipped
from sim.scenario import load_scenario, shipped_scenarios

TABLE = ("calibration", "prior_share.csv")
COLUMNS = [
    *("scenario", "baseline", "country", "indicator", "group"),
    *("prior_sd", "posterior_sd", "share", "draws"),
]
BASELINE = "baseline"  # of the effects that studies were followed to
_DIGITS = 4
_NOTHING = 1e-12  # a spread below this share of the effect's own size is rounding


class StudiesOfAPolicy(NamedTuple):
    """How many published studies bear on an effect, and what they leave of its prior variance."""

    papers: int
    share: float


def prior_share(
    prior: Mapping[str, Pairs], posterior: Mapping[str, Pairs], baseline: str
) -> pd.DataFrame:
    """Shares by scenario, place, indicator and group, in `COLUMNS`; sd relative to the baseline.

    Effects that do not vary under the prior have no row. `draws` is the smaller number of the two.
    """
    rows = []
    for scenario in prior:
        for country in PLACES:
            for target in targets(HEADLINE):
                where = (country, target.indicator, target.group)
                if not (prior[scenario].has(*where) and posterior[scenario].has(*where)):
                    continue
                before, after = (
                    _by_draw(pairs[scenario], *where, target.first_year)
                    for pairs in (prior, posterior)
                )
                one, other = spread(before), spread(after)
                if math.isnan(one) or math.isnan(other):
                    continue
                if one <= _NOTHING * np.abs(before).max():
                    continue
                share = min(1.0, (other / one) ** 2)
                found = (scenario, baseline, country, target.name, target.group)
                rows.append((*found, one, other, share, min(len(before), len(after))))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for name in ("prior_sd", "posterior_sd", "share"):
        frame[name] = [float(f"{value:.{_DIGITS}g}") for value in frame[name]]
    return frame


def spread(by_draw: Floats) -> float:
    """Standard deviation over draws; nan with fewer than two."""
    return float(by_draw.std(ddof=1)) if len(by_draw) > 1 else math.nan


def _by_draw(pairs: Pairs, country: str, indicator: str, group: str, first: int) -> Floats:
    """Paired effects by draw relative to the baseline, means over seeds."""
    draws = pd.Index([draw for _, draw in pairs.runs])
    mine, theirs = pairs.both(country, indicator, group, first)
    relative = (mine - theirs) / np.where(theirs == 0.0, np.nan, theirs)
    change = pd.Series(relative, index=draws).dropna()
    return np.asarray(change.groupby(level=0).mean(), dtype=np.float64)


def known_shares(manifest: Mapping[str, Any]) -> dict[Where, float]:
    """Shares that the shipped table has for a study, by scenario, country, indicator and group.

    Only for scenarios that are the shipped ones, against the shipped baseline of the table, and
    with the program's own rules: the table says nothing of others. Raises InputError for a table
    that cannot be read.
    """
    same = _shipped_here(manifest)
    return {
        where: share
        for where, share in _table(shipped(*TABLE)).get(str(manifest["baseline"]), {}).items()
        if where[0] in same
    }


def known_studies(manifest: Mapping[str, Any]) -> dict[str, StudiesOfAPolicy]:
    """What studies say of the effect of shipped policies on purchases, by scenario."""
    table = shipped_table("policies")
    if table is None or manifest["baseline"] != BASELINE:
        return {}
    rows = zip(table["policy"], table["studies"], table["share"], strict=True)
    same = _shipped_here(manifest)
    return {name: StudiesOfAPolicy(int(n), float(s)) for name, n, s in rows if name in same}


def _shipped_here(manifest: Mapping[str, Any]) -> set[str]:
    """Scenarios of a study that are the shipped ones; none where its baseline or rules are not."""
    prints: Mapping[str, str] = manifest["scenarios"]
    baseline = str(manifest["baseline"])
    if manifest["rules_hash"] or not _is_shipped(baseline, prints[baseline]):
        return set()
    return {name for name, value in prints.items() if _is_shipped(name, value)}


def _is_shipped(name: str, fingerprint: str) -> bool:
    return name in shipped_scenarios() and load_scenario(name).fingerprint() == fingerprint


@functools.cache
def _table(path: Path) -> dict[str, dict[Where, float]]:
    """Shares by baseline; nothing where no table was made."""
    found: dict[str, dict[Where, float]] = {}
    if not path.is_file():
        return found
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                where = (row["scenario"], row["country"], row["indicator"], row["group"])
                found.setdefault(row["baseline"], {})[where] = float(row["share"])
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(
                    f"the table of prior shares cannot be read: {error}",
                    where=f"{'/'.join(TABLE)}, line {number}",
                    allowed=", ".join(COLUMNS),
                    todo="take the file from the repository, or run `mekong evidence prior-share`",
                ) from error
    return found
