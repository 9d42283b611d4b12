"""`mekong mix robustness`: how mixes do over many futures, and in which of them the best one fails.

Every mix meets the same futures (`states_of_the_world`). Its regret in a future is how far it
stays behind the best of the mixes there, over the baseline's value. It satisfies when the region
doubles in constant 2022 US$, loses no more to scams than the central `loss_target` of its income,
and has an inclusion gap no wider than in 2022. No probability is attached to a future: shares are
shares of futures.

Where the recommended mix fails is described by boxes (`scenario_discovery`), found on two thirds of
the futures and tested on the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.policy_mixes.failures import box_sentences, box_table, boxes_of
from sim.analysis.policy_mixes.mix_folder import MixFolder, conduct_parts
from sim.analysis.policy_mixes.robustness_runs import robustness_studies
from sim.analysis.policy_mixes.states_of_the_world import FUTURES, futures, points, worlds
from sim.analysis.shown import ShownResult
from sim.analysis.validation.monte_carlo_error import Statistic, resampled_error
from sim.errors import known_name
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate, simulate
from sim.parameters.table import parameter_table
from sim.quantile_bands import quantile
from sim.rows import rows_where
from sim.scenario import Scenario
from sim.target import FACTOR
from sim.units import REGION

CRITERIA = {
    "doubling": "e-commerce of the five countries doubles from 2022 to 2030 in constant 2022 US$",
    "losses": "losses to scams in 2030 are within the target",
    "gap": "the inclusion gap is no wider in 2030 than in 2022",
    "all": "all three",
}
# Outcome: column, 1 where more is better and -1 where less is, whether it is over the baseline's.
REGRETS: dict[str, tuple[str, float, bool]] = {
    "gmv_real_usd": ("gmv_real_usd", 1.0, True),
    "gmv_region_usd": ("gmv_region_usd", 1.0, True),
    "losses_usd": ("losses_avoided_usd", 1.0, True),
    "gap_2030": ("gap_2030", -1.0, False),
}
REGRET_WORDS = {
    "gmv_real_usd": "all online purchases in 2030",
    "gmv_region_usd": "bought from neighbours in 2030",
    "losses_usd": "losses to scams, 2026-2030",
    "gap_2030": "inclusion gap in 2030",
}
NUMBERS: dict[str, Statistic] = {
    "regret_max": lambda values: np.max(values, axis=-1),
    "regret_p90": lambda values: quantile(values, 0.9),
    "regret_mean": lambda values: np.mean(values, axis=-1),
}
COLUMNS = ["mix", "number", "of", "value", "mc_error", "unit", "futures"]
Floats = NDArray[np.float64]


class Robustness(ShownResult):
    """Mixes over futures, read from their folder.

    `table` has the columns of `robustness.csv`, `boxes` those of `boxes.csv`, `satisfied` says by
    mix and criterion in which futures it holds, `regret` by mix and outcome by how much it stays
    behind the best. `recommended` is the mix whose failures the boxes are about.
    """

    kind = "robustness"

    def __init__(self, folder: str | Path, mix: str | None = None, criterion: str = "all") -> None:
        self.about_runs = MixFolder(folder, "robustness")
        self.folder, self.manifest = self.about_runs.folder, self.about_runs.manifest
        about = self.about_runs.about
        self.mixes: list[str] = about["mixes"]
        self.baseline = self.about_runs.baseline
        self.notes: list[str] = list(about["notes"])
        self.failed = self.about_runs.failed
        wanted = futures(int(about["futures"]), int(about["seed"]))
        values, drawn = _values(self.about_runs, [self.baseline, *self.mixes])
        self.futures = [future for future in wanted if future.draw in drawn]
        self.satisfied = {name: _satisfied(values[name]) for name in values}
        self.regret = _regret({name: values[name] for name in self.mixes}, values[self.baseline])
        self.criterion = known_name(criterion, CRITERIA, "--criterion")
        self.recommended = self._best() if mix is None else known_name(mix, self.mixes, "--mix")
        self.points = points(self.futures)
        self.worlds = worlds(self.futures)
        self.found = boxes_of(self.points, self.fails, self.worlds)
        about_boxes = (self.recommended, self.criterion, self.points, self.fails)
        self.boxes = box_table(self.found, *about_boxes)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Regret and shares by mix; the baseline has shares only."""
        rows: list[tuple[object, ...]] = []
        count = len(self.futures)
        for name in (self.baseline, *self.mixes):
            for criterion, held in self.satisfied[name].items():
                share = held.astype(np.float64)
                error = resampled_error(share[:, None], NUMBERS["regret_mean"])
                rows.append(
                    (name, "share_satisfied", criterion, share.mean(), error, "share", count)
                )
            for outcome, values in self.regret.get(name, {}).items():
                relative = REGRETS[outcome][2]
                unit = "share of the baseline's" if relative else "share points"
                for number, statistic in NUMBERS.items():
                    error = resampled_error(values[:, None], statistic)
                    value = float(statistic(values))
                    rows.append((name, number, outcome, value, error, unit, count))
        return pd.DataFrame(rows, columns=COLUMNS)

    def share(self, mix: str, criterion: str) -> float:
        """Share of futures in which a mix satisfies a criterion."""
        return float(self.satisfied[mix][criterion].mean())

    @property
    def fails(self) -> NDArray[np.bool_]:
        """In which futures the recommended mix fails."""
        return np.asarray(~self.satisfied[self.recommended][self.criterion])

    @property
    def sentences(self) -> list[str]:
        """How often the recommended mix satisfies, where it fails, and what was left out."""
        count, missed = len(self.futures), int(self.fails.sum())
        without = int(self.satisfied[self.baseline][self.criterion].sum())
        first = (
            f"'{self.recommended}' satisfies ({CRITERIA[self.criterion]}) in {count - missed} of "
            f"{count} futures, the baseline in {without}."
        )
        return [first, *box_sentences(self.found, self.points, self.fails), *self.notes]

    def _best(self) -> str:
        """The mix that satisfies most often; of several, the one with the least largest regret."""
        return min(
            self.mixes,
            key=lambda name: (
                -self.share(name, self.criterion),
                float(NUMBERS["regret_max"](self.regret[name]["gmv_real_usd"])),
            ),
        )

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file."""
        return {"robustness": self.table, "boxes": self.boxes}


def _values(folder: MixFolder, names: Sequence[str]) -> tuple[dict[str, pd.DataFrame], set[int]]:
    """Numbers of the region by mix, a row a future (its draw), means over seeds; complete ones."""
    numbers = folder.numbers()
    mine = rows_where(numbers, country=REGION)
    plain = [c for c in mine.columns if c not in ("country", "design_point") and c[:2] != "x."]
    means = mine[plain].groupby(["scenario", "draw"]).mean().drop(columns="seed")
    counted = mine.groupby("draw")["scenario"].nunique()
    order = sorted(int(draw) for draw in counted[counted == len(names)].index)
    if not order:
        raise folder.incomplete("no future has all mixes")
    rows = {name: pd.MultiIndex.from_product([[name], order]) for name in names}
    values = {name: means.reindex(wanted).reset_index(drop=True) for name, wanted in rows.items()}
    return values, set(order)


def _satisfied(values: pd.DataFrame) -> dict[str, NDArray[np.bool_]]:
    target = parameter_table()["loss_target"].central
    found = {
        "doubling": values["gmv_real_usd"] >= FACTOR * values["gmv_real_2022_usd"],
        "losses": values["losses_share_2030"] <= target,
        "gap": values["gap_2030"] <= values["gap_2022"],
    }
    held = {name: series.to_numpy(bool) for name, series in found.items()}
    return held | {"all": np.logical_and.reduce(list(held.values()))}


def _regret(
    values: dict[str, pd.DataFrame], baseline: pd.DataFrame
) -> dict[str, dict[str, Floats]]:
    found: dict[str, dict[str, Floats]] = {name: {} for name in values}
    for outcome, (column, sign, relative) in REGRETS.items():
        worth = {name: sign * frame[column].to_numpy(np.float64) for name, frame in values.items()}
        best = np.max(list(worth.values()), axis=0)
        base = np.abs(baseline[column].to_numpy(np.float64)) if relative else np.ones(len(best))
        base = np.where(base > 0.0, base, np.nan)
        for name, own in worth.items():
            # Where the baseline has nothing, mixes do not differ.
            found[name][outcome] = np.nan_to_num((best - own) / base)
    return found


def robustness(
    *mixes: str | Path | Scenario,
    baseline: str | None = None,
    count: int = FUTURES,
    seeds: int | Sequence[int] = 1,
    scale: int = 50_000,
    mix: str | None = None,
    criterion: str = "all",
    workers: int | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
) -> Robustness:
    """Two or more mixes over `count` futures: regret, satisficing, and where the best one fails.

    `mix` and `criterion` choose what the boxes are about; without, the mix that satisfies most
    often, and all criteria. Raises InputError before anything runs, OutputError for the folder.
    """
    known_name(criterion, CRITERIA, "--criterion")
    whole, parts, about = robustness_studies(
        mixes, baseline=baseline, count=count, seeds=seeds, scale=scale
    )
    if mix is not None:
        known_name(mix, about["mixes"], "--mix")
    folder = conduct_parts(
        whole, parts, "robustness", about, out, workers=workers, threads=threads, progress=progress,
        simulator=simulator,
    )  # fmt: skip
    return Robustness(folder, mix, criterion)
