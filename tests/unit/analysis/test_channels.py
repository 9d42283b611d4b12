"""What passes through a channel: made-up runs in which a channel carries a known part."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.comparison.channels import channel_studies
from sim.analysis.comparison.compare import command_line, conduct_all, other_studies
from sim.analysis.comparison.result import Comparison
from sim.cli.console.comparison_tables import channel_table
from sim.errors import InputError
from sim.experiments.counterfactuals import with_counterfactuals
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import run_jobs
from sim.experiments.run import Job
from sim.experiments.study import Study, build_study
from sim.parameters.channels import CHANNELS
from sim.report.pictures import channels as picture
from sim.report.pictures import pictures
from sim.scenario import Scenario
from sim.units import REGION
from tests.helpers.made_up import made_up, policy, prepared, scenario

CARRIED = 4.0  # of the 10 that a lever adds in every country, see `made_up`


def without_variety(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up`; without the channel the lever adds 4 less and everybody sells 7 less."""
    frame = made_up(job, options)
    if "variety" not in job.scenario.channels_off:
        return frame
    chosen = (frame["indicator"] == "gmv_real_usd") & (frame["group"] == "all")
    chosen &= frame["quarter"] >= "2026Q1"
    less = 7.0 + (CARRIED if job.scenario.levers else 0.0)
    size = frame["country"].map(lambda place: 5.0 if place == REGION else 1.0)
    frame.loc[chosen, "value"] -= less / 4.0 * size[chosen]
    return frame


def _study(*scenarios: Scenario) -> Study:
    study = build_study(list(scenarios), seeds=2, scale=100_000)
    return with_counterfactuals(study)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    study = _study(scenario("base"), policy())
    folder = tmp_path_factory.mktemp("channels")
    others = other_studies(study, False, True)
    return conduct_all_made_up(study, others, folder)


def conduct_all_made_up(study: Study, others: dict[str, Study], folder: Path) -> Comparison:
    """`conduct_all`, with runs that were made up beforehand."""
    for name, part in {"": study, **others}.items():
        part, _, store = prepared(folder / name, part)
        run_jobs(part.jobs, RunOptions(), store, simulator=without_variety)
    return conduct_all(study, others, RunOptions(), folder)


def test_a_study_a_channel_with_it_off_on_both_sides() -> None:
    study = _study(scenario("base"), policy())
    found = channel_studies(study)
    assert list(found) == list(CHANNELS)
    for channel, other in found.items():
        assert other.names == study.names and not other.counterfactuals
        assert {s.channels_off for s in other.scenarios} == {(channel,)}


def test_a_channel_that_is_off_everywhere_is_not_switched_off_again() -> None:
    off = {"channels": {"variety": False}}
    base = Scenario.from_dict({"title": "T", **off}, name="base")
    mine = Scenario.from_dict({**policy().as_dict(), **off}, name="policy")
    found = channel_studies(_study(base, mine))
    assert list(found) == [name for name in CHANNELS if name != "variety"]
    assert {s.channels_off for s in found["gate"].scenarios} == {("variety", "gate")}


def test_a_comparison_without_policy_has_no_channels() -> None:
    with pytest.raises(InputError, match="no scenario has levers"):
        channel_studies(_study(scenario("base"), scenario("other")))


def test_the_difference_is_what_the_channel_carries(result: Comparison) -> None:
    assert result.channels is not None
    mine = result.channels.set_index(["channel", "country", "indicator"])
    row = mine.loc[("variety", "THA", "gmv_real_usd")]
    assert (row["effect"], row["effect_off"], row["difference"]) == pytest.approx((10, 6, CARRIED))
    assert row["difference_low"] == row["difference_high"] == pytest.approx(CARRIED)
    five = mine.loc[("variety", REGION, "gmv_real_usd")]
    assert five["difference"] == pytest.approx(5 * CARRIED)
    other = mine.loc[("gate", "THA", "gmv_real_usd")]
    assert (other["effect_off"], other["difference"]) == pytest.approx((10.0, 0.0))
    assert mine.loc[("variety", "THA", "shoppers")]["difference"] == 0.0


def test_it_is_written_shown_and_read_back(result: Comparison) -> None:
    assert result.channels is not None and "channels" in result.tables
    assert "channels" in pictures(result)
    (axes,) = picture(result, result.channels).axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["Effect, all channels on", CHANNELS["variety"].title]
    assert CHANNELS["gate"].title in axes.get_xlabel()
    shown = channel_table(result.channels)
    assert shown.row_count == 3  # the scenario, its effect, and what passes through variety
    idle = ", ".join(name for name in CHANNELS if name != "variety")
    assert shown.caption == f"policy: nothing passes through {idle}."
    result.channels.to_csv(result.folder / "channels.csv", index=False)
    again = Comparison(result.folder)
    assert again.channels is not None and len(again.channels) == len(result.channels)
    assert again.manifest["command"].endswith(" --channels")


def test_the_command_repeats_its_flags() -> None:
    study = _study(scenario("base"), policy())
    line = command_line("compare", study, RunOptions(), ["--row-paths", "--channels"])
    assert line.endswith("--row-paths --channels")
