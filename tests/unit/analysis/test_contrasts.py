"""Policy and assumptions are never mixed: made-up runs in which each moves a known amount."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.analysis.comparison.contrasts import ASSUMPTIONS, POLICY, TOGETHER
from sim.analysis.comparison.rest_of_world import row_path_studies
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.outcomes import outcomes
from sim.analysis.policy_mixes.attribution import attribution_study
from sim.analysis.text.console_tables import effect_columns, effect_rows
from sim.analysis.thresholds.study import checked_study
from sim.cli.console import comparison_tables
from sim.errors import InputError
from sim.experiments.counterfactuals import with_counterfactuals
from sim.experiments.design import csv_design
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import run_jobs
from sim.experiments.replay import study_in
from sim.experiments.run import Job
from sim.experiments.storage.folder import write_manifest
from sim.experiments.storage.store import Store
from sim.experiments.study import Study, build_study
from sim.report.page import write_report
from sim.report.pictures import forest, trajectory
from sim.report.writer import save
from sim.scenario import Scenario, load_scenario
from tests.helpers.made_up import LEVER, RULES, made_up, prepared, scenario

SHIFT = 30.0  # what every country buys more from 2026 on where parameters or paths are changed
LIFT = 10.0  # what a lever adds, see `made_up`
FIVE = 5.0


def assuming(name: str, lever: bool = False, **table: Any) -> Scenario:
    """A scenario with assumptions of its own; they are those of a file."""
    levers = {"anti_scam_enforcement": [LEVER]} if lever else {}
    content: dict[str, Any] = {"title": name, "levers": levers, **table}
    return Scenario.from_dict(content, name=name)


TRUST = {"parameters": {"trust_recovery": 0.4}}


def shifted(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up`, and more purchases where the scenario has assumptions of its own."""
    frame = made_up(job, options)
    plain = assuming("plain")
    if (job.scenario.parameters, job.scenario.paths) == (plain.parameters, plain.paths):
        return frame
    late = frame["quarter"] >= "2026Q1"
    for name, more in (("gmv_real_usd", SHIFT), ("gmv_nominal_usd", 2.0 * SHIFT)):
        chosen = late & (frame["indicator"] == name) & (frame["group"] == "all")
        size = frame["country"].map(lambda place: FIVE if place == "GMS5" else 1.0)
        frame.loc[chosen, "value"] += more / 4.0 * size[chosen]
    return frame


def conducted(folder: Path, study: Study) -> Comparison:
    study, _, store = prepared(folder, study)
    run_jobs(study.jobs, RunOptions(), store, simulator=shifted)
    return Comparison(folder)


def study_of(*scenarios: Scenario, seeds: int = 2, draws: int = 0) -> Study:
    return with_counterfactuals(
        build_study(list(scenarios), seeds=seeds, draws=draws, scale=100_000)
    )


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """A policy, assumptions alone, and both together."""
    study = study_of(
        assuming("plain"),
        assuming("lever", lever=True),
        assuming("assumed", **TRUST),
        assuming("both", lever=True, **TRUST),
        assuming("elsewhere", lever=True, paths={"growth": "low"}),
    )
    found = conducted(tmp_path_factory.mktemp("contrasts") / "out", study)
    save(found)
    return found


def effect(result: Comparison, name: str, effect_of: str, measure: str = "gmv_real_usd") -> Any:
    rows = result.effects
    rows = rows[(rows["scenario"] == name) & (rows["effect_of"] == effect_of)]
    rows = rows[(rows["country"] == "GMS5") & (rows["indicator"] == measure)]
    rows = rows[rows["group"] == "all"]
    return None if rows.empty else rows.iloc[0]


def test_effect_of_levers_is_against_the_same_assumptions(result: Comparison) -> None:
    for name, against in (("lever", "plain"), ("both", "assumed"), ("elsewhere", None)):
        found = effect(result, name, POLICY)
        assert found["effect"] == pytest.approx(LIFT * FIVE), name
        assert found["baseline"] == (against or "plain--elsewhere")
        assert found["cost_usd"] == pytest.approx(FIVE * 5 * 4.0)
    for name in ("assumed", "both", "elsewhere"):
        found = effect(result, name, ASSUMPTIONS)
        assert found["effect"] == pytest.approx(SHIFT * FIVE), name
        assert (found["baseline"], found["cost_usd"]) == ("plain", 0.0)
    assert effect(result, "assumed", POLICY) is None
    assert effect(result, "lever", ASSUMPTIONS) is None
    assert list(result.paired) == ["lever", "both", "elsewhere"]


def test_every_table_says_which_is_which(result: Comparison) -> None:
    for name in ("effects", "trade", "welfare"):
        frame = pd.read_csv(result.folder / f"{name}.csv")
        kinds = frame.groupby("scenario")["effect_of"].unique().map(set).to_dict()
        assert kinds == {
            "lever": {POLICY},
            "assumed": {ASSUMPTIONS},
            "both": {POLICY, ASSUMPTIONS},
            "elsewhere": {POLICY, ASSUMPTIONS},
        }, name
    precision = pd.read_csv(result.folder / "precision.csv")
    named = precision.groupby("number")["scenario"].unique().map(set).to_dict()
    assert named["effect_on_ratio"] == {"lever", "both", "elsewhere"}
    assert named["assumptions_on_ratio"] == {"assumed", "plain--elsewhere"}


def test_words_never_call_assumptions_a_policy(result: Comparison) -> None:
    text = "\n".join([*result.conclusion, *result.findings, *result.verdict])
    assert "'assumed' changes no policy" in text
    assert "trust_recovery = 0.4" in text and "growth = low" in text
    assert "This is not a policy effect" in text and "Not a policy effect: the change" in text
    assert "cost: none" not in text
    assert "Policy of 'both' against that of 'plain' under the same assumptions" in text
    told = [line for line in result.findings if line.startswith("'lever' against 'plain'")]
    assert len(told) == 1 and "cost: US$ 100" in told[0]


def test_console_json_report_and_figures_have_a_line_of_their_own(
    result: Comparison, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = ["plain", "lever", "assumed: assumptions", "both", "both: assumptions"]
    heads += ["elsewhere", "elsewhere: assumptions"]
    assert effect_columns(result) == heads
    cells = effect_rows(result)["E-commerce and people in 2030"][0].cells
    assert [cell.partition(" ")[0] for cell in cells[1:]] == [
        *("+50", "+150", "+50", "+150", "+50", "+150"),
    ]
    comparison_tables.write_json(result)
    told = json.loads(capsys.readouterr().out)["comparisons"]
    assert [(c["scenario"], c["effect_of"]) for c in told][:2] == [
        ("lever", POLICY),
        ("assumed", ASSUMPTIONS),
    ]
    assert told[1]["assumptions"] == ["trust_recovery = 0.4"]
    comparison_tables.write(result)
    shown = capsys.readouterr().out
    assert "it changes no policy, so none of its effects is a policy effect" in " ".join(
        shown.split()
    )
    page = write_report(result.folder).read_text(encoding="utf-8")
    assert "both: assumptions</th>" in page and "none of its effects is a policy effect" in page
    labels = [tick.get_text() for tick in forest(result).axes[0].get_yticklabels()]
    assert labels[1] == "assumed\nassumptions, no policy"
    assert labels[0].startswith("lever\ncosts ")
    lines = [line.get_label() for line in trajectory(result).axes[5].get_lines()]
    assert "both: assumptions" in lines and "lever: assumptions" not in lines


def test_counterfactuals_are_shared_found_and_made_only_where_needed() -> None:
    plain, lever = assuming("plain"), assuming("lever", lever=True)
    assert study_of(plain, lever) == build_study([plain, lever], seeds=2, scale=100_000)
    assert len(with_counterfactuals(build_study(["baseline", "coordinated"], seeds=40)).jobs) == 80
    one, other = assuming("one", lever=True, **TRUST), assuming("other", **TRUST)
    third = replace(one, name="third", levers=load_scenario("coordinated").levers)
    shared = study_of(plain, one, third)
    assert shared.added == ("plain--one",)
    assert shared.counterfactuals["third"] == "plain--one"
    assert study_of(plain, one, other).added == ()
    assert study_of(plain, one, other).counterfactuals == {"one": "other", "other": "other"}
    taken = assuming("plain--one")
    assert study_of(plain, taken, one).added == ("plain--one-2",)
    long = assuming("x" * 90, lever=True, **TRUST)
    assert len(study_of(plain, long).added[0]) <= 100


@pytest.mark.parametrize(
    ("path", "choice"),
    [
        *(("growth", "high"), ("border", "closed"), ("ai_scams", "rising"), ("row", "cheaper")),
        *(("exchange", "no_change"), ("conflict", "worse"), ("covid", "none")),
    ],
)
def test_outside_paths_are_assumptions(path: str, choice: str) -> None:
    study = study_of(assuming("plain"), assuming("mine", lever=True, paths={path: choice}))
    assert study.added == ("plain--mine",)
    assert study.scenarios[-1].paths[path] == choice and not study.scenarios[-1].levers


@pytest.mark.parametrize(
    ("path", "choice"),
    [("governments", "learning"), ("agreements", "endogenous"), ("treaty", "regional")],
)
def test_how_governments_decide_is_policy(path: str, choice: str) -> None:
    mine, also = (
        replace(s, paths={**s.paths, path: choice})
        for s in (assuming("mine"), assuming("mine", **TRUST))
    )
    assert study_of(assuming("plain"), mine).counterfactuals == {}
    made = study_of(assuming("plain"), also).scenarios[-1]
    assert (made.name, made.paths[path]) == ("plain--mine", assuming("plain").paths[path])


def test_a_lever_of_level_zero_is_no_policy_and_levers_of_the_baseline_stay() -> None:
    nothing = {**LEVER, "level": 0.0}
    idle = Scenario.from_dict(
        {"title": "i", "levers": {"anti_scam_enforcement": [nothing]}, **TRUST}, name="idle"
    )
    assert study_of(assuming("plain"), idle).counterfactuals == {"idle": "idle"}
    base, same = assuming("base", lever=True), assuming("same", lever=True, **TRUST)
    assert study_of(base, same).counterfactuals == {"same": "same"}
    none = study_of(base, assuming("no_lever", **TRUST))
    assert none.scenarios[-1].levers == base.levers


def test_a_folder_without_counterfactuals_says_that_both_are_together(tmp_path: Path) -> None:
    study = build_study([assuming("plain"), assuming("both", True, **TRUST)], scale=100_000)
    _, record, store = prepared(tmp_path / "out", study)
    run_jobs(study.jobs, RunOptions(), store, simulator=shifted)
    old = {k: v for k, v in record.items() if k not in ("counterfactuals", "added_scenarios")}
    write_manifest(tmp_path / "out", old)
    found = Comparison(tmp_path / "out")
    assert effect(found, "both", TOGETHER)["effect"] == pytest.approx((LIFT + SHIFT) * FIVE)
    assert effect(found, "both", POLICY) is None
    assert "Policy and assumptions (trust_recovery = 0.4) of 'both' together" in str(found)


def test_sweeps_follow_the_same_rule(tmp_path: Path) -> None:
    plain, both = assuming("plain"), assuming("both", lever=True, **TRUST)
    whole = build_study([plain, both], seeds=2, scale=100_000)
    design = csv_design(["levers.anti_scam_enforcement.level"], [[0.5], [2.0]])
    study, record, store = prepared(
        tmp_path / "out", with_counterfactuals(replace(whole, design=design))
    )
    assert study.added == ("plain--both",)
    run_jobs(study.jobs, RunOptions(), store, simulator=shifted)
    frame = outcomes(store, record)
    frame = frame[(frame["country"] == "GMS5") & (frame["measure"] == "real_usd")]
    mine = frame[frame["scenario"] == "both"]
    assert set(mine["effect_of"]) == {POLICY} and set(mine["baseline"]) == {"plain--both"}
    assert mine["effect_2030"].to_list() == pytest.approx([LIFT * FIVE] * 4)
    made = frame[frame["scenario"] == "plain--both"]
    assert set(made["effect_of"]) == {ASSUMPTIONS} and len(made) == 2
    assert made["effect_2030"].to_list() == pytest.approx([SHIFT * FIVE] * 2)
    assert frame[frame["scenario"] == "plain"]["effect_2030"].isna().all()
    assert study_in(tmp_path / "out").added == study.added
    assert len(Store(tmp_path / "out").runs()) == len(study.jobs)


def test_row_paths_compare_under_one_path_and_keep_the_draws() -> None:
    mine = Scenario.from_dict(
        {"title": "m", "levers": {"regulatory_harmonization": [RULES]}, **TRUST}, name="mine"
    )
    study = with_counterfactuals(
        build_study([scenario("plain"), mine], seeds=2, draws=2, prior=True, scale=100_000)
    )
    for choice, other in row_path_studies(study).items():
        assert {s.paths["row"] for s in other.scenarios} == {choice}
        assert other.draws == study.draws == (10_001, 10_002)
        (made,) = other.added
        assert other.counterfactuals == {f"mine_row_{choice}": made}


def test_commands_on_mixes_hold_assumptions_the_same_or_refuse() -> None:
    mine = assuming("mine", lever=True, **TRUST)
    study, about = attribution_study(mine, baseline="baseline", scale=100_000)
    base = study.scenarios[0]
    assert base.name == "baseline--mine" and base.parameters == mine.parameters
    assert "trust_recovery = 0.4" in about["assumptions"]
    study, _ = checked_study(
        "anti_scam_enforcement", mine, "baseline", "GMS5", "nominal_usd", 1, 100_000
    )
    assert study.scenarios[0].parameters == mine.parameters
    from sim.analysis.policy_mixes.robustness_runs import robustness_studies
    from sim.analysis.sensitivity.result import sensitivity

    with pytest.raises(InputError, match=r"assumptions of its own \(trust_recovery = 0.4\)"):
        robustness_studies([mine, "anti_scam"], count=12)
    with pytest.raises(InputError, match="assumptions of its own"):
        sensitivity(mine)
    # outside paths of a mix give way to those of a future
    weak = assuming("weak", lever=True, paths={"growth": "low"})
    robustness_studies([weak, "anti_scam"], count=12)
