"""Each lever alone: the scenarios that are run, and the table of made-up runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.policy_mixes.single_levers import (
    BOTH,
    IDLE,
    UNCHANGED,
    doses,
    levers_folder,
    levers_study,
    single_levers,
)
from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.policy.levers import LEVERS
from sim.report.writer import save
from sim.scenario import load_scenario
from sim.units import REGION
from tests.helpers.made_up import made_up

SCAMS, PAY = "anti_scam_enforcement", "payments_interoperability"


def by_level(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up`, but only enforcement brings shoppers: 5 more in every year."""
    frame = made_up(job, options)
    chosen = (frame["indicator"] == "shoppers") & (frame["group"] == "all") & (frame["value"] > 0)
    frame.loc[chosen, "value"] = 25.0 if SCAMS in job.scenario.levers else 20.0
    return frame


@pytest.mark.parametrize("name", LEVERS)
def test_the_doses_are_those_of_a_shipped_scenario_and_the_highest(name: str) -> None:
    found = doses(name)
    same = max(s.level for s in load_scenario(LEVERS[name].usual).levers[name])
    same_doses = same == LEVERS[name].maximum
    assert list(found) == ([BOTH] if same_doses else ["usual", "largest"])
    usual, largest = (found[dose].levers for dose in (list(found) * 2)[:2])
    assert list(usual) == list(largest) == [name]
    assert usual[name] == load_scenario(LEVERS[name].usual).levers[name]
    assert {s.level for s in largest[name]} == {LEVERS[name].maximum}
    assert [s.places for s in usual[name]] == [s.places for s in largest[name]]
    assert all(s.level > LEVERS[name].neutral for s in usual[name])


def test_all_runs_share_ample_budgets_and_everything_else() -> None:
    study, about = levers_study()
    assert len(study.scenarios) == 1 + sum(len(doses(name)) for name in LEVERS)
    assert levers_folder(study, None).name == f"levers-all-{study.short_hash()}"
    assert {tuple(s.parameters.items()) for s in study.scenarios} == {
        (("digital_budget_share", 0.2),)
    }
    assert set(about["alone"]) == {s.name for s in study.scenarios} - {"baseline"}
    assert not study.counterfactuals


@pytest.mark.parametrize(
    ("levers", "says"), [(["anti_scam"], "no lever 'anti_scam'"), ([PAY, PAY], "each lever once")]
)
def test_unknown_levers_are_refused(levers: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        levers_study(levers)


def test_the_table(tmp_path: Path) -> None:
    result = single_levers([SCAMS, PAY], seeds=2, scale=100_000, out=tmp_path / "r",
                           workers=1, simulator=by_level)  # fmt: skip
    table = result.table.set_index(["lever", "dose", "country", "indicator"])
    row = table.loc[(SCAMS, "usual", REGION, "gmv_real_usd")]
    assert row["effect"] == pytest.approx(50.0)
    base = 5.0 * (100.0 + 12.5 * 8)  # and one more for each seed
    assert row["percent"] == pytest.approx(100 * (50 / (base + 5) + 50 / (base + 10)) / 2, rel=1e-6)
    assert row["cost_usd"] == pytest.approx(5.0 * 4.0 * 5)
    assert row["level"] == load_scenario("anti_scam").levers[SCAMS][0].level
    assert row["note"] == "" and row["runs"] == result.runs == 2
    people = table.loc[(SCAMS, "largest", "THA", "shoppers")]
    assert (people["effect"], people["level"]) == (5.0, LEVERS[SCAMS].maximum)
    still = table.loc[(PAY, BOTH, "THA", "shoppers")]
    assert (still["effect"], still["note"]) == (0.0, UNCHANGED)
    lost = table.loc[(SCAMS, "usual", "THA", "scam_losses_usd_cumulative")]
    assert (lost["effect"], lost["note"]) == (0.0, UNCHANGED)
    assert (table["level_unit"].loc[PAY] == LEVERS[PAY].unit).all()
    save(result)
    assert (tmp_path / "r" / "levers.csv").is_file()


def test_what_cannot_move_is_told_from_what_no_agent_does(tmp_path: Path) -> None:
    """Where purchases too stay the same to the last bit, nothing leads there."""

    def idle(job: Job, options: RunOptions) -> pd.DataFrame:
        return made_up(replace(job, scenario=replace(job.scenario, levers={})), options)

    result = single_levers([PAY], scale=100_000, out=tmp_path / "r", workers=1, simulator=idle)
    assert set(result.table["note"]) == {IDLE}
