"""The runs of `mekong mix robustness`: one study for each combination of outside paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.analysis.policy_mixes.eligible_levers import left_out_sentence, measured_part
from sim.analysis.policy_mixes.states_of_the_world import FUTURES, OUTSIDE, Future, futures, studies
from sim.errors import InputError
from sim.experiments.limits import MOST_DRAWS, check_count
from sim.experiments.study import Study, build_study
from sim.scenario import Scenario, load_scenario
from sim.scenario.assumptions import refuse_assumptions
from sim.scenario.resolved import DEFAULT_BASELINE as BASELINE


def robustness_studies(
    mixes: Sequence[str | Path | Scenario],
    *,
    baseline: str | None = None,
    count: int = FUTURES,
    seeds: int | Sequence[int] = 1,
    scale: int = 50_000,
    seed: int = 1,
) -> tuple[Study, dict[str, Study], dict[str, Any]]:
    """The study as a whole, its parts by folder, what the folder must know. Raises InputError."""
    loaded: list[Scenario] = []
    notes: list[str] = []
    for name in mixes:
        mix = name if isinstance(name, Scenario) else load_scenario(name)
        mix, left_out = measured_part(mix)
        notes += [text for text in (left_out_sentence(mix.name, left_out),) if text]
        loaded.append(mix)
    if len(loaded) < 2:
        raise InputError("regret needs two or more mixes", allowed="such as broadband anti_scam")
    base = load_scenario(baseline or BASELINE)
    check_count(count, MOST_DRAWS, "futures", least=1)
    outside = {name: base.paths[name] for name in OUTSIDE}  # these give way to the future's
    refuse_assumptions([replace(s, paths={**s.paths, **outside}) for s in loaded], base)
    whole = build_study([base, *loaded], seeds=seeds, draws=count, scale=scale)
    wanted: list[Future] = futures(count, seed)
    parts = studies(loaded, base, wanted, seeds, scale)
    about = {
        "mixes": [mix.name for mix in loaded],
        "futures": count,
        "seed": seed,
        "folders": list(parts),
        "notes": notes,
    }
    return whole, parts, about
