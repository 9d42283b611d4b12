"""What passes through each channel: the same comparison with one channel off on both sides.

The effect of a policy with all channels on, less its effect with one of them off, is what passes
through that channel alone and together with others. The parts need not add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from sim.analysis.comparison.pairs import Floats, Pairs, spread
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.effects import MAIN_OUTCOMES
from sim.analysis.comparison.tables.summary import PLACES
from sim.errors import InputError
from sim.experiments.counterfactuals import with_counterfactuals
from sim.experiments.study import Study
from sim.model.indicators import INDICATORS
from sim.parameters.channels import CHANNELS
from sim.scenario import Scenario

FOLDER = "channels"
FAN = ("", "_low", "_high")
COLUMNS = [
    *("scenario", "baseline", "channel", "country", "indicator"),
    *("effect", "effect_low", "effect_high"),
    *("effect_off", "effect_off_low", "effect_off_high"),
    *("difference", "difference_low", "difference_high"),
    "unit",
]


def without(scenario: Scenario, channel: str) -> Scenario:
    """The scenario with one more channel off; its name stays, since it has a folder of its own."""
    off = tuple(name for name in CHANNELS if name == channel or name in scenario.channels_off)
    return replace(scenario, channels_off=off)


def channel_studies(study: Study) -> dict[str, Study]:
    """The additional runs: all scenarios once more for each channel that is on in one of them.

    Raises InputError where no scenario has a policy that the baseline has not.
    """
    asked = [s for s in study.scenarios if s.name in study.asked]
    base = next(s for s in asked if s.name == study.baseline)
    if not any(scenario.levers != base.levers for scenario in asked):
        raise InputError(
            f"no scenario has levers that '{base.name}' has not, so there is no effect to divide",
            where="--channels",
            todo="add one: mekong compare baseline coordinated --channels",
        )
    on = [c for c in CHANNELS if any(c not in scenario.channels_off for scenario in asked)]
    plain = replace(study, counterfactuals={}, added=())
    return {
        channel: with_counterfactuals(
            replace(plain, scenarios=tuple(without(scenario, channel) for scenario in asked))
        )
        for channel in on
    }


def channel_table(result: Comparison, off: Mapping[str, Comparison]) -> pd.DataFrame:
    """`channels.csv`: effects of policies with all channels on, with one off, and the difference.

    Differences are of the same seed and draw; low and high as everywhere.
    """
    rows: list[tuple[object, ...]] = []
    for scenario, pairs in result.paired.items():
        for channel, other in off.items():
            theirs = other.paired.get(scenario)
            if theirs is None:
                continue
            both = sorted(set(pairs.runs) & set(theirs.runs))
            for place in PLACES:
                for name, (indicator, first) in MAIN_OUTCOMES.items():
                    if (
                        not (pairs.has(place, indicator) and theirs.has(place, indicator))
                        or not both
                    ):
                        continue
                    on = _change(pairs, place, indicator, first, both)
                    less = _change(theirs, place, indicator, first, both)
                    spreads = [s for v in (on, less, on - less) for s in spread(v, pairs.draws)]
                    unit = INDICATORS[indicator].unit
                    rows.append((scenario, pairs.against, channel, place, name, *spreads, unit))
    return pd.DataFrame(rows, columns=COLUMNS)


def _change(
    pairs: Pairs, place: str, indicator: str, first: int, runs: list[tuple[int, int]]
) -> Floats:
    """The effect in these runs, in their order."""
    at = [pairs.runs.index(run) for run in runs]
    return np.asarray(pairs.change(place, indicator, first=first)[at])
