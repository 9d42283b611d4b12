"""The levers of a mix one by one: which are run, and what made-up runs of them say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.comparison.compare import conduct_all, other_studies
from sim.analysis.comparison.parts import (
    FOLDER,
    MOST_PAIRS,
    MOST_RUNS,
    NAME,
    _shares,
    parts_study,
    sets_of,
    with_set,
)
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


def test_a_mix_of_two_levers_is_run_lever_by_lever_under_some_of_the_draws() -> None:
    study = study_of(mix("two", SCAMS, RULES))
    inner = parts_study(study)[NAME]
    assert inner.names == ("base", "two", f"two--{SCAMS}", f"two--{RULES}")
    assert [list(s.levers) for s in inner.scenarios] == [[], [SCAMS, RULES], [SCAMS], [RULES]]
    assert (inner.seeds, inner.draws) == ((1,), study.draws[:MOST_PAIRS])
    assert list(other_studies(study, False, False)) == [WITHIN]


def test_all_combinations_of_up_to_four_levers_and_the_ends_of_more() -> None:
    three, five = sets_of("abc"), sets_of("abcde")
    assert three == [("a",), ("b",), ("a", "b"), ("c",), ("a", "c"), ("b", "c")]
    assert len(sets_of("abcd")) == 14
    assert [len(one) for one in five] == [1] * 5 + [4] * 5
    assert sets_of("a") == [] and sets_of("") == []
    made = with_set(mix("three", SCAMS, RULES, PAY), scenario("base"), (SCAMS, PAY))
    assert (made.name, list(made.levers)) == ("three--1-3", [SCAMS, PAY])


def test_a_lever_that_a_mix_leaves_out_is_as_in_the_baseline() -> None:
    base = scenario("base", **{RULES: {**BLOCKS[RULES], "level": 0.1}})
    whole = mix("two", SCAMS, RULES)
    assert with_set(whole, base, (SCAMS,)).levers == {
        SCAMS: whole.levers[SCAMS],
        RULES: base.levers[RULES],
    }


def test_of_several_seeds_without_draws_as_many_seeds() -> None:
    inner = parts_study(study_of(mix("two", SCAMS, RULES), draws=0, seeds=5))[NAME]
    assert (inner.seeds, inner.draws) == ((1, 2, 3, 4, 5), (0,))
    inner = parts_study(study_of(mix("two", SCAMS, RULES), prior=True, seeds=[3, 4]))[NAME]
    assert (inner.seeds, inner.draws[:2]) == ((3,), (10_001, 10_002))


def test_parts_take_at_most_twice_the_runs_that_were_asked_for() -> None:
    everything = replace(load_scenario("everything"), name="all")
    assert names(study_of(mix("one", SCAMS))) == []
    assert names(study_of(everything, draws=0)) == []
    study = study_of(everything, mix("two", SCAMS, RULES), draws=10)
    inner = parts_study(study)[NAME]
    assert "all" not in inner.names and "two" in inner.names  # 20 and more levers are too many here
    assert len(inner.jobs) <= MOST_RUNS * len(study.jobs)


def test_assumptions_of_the_mix_are_those_of_its_parts() -> None:
    inner = parts_study(study_of(mix("two", SCAMS, RULES, entry_hazard=0.1)))[NAME]
    assert inner.counterfactuals[f"two--{SCAMS}"] == inner.counterfactuals["two"] == "base--two"


VALUES = {SCAMS: 3.0, RULES: 0.5, PAY: 0.0}  # added to purchases of each quarter from 2026 on
TOGETHER = -2.5  # where scams and rules meet


def valued(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up` without levers, plus what each lever adds in all places; draw k adds k times."""
    frame = made_up(replace(job, scenario=replace(job.scenario, levers={})), options)
    levers = set(job.scenario.levers)
    more = sum(VALUES[name] for name in levers) + TOGETHER * (levers >= {SCAMS, RULES})
    size = frame["country"].map(lambda place: 5.0 if place == "GMS5" else 1.0)
    late = (frame["quarter"] >= "2026Q1") & (frame["group"] == "all")
    chosen = late & (frame["indicator"] == "gmv_real_usd")
    frame.loc[chosen, "value"] += job.draw * more * size[chosen]
    chosen = late & (frame["indicator"] == "spending_anti_scam_enforcement_usd")
    frame.loc[chosen, "value"] = 2.0 * len(levers) * size[chosen]
    return frame


def broken(job: Job, options: RunOptions) -> pd.DataFrame:
    """No part can be run."""
    if "--" in job.scenario.name:
        raise MekongError("this run stops")
    return valued(job, options)


def conducted(
    folder: Path, simulator: object, monkeypatch: pytest.MonkeyPatch, *levers: str
) -> Comparison:
    """A comparison that was made up beforehand, and its parts, of ten draws each."""
    study = study_of(mix("mix", *levers), draws=15 if len(levers) == 2 else 30)
    others = other_studies(study, False, False)
    for name, part in {"": study, **others}.items():
        part, _, store = prepared(folder / name, part)
        run_jobs(part.jobs, RunOptions(), store, simulator=simulator)  # type: ignore[arg-type]
    # failed runs are tried again: these fail again
    monkeypatch.setattr("sim.analysis.comparison.compare.carry_out", lambda *args, **how: None)
    return conduct_all(study, others, RunOptions(), folder)


def test_parts_add_up_and_share_what_they_do_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = conducted(tmp_path, valued, monkeypatch, SCAMS, RULES, PAY)
    assert result.parts is not None
    mine = result.parts[result.parts["outcome"] == "gmv_real_usd"]
    for place, size in (("GMS5", 5.0), ("THA", 1.0)):
        rows = mine[mine["country"] == place].set_index("part")
        mean = 4.0 * size * 5.5  # quarters, size, mean number of the draws 1 to 10
        assert rows["value"].to_dict() == pytest.approx(
            {SCAMS: 1.75 * mean, RULES: -0.75 * mean, PAY: 0.0}
        )
        assert rows.loc[SCAMS, "first_in"] == pytest.approx(3.0 * mean)
        assert rows.loc[SCAMS, "last_in"] == pytest.approx(0.5 * mean)
        assert rows["value"].sum() == pytest.approx(rows["mix"].iloc[0]) == pytest.approx(mean)
        low, high = (rows.loc[SCAMS, end] / (4.0 * size * 1.75) for end in ("low", "high"))
        assert (low, high) == (pytest.approx(1.0), pytest.approx(10.0))
        assert rows["pairs"].eq(10).all() and rows["exact"].all()
    paid = result.parts[result.parts["outcome"] == "cost_usd"].set_index(["country", "part"])
    assert paid.loc[("GMS5", SCAMS), "value"] == pytest.approx(5 * 20 * 2.0)


def test_five_levers_have_the_mean_of_the_first_and_the_last_place() -> None:
    levers = tuple("abcde")
    worth = {one: np.array([float(len(one)) ** 2]) for one in (*sets_of(levers), levers)}
    shares = _shares(levers, worth)
    assert shares.first_in.ravel().tolist() == [1.0] * 5
    assert shares.last_in.ravel().tolist() == [9.0] * 5
    assert shares.value.ravel().tolist() == [5.0] * 5  # here they even add up


def test_the_answer_names_the_lever_that_brings_it_and_one_that_does_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = conducted(tmp_path, valued, monkeypatch, SCAMS, RULES)
    assert f"{SCAMS} brings 175 % of the gain for 50 % of the cost." in result.verdict[0]
    assert f"{SCAMS} alone adds at least as much." in result.verdict[0]
    (said,) = [one for one in result.conclusion if "alone, a part of" in one]
    assert said == (
        f"{SCAMS} alone, a part of 'mix', adds at least as much to e-commerce in 2030: +US$ 330 "
        "for US$ 200 against +US$ 110 for US$ 400 (means of 10 runs; it does so in 10 of them). To "
        "see it over all draws: mekong compare base anti_scam mix"
    )
    save(result)
    again = Comparison(tmp_path)
    assert said in again.conclusion and again.verdict == result.verdict
    assert (tmp_path / WITHIN / "summary.csv").is_file()
    text = (tmp_path / "conclusion.txt").read_text(encoding="utf-8")
    assert text.startswith("'mix' raises online purchases in 2030 by ")


def test_parts_that_fail_take_nothing_from_the_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = conducted(tmp_path, broken, monkeypatch, SCAMS, RULES)
    assert result.parts is None and len(result.failed) == 0
    assert not [one for one in result.conclusion if "alone, a part of" in one]
    assert "brings" not in result.verdict[0]
