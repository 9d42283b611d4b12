"""Runs that share their past give the same bytes as runs from the beginning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.analysis.comparison.result import Comparison
from sim.analysis.preview import Preview, panel_of
from sim.errors import OutputError
from sim.experiments.execution.branching import Trunks, trunk_of
from sim.experiments.run import parameters_of
from sim.experiments.study import build_study
from sim.model.model import MekongModel
from sim.report.writer import save
from sim.scenario import Scenario, load_scenario
from tests.helpers.made_up import finished, made_up, policy, scenario, two_scenarios

SCALE = 200_000


@pytest.mark.parametrize("draw", [0, 1, 7])
@pytest.mark.parametrize("name", ["baseline", "coordinated", "everything", "crackdown_khm"])
def test_a_branch_is_the_run_itself(name: str, draw: int) -> None:
    wanted = load_scenario(name)
    assert trunk_of(wanted) is not None
    trunks = Trunks()
    trunks.run(load_scenario("broadband"), 3, SCALE, draw=draw)  # leaves no trace in the past
    branched = trunks.run(wanted, 3, SCALE, draw=draw)
    parameters = parameters_of(draw)
    whole = MekongModel(wanted, seed=3, scale=SCALE, parameters=parameters).run().indicators()
    pd.testing.assert_frame_equal(branched, whole, check_exact=True)


def test_what_may_look_at_levers_before_2026_is_not_branched() -> None:
    plain = load_scenario("broadband")
    assert trunk_of(load_scenario("coordinated_reactive")) is None
    assert trunk_of(load_scenario("talks_pairs")) is None
    early = replace(plain.levers["broadband_investment"][0], start=plain.start)
    assert trunk_of(replace(plain, levers={"broadband_investment": (early,)})) is None
    trunk = trunk_of(plain)
    assert trunk is not None and trunk.fingerprint() == load_scenario("baseline").fingerprint()


def test_only_so_many_pasts_are_kept() -> None:
    trunks = Trunks(most=1)
    base = Scenario.from_dict({"title": "short"}, name="short")
    for seed in (1, 2):
        trunks.run(base, seed, 1_000_000)
    assert [key[1] for key in trunks._kept] == [2]


def test_a_preview_says_what_the_stored_comparison_says(tmp_path: object) -> None:
    from pathlib import Path

    stored = Comparison(finished(Path(str(tmp_path)) / "out", seeds=2))
    study = two_scenarios(seeds=2)
    found = {
        name: [
            panel_of(made_up(job, None), job.seed)  # type: ignore[arg-type]
            for job in study.jobs
            if job.scenario.name == name
        ]
        for name in study.names
    }
    preview = Preview(study, found)
    for name in ("table", "effects", "trade", "welfare", "constant_share", "region"):
        pd.testing.assert_frame_equal(getattr(preview, name), getattr(stored, name))
    assert preview.conclusion == stored.conclusion and preview.findings == stored.findings
    assert (preview.pairs, preview.drawn, preview.past) == (stored.pairs, 0, stored.past)
    with pytest.raises(OutputError, match="not kept"):
        save(preview)


def test_a_preview_with_fewer_seeds_is_one_of_those_seeds() -> None:
    study = build_study([scenario("plain"), policy()], seeds=[7], scale=SCALE)
    panels = {
        job.scenario.name: [panel_of(made_up(job, None), job.seed)]  # type: ignore[arg-type]
        for job in study.jobs
    }
    preview = Preview(study, panels)
    assert preview.pairs == 1
    assert np.isclose(
        preview.table["value_2022"].iloc[0],
        2 * 107.0,  # nominal: twice the real 100 + seed
    )
