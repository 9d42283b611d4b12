"""Conditions rebuilt for other parameters: those recorded where they were recorded, bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.analysis.sensitivity.inputs import columns_of, inputs, outside
from sim.meanfield.model import MeanFieldModel
from sim.meanfield.outcomes import sums_of
from sim.meanfield.recording import Recording
from sim.parameters.table import Parameter
from sim.parameters.values import ParameterSet
from tests.helpers.code_checks import CHECKOUT

SCALE = 200_000
# Outside the mean-field model, but for what is recorded: how far laws are carried out moves
# the support of trust a little, and the path of scams is what people met up to 2025.
PATH_OF_SCAMS = {f"scam_path_{year}" for year in (2015, 2019, 2021, 2022, 2024, 2025)}
ALSO_READ = {"agreement_compliance", *PATH_OF_SCAMS}


@pytest.fixture(scope="module")
def everything() -> Recording:
    """The scenario with the most levers, without a market."""
    return Recording("everything", scale=SCALE, market=False)


@pytest.mark.parametrize(
    ("scenario", "draw", "options"),
    [
        ("everything", 0, {"market": False}),
        ("coordinated_worst", 5, {"firm_rows": 50}),
        ("remittances", 3, {"market": False}),
    ],
)
def test_views_at_the_recorded_draw_are_those_recorded(scenario, draw, options) -> None:
    values = ParameterSet.prior_draw(draw)
    recording = Recording(scenario, values, scale=SCALE, **options)
    rebuilt = recording.views_of(values)
    for name in rebuilt.dtype.names or ():
        assert np.array_equal(rebuilt[name], recording.views[name]), name
    assert len(np.unique(rebuilt["scam_pressure"])) > 1


def test_the_mean_field_on_rebuilt_conditions_is_the_mean_field(everything: Recording) -> None:
    values = ParameterSet.central()
    chosen = values.with_overrides(everything.scenario.parameters)
    plain = MeanFieldModel(everything.countries, chosen, everything.views, 1)
    assert np.array_equal(everything.mean_field(values).run(groups=True), plain.run(groups=True))


def test_conditions_follow_the_parameters_of_another_draw(everything: Recording) -> None:
    """A run of the agents under draw 8, without a market, has the views rebuilt from draw 0."""
    values = ParameterSet.prior_draw(8)
    rebuilt = everything.views_of(values)
    there = Recording("everything", values, scale=SCALE, market=False)
    exogenous = ("log_mean_income", "log_online_price", "covid", "data_price")
    for name in exogenous:
        assert np.array_equal(rebuilt[name], there.views[name]), name
    before = 44  # quarters in which no programme runs
    assert np.array_equal(rebuilt["coverage_town"][:before], there.views["coverage_town"][:before])
    assert not np.array_equal(rebuilt["coverage_town"], everything.views["coverage_town"])


MORE_LEVERS = """
extends = "everything"
title = "Every lever that people feel"
question = "Which parameters reach the mean-field model?"
reference = "a test"
baseline = "baseline"
illustrative = true

[paths]
ai_scams = "rising"

[[levers.digital_skills]]
countries = "all"
level = 1.0
start = "2026Q1"

[[levers.ai_governance]]
countries = "all"
level = 0.1
start = "2026Q1"

[[levers.consumer_protection]]
countries = "all"
level = 0.2
start = "2026Q1"
"""


def test_every_input_reaches_the_mean_field_and_nothing_else_does(tmp_path: Path) -> None:
    file = tmp_path / "more_levers.toml"
    file.write_text(MORE_LEVERS, encoding="utf-8")
    recording = Recording(file, scale=SCALE, firm_rows=50)
    # victims stop so seldom that the largest sensitivity to trust does not bind
    central = ParameterSet.central().with_overrides({"victim_shopping_drop": 0.01})
    plain = sums_of(recording, central)

    def moved(one: Parameter) -> bool:
        changed = {}
        for name, iso in columns_of([one], tuple(recording.countries)):
            key = f"{iso}.{name}" if one.by_country else name
            changed[key] = one.quantile(iso, 1.2)
        return not np.array_equal(sums_of(recording, central.with_overrides(changed)), plain)

    assert [one.name for one in inputs() if not moved(one)] == []
    assert {one.name for one in outside() if moved(one)} == ALSO_READ


def test_the_page_counts_the_inputs() -> None:
    page = " ".join((CHECKOUT / "docs" / "sensitivity.md").read_text(encoding="utf-8").split())
    assert f"differ between draws, {len(inputs())} of them" in page
