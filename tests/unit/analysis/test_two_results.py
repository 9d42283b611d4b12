"""Two results are equal, or it is said in which inputs and numbers they differ."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.analysis.two_results import diff
from sim.cli import app
from sim.errors import InputError
from sim.experiments.storage.folder import opened, question_record
from sim.experiments.study import build_study
from tests.helpers.made_up import policy, scenario, with_runs

pytestmark = pytest.mark.usefixtures("undrawn")


def made(folder: Path, level: float, seeds: list[int]) -> Path:
    """A result of a policy of some level."""
    block = {"countries": ["THA"], "level": level, "start": "2026Q1"}
    names = [scenario("plain"), scenario("policy", anti_scam_enforcement=block)]
    return with_runs(folder, build_study(names, seeds=seeds, draws=0, scale=100_000))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A result, the same again, and one with another level and another seed."""
    where = tmp_path_factory.mktemp("results")
    return (
        made(where / "a", 1.0, [1, 2]),
        made(where / "b", 1.0, [1, 2]),
        made(where / "c", 2.0, [1, 4]),
    )


def test_equal_results_are_equal(three: tuple[Path, Path, Path]) -> None:
    found = diff(*three[:2])
    assert found.same and found.inputs.empty and found.numbers.empty
    assert found.versions.empty
    assert found.counts["numbers"].sum() > 500
    done = CliRunner().invoke(app, ["diff", str(three[0]), str(three[1])])
    assert done.exit_code == 0 and "Numbers: all " in done.stdout


def test_inputs_that_differ_are_named(three: tuple[Path, Path, Path]) -> None:
    found = diff(three[0], three[2])
    inputs = found.inputs.set_index("what")[["first", "second"]].T.to_dict("list")
    assert inputs == {
        "seeds": ["1, 2", "1, 4"],
        "scenario policy: levers.anti_scam_enforcement[1].level": ["1.0", "2.0"],
    }


def test_numbers_that_differ_are_found(three: tuple[Path, Path, Path]) -> None:
    """Thailand sells 100 + seed in 2022: 101.5 at the middle of seeds 1 and 2, 102.5 of 1 and 4."""
    found = diff(three[0], three[2])
    assert not found.same
    rows = found.numbers.query("table == 'summary' and column == 'value_2022'")
    mine = rows[rows["row"] == "plain THA real_usd"]
    assert mine[["first", "second"]].to_numpy().tolist() == [[101.5, 102.5]]
    assert mine["relative"].iloc[0] == pytest.approx(1 / 101.5)
    sizes = found.numbers["relative"].abs().dropna()
    assert sizes.is_monotonic_decreasing
    done = CliRunner().invoke(app, ["diff", str(three[0]), str(three[2]), "--most", "1"])
    assert "seeds: 1, 2 -> 1, 4" in done.stdout and "more: --most or --json" in done.stdout


def test_rows_that_only_one_has_are_counted(three: tuple[Path, Path, Path], tmp_path: Path) -> None:
    study = build_study([scenario("plain"), policy("other")], seeds=[1, 2], scale=100_000)
    with_runs(tmp_path, study)
    counts = diff(three[0], tmp_path).counts.set_index("table").loc["summary"]
    assert counts["rows_first_only"] == counts["rows_second_only"] == 18
    assert counts["differing"] == 0


def test_results_of_two_kinds_are_refused(three: tuple[Path, Path, Path], tmp_path: Path) -> None:
    with opened(tmp_path / "q", question_record("convergence", {"scales": [1]})):
        pd.DataFrame({"scale": [1]}).to_csv(tmp_path / "q" / "convergence.csv", index=False)
    with pytest.raises(InputError, match="different kinds: comparison and convergence"):
        diff(three[0], tmp_path / "q")
