"""V28, V34 and V37 with people: what is matched is the same in every run of a parameter draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from sim.meanfield.recording import Recording
from sim.model.model import MekongModel
from sim.model.scam_history import HISTORY_ENDS, scam_history
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario, load_scenario
from sim.units import FIRST_QUARTER, QUARTERS_PER_YEAR, quarter_index
from tests.helpers.central import PRIOR_CENTRAL

SCALE = 50_000
PAST = HISTORY_ENDS + 1 - FIRST_QUARTER  # quarters up to 2025Q4


def matched(name: str, parameters: Mapping[str, float] | None = None, **paths: str) -> Scenario:
    scenario = load_scenario(name)
    chosen = scenario.paths | {"scam_history": "matched"} | paths
    return replace(scenario, paths=chosen, parameters=dict(parameters or scenario.parameters))


def model(
    scenario: Scenario, values: ParameterSet = PRIOR_CENTRAL, seed: int = 1, scale: int = SCALE
) -> MekongModel:
    return MekongModel(scenario, seed=seed, scale=scale, parameters=values, threads=1, market=False)


@pytest.fixture(scope="module")
def baseline() -> MekongModel:
    return model(matched("baseline")).run()


def capital(run: MekongModel) -> np.ndarray:
    return run.series().sums["syndicate_capital"][:, :, 0].sum(axis=1)


def test_v28_in_a_run_with_people(baseline: MekongModel) -> None:
    year = slice(quarter_index("2023Q1") - FIRST_QUARTER, quarter_index("2024Q1") - FIRST_QUARTER)
    assert capital(baseline)[year].mean() == pytest.approx(1.0, abs=1e-9)
    takings = baseline.series().sums["syndicate_takings_usd"][year].sum()
    assert takings == pytest.approx(PRIOR_CENTRAL.get("THA", "compound_revenue"), rel=1e-6)


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("coordinated", {}),
        ("anti_scam", {}),
        ("baseline", {"outside_demand": "rising"}),
        ("baseline", {"outside_demand": "falling"}),
    ],
)
def test_v37_without_policy_before_2026_the_past_is_the_baseline(
    baseline: MekongModel, name: str, paths: dict[str, str]
) -> None:
    sums = model(matched(name, **paths)).run().series().sums
    moved = []
    for key, expected in baseline.series().sums.items():
        assert np.array_equal(sums[key][:PAST], expected[:PAST]), key
        moved.append(not np.array_equal(sums[key], expected))
    assert any(moved)


def test_demand_elsewhere_moves_capital_its_own_way(baseline: MekongModel) -> None:
    rising, falling = (
        capital(model(matched("baseline", outside_demand=way)).run())[-1]
        for way in ("rising", "falling")
    )
    assert falling < 0.9 * capital(baseline)[-1] < 0.9 * 0.9 * rising


def test_capital_hardly_moves_when_the_history_ends(baseline: MekongModel) -> None:
    """At the end of 2025 syndicates are at rest; then only incomes online grow."""
    last = capital(baseline)[PAST - 1 : PAST + QUARTERS_PER_YEAR]
    assert last == pytest.approx([last[0]] * len(last), rel=0.02)


def test_the_history_knows_nothing_of_seed_scale_and_scenario(baseline: MekongModel) -> None:
    other = model(matched("coordinated", {"displaced_share": 0.9}), seed=5, scale=100_000)
    assert other.scam_sector.history is baseline.scam_sector.history


def test_a_scenario_changes_what_syndicates_do_and_not_what_was_solved(
    baseline: MekongModel,
) -> None:
    faster = model(matched("baseline", {"syndicate_growth": 2.0}))
    assert faster.scam_sector.history is baseline.scam_sector.history
    assert not np.array_equal(capital(faster.run()), capital(baseline))


def test_a_statement_about_the_past_is_followed(baseline: MekongModel) -> None:
    said = model(matched("baseline", {"scam_path_2025": 0.4}))
    drawn = PRIOR_CENTRAL.with_overrides({"scam_path_2025": 0.4})
    assert said.scam_sector.history is model(matched("baseline"), drawn).scam_sector.history
    assert said.scam_sector.history is not baseline.scam_sector.history


def test_enforcement_before_2026_acts_on_its_victims_and_on_demand() -> None:
    """It lowers capital even where it removes none: what it blocks is demand that is not there."""
    level = {"countries": "all", "level": 1.0, "start": "2020Q1"}
    table = {
        "title": "Early enforcement",
        "extends": "baseline",
        "horizon": {"end": "2023Q4"},
        "paths": {"scam_history": "matched"},
    }
    plain = Scenario.from_dict(table, name="plain")
    early = Scenario.from_dict(table | {"levers": {"anti_scam_enforcement": [level]}}, name="early")
    values = PRIOR_CENTRAL.with_overrides({"outside_demand_share": 0.0})
    without, strict = model(plain, values).run(), model(early, values).run()
    first = quarter_index("2020Q1") - FIRST_QUARTER
    assert np.array_equal(capital(without)[:first], capital(strict)[:first])
    assert capital(strict)[-1] < 0.8 * capital(without)[-1]
    sector = strict.scam_sector
    assert sector.history
    quarter = quarter_index("2023Q4")
    half = sector._demand(quarter, 2.0, 1.0, sector.history)
    assert half == pytest.approx(0.5 * sector.history.demand_in(quarter), rel=1e-12)


def test_v34_without_trust_action_against_scams_moves_no_purchase() -> None:
    values = PRIOR_CENTRAL.with_overrides({"victim_shopping_drop": 0.0})
    sums = [model(matched(name), values).run().series().sums for name in ("baseline", "anti_scam")]
    assert np.array_equal(sums[0]["gmv_real_usd"], sums[1]["gmv_real_usd"])
    assert not np.array_equal(sums[0]["victims"], sums[1]["victims"])


def test_the_mean_field_model_follows_the_path_of_other_parameters() -> None:
    """Conditions rebuilt for another draw have the scams that its own run has, up to 2025."""
    other = PRIOR_CENTRAL.with_overrides({"scam_path_2019": 0.3, "scam_path_2024": 1.4})
    scenario = matched("baseline")
    here = Recording(scenario, PRIOR_CENTRAL, scale=SCALE, market=False)
    there = Recording(scenario, other, scale=SCALE, market=False)
    rebuilt = here.views_of(other)["scam_pressure"]
    assert rebuilt[:PAST] == pytest.approx(there.views["scam_pressure"][:PAST], rel=1e-9)
    assert not np.array_equal(rebuilt, here.views["scam_pressure"])
    assert np.array_equal(
        here.views_of(PRIOR_CENTRAL)["scam_pressure"], here.views["scam_pressure"]
    )


def test_solving_anew_gives_the_same_bytes(baseline: MekongModel) -> None:
    from sim.model.scam_history import inputs_of

    inputs = inputs_of(PRIOR_CENTRAL, PRIOR_CENTRAL, tuple(baseline.countries))
    first = scam_history(inputs)
    scam_history.cache_clear()
    assert scam_history(inputs) == first
