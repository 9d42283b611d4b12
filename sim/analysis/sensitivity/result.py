"""`mekong evidence sensitivity`: what the outcomes and the effect of a policy depend on.

On the mean-field model: Sobol' indices where inputs are independent (the prior), Shapley effects by
group of parameters where they need not be, and what further data would be worth. Agents check how
much of the whole its inputs account for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.sensitivity import inputs as side
from sim.analysis.sensitivity.agent_check import agent_study, compared, run_agents, trade_survey
from sim.analysis.sensitivity.finite_runs import usable
from sim.analysis.sensitivity.folder import open_for
from sim.analysis.sensitivity.runs import Runs, run_all
from sim.analysis.sensitivity.settings import PRIOR, SensitivitySettings, settings_of
from sim.analysis.sensitivity.shapley_effects import Fits, caution, shapley_effects
from sim.analysis.sensitivity.sobol import saltelli, sobol_indices
from sim.analysis.sensitivity.surveys import DATA, SURVEY_YEAR
from sim.analysis.sensitivity.value_of_information import worth_of
from sim.analysis.shown import ShownResult
from sim.errors import InputError
from sim.experiments.execution.plan import options_for
from sim.experiments.execution.progress import Overall, Progress
from sim.experiments.limits import check_hands
from sim.experiments.storage.folder import write_manifest
from sim.experiments.storage.local_path import output_folder
from sim.meanfield.outcomes import (
    EFFECT,
    LEVEL,
    NET_BENEFIT,
    PLACES,
    RATIO,
    VALUE,
    Pair,
    Quantity,
    check_years,
    series_of,
)
from sim.meanfield.recording import Recording
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario, load_scenario
from sim.scenario.assumptions import refuse_assumptions
from sim.units import COUNTRIES, REGION, year_of

Floats = NDArray[np.float64]
FACTS = ["kind", "outcome", "country", "year"]
PERFECT, ALL_DATA = "parameters", "all_of_these"
INFORMATION = [
    *("kind", "outcome", "country", "year", "datum", "meaning", "scale", "error"),
    *("reduction", "low", "high", "gain_usd", "gain_low", "gain_high"),
]


@dataclass(repr=False)
class GlobalSensitivity(ShownResult):
    """The tables of a sensitivity analysis; `sobol` is empty for draws from the posterior."""

    kind = "sensitivity"

    folder: Path | None
    manifest: dict[str, Any]
    sobol: pd.DataFrame
    shapley: pd.DataFrame
    information: pd.DataFrame
    agents: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """The Shapley effects, which are there wherever the draws come from."""
        return self.shapley

    @property
    def cautions(self) -> dict[tuple[object, ...], str]:
        """Outcomes (kind, outcome, country, year) whose shares must not be used, and why."""
        found = {key: caution(rows) for key, rows in self.shapley.groupby(FACTS, sort=False)}
        return {tuple(key): why for key, why in found.items() if why}

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What is written, by the name of the file."""
        found = {
            "sobol": self.sobol,
            "shapley_effects": self.shapley,
            "information": self.information,
            "agents": self.agents,
        }
        return {name: table for name, table in found.items() if len(table)}


def sensitivity(
    scenario: str | Path | Scenario = "coordinated",
    baseline: str | Path | Scenario = "baseline",
    settings: SensitivitySettings | Mapping[str, Any] | None = None,
    *,
    folder: str | Path | None = None,
    workers: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> GlobalSensitivity:
    """Record the two scenarios, run the mean-field model over designs and draws, and take the
    tables.

    `settings` are fields of `SensitivitySettings` by name, or one of these. With a folder,
    finished pieces are kept and a second call goes on. `workers` and `threads` are those of the
    agents. Raises InputError before anything runs, MekongError for runs that are not finite.
    """
    asked = settings if isinstance(settings, SensitivitySettings) else settings_of(settings or {})
    where = None if folder is None else output_folder(folder)
    one = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    base = baseline if isinstance(baseline, Scenario) else load_scenario(baseline)
    if one.fingerprint() == base.fingerprint():
        raise InputError("a scenario cannot be compared with itself", where="--baseline")
    refuse_assumptions([one], base)
    check_years(asked.years, range(year_of(base.start), year_of(base.end) + 1))
    check_hands(workers, threads)
    groups = side.score_columns()
    blocks = saltelli(asked.n, groups, asked.seed) if asked.source == PRIOR else None
    study = agent_study(one, base, asked.agents, asked.agent_scale) if asked.agents else None
    if study is not None:
        options_for(study, workers, threads)
    asked.draw(asked.draws)  # a draw that is not there is refused before anything runs
    manifest = open_for(where, one, base, asked)
    base_run, policy_run = (
        Recording(each, ParameterSet.central(), asked.scale, market=asked.market)
        for each in (base, one)
    )
    pair = Pair(base_run, policy_run, asked.years, asked.worth)
    quantities = pair.quantities()
    runs = blocks.shape[0] * blocks.shape[1] if blocks is not None else 0
    done = Overall(progress, runs + asked.draws)
    done.add(0)
    sobol = pd.DataFrame()
    if blocks is not None:
        flat = blocks.reshape(runs, -1)
        design = run_all(
            pair, runs, lambda k: side.values_at(flat[k]), where and where / "design", done
        )
        sobol = _sobol(design, blocks.shape[1], quantities, asked)
    sample, sums, errors = run_all(
        pair, asked.draws, lambda k: asked.draw(k + 1), where and where / "sample", done,
        SURVEY_YEAR,
    )  # fmt: skip
    good = usable(sample, lambda k: f"{asked.source} draw {k + 1}", asked.missing, errors)
    sets = [asked.draw(int(k) + 1) for k in np.flatnonzero(good)]
    manifest["left_out"] = int((~good).sum())
    if where is not None:
        write_manifest(where, manifest)
    result = GlobalSensitivity(
        where,
        manifest,
        sobol,
        _shapley(sample[good], sets, quantities, asked),
        _information(sample[good], sums[good], sets, pair, asked.seed),
        pd.DataFrame(),
    )
    if study is not None and where is not None:
        # The study's own count of its runs goes on where the mean-field model's has ended.
        agents = run_agents(study, where / "agents", asked.missing, workers, threads, progress)
        draws = range(1, asked.agents + 1)
        mean_field = run_all(
            pair,
            asked.agents,
            lambda k: ParameterSet.draw(k + 1),
            where / "mean_field",
            Overall(None, 0),
        ).quantities
        result.agents = compared(agents, base.name, mean_field, series_of(quantities), draws)
        more = trade_survey(agents, base.name, draws, asked.seed)
        if more:
            trade = pd.DataFrame(more, columns=INFORMATION)
            result.information = _ranked(pd.concat([result.information, trade]))
    return result


def _sobol(
    design: Runs, many: int, quantities: list[Quantity], asked: SensitivitySettings
) -> pd.DataFrame:
    names = [one.name for one in side.inputs()]
    labels = ["first half", *names, "second half"]
    results = design.quantities.reshape(-1, many, len(quantities))
    errors = {run // many: why for run, why in reversed(design.errors.items())}

    def named(block: int) -> str:
        run = int(np.flatnonzero(~np.isfinite(results[block]).all(axis=1))[0])
        return f"block {block + 1} ({labels[run]})"

    kept = results[usable(results, named, asked.missing, errors)]
    tables = []
    for place, quantity in enumerate(quantities):
        if not _wanted(quantity, asked):
            continue
        if np.ptp(kept[:, :, place]) > 0.0:  # before a policy begins it has no effect to explain
            found = sobol_indices(kept[:, :, place], names, asked.seed)
            found.insert(1, "group", [side.GROUP_OF[one.mechanism] for one in side.inputs()])
            tables.append(_with_facts(found, quantity))
    return pd.concat(tables, ignore_index=True)


def _shapley(
    sample: Floats, sets: list[ParameterSet], quantities: list[Quantity], asked: SensitivitySettings
) -> pd.DataFrame:
    tables = {}
    for country in PLACES:
        columns = side.columns_of(side.inputs(), COUNTRIES if country == REGION else (country,))
        table, groups = side.table_of(sets, columns), side.grouped(columns, side.GROUP_OF)
        ordered = table[[label for members in groups.values() for label in members]]
        fits = Fits(ordered, groups, asked.seed)
        for place, quantity in enumerate(quantities):
            if quantity.country != country or not _wanted(quantity, asked):
                continue
            if np.ptp(sample[:, place]) > 0.0:
                found = shapley_effects(
                    ordered, sample[:, place], groups, seed=asked.seed, fits=fits
                )
                tables[place] = _with_facts(found, quantity)
    return pd.concat([tables[place] for place in sorted(tables)], ignore_index=True)


def _wanted(quantity: Quantity, asked: SensitivitySettings) -> bool:
    return quantity.outcome in (*asked.outcomes, NET_BENEFIT)


def _with_facts(table: pd.DataFrame, quantity: Quantity) -> pd.DataFrame:
    facts = (quantity.kind, quantity.outcome, quantity.country, quantity.year)
    before = pd.DataFrame([facts] * len(table), columns=FACTS, index=table.index)
    return pd.concat([before, table], axis=1)


def _information(
    sample: Floats, sums: Floats, sets: list[ParameterSet], pair: Pair, seed: int
) -> pd.DataFrame:
    """What each survey, and knowing each group of parameters, does for three decisions."""
    at, last = series_of(pair.quantities()), max(pair.years)
    decisions = [
        Quantity(EFFECT, VALUE, REGION, last),
        Quantity(LEVEL, RATIO, REGION, last),
        pair.quantities()[-1],
    ]
    rng = np.random.default_rng(seed)
    here = sums[:, :, : len(COUNTRIES)]
    data = [(d.name, d.meaning, d.scale, d.error, d.readings(here, rng)) for d in DATA]
    everything = np.concatenate([reading for *_, reading in data], axis=1)
    data.append((ALL_DATA, "all of these surveys and series", "", np.nan, everything))
    columns = side.columns_of(side.inputs(), COUNTRIES)
    table = side.table_of(sets, columns)
    for group, members in side.grouped(columns, side.GROUP_OF).items():
        about = f"exact values of all parameters of: {group}"
        data.append((f"{PERFECT}: {group}", about, "", 0.0, table[members].to_numpy(float)))
    tables = []
    for decision in decisions:
        if decision not in at:
            continue
        quantity = sample[:, at[decision]]
        benefit = quantity if decision.outcome == NET_BENEFIT else None
        facts = (decision.kind, decision.outcome, decision.country, decision.year)
        rows = [
            (*facts, name, meaning, scale, error, *_numbers(reading, quantity, benefit, seed))
            for name, meaning, scale, error, reading in data
        ]
        tables.append(pd.DataFrame(rows, columns=INFORMATION))
    return _ranked(pd.concat(tables))


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Decisions in their order, and what narrows each most first."""
    decisions = [rows for _, rows in table.groupby(FACTS, sort=False)]
    ordered = [rows.sort_values("reduction", ascending=False, kind="stable") for rows in decisions]
    return pd.concat(ordered, ignore_index=True)


def _numbers(
    reading: Floats, quantity: Floats, benefit: Floats | None, seed: int
) -> tuple[float, ...]:
    found = worth_of(reading, quantity, benefit, seed=seed)
    return (
        found.reduction, found.low, found.high, found.gain, found.gain_low, found.gain_high,
    )  # fmt: skip
