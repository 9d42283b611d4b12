"""When reforms start: timetables with known answers, and a world that can be worked out by hand."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.emulation.sequence import Sequencing, sequence
from sim.analysis.emulation.sequence_sentences import sentences
from sim.analysis.emulation.timetables import (
    ADAPT,
    DELAY,
    KNOWN,
    NOW,
    STARTS,
    WAIT,
    at_most,
    can_be_paid,
    choose,
    delayed,
    every,
    in_force,
    spending,
)
from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.model.indicators import INDICATORS
from sim.report.writer import save
from sim.scenario import Scenario
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, REGION
from tests.unit.analysis.test_optimum import GROUPS, NUMBERS

PAY, CUSTOMS = "payments_interoperability", "paperless_customs"
NEVER = len(STARTS) - 1


def flat_costs(*a_year: float) -> np.ndarray:
    """Costs by lever, start and year: the same sum in every year from the start on."""
    found = np.zeros((len(a_year), len(STARTS), 5))
    for lever, sum_ in enumerate(a_year):
        for at, year in enumerate(STARTS):
            if year:
                found[lever, at, year - 2026 :] = sum_
    return found


def test_money_that_is_left_is_carried_on_and_no_budget_is_exceeded() -> None:
    starts = every(2)
    spent = spending(starts, flat_costs(1.0, 4.0))
    good = can_be_paid(spent, 3.0)
    paid = {tuple(row): bool(ok) for row, ok in zip(starts.tolist(), good, strict=True)}
    # 3, 6, 9, 12, 15 are there: 1 and 4 a year together need 5 a year, 5 10 15 20 25
    assert not paid[0, 0] and not paid[NEVER, 0] and paid[0, NEVER]
    # from 2028 on both: 1 a year until then, so 1 2 7 12 17 of 3 6 9 12 15
    assert not paid[0, 2] and paid[0, 3]
    assert paid[NEVER, 2]  # 0 0 4 8 12
    for row, ok in zip(spent, good, strict=True):
        assert ok == all(row[: k + 1].sum() <= 3.0 * (k + 1) + 1e-9 for k in range(5))


def test_no_more_levers_than_allowed_start_in_a_year() -> None:
    starts = every(3)
    kept = starts[at_most(starts, 1)]
    assert [0, 1, 2] in kept.tolist() and [0, 0, 1] not in kept.tolist()
    assert [NEVER] * 3 in kept.tolist()


def test_equal_levers_are_equal_in_every_order() -> None:
    starts = every(2)
    effect = in_force(starts).sum(axis=1)[:, None] * np.array([1.0, 2.0])
    by = {tuple(row): value for row, value in zip(starts.tolist(), effect.tolist(), strict=True)}
    assert all(by[a, b] == by[b, a] for a, b in by)
    found = choose(starts, effect)
    assert starts[found.plans[NOW]].tolist() == [0, 0]
    # nothing is uncertain about the order, so evidence is worth nothing and waiting only costs
    assert found.values[ADAPT] == pytest.approx(found.values[NOW])
    assert found.values[WAIT] == pytest.approx(found.values[DELAY])
    assert found.values[DELAY] == pytest.approx(0.8 * found.values[NOW])
    assert not found.regret(NOW).any()


def test_evidence_is_worth_what_can_be_changed_by_it() -> None:
    # one lever that does 10 in one draw and -10 in the other; each year counts a fifth
    starts = every(1)
    effect = in_force(starts) * np.array([[10.0, -9.0]])
    found = choose(starts, effect)
    mean = {name: float(value.mean()) for name, value in found.values.items()}
    assert mean[NOW] == pytest.approx(0.5)
    assert mean[WAIT] == pytest.approx(4.0)  # 8 in the good draw, nothing in the bad one
    assert mean[ADAPT] == pytest.approx(4.0) and found.first == ()
    assert mean[DELAY] == pytest.approx(0.4)
    assert mean[KNOWN] == pytest.approx(5.0)
    assert found.regret(NOW).tolist() == pytest.approx([0.0, 9.0])
    assert found.regret(WAIT).tolist() == pytest.approx([2.0, 0.0])


def test_a_lever_is_delayed_by_a_year_where_it_can_be() -> None:
    assert delayed(np.array([0, NEVER, 3]), 0).tolist() == [1, NEVER, 3]
    assert delayed(np.array([0, NEVER, 3]), 1).tolist() == [0, NEVER, 3]
    assert delayed(np.array([0, NEVER, 3]), 2).tolist() == [0, NEVER, 3]


def two(name: str = "two") -> Scenario:
    levers = {
        lever: [{"countries": "all", "level": 0.5, "start": "2026Q1"}] for lever in (PAY, CUSTOMS)
    }
    return Scenario.from_dict({"title": name, "levers": levers}, name=name)


class World:
    """A lever in force brings 1 m a year in each country (customs 2 m a draw from the third on)."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, job: Job, options: RunOptions) -> pd.DataFrame:
        self.runs += 1
        rows: list[tuple[object, ...]] = []
        for place in (*COUNTRIES, REGION):
            size = 5.0 if place == REGION else 1.0
            for year in (2021, 2022, *range(2026, 2031)):
                values = dict.fromkeys(((name, "all") for name in NUMBERS), 1e9)
                values["scam_losses_usd", "all"] = 5e6
                values["smes_online_share", "all"] = 0.1
                for group in GROUPS:
                    values["shoppers", group] = 1e5
                    values["adults", group] = 2e5
                for lever in (PAY, CUSTOMS):
                    on = any(
                        one.start <= year * QUARTERS_PER_YEAR
                        for one in job.scenario.levers.get(lever, ())
                    )
                    gain = 2e6 if lever == CUSTOMS and job.draw > 2 else 1e6
                    values["gmv_real_usd", "all"] += gain * on
                    values[f"spending_{lever}_usd", "all"] = 1e5 * on
                for (name, group), value in values.items():
                    flow = INDICATORS[name].kind == "flow"
                    part = size * value / 4 if flow else size * value
                    for quarter in range(1, 5):
                        label = f"{year}Q{quarter}"
                        rows.append((place, label, name, group, part, INDICATORS[name].unit))
        columns = ["country", "quarter", "indicator", "group", "value", "unit"]
        return pd.DataFrame(rows, columns=columns)


ASKED = {"draws": 4, "points": 12, "scale": 100_000, "threads": 1, "workers": 1}


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def found(world: World, tmp_path_factory: pytest.TempPathFactory) -> Sequencing:
    folder = tmp_path_factory.mktemp("sequence") / "out"
    return sequence(two(), budget=0.7, out=folder, simulator=world, **ASKED)  # type: ignore[arg-type]


def test_the_better_lever_starts_first_and_the_other_when_it_can_be_paid(found: Sequencing) -> None:
    # each costs 0.5 m a year and 0.7 m come in, so that the second can be paid from 2029 on with
    # what was saved: 0.5, 1.0, 1.5, 2.5, 3.5 of 0.7, 1.4, 2.1, 2.8, 3.5
    assert found.full_cost == pytest.approx(1.0)
    assert dict(zip(found.table["lever"], found.table["start"], strict=True)) == {
        CUSTOMS: 2026,
        PAY: 2029,
    }
    wanted = 5e6 * np.array([7.0, 7.0, 12.0, 12.0])
    assert found.full[NOW] == pytest.approx(wanted)
    assert found.values[found.choice.plans[NOW]] == pytest.approx(wanted, rel=0.05)
    late = found.table.set_index("lever").loc[CUSTOMS, "year_later"]
    assert late == pytest.approx(5 * 1.5e6, rel=0.1)


def test_another_budget_is_answered_by_the_same_runs(found: Sequencing, world: World) -> None:
    before = world.runs
    rich = sequence(two(), budget=1.0, out=found.folder, simulator=world, **ASKED)  # type: ignore[arg-type]
    assert rich.table["start"].tolist() == [2026, 2026]
    assert world.runs - before <= 4 * 4
    before = world.runs
    slow = sequence(
        two(),
        budget=1.0,
        a_year=1,
        out=found.folder,
        simulator=world,
        **ASKED,  # type: ignore[arg-type]
    )
    assert sorted(slow.table["start"]) == [2026, 2027]
    assert world.runs - before <= 4 * 4


def test_the_same_question_gives_the_same_files(found: Sequencing, world: World) -> None:
    folder = save(found)
    first = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    assert set(first) == {"sequence.csv", "sequence_strategies.csv", "sequence_plans.csv"}
    assert (folder / "figures" / "sequence.png").is_file()
    before = world.runs
    save(sequence(two(), budget=0.7, out=folder, simulator=world, **ASKED))  # type: ignore[arg-type]
    assert world.runs == before
    assert {path.name: path.read_bytes() for path in folder.glob("*.csv")} == first


def test_what_is_said_names_dates_and_the_cost_of_waiting(found: Sequencing) -> None:
    said = " ".join(sentences(found))
    assert "2026: paperless_customs; 2029: payments_interoperability" in said
    assert "Waiting a year costs US$" in said
    assert re.search(r"explains (100\.0|9\d\.\d) % of the variance", said)


@pytest.mark.parametrize(
    ("mix", "how", "said"),
    [
        ("anti_scam", {}, "has 1 levers"),
        ("illustrative", {}, "only levers of grade D"),
        ("coordinated", {"budget": 0.0}, "a budget of 0"),
        ("coordinated", {"a_year": 0}, "0 new levers a year"),
        ("coordinated", {"draws": 1}, "evidence is worth"),
        ("coordinated", {"points": 3}, "3 points"),
        ("coordinated", {"goal": "growth"}, "'growth' is no objective"),
    ],
)
def test_what_cannot_be_put_in_order_is_refused(
    mix: str, how: dict[str, object], said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        sequence(mix, out=tmp_path / "out", **{**ASKED, **how})  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()
