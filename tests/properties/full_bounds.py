"""Worlds with every parameter drawn from all that its bounds allow, all at once, with a market.

    python -m tests.properties.full_bounds 500 [first]

tells how many of so many worlds are sane, refused or stopped in words, and how many are not. A
world that is refused because its parameters do not fit together is run again with them moved to
the nearest that fit, so that refusals do not hide what the model does.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from typing import Any

import numpy as np
import pytest

from sim.errors import InputError, MekongError
from sim.model import reference_years
from sim.model.engine.field_bounds import ImpossibleValue
from sim.model.market import preferences as reference
from sim.model.model import MekongModel
from sim.parameters.table import Parameter, parameter_table
from sim.parameters.values import ONE_FOR_ALL, ParameterSet
from sim.policy.levers import LEVERS
from sim.scenario import Scenario
from sim.scenario.paths import PATHS
from sim.units import COUNTRIES
from tests.properties.checks import MAY_BE_NEGATIVE

SCALE, FIRM_ROWS = 200_000, 200


def overrides(number: int) -> dict[str, float]:
    """Every parameter from its bounds; in every third world some of single countries too."""
    rng = np.random.default_rng([number, 1])
    table = parameter_table()
    found = {name: _value(row, rng) for name, row in table.items()}
    if number % 3 == 0:
        names = [name for name in table if name not in ONE_FOR_ALL]
        for name in rng.choice(names, size=12, replace=False):
            found[f"{rng.choice(COUNTRIES)}.{name}"] = _value(table[name], rng)
    return found


def _value(row: Parameter, rng: np.random.Generator) -> float:
    """From the whole range; where the prior is of logarithms, half of the time even in these."""
    share = rng.random()
    if row.prior == "log" and rng.random() < 0.5:
        low = max(row.minimum, row.central * 1e-4)
        return float(np.clip(low * (row.maximum / low) ** share, row.minimum, row.maximum))
    return row.minimum + (row.maximum - row.minimum) * share


def scenario(number: int) -> Scenario:
    """Any choice of every outside path; in half of the worlds every lever at its maximum."""
    rng = np.random.default_rng([number, 2])
    paths = {name: str(rng.choice(list(path.choices))) for name, path in PATHS.items()}
    if paths["agreements"] != "endogenous" or number % 2 == 0:
        paths |= {"agreements": "planned", "treaty": PATHS["treaty"].default}
    table: dict[str, Any] = {"title": "A random world", "illustrative": True, "paths": paths}
    if number % 2:
        start = "2015Q1" if number % 4 == 1 else "2026Q1"
        table["levers"] = {
            name: [_block(lever.scope, lever.maximum, start)] for name, lever in LEVERS.items()
        }
    return Scenario.from_dict(table, name=f"world_{number}")


def _block(scope: str, level: float, start: str) -> dict[str, Any]:
    return {scope: "GMS5" if scope == "region" else "all", "level": level, "start": start}


def outcome(number: int, moved: bool) -> str:
    """ "sane", or by which rule a world was refused or stopped; anything else is a failure."""
    asked = overrides(number)
    central = ParameterSet.central()
    try:
        chosen = (
            central.asked(asked).inside(designs=False) if moved else central.with_overrides(asked)
        )
    except InputError as error:
        found = central.asked(asked).misfits(asked)
        assert found and error.what, "refused without a reason"
        return "refused: " + " and ".join(sorted(misfit.joint.name for misfit in found))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            model = MekongModel(
                scenario(number),
                seed=number,
                scale=SCALE,
                threads=1,
                parameters=chosen,
                firm_rows=FIRM_ROWS,
            ).run()
        except MekongError as error:
            assert error.where and error.allowed and error.todo, str(error)
            if isinstance(error, ImpossibleValue):
                assert "priors" in error.todo, str(error)
                return "stopped: " + error.what.partition(" became ")[0]
            assert "the run stopped: " in error.what, str(error)
            account = error.what.removeprefix("the run stopped: ").partition(" is ")[0]
            place = account.rpartition(" of ")
            return "stopped: " + (place[0] or account)
    check(model)
    return "sane"


def check(model: MekongModel) -> None:
    """Finite, not negative, and no more than there is."""
    sums = model.series().sums
    for name, values in sums.items():
        assert np.isfinite(values).all(), name
        assert name in MAY_BE_NEGATIVE or (values >= 0.0).all(), name
    online, consumption = sums["gmv_real_usd"][:, :, 0], sums["consumption_usd"][:, :, 0]
    gains = np.array([params["coverage_income"] for params in model.values.values()])
    caps = np.array([params["spending_cap"] for params in model.values.values()])
    assert (online <= caps * consumption * (1.001 + gains) + 1.0).all()
    assert (sums["shoppers"] <= sums["connected_adults"] * (1.0 + 1e-9)).all()
    _within_reach(model)
    parts = ("gmv_home_usd", "gmv_region_usd", "gmv_row_usd", "purchase_fraud_usd")
    together = sum(sums[name][:, :, 0] for name in parts)
    assert np.allclose(together, online, rtol=1e-6, atol=1.0)
    assert (sums["exports_row_usd"][:, :, 0] <= sums["income_usd"][:, :, 0] * 1.5).all()
    assert (sums["shoppers"] <= sums["adults"] * (1.0 + 1e-9)).all()
    for yearly in (False, True):  # refuses shares above one
        model.indicators(yearly)


def _within_reach(model: MekongModel) -> None:
    """Where coverage is a gate, everybody online lies within it."""
    places = model.people.places
    for number, online in enumerate(model.people.rows["connected"].tolist()):
        country = int(np.searchsorted(places.first, number, side="right")) - 1
        params = list(model.values.values())[country]
        if online and params["coverage_gate"] > 0.0:
            who, view = model.consumers[number].who, model.views[country]
            reach = view.coverage_town if who.urban else view.coverage_countryside
            assert who.coverage_rank < reach


def make_coarse(patch: pytest.MonkeyPatch) -> None:
    """Preference weights from few people and firms, so that a world takes seconds."""
    patch.setattr(reference, "ROWS", 150)
    patch.setattr(reference, "COPIES", 2)
    patch.setattr(reference_years, "REFERENCE_SCALE", 100_000)


def main(count: int, first: int = 0) -> int:
    """Run so many worlds and say what became of them; the number of failures."""
    last = ""
    as_drawn, as_moved, failures = Counter[str](), Counter[str](), list[str]()
    with pytest.MonkeyPatch.context() as patch:
        make_coarse(patch)
        for number in range(first, first + count):
            for moved, counter in ((False, as_drawn), (True, as_moved)):
                if moved and not last.startswith("refused"):
                    continue
                try:
                    last = outcome(number, moved)
                except Exception as error:  # told in the end, with the number of the world
                    last = "FAILED"
                    failures.append(f"world {number}, moved {moved}: {error!r}")
                counter[last] += 1
            if (number + 1 - first) % 25 == 0:
                print(number + 1 - first, dict(as_drawn), dict(as_moved), flush=True)
    for title, counter in (("as drawn", as_drawn), ("moved to fit", as_moved)):
        print(title, f"({counter.total()} worlds)")
        for what, times in counter.most_common():
            print(f"  {times:4d}  {what}")
    print(*failures, sep="\n")
    return len(failures)


if __name__ == "__main__":
    sys.exit(min(main(*(int(argument) for argument in sys.argv[1:])), 1))
