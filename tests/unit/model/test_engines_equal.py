"""The compiled and the object engine give the same people and the same indicators, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.execution.branching import Past, first_lever, past_of
from sim.experiments.run import Job
from sim.model.model import MekongModel
from sim.rng import LARGEST_SEED
from sim.scenario import Scenario, load_scenario, shipped_scenarios
from sim.units import quarter_index
from tests.helpers.central import PRIOR_CENTRAL
from tests.helpers.models import in_objects, people_model
from tests.properties.random_worlds import World, examples, overrides, worlds

COARSE = 1_000_000  # 250 people in all: the object engine takes its time
POLICIES = quarter_index("2026Q1")


def _until(end: str, levers: Mapping[str, Any] | None = None) -> Scenario:
    table = {"title": "Short", "horizon": {"end": end}, "levers": dict(levers or {})}
    return Scenario.from_dict(table, name="short")


def _outcome(model: MekongModel) -> tuple[bytes, bytes, bytes]:
    """Everybody's record, how they look from outside, and every value of every indicator."""
    model.run()
    values = model.indicators()["value"].to_numpy()
    assert len(values) > 1000
    return model.people.rows.tobytes(), model.people.seen.tobytes(), values.tobytes()


@pytest.mark.parametrize("seed", [0, 1, 2, LARGEST_SEED])
def test_seeds(seed: int) -> None:
    made = [
        _outcome(people_model(_until("2017Q4"), seed=seed, scale=COARSE // 2, engine=engine))
        for engine in ("compiled", "objects")
    ]
    assert made[0] == made[1]


def test_the_whole_horizon() -> None:
    made = [
        _outcome(people_model(load_scenario("coordinated"), scale=COARSE, engine=engine))
        for engine in ("compiled", "objects")
    ]
    assert made[0] == made[1]


def _past(name: str) -> Past:
    scenario = load_scenario(name)
    return past_of(Job(scenario, scenario.baseline, 1, 0, COARSE))


@cache
def _first_of_each_past() -> dict[Past, str]:
    """Of scenarios that differ only in levers, one that both engines live through as a whole."""
    names = sorted(shipped_scenarios(), key=lambda name: -first_lever(load_scenario(name)))
    return {_past(name): name for name in reversed(names)}


@cache
def _before_levers(name: str) -> MekongModel:
    """The compiled world of a scenario up to 2026."""
    model = people_model(replace(load_scenario(name), levers={}), scale=COARSE)
    while model.next_quarter < POLICIES:
        model.step()
    return model


@pytest.mark.parametrize("name", shipped_scenarios())
def test_shipped_scenarios(name: str) -> None:
    """One of each past from the beginning, the others from its first lever on."""
    scenario, first = load_scenario(name), _first_of_each_past()[_past(name)]
    if name != first and first_lever(scenario) >= POLICIES:
        past = _before_levers(first)
        made = past.continued(scenario), in_objects(past.continued(scenario))
    else:
        made = (
            people_model(scenario, scale=COARSE),
            people_model(scenario, scale=COARSE, engine="objects"),
        )
    assert _outcome(made[0]) == _outcome(made[1])


@pytest.mark.parametrize("steps", [1, 2])
def test_steps_of_a_quarter(steps: int) -> None:
    made = [
        _outcome(
            people_model(_until("2020Q4"), scale=COARSE, engine=engine, steps_per_quarter=steps)
        )
        for engine in ("compiled", "objects")
    ]
    assert made[0] == made[1]


@examples(20)
@given(overrides(), st.integers(0, LARGEST_SEED))
def test_parameters_within_their_bounds(values: dict[str, float], seed: int) -> None:
    parameters = PRIOR_CENTRAL.asked(values).inside(designs=False)
    made = [
        _outcome(
            people_model(
                _until("2020Q4"), seed=seed, scale=COARSE, engine=engine, parameters=parameters
            )
        )
        for engine in ("compiled", "objects")
    ]
    assert made[0] == made[1]


@examples(15)
@given(worlds(quarters=8), st.integers(400_000, 1_000_000))
def test_random_worlds(world: World, scale: int) -> None:
    coarse = replace(world, scale=scale)
    assert _outcome(coarse.model()) == _outcome(coarse.model(engine="objects"))


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("chunk_agents", [None, 1, 251, 1000, 10**9])
def test_threads_and_chunks_do_not_show(threads: int, chunk_agents: int | None) -> None:
    enforcement = {"anti_scam_enforcement": [{"countries": "all", "level": 1.0, "start": "2015Q2"}]}
    made = [
        _outcome(
            people_model(
                _until("2018Q4", enforcement), scale=20_000, threads=count, chunk_agents=agents
            )
        )
        for count, agents in ((1, None), (threads, chunk_agents))
    ]
    assert made[0] == made[1]


def test_chunks_do_not_show_in_the_object_engine() -> None:
    made = [
        _outcome(
            people_model(
                _until("2016Q4"), scale=COARSE, engine="objects", chunk_agents=chunk_agents
            )
        )
        for chunk_agents in (None, 1, 10**9)
    ]
    assert made[0] == made[1] == made[2]


def test_engines_can_take_turns() -> None:
    """State left by one engine is read by the other: step by step, they stay the same."""
    compiled = people_model(_until("2016Q4"), scale=COARSE)
    objects = people_model(_until("2016Q4"), scale=COARSE, engine="objects")
    for _ in range(8):
        compiled.step()
        objects.step()
        assert compiled.people.rows.tobytes() == objects.people.rows.tobytes()
