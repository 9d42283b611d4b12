"""A ledger of forecasts scored on figures that were published after its origin.

Money is scored in logs and shares as they are, as in hindcasts. Only quantiles are kept of a
ledger, so a forecast's loss is the mean pinball loss over them (half of a coarse CRPS), and
benchmarks are scored at the same probabilities.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.calibration.data.targets import Vintage
from sim.calibration.forecast.benchmarks import known_at, predict
from sim.calibration.forecast.ledger import COLUMNS as LEDGER_COLUMNS
from sim.calibration.forecast.ledger import QUANTILES
from sim.calibration.forecast.scores import Floats, pinball, scored
from sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

BENCHMARKS = ("last_value", "drift")
NAMES = LEDGER_COLUMNS[3:]
COLUMNS = [
    *("measure", "country", "year", "edition", "published", *NAMES, "rank"),
    *("inside_50", "inside_80", "inside_90", "error", "loss"),
    *(f"{name}_{what}" for name in BENCHMARKS for what in ("error", "loss")),
]
SUMMARY = [
    *("measure", "figures", "inside_50", "inside_80", "inside_90", "mean_error"),
    *(f"{name}_mean_error" for name in BENCHMARKS),
    *(f"skill_against_{name}" for name in BENCHMARKS),
]
_BANDS = {"inside_50": ("q25", "q75"), "inside_80": ("q10", "q90"), "inside_90": ("q05", "q95")}


def read_ledger(path: Path) -> pd.DataFrame:
    """A ledger as `mekong evidence forecast` writes it. Raises InputError for any other file."""
    import pandas as pd

    try:
        frame = pd.read_csv(path)
    except (FileNotFoundError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise InputError("the ledger cannot be read", where=str(path)) from error
    if tuple(frame.columns) != LEDGER_COLUMNS:
        raise InputError(
            "this is no ledger of forecasts",
            where=str(path),
            allowed=f"a CSV file with the columns {','.join(LEDGER_COLUMNS)}",
        )
    return frame


def origin_of(ledger: pd.DataFrame) -> int:
    """The last year whose outcomes a ledger could know."""
    return int(ledger["year"].min()) - 1


def ledger_scores(
    ledger: pd.DataFrame,
    figures: pd.DataFrame,
    targets: pd.DataFrame,
    origin: int,
    vintage: Vintage = "latest",
) -> pd.DataFrame:
    """One row a published figure that the ledger forecast, in `COLUMNS`.

    `figures` are those of `targets.outcomes`; our own readings are left out. `targets` and
    `vintage` say what benchmarks know at the origin; one that makes no forecast has NaN. Errors are
    of medians, less the figure, in logs or share points.
    """
    import pandas as pd

    forecasts = ledger.set_index(["measure", "country", "year"])
    rows = []
    for row in figures[figures["kind"] != "constructed"].to_dict("records"):
        where = (row["indicator"], row["country"], row["year"])
        if where not in forecasts.index:
            continue
        quantiles = forecasts.loc[where, list(NAMES)].to_numpy(float)
        unit, value = row["unit"], row["value"]
        found = dict(zip(NAMES, quantiles.tolist(), strict=True))
        rows.append(
            {
                **dict(zip(("measure", "country", "year"), where, strict=True)),
                **{"edition": row["edition"], "published": value, **found},
                "rank": float(np.interp(value, quantiles, QUANTILES, left=0.0, right=1.0)),
                **{
                    name: found[low] <= value <= found[high] for name, (low, high) in _BANDS.items()
                },
                **_losses("", quantiles, value, unit),
                **_benchmark_losses(row, targets, origin, vintage),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(
        ["measure", "country", "year"], ignore_index=True
    )


def summary(scores: pd.DataFrame) -> pd.DataFrame:
    """By measure: figures inside, mean size of errors, and skill (1 less the ratio of losses).

    The last row counts all figures; errors in logs and in share points have no common mean.
    """
    import pandas as pd

    rows: list[dict[str, object]] = []
    for name, some in scores.groupby("measure", sort=True):
        row: dict[str, object] = {"measure": name, **_inside(some)}
        row["mean_error"] = some["error"].abs().mean()
        for one in BENCHMARKS:
            both = some[some[f"{one}_loss"].notna()]
            row[f"{one}_mean_error"] = both[f"{one}_error"].abs().mean()
            losses = both[f"{one}_loss"].sum()
            row[f"skill_against_{one}"] = 1.0 - both["loss"].sum() / losses if losses else np.nan
        rows.append(row)
    rows.append({"measure": "all", **_inside(scores)})
    return pd.DataFrame(rows, columns=SUMMARY)


def _inside(scores: pd.DataFrame) -> dict[str, int]:
    return {"figures": len(scores), **{band: int(scores[band].sum()) for band in _BANDS}}


def _losses(prefix: str, quantiles: Floats, value: float, unit: str) -> dict[str, float]:
    on_scale, truth = scored(quantiles, unit), float(scored(value, unit))
    losses = [
        pinball(quantile, probability, truth)
        for quantile, probability in zip(on_scale.tolist(), QUANTILES, strict=True)
    ]
    middle = float(on_scale[QUANTILES.index(0.5)])
    return {f"{prefix}error": middle - truth, f"{prefix}loss": float(np.mean(losses))}


def _benchmark_losses(
    row: dict, targets: pd.DataFrame, origin: int, vintage: Vintage
) -> dict[str, float]:
    known = known_at(targets, origin, row["indicator"], row["country"], vintage=vintage)
    found: dict[str, float] = {}
    for name in BENCHMARKS:
        drawn = predict(name, known, [row["year"]]) if known.years else None
        if drawn is not None:
            quantiles = np.quantile(drawn[:, 0], QUANTILES)
            found |= _losses(f"{name}_", quantiles, row["value"], row["unit"])
    return found
