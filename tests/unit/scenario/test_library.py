"""The shipped scenarios: each is whole and stands under a question on the page."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from sim.analysis.policy_mixes.coalitions import GAMES
from sim.experiments.study_file import load_study, shipped_studies
from sim.model.indicators import Series
from sim.model.model import MekongModel
from sim.policy.levers import LEVERS
from sim.scenario import PATHS, Scenario, load_scenario, shipped_scenarios
from sim.scenario.assumptions import POLICY_PATHS
from sim.units import LAST_QUARTER, quarter_index

NAMES = shipped_scenarios()
COARSE = 50_000
QUESTIONS = 15


@cache
def finished(name: str) -> Series:
    return MekongModel(name, seed=1, scale=COARSE).run().series()


def total(name: str, indicator: str, first: str = "2026Q1") -> float:
    series = finished(name)
    return float(series.sums[indicator][quarter_index(first) - series.first :, :, 0].sum())


@pytest.fixture(scope="module")
def questions(checkout: Path) -> dict[int, str]:
    """What the page says under each of the numbered questions of the library."""
    page = (checkout / "docs" / "scenarios.md").read_text(encoding="utf-8")
    library = page[page.index("## The library, by question") : page.index("## When a file")]
    parts = re.split(r"^### (\d+)\. (.+\?)$", library, flags=re.MULTILINE)[1:]
    return {int(parts[i]): parts[i + 2] for i in range(0, len(parts), 3)}


def named(text: str) -> set[str]:
    return {word for word in re.findall(r"`(\w+)`", text) if word in NAMES}


def commands(text: str) -> list[list[str]]:
    lines = re.findall(r"^    mekong (?:mix )?(.+)$", text, flags=re.MULTILINE)
    return [
        [w for w in line.split() if not w.startswith("-") and not w.isdigit()] for line in lines
    ]


# ---- every file -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_is_whole(name: str, checkout: Path) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name and name == name.lower()
    assert scenario.title and len(scenario.title) <= 60
    assert scenario.question.endswith("?") and scenario.reference
    assert scenario.end == LAST_QUARTER
    against = load_scenario(scenario.baseline)
    assert against.baseline == scenario.baseline or against.baseline == "baseline"
    text = (checkout / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")
    assert text.startswith("# "), "a comment says what to look at"
    assert Scenario.from_dict(scenario.as_dict(), name=name).fingerprint() == scenario.fingerprint()


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_and_its_baseline_live_in_the_same_world(name: str) -> None:
    """But for the question itself: a baseline that is another world, or a rule of governments."""
    scenario = load_scenario(name)
    against = load_scenario(scenario.baseline)
    if not scenario.levers:
        return
    same = [path for path in PATHS if path not in POLICY_PATHS]
    assert {p: scenario.paths[p] for p in same} == {p: against.paths[p] for p in same}


def test_titles_are_different() -> None:
    titles = [load_scenario(name).title for name in NAMES]
    assert len(set(titles)) == len(titles)


# ---- the page -------------------------------------------------------------------------------


def test_the_page_has_the_fifteen_questions(questions: dict[int, str]) -> None:
    assert sorted(questions) == list(range(1, QUESTIONS + 1))
    assert all(named(text) for text in questions.values())


def test_every_scenario_stands_under_a_question(questions: dict[int, str]) -> None:
    assert set().union(*(named(text) for text in questions.values())) == set(NAMES)


def test_commands_of_the_page_name_scenarios(questions: dict[int, str]) -> None:
    for number, text in questions.items():
        assert commands(text), number
        for verb, *words in commands(text):
            assert verb in ("compare", "kpis", "coalitions", "sweep")
            if verb == "sweep":
                assert set(words) <= set(shipped_studies()), number
                continue
            if verb == "coalitions":
                assert set(words) <= set(GAMES), number
                continue
            assert set(words) <= set(NAMES), number
            assert verb == "kpis" or set(words) <= named(text) | {"baseline"}, number


def test_a_command_compares_with_the_baseline_of_what_it_names(questions: dict[int, str]) -> None:
    for text in questions.values():
        for verb, first, *others in commands(text):
            if verb == "compare":
                assert {load_scenario(name).baseline for name in others} == {first}


# ---- what some of them promise --------------------------------------------------------------


def test_every_ranked_lever_is_in_everything_and_no_other_is() -> None:
    ranked = [name for name, lever in LEVERS.items() if lever.grade != "D"]
    assert sorted(load_scenario("everything").levers) == sorted(ranked)
    assert total("everything", "lever_shortfall_usd") == 0.0


def test_the_other_levers_are_illustrative() -> None:
    scenario = load_scenario("illustrative")
    assert list(scenario.levers) == [n for n, lever in LEVERS.items() if lever.grade == "D"]
    assert scenario.illustrative
    marked = [name for name in NAMES if load_scenario(name).illustrative]
    assert marked == ["illustrative", "skills_women"]


def test_every_choice_about_the_world_is_made_somewhere() -> None:
    made = {(p, c) for name in NAMES for p, c in load_scenario(name).paths.items()}
    assert {(path.name, choice) for path in PATHS.values() for choice in path.choices} <= made


def test_the_same_money_is_the_same_money() -> None:
    spent = [
        total(name, "budget_spending_usd")
        for name in ("money_networks", "money_safety", "money_firms", "money_mixed")
    ]
    assert max(spent) < 1.1 * min(spent)
    assert total("money_firms", "lever_shortfall_usd") == 0.0


def test_the_task_force_has_a_fund_only_where_it_says_so() -> None:
    assert total("coordinated_task_force", "budget_grants_usd") > 0.0
    assert total("coordinated_no_fund", "budget_grants_usd") == 0.0


def test_signing_late_and_slowly_leaves_more_distance() -> None:
    """At the points of the shipped study; agreements do not hang on the number of people."""
    study = load_study("signing_dates")
    start, ramp = (varied.name for varied in study.design.inputs)
    left = {}
    for job in study.jobs[:10]:
        model = MekongModel(job.scenario, seed=1, scale=1_000_000, firm_rows=50).run()
        at = dict(job.inputs)
        left[at[start], at[ramp]] = float(
            model.series().sums["regulatory_distance"][-1, :, :5].sum()
        )
    assert len(left) == 10  # the baseline has no date
    assert left[2026, 3] < left[2026, 6] < left[2026, 10] < max(left.values())
    assert left[2026, 6] < left[2027, 6] < left[2028, 6]
    assert study.jobs[2].scenario == load_scenario("harmonization")


def test_exchange_rates_move_nothing_real() -> None:
    assert total("exchange_held", "gmv_real_usd") == total("baseline", "gmv_real_usd")
    assert total("exchange_held", "gmv_nominal_usd") != total("baseline", "gmv_nominal_usd")


def test_acting_together_removes_more_scams_than_each_for_itself() -> None:
    def capital(name: str) -> float:
        return float(finished(name).sums["syndicate_capital"][-1].sum())

    order = ["crackdown_together", "crackdown_all", "crackdown_khm", "baseline"]
    assert [capital(name) for name in order] == sorted(capital(name) for name in order)
