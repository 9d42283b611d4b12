"""The levers of a mix one by one: which are run, and what made-up runs of them say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.comparison.compare import conduct_all, other_studies
from sim.analysis.comparison.parts import FOLDER, MOST, NAME, parts_study
from sim.analysis.comparison.result import Comparison
from sim.errors import MekongError
from sim.experiments.counterfactuals import with_counterfactuals
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import run_jobs
from sim.experiments.run import Job
from sim.experiments.study import Study, build_study
from sim.report.writer import save
from sim.scenario import Scenario, load_scenario
from tests.helpers.made_up import made_up, prepared, scenario

SCAMS, RULES, PAY = "anti_scam_enforcement", "regulatory_harmonization", "payments_interoperability"
BLOCKS = {
    SCAMS: {"countries": "all", "level": 0.5, "start": "2026Q1"},
    RULES: {"pairs": "all", "level": 0.8, "start": "2026Q1"},
    PAY: {"countries": "all", "level": 1.0, "start": "2026Q1"},
}
WITHIN = f"{FOLDER}/{NAME}"


def mix(name: str, *levers: str, **parameters: float) -> Scenario:
    made = scenario(name, **{lever: BLOCKS[lever] for lever in levers})
    return replace(made, parameters=parameters)


def study_of(*scenarios: Scenario, draws: int = 40, **how: object) -> Study:
    study = build_study([scenario("base"), *scenarios], draws=draws, scale=100_000, **how)  # type: ignore[arg-type]
    return with_counterfactuals(study)


def names(study: Study) -> list[str]:
    found = parts_study(study)
    return list(found[NAME].names) if found else []


def test_a_mix_without_its_parts_is_run_lever_by_lever() -> None:
    study = study_of(mix("two", SCAMS, RULES))
    inner = parts_study(study)[NAME]
    assert inner.names == ("base", "two", f"two--{SCAMS}", f"two--{RULES}")
    assert [list(s.levers) for s in inner.scenarios] == [[], [SCAMS, RULES], [SCAMS], [RULES]]
    assert (inner.seeds, inner.draws) == ((1,), (0,))
    assert len(inner.jobs) <= MOST * len(study.jobs)
    assert list(other_studies(study, False, False)) == [WITHIN]


def test_of_the_prior_the_central_values_of_the_prior() -> None:
    inner = parts_study(study_of(mix("two", SCAMS, RULES), prior=True, seeds=[3, 4]))[NAME]
    assert (inner.seeds, inner.draws) == ((3,), (10_000,))


@pytest.mark.parametrize(
    "scenarios",
    [
        [mix("one", SCAMS)],
        [mix("one", SCAMS), mix("two", SCAMS, RULES)],
        [mix("two", SCAMS, RULES), mix("three", SCAMS, RULES, PAY), mix("one", RULES)],
    ],
)
def test_no_mix_without_a_part_in_the_comparison(scenarios: list[Scenario]) -> None:
    assert names(study_of(*scenarios)) == []


def test_a_part_under_other_assumptions_is_no_part() -> None:
    study = study_of(mix("one", SCAMS, entry_hazard=0.1), mix("two", SCAMS, RULES))
    assert "two--" + SCAMS in names(study)


def test_assumptions_of_the_mix_are_those_of_its_parts() -> None:
    inner = parts_study(study_of(mix("two", SCAMS, RULES, entry_hazard=0.1)))[NAME]
    assert inner.counterfactuals[f"two--{SCAMS}"] == inner.counterfactuals["two"] == "base--two"


@pytest.mark.parametrize("draws", [0, 10])
def test_only_where_it_adds_little(draws: int) -> None:
    assert names(study_of(mix("two", SCAMS, RULES), draws=draws)) == []


def test_a_mix_that_is_too_large_leaves_the_others_their_parts() -> None:
    everything = replace(load_scenario("everything"), name="all")
    found = names(study_of(everything, mix("two", SCAMS, RULES)))
    assert found == ["base", "two", f"two--{SCAMS}", f"two--{RULES}"]


def better_alone(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up`, where any lever adds 10; with the rules it adds 2 less."""
    frame = made_up(job, options)
    if RULES in job.scenario.levers:
        chosen = (frame["indicator"] == "gmv_real_usd") & (frame["quarter"] >= "2026Q1")
        frame.loc[chosen, "value"] -= 0.5
    return frame


def broken(job: Job, options: RunOptions) -> pd.DataFrame:
    """No part can be run."""
    if "--" in job.scenario.name:
        raise MekongError("this run stops")
    return better_alone(job, options)


def conducted(folder: Path, simulator: object, monkeypatch: pytest.MonkeyPatch) -> Comparison:
    """A comparison of 40 draws that were made up beforehand, and its parts."""
    study = study_of(mix("two", SCAMS, RULES))
    others = other_studies(study, False, False)
    for name, part in {"": study, **others}.items():
        part, _, store = prepared(folder / name, part)
        run_jobs(part.jobs, RunOptions(), store, simulator=simulator)  # type: ignore[arg-type]
    # failed runs are tried again: these fail again
    monkeypatch.setattr("sim.analysis.comparison.compare.carry_out", lambda *args, **how: None)
    return conduct_all(study, others, RunOptions(), folder)


def test_the_conclusion_names_a_lever_that_does_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = conducted(tmp_path, better_alone, monkeypatch)
    assert result.parts is not None
    table = result.parts.set_index("part")
    scams, rules = table.loc[SCAMS], table.loc[RULES]
    assert scams["effect"] - scams["mix_effect"] == pytest.approx(2.0)
    assert scams["command"] == "mekong compare base anti_scam two"
    assert rules["effect"] == rules["mix_effect"]  # no less than the mix, but not the best
    (said,) = [one for one in result.conclusion if "one seed" in one]
    assert said.startswith(f"At central parameters and one seed, {SCAMS} alone, a part of 'two'")
    assert said.endswith("mekong compare base anti_scam two")
    save(result)
    again = Comparison(tmp_path)
    assert said in again.conclusion
    assert (tmp_path / WITHIN / "summary.csv").is_file()


def test_parts_that_fail_take_nothing_from_the_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = conducted(tmp_path, broken, monkeypatch)
    assert result.parts is None and len(result.failed) == 0
    assert not [one for one in result.conclusion if "one seed" in one]
