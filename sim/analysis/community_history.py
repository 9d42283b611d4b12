"""Communities quarter by quarter: which share of their people buys online, is defrauded, and so on.

Whatever agents remember can be looked at, also a field of a rule of one's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import known_name
from sim.experiments.limits import check_scale
from sim.experiments.run import seed_list
from sim.model.engine.compiler.constructs import OWN_RULE_FILE
from sim.model.model import MekongModel
from sim.scenario import Scenario

BUYERS, VICTIMS = "shopper", "victim"
SHOWN = (BUYERS, VICTIMS)
COLUMNS = ["quarter", "country", "community", "area", "people", "field", "value"]
TOWN, COUNTRYSIDE = "town", "countryside"


@dataclass(frozen=True)
class CommunityHistory:
    """Means over the people of each community, at the end of every quarter.

    `values[field]` has the shape (quarters, communities); `communities` has the columns country,
    community (its number in the country), area and people (agents).
    """

    quarters: tuple[str, ...]
    communities: pd.DataFrame
    values: Mapping[str, NDArray[np.float64]]
    scenario: str
    rule: str
    seed: int
    scale: int
    market: bool = True
    kind: str = "communities"

    @property
    def table(self) -> pd.DataFrame:
        """One row for every quarter (a period), community and field."""
        count, many = len(self.quarters), len(self.communities)
        quarters = pd.PeriodIndex(self.quarters, freq="Q").repeat(many)
        frames = [
            pd.concat([self.communities] * count, ignore_index=True).assign(
                quarter=quarters, field=name, value=values.ravel()
            )
            for name, values in self.values.items()
        ]
        return pd.concat(frames, ignore_index=True)[COLUMNS]


def community_history(
    scenario: str | Path | Scenario = "baseline",
    fields: Sequence[str] = SHOWN,
    *,
    rules: Mapping[str, Any] | type | None = None,
    seed: int = 1,
    scale: int = 5_000,
    engine: str = "compiled",
    market: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> CommunityHistory:
    """Run a scenario and keep, for each community, the mean of `fields` over its people.

    A field is one of what people remember (`shopper`, `victim`, `trust`, ...), also of a rule of
    one's own. Without `market` online prices are held constant. A smaller `scale` has more
    communities: each stands for 25,000 people and has 250 agents or more. Raises InputError.
    """
    seed_list([seed])
    check_scale(scale)
    model = MekongModel(scenario, seed=seed, scale=scale, engine=engine, rules=rules, market=market)
    people, places = model.people, model.people.places
    for name in fields:
        known_name(name, people.rows.dtype.names or (), "fields", "field")
    starts = places.community_first[:-1]
    sizes = np.diff(places.community_first)

    def now() -> list[NDArray[np.float64]]:
        return [
            np.add.reduceat(people.rows[name].astype(np.float64), starts) / sizes for name in fields
        ]

    quarters, kept = [model.quarter], [now()]
    last = model.policy_scenario.end
    total = last - model.next_quarter + 1
    while model.next_quarter <= last:
        model.step()
        quarters.append(model.quarter)
        kept.append(now())
        if progress:
            progress(len(kept) - 1, total)
    owners = places.community_country
    inside = starts - places.first[owners]
    communities = pd.DataFrame(
        {
            "country": np.array(places.countries)[owners],
            "community": np.arange(len(owners)) - np.searchsorted(owners, owners),
            "area": np.where(inside < places.urban_size[owners], TOWN, COUNTRYSIDE),
            "people": sizes,
        }
    )
    return CommunityHistory(
        quarters=tuple(quarters),
        communities=communities,
        values={name: np.array([one[k] for one in kept]) for k, name in enumerate(fields)},
        scenario=model.policy_scenario.name,
        rule=model.rules["consumer"].__module__.rpartition(".")[2].removeprefix(OWN_RULE_FILE)
        if rules
        else "",
        seed=model.seed_number,
        scale=scale,
        market=market,
    )
