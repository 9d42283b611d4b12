"""Money moved between levers: what is run, what is refused, and the table of made-up runs."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.export import export
from sim.analysis.policy_mixes import swap as swapping
from sim.analysis.policy_mixes.portfolios import Prices
from sim.analysis.policy_mixes.swap import AFTER, BEFORE, Swap, swap, swap_study
from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.experiments.storage.store import ForeignFiles
from sim.experiments.storage.verify import verify
from sim.policy.levers import LEVERS
from sim.report.page import write_report
from sim.scenario import load_scenario
from tests.helpers.made_up import made_up

RULES, NETWORKS, PAY = (
    "regulatory_harmonization",
    "broadband_investment",
    "payments_interoperability",
)


def flat_prices(levers: object, scale: int, threads: int | None, draw: int = 0) -> Prices:
    """A level of 1 costs US$ 10 m a place in five years, a hundred times as much in draw 2."""
    price = 1e7 * (100.0 if draw == 2 else 1.0)
    unit = {name: dict.fromkeys(LEVERS[name].places, price) for name in LEVERS}
    return Prices(unit, dict.fromkeys(("KHM", "LAO", "MMR", "THA", "VNM"), 1.0))


@pytest.fixture(autouse=True)
def prices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swapping, "prices", flat_prices)


def levels(study: object, name: str, lever: str) -> set[float]:
    scenario = next(s for s in study.scenarios if s.name == name)  # type: ignore[attr-defined]
    return {round(one.level, 9) for one in scenario.levers[lever]}


def test_alone_each_lever_has_the_amount_at_the_prices_of_the_draw() -> None:
    _, parts, about = swap_study(RULES, PAY, amount=1.0, draws=2, scale=100_000)
    assert list(parts) == ["draw_1", "draw_2"] and about["mix"] == ""
    one, other = parts.values()
    assert [s.name for s in one.scenarios] == ["baseline", BEFORE, AFTER]
    assert [list(s.levers) for s in one.scenarios[1:]] == [[RULES], [PAY]]
    # five million over five years: ten pairs, or five countries, at ten million each
    assert levels(one, BEFORE, RULES) == {0.05} and levels(one, AFTER, PAY) == {0.1}
    assert levels(other, BEFORE, RULES) == {0.0005}
    assert (one.draws, other.draws) == ((1,), (2,))


def test_in_a_mix_one_lever_has_less_and_the_other_as_much_more() -> None:
    mix = load_scenario("coordinated")
    _, parts, _ = swap_study(NETWORKS, RULES, mix, amount=0.1, draws=1, scale=100_000)
    (study,) = parts.values()
    before, after = (next(s for s in study.scenarios if s.name == n) for n in (BEFORE, AFTER))
    assert list(before.levers) == list(after.levers) == list(mix.levers)
    paid = [
        sum(swapping._cost(blocks, flat_prices(None, 0, None)) for blocks in side.levers.values())
        for side in (before, after)
    ]
    assert paid[0] == pytest.approx(paid[1])
    costs = [
        swapping._cost(s.levers[NETWORKS], flat_prices(None, 0, None)) for s in (before, after)
    ]
    assert costs[0] - costs[1] == pytest.approx(5e5)
    for lever in set(mix.levers) - {NETWORKS, RULES}:
        assert before.levers[lever] == after.levers[lever]


def test_a_lever_that_the_mix_does_not_have_is_added() -> None:
    mix = load_scenario("coordinated")
    _, parts, _ = swap_study(NETWORKS, PAY, mix, amount=0.1, draws=1, scale=100_000)
    after = next(s for s in parts["draw_1"].scenarios if s.name == AFTER)
    assert list(after.levers) == [*mix.levers, PAY]
    assert {one.level for one in after.levers[PAY]} == {0.01}


@pytest.mark.parametrize(
    ("levers", "how", "says"),
    [
        ((RULES, "nothing"), {}, "there is no lever 'nothing'"),
        ((RULES, RULES), {}, "two or more different levers"),
        ((RULES, PAY), {"amount": 0.0}, "cannot be moved"),
        ((RULES, PAY), {"amount": 1e9}, "cannot be moved"),
        ((RULES, PAY), {"amount": 11.0}, "'payments_interoperability' cannot take 11 million"),
        ((PAY, RULES), {"mix": "coordinated"}, "does not use 'payments_interoperability'"),
        ((NETWORKS, RULES), {"mix": "coordinated", "amount": 500.0}, "costs less than 500 million"),
        ((NETWORKS, RULES), {"mix": "coordinated", "amount": 9.0}, "cannot take 9 million US$ a"),
        ((RULES, PAY), {"scale": 0}, "scale 0"),
    ],
)
def test_what_cannot_be_is_refused(
    levers: tuple[str, str], how: dict[str, object], says: str
) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        swap_study(*levers, **{"draws": 1, "scale": 100_000, **how})  # type: ignore[arg-type]


def priced(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up`, where payments add 3 more a year than other levers, times the draw."""
    frame = made_up(job, options)
    late = (frame["indicator"] == "gmv_real_usd") & (frame["quarter"] >= "2026Q1")
    if PAY in job.scenario.levers:
        frame.loc[late, "value"] += 3.0 * job.draw / 4.0
    return frame


def test_the_table_has_the_paired_difference(tmp_path: Path) -> None:
    found = swap(
        RULES, PAY, amount=1.0, draws=3, scale=100_000, out=tmp_path / "out", simulator=priced
    )
    row = found.table.set_index(["country", "outcome"]).loc[("THA", "gmv_real_usd")]
    assert (row["before"], row["after"]) == (pytest.approx(10.0), pytest.approx(16.0))
    assert [row[n] for n in ("difference", "low", "high", "median")] == pytest.approx([6, 3, 9, 6])
    assert (row["better_in"], row["runs"]) == (3, 3)
    cost = found.table.set_index(["country", "outcome"]).loc[("THA", "cost_usd")]
    assert (cost["difference"], cost["better_in"]) == (0.0, 0)
    assert found.question == f"US$ 1 m a year for {PAY} in place of {RULES}"
    again = Swap(tmp_path / "out")
    pd.testing.assert_frame_equal(again.table, found.table, check_exact=True)
    with pytest.raises(InputError, match="runs of this result are in the folders inside it"):
        export(tmp_path / "out", "csv")
    with pytest.raises(InputError, match="among the files of the runs"):
        part = tmp_path / "out/parts/draw_1"
        export(part, "csv", out=part / "runs")
    with pytest.raises(InputError, match="has its runs in parts"):
        write_report(tmp_path / "out")
    assert verify(tmp_path / "out", RunOptions(), count=0).good
    shutil.copytree(tmp_path / "out/parts/draw_1", tmp_path / "out/parts/draw_1 (1)")
    assert verify(tmp_path / "out", RunOptions(), count=0).foreign == ["parts/draw_1 (1)"]
    with pytest.warns(ForeignFiles, match=r"draw_1 \(1\)"):
        pd.testing.assert_frame_equal(Swap(tmp_path / "out").table, found.table, check_exact=True)


def test_moving_money_between_equal_levers_changes_nothing(tmp_path: Path) -> None:
    """Both levers of a mix move nothing but what `made_up` gives to any lever."""
    mix = replace(load_scenario("coordinated"), name="mix")
    found = swap(
        NETWORKS, RULES, mix, amount=0.1, draws=2, scale=100_000, out=tmp_path / "out",
        simulator=made_up,
    )  # fmt: skip
    assert found.table["difference"].abs().max() == 0.0
    assert found.question == f"US$ 0.1 m a year of 'mix' moved from {NETWORKS} to {RULES}"
