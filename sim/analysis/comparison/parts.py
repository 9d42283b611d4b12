"""What each lever of a mix adds, in a study of its own inside that of a comparison.

The levers of every mix are run in all combinations (with more than four of them, each alone and
each left out), under some of the comparison's own seeds and draws and from the same pasts. The
value of a lever is its Shapley value, the effect averaged over all orders of adding levers, so that
the levers add up to the mix; with more than four it is the mean of the first and the last place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.dominance import COST, MEASURE
from sim.analysis.comparison.pairs import CUMULATIVE_FROM, Pairs, independent
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.effects import CUMULATIVE, costs
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.shapley import ShapleyShares, shapley
from sim.experiments.counterfactuals import with_counterfactuals
from sim.experiments.study import Study, argument
from sim.policy.schedule import Schedule
from sim.quantile_bands import interval
from sim.scenario import Scenario, load_scenario, shipped_scenarios
from sim.scenario.assumptions import same_assumptions, same_policy
from sim.target import TARGET_YEAR, median

FOLDER = "parts"
NAME = "levers"  # of its folder in `parts/`
MOST_RUNS = 2  # times those of the comparison
MOST_PAIRS = 10  # of a seed and a draw
FEWEST_PAIRS = 3  # where there are several mixes
EXACT = 4  # levers of which all combinations are run
LOSSES = "scam_losses_usd"
OUTCOMES = {MEASURE: (MEASURE, TARGET_YEAR), LOSSES + CUMULATIVE: (LOSSES, CUMULATIVE_FROM)}
COLUMNS = [
    *("scenario", "country", "outcome", "part", "value", "low", "high", "median"),
    *("first_in", "last_in", "mix", "better_alone", "pairs", "exact", "command"),
]
Floats = NDArray[np.float64]
Levers = dict[str, tuple[Schedule, ...]]
Set = tuple[str, ...]


def own_levers(scenario: Scenario, base: Scenario) -> Levers:
    """The levers that a scenario has and its baseline has not, or not alike."""
    return {
        lever: schedules
        for lever, schedules in scenario.levers.items()
        if schedules != base.levers.get(lever) and any(s.level != 0.0 for s in schedules)
    }


def sets_of(levers: Iterable[str]) -> list[Set]:
    """The combinations of levers that are run besides none and all of them."""
    names = tuple(levers)
    if len(names) <= EXACT:
        every = range(1, (1 << len(names)) - 1)
        return [tuple(n for k, n in enumerate(names) if s >> k & 1) for s in every]
    alone = [(name,) for name in names]
    return alone + [tuple(other for other in names if other != name) for name in names]


def with_set(mix: Scenario, base: Scenario, chosen: Set) -> Scenario:
    """Some of the levers of a mix on top of the policy of its baseline, in the order of the mix."""
    mine = tuple(own_levers(mix, base))
    order = dict.fromkeys((*mix.levers, *base.levers))
    levers = {n: (mix if n in chosen or n not in mine else base).levers.get(n, ()) for n in order}
    places = "-".join(str(mine.index(name) + 1) for name in chosen)
    return replace(
        mix,
        name=f"{mix.name}--{chosen[0] if len(chosen) == 1 else places}",
        title=f"{' and '.join(chosen)} of '{mix.name}'",
        levers={name: schedules for name, schedules in levers.items() if schedules},
    )


def parts_study(study: Study) -> dict[str, Study]:
    """The study of parts, by the name of its folder; none where there is nothing to ask.

    Small mixes come first, as long as there are runs enough for a few pairs of each.
    """
    base = next(s for s in study.scenarios if s.name == study.baseline)
    most = MOST_RUNS * len(study.jobs)
    chosen: list[Scenario] = [base]
    needed = pairs = 0
    mixes = [scenario for scenario in study.scenarios if scenario.name in study.asked]
    for mix in sorted(mixes, key=lambda one: len(own_levers(one, base))):
        sets = sets_of(own_levers(mix, base))
        enough = most // (needed + len(sets)) if sets else 0
        if enough >= (FEWEST_PAIRS if needed else 1):
            chosen += [mix, *(with_set(mix, base, one) for one in sets)]
            needed, pairs = needed + len(sets), min(enough, MOST_PAIRS)
    if not pairs:
        return {}
    drawn = len(study.draws) > 1
    inner = replace(
        study,
        scenarios=tuple(chosen),
        seeds=study.seeds[:1] if drawn else study.seeds[:pairs],
        draws=study.draws[:pairs] if drawn else study.draws,
        counterfactuals={},
        added=(),
    )
    return {NAME: with_counterfactuals(inner)}


def parts_table(inner: Comparison, study: Study) -> pd.DataFrame:
    """`parts.csv`: what each lever of a mix adds to outcomes and costs, by place.

    `study` is that of the parts, `inner` its result. `value` is a mean over pairs, as are
    `first_in`, `last_in` and `mix`; low and high are the band of the pairs. `better_alone` counts
    the pairs in which the lever alone moves the outcome at least as much as the mix; where it does
    so on average, the command is named that shows it for all draws.
    """
    base = next(s for s in study.scenarios if s.name == study.baseline)
    rows: list[tuple[object, ...]] = []
    for mix in study.scenarios:
        levers = tuple(own_levers(mix, base))
        sets = {one: with_set(mix, base, one).name for one in sets_of(levers)}
        sets[levers] = mix.name
        known = {one: inner.paired[name] for one, name in sets.items() if name in inner.paired}
        if len(levers) < 2 or len(known) < len(sets):
            continue
        runs = sorted(set.intersection(*(set(pairs.runs) for pairs in known.values())))
        for place in PLACES if runs else ():
            for outcome in (*OUTCOMES, COST):
                worth = {one: _values(pairs, runs, place, outcome) for one, pairs in known.items()}
                rows += _rows(mix, base, levers, worth, (place, outcome), runs)
    return pd.DataFrame(rows, columns=COLUMNS)


def _values(pairs: Pairs, runs: list[tuple[int, int]], place: str, outcome: str) -> Floats:
    """What one set of levers changes, by pair."""
    if outcome == COST:
        found = costs(pairs, place)
    else:
        indicator, first = OUTCOMES[outcome]
        found = pairs.change(place, indicator, first=first)
    return np.asarray(found[[pairs.runs.index(run) for run in runs]])


def _rows(
    mix: Scenario,
    base: Scenario,
    levers: Set,
    worth: Mapping[Set, Floats],
    where: tuple[str, str],
    runs: list[tuple[int, int]],
) -> list[tuple[object, ...]]:
    shares, draws = _shares(levers, worth), independent(runs)[0]
    whole = worth[levers]
    sign = -1.0 if whole.mean() < 0.0 else 1.0
    found: list[tuple[object, ...]] = []
    for k, lever in enumerate(levers):
        value, first, last = (part[k] for part in shares)
        better = int((sign * first >= sign * whole).sum())
        settles = ""
        if where[1] == MEASURE and first.mean() >= whole.mean() > 0.0:
            settles = _settles(with_set(mix, base, (lever,)), mix, base)
        band = (*interval(value, draws), median(value))
        means = (float(first.mean()), float(last.mean()), float(whole.mean()))
        exact = len(levers) <= EXACT
        about = (better, len(runs), exact, settles)
        found.append((mix.name, *where, lever, float(value.mean()), *band, *means, *about))
    return found


def _shares(levers: Set, worth: Mapping[Set, Floats]) -> ShapleyShares:
    """By lever and pair: Shapley value or its stand-in, effect in the first and the last place."""
    whole = worth[levers]
    if len(levers) <= EXACT:
        sets = [
            tuple(n for k, n in enumerate(levers) if s >> k & 1) for s in range(1 << len(levers))
        ]
        return shapley(np.stack([worth[one] if one else np.zeros_like(whole) for one in sets]))
    first = np.stack([worth[(name,)] for name in levers])
    left = [tuple(other for other in levers if other != name) for name in levers]
    last = np.stack([whole - worth[one] for one in left])
    return ShapleyShares((first + last) / 2.0, first, last)


def _settles(part: Scenario, mix: Scenario, base: Scenario) -> str:
    """A comparison with the part where a shipped scenario is that part, else its attribution."""
    mine = part.as_dict()
    for name in shipped_scenarios():
        known = load_scenario(name).as_dict()
        if same_policy(known, mine) and same_assumptions(known, mine):
            return f"mekong compare {argument(base)} {name} {argument(mix)}"
    return f"mekong mix attribute {argument(mix)}"
