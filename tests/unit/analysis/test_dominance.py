"""Which mixes a comparison calls dominated: made-up pairs with known effects and costs."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.comparison.dominance import MEASURE, dominated
from sim.analysis.comparison.pairs import Pairs
from sim.analysis.comparison.run_parameters import RunParameters
from sim.scenario import Scenario
from sim.units import REGION

SPENT = "spending_anti_scam_enforcement_usd"
RUNS = [(1, 1), (1, 2), (1, 3)]
BLOCK = {"countries": "all", "level": 0.5, "start": "2026Q1"}
MORE = {**BLOCK, "level": 1.0}
SCAMS, PAY, CUSTOMS = "anti_scam_enforcement", "payments_interoperability", "paperless_customs"
SCENARIOS = {
    "baseline": {},
    "scams": {SCAMS: BLOCK},
    "scams_more": {SCAMS: MORE},
    "scams_and_nothing": {SCAMS: BLOCK, PAY: {**BLOCK, "level": 0.0}},
    "two": {SCAMS: BLOCK, PAY: BLOCK},
    "other_two": {CUSTOMS: BLOCK, PAY: BLOCK},
}
Effects = dict[str, tuple[list[float], float]]  # by scenario: e-commerce by run, cost


def _found(effects: Effects, against: dict[str, str] | None = None) -> list[tuple[str, str, bool]]:
    resolved = {
        name: Scenario.from_dict(
            {"title": name, "levers": {lever: [block] for lever, block in levers.items()}},
            name=name,
        ).to_toml()
        for name, levers in SCENARIOS.items()
    }
    settings = RunParameters({"parameters": {}, "resolved_scenarios": resolved})
    rows = {(REGION, MEASURE, "all"): 0, (REGION, SPENT, "all"): 1}
    paired = {}
    for name, (gains, cost) in effects.items():
        mine = np.array([gains, [cost] * len(gains)], dtype=float)[:, None, :]
        side = (against or {}).get(name, "baseline")
        paired[name] = Pairs(rows, ["2030"], RUNS[: len(gains)], mine, np.zeros_like(mine), side)
    return [(one.mix, one.other, one.part) for one in dominated(paired, settings)]


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ({"scams": ([9.0], 5.0), "two": ([8.0], 9.0)}, [("two", "scams", True)]),
        ({"scams": ([8.0], 5.0), "two": ([8.0], 9.0)}, [("two", "scams", True)]),
        ({"scams": ([7.0], 5.0), "two": ([8.0], 9.0)}, []),
        # a part dominates by being one, whatever it costs; others have to cost no more
        ({"scams": ([9.0], 9.5), "two": ([8.0], 9.0)}, [("two", "scams", True)]),
        ({"scams_more": ([9.0], 9.5), "two": ([8.0], 9.0)}, []),
        ({"scams_more": ([9.0], 9.0), "two": ([8.0], 9.0)}, [("two", "scams_more", False)]),
        ({"scams_and_nothing": ([9.0], 5.0), "two": ([8.0], 9.0)},
         [("two", "scams_and_nothing", True)]),
        ({"two": ([8.0], 9.0), "other_two": ([8.5], 9.0)}, [("two", "other_two", False)]),
        # single levers are no mixes, and nothing dominates nothing
        ({"scams": ([1.0], 5.0), "scams_more": ([2.0], 4.0)}, []),
        ({"scams": ([0.0], 5.0), "two": ([0.0], 9.0)}, []),
        # a part comes before another rival that does better
        ({"scams": ([9.0], 5.0), "scams_more": ([12.0], 5.0), "two": ([8.0], 9.0)},
         [("two", "scams", True)]),
    ],
)  # fmt: skip
def test_who_dominates(effects: Effects, expected: list[tuple[str, str, bool]]) -> None:
    assert _found(effects) == expected


def test_only_the_same_other_side_counts() -> None:
    effects: Effects = {"scams": ([9.0], 5.0), "two": ([8.0], 9.0)}
    assert _found(effects, {"two": "scams_more"}) == []


def test_the_median_decides_and_the_sentence_counts_runs() -> None:
    gains = {"scams": [9.0, 9.0, 1.0], "two": [8.0, 8.0, 8.0]}
    rows = {(REGION, MEASURE, "all"): 0, (REGION, SPENT, "all"): 1}
    paired = {
        name: Pairs(
            rows, ["2030"], RUNS, np.array([values, [2e9] * 3])[:, None, :] * [[[1e9]], [[1.0]]],
            np.zeros((2, 1, 3)), "baseline",
        )
        for name, values in gains.items()
    }  # fmt: skip
    resolved = {
        name: Scenario.from_dict(
            {"title": name, "levers": {lever: [b] for lever, b in SCENARIOS[name].items()}},
            name=name,
        ).to_toml()
        for name in ("baseline", "scams", "two")
    }
    (one,) = dominated(paired, RunParameters({"parameters": {}, "resolved_scenarios": resolved}))
    assert (one.runs, one.of) == (2, 3)
    text = str(one)
    assert text.startswith("'two' is dominated: 'scams' is a part of it")
    assert "+US$ 9.00 bn for US$ 2.00 bn against +US$ 8.00 bn" in text
    assert "(in 2 of 3 runs)" in text
