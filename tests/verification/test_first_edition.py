"""V31: with every later mechanism at its neutral value the first edition comes out again.

Networks reach everybody, since what coverage is has changed, and there are no scams, since their
history has. The figures were kept before the first of the later mechanisms was added.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.data.country import Country
from sim.data.load import load_countries
from sim.model import reference_years
from sim.model.model import MekongModel
from sim.scenario import Scenario, load_scenario
from tests.helpers.central import PRIOR_CENTRAL
from tests.helpers.first_edition import FIRST_EDITION, FIRST_PATHS

KEPT = json.loads((Path(__file__).parent / "data" / "first_edition.json").read_text())


def _reached() -> dict[str, Country]:
    """The countries with networks that reach everybody."""
    everybody = np.ones_like(next(iter(load_countries().values())).coverage_3g)
    return {
        iso: replace(country, coverage_3g=everybody, coverage_4g=everybody, fixed_lines=everybody)
        for iso, country in load_countries().items()
    }


def _values(table: dict[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in table.items():
        many = value.items() if isinstance(value, dict) else ()
        found |= {f"{iso}.{name}": number for iso, number in many} or {name: value}
    return found


@pytest.mark.parametrize("number", range(len(KEPT["runs"])))
def test_neutral_values_give_the_first_edition(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = KEPT["runs"][number]
    baseline = load_scenario("baseline")
    first = replace(baseline, paths=baseline.paths | FIRST_PATHS)
    monkeypatch.setattr(reference_years, "load_scenario", lambda name: first)
    scenario = Scenario.from_dict(
        {"title": "Kept", "levers": run["levers"], "paths": FIRST_PATHS}, name="kept"
    )
    model = MekongModel(
        scenario,
        seed=KEPT["seed"],
        scale=KEPT["scale"],
        firm_rows=KEPT["firm_rows"],
        countries=_reached(),
        parameters=PRIOR_CENTRAL.with_overrides(_values(run["parameters"]) | FIRST_EDITION),
    ).run()
    table = model.indicators(yearly=True)
    table = table[(table["group"] == "all") & table["year"].isin(KEPT["years"])]
    for name, places in run["series"].items():
        for place, kept in places.items():
            rows = table[(table["indicator"] == name) & (table["country"] == place)]
            found = rows.sort_values("year")["value"].to_numpy()
            assert found == pytest.approx(kept, rel=1e-12), (name, place)
