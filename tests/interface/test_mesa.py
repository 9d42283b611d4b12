"""To a user of Mesa the model behaves as Mesa says: end of a run, seeds, agent sets, subclasses."""

from __future__ import annotations

import copy
import gc
from typing import Any

import mesa
import numpy as np
import pytest

from sim.errors import InputError
from sim.model.model import MekongModel
from tests.helpers.models import people_model
from tests.verification.worlds import scenario

SHORT: dict[str, Any] = {"scale": 1_000_000, "threads": 1}


def short(**more: Any) -> MekongModel:
    return people_model(scenario("2015Q2"), **{**SHORT, **more})


def test_running_becomes_false_at_the_end() -> None:
    model = short()
    assert model.running
    model.step()
    assert model.running
    model.run_model()
    assert not model.running and model.quarter == "2015Q2" and model.steps == 2


def test_a_step_that_stops_the_model_ends_the_run() -> None:
    class Stopping(MekongModel):
        def step(self) -> None:
            super().step()
            self.running = False

    model = Stopping(scenario("2015Q4"), market=False, **SHORT)
    assert model.run().quarter == "2015Q1"


def test_a_run_that_ended_says_so() -> None:
    model = short().run()
    with pytest.raises(InputError, match="the run ended with 2015Q2"):
        model.step()


@pytest.mark.parametrize(
    ("seed", "rng", "number"),
    [
        (5, None, 5),
        (np.int64(6), None, 6),
        (None, 7, 7),
        (None, np.int32(8), 8),
    ],
)
def test_a_whole_number_is_the_seed(seed: Any, rng: Any, number: int) -> None:
    assert short(seed=seed, rng=rng).seed_number == number


def test_without_a_seed_it_is_the_first() -> None:
    assert short().seed_number == 1
    assert short(rng=9).seed_number == 9


def test_seed_none_takes_a_new_seed_each_time() -> None:
    assert len({short(seed=None).seed_number for _ in range(5)}) == 5


@pytest.mark.parametrize(
    "make",
    [
        lambda: np.random.default_rng(3),
        lambda: np.random.SeedSequence(3),
        lambda: np.random.PCG64(3),
        lambda: [1, 2, 3],
    ],
)
def test_other_generators_give_a_seed_that_repeats(make: Any) -> None:
    one, other = short(rng=make()).seed_number, short(rng=make()).seed_number
    assert one == other and one not in (0, 1, 3)


@pytest.mark.parametrize("seed", [-1, 2**31, 1.5, "1", True])
def test_what_is_no_seed_is_refused(seed: Any) -> None:
    with pytest.raises(InputError, match="cannot be the seed"):
        short(seed=seed)


def test_seed_and_rng_together_are_refused() -> None:
    with pytest.raises(InputError, match="both seed and rng"):
        short(seed=2, rng=3)
    with pytest.raises(InputError, match="cannot be used as rng"):
        short(rng="dice")


def batch(model: type[mesa.Model], **how: Any) -> list[dict[str, Any]]:
    return mesa.batch_run(
        model,
        {"scenario": [scenario("2015Q2")], "market": False, **SHORT},
        display_progress=False,
        **how,
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_batch_run_ends_and_its_iterations_differ() -> None:
    seeds: list[int] = []

    class Noting(MekongModel):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            seeds.append(self.seed_number)

    found = batch(Noting, iterations=3)
    assert len(found) == len(set(seeds)) == 3
    assert all(row["population"] > 2e8 for row in found)


def test_seeds_differ_in_what_happens() -> None:
    rows = [short(seed=seed).run().people.rows for seed in (1, 2)]
    assert (rows[0]["connected"] != rows[1]["connected"]).any()


def test_the_collector_holds_every_quarter() -> None:
    model = short().run()
    table = model.datacollector.get_model_vars_dataframe()
    assert len(table) == 2
    series = model.indicators().query("country == 'GMS5' and group == 'all'")
    shown = series[series["indicator"] == "connected"]["value"].to_numpy()
    assert (table["connected"].to_numpy() == shown).all()


def test_a_collector_of_ones_own_is_kept() -> None:
    class Collecting(MekongModel):
        def __init__(self, **more: Any) -> None:
            super().__init__(scenario("2015Q2"), market=False, **SHORT, **more)
            self.datacollector = mesa.DataCollector({"quarter": lambda model: model.quarter})

        def step(self) -> None:
            super().step()
            self.datacollector.collect(self)

    model = Collecting(seed=2).run()
    assert model.datacollector.model_vars["quarter"] == ["2015Q1", "2015Q2"]
    assert model.seed_number == 2


def test_an_agent_set_keeps_the_people_it_selects() -> None:
    model = short().run()
    young = mesa.agent.AgentSet(model.consumers, random=model.random).select(lambda a: a.young)
    expected = sum(bool(person.young) for person in model.consumers)
    gc.collect()
    assert len(young) == expected > 10
    young.set("trust", 0.25)
    assert sum(model.consumers.rows["trust"] == np.float32(0.25)) == expected


def test_an_agent_is_one_object() -> None:
    model = short()
    assert model.consumers[3] is model.consumers[3]
    chosen = model.consumers.select(lambda rows: rows["connected"])
    assert chosen[0] is model.consumers[chosen[0].unique_id]


def test_agents_of_a_copy_view_the_copy() -> None:
    model = short()
    first = model.consumers[0]
    other = copy.deepcopy(model)
    assert other.consumers[0] is not first
    other.consumers[0].trust = 0.125
    assert other.people.rows["trust"][0] == 0.125 != model.people.rows["trust"][0]
    assert other.consumers[1].model is other


def test_nobody_can_be_removed() -> None:
    model = short()
    for agent in (model.consumers[0], model.governments["THA"], next(iter(model.agents))):
        with pytest.raises(InputError, match="cannot be removed"):
            agent.remove()


class Thrifty(MekongModel):
    """A variant with a constructor of its own, in which people spend half as much."""

    def __init__(self, note: str) -> None:
        self.note = note
        super().__init__(scenario("2015Q2"), firm_rows=50, **SHORT)

    def people_live(self) -> None:
        """As in the model, but spending is halved."""
        super().people_live()
        self.spending = self.spending // 2


def test_a_subclass_changes_no_other_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever is built first, the trade of either is the same."""
    from sim.model import reference_years

    found = []
    for variant_first in (False, True):
        monkeypatch.setattr(reference_years, "_solved", {})
        monkeypatch.setattr(reference_years, "kept_or_solved", lambda _, solve: solve())
        if variant_first:
            Thrifty("first")
        model = MekongModel(scenario("2015Q2"), firm_rows=50, **SHORT).run()
        variant = Thrifty("then").run()
        assert (2 * variant.spending <= model.spending).all()
        found.append([each.series().of_region()["gmv_region_usd"] for each in (model, variant)])
    assert found[0] == found[1]
    assert found[0][0] != found[0][1]


def test_what_models_share_cannot_be_written() -> None:
    model = MekongModel(scenario("2015Q2"), firm_rows=50, **SHORT)
    assert model.trade_sector is not None and not model.trade_sector.is_open
    with pytest.raises(InputError, match="first quarter"):
        model.trade_sector.market  # noqa: B018
    model.step()
    with pytest.raises(ValueError, match="read-only"):
        model.trade_sector.market.preferences.weight[0, 0] = 5.0


def test_preferences_that_are_handed_in_are_used_and_give_the_same_numbers() -> None:
    solved = MekongModel(scenario("2015Q2"), firm_rows=50, **SHORT).run()
    assert solved.trade_sector is not None
    preferences = solved.trade_sector.market.preferences
    handed = MekongModel(scenario("2015Q2"), firm_rows=50, preferences=preferences, **SHORT)
    assert handed.trade_sector is not None and handed.trade_sector.is_open
    assert handed.trade_sector.market.preferences is preferences
    assert handed.run().indicators().equals(solved.indicators())
