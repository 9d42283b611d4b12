"""One folder has the tables of one question: another one is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.analysis.policy_mixes.attribution import attribute
from sim.analysis.sweep import run_study
from sim.analysis.thresholds.threshold import threshold
from sim.analysis.validation.convergence import convergence
from sim.errors import MekongError, OutputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.experiments.storage.folder import claim, opened, question_record, read_manifest
from sim.experiments.storage.local_path import output_folder
from sim.experiments.study import build_study
from sim.report.writer import save
from tests.helpers.toy import RULES, SCAMS, mix, toy

pytestmark = pytest.mark.usefixtures("undrawn")


def _required(out: Path | str, what: str = "trust_recovery", **more: Any) -> bytes:
    made = mix("mix", SCAMS, RULES)
    more = {"target": 2.5, **more}
    found = threshold(what, made, seeds=1, out=out, simulator=toy, threads=1, scale=500_000, **more)
    return (save(found) / "required.csv").read_bytes()


@pytest.mark.parametrize(
    ("what", "more", "word"),
    [
        ("imitation", {}, "what"),
        ("trust_recovery", {"target": 2.4}, "target"),
        ("trust_recovery", {"country": "THA"}, "country"),
        ("trust_recovery", {"measure": "nominal_usd"}, "measure"),
    ],
)
def test_another_question_keeps_the_tables_of_the_first(
    tmp_path: Path, what: str, more: dict[str, Any], word: str
) -> None:
    before = _required(tmp_path)
    with pytest.raises(OutputError, match=f"another question: it differs in {word}"):
        _required(tmp_path, what, **more)
    assert (tmp_path / "required.csv").read_bytes() == before
    assert _required(tmp_path) == before  # the same question goes on


def test_a_comparison_and_a_search_do_not_share_a_folder(tmp_path: Path) -> None:
    study = build_study(
        [mix("baseline"), mix("mix", SCAMS, RULES)], seeds=1, draws=0, scale=500_000
    )
    run_study(study, RunOptions(threads=1), tmp_path / "one", simulator=toy)
    with pytest.raises(OutputError):
        _required(tmp_path / "one")
    _required(tmp_path / "two")
    with pytest.raises(OutputError):
        run_study(study, RunOptions(threads=1), tmp_path / "two", simulator=toy)


def test_scales_may_be_added_but_scenarios_not(tmp_path: Path) -> None:
    def run(name: str, scales: list[int]) -> bytes:
        found = convergence(
            [mix("baseline"), mix(name, SCAMS)], scales, 2, folder=tmp_path / "c",
            threads=1, simulator=toy,
        )  # fmt: skip
        save(found)
        return (tmp_path / "c" / "convergence.csv").read_bytes()

    before = run("one", [900_000, 800_000])
    with pytest.raises(OutputError, match="another question"):
        run("other", [700_000, 600_000])
    assert (tmp_path / "c" / "convergence.csv").read_bytes() == before
    assert run("one", [900_000, 800_000, 700_000]) != before
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.doc").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="not a study"):
        convergence([mix("baseline")], [2, 1], 2, folder=tmp_path / "full", simulator=toy)


def test_a_folder_is_that_of_its_question(tmp_path: Path) -> None:
    asked = {"game": "agreement", "among": ("KHM", "LAO"), "scale": 5000, "seeds": (1, 2)}
    folder = tmp_path / "games"
    with opened(folder, question_record("incentives", asked)):
        pass
    with opened(folder, question_record("incentives", asked)):
        pass
    for other in ({"game": "crackdown"}, {"among": ("KHM",)}, {"scale": 1}, {"seeds": (1,)}):
        with (
            pytest.raises(OutputError, match=f"differs in {next(iter(other))}"),
            opened(folder, question_record("incentives", {**asked, **other})),
        ):
            pytest.fail("it was opened")
    with (
        pytest.raises(MekongError, match="of the kind 'incentives'"),
        opened(folder, question_record("convergence", {})),
    ):
        pytest.fail("it was opened")


def test_only_words_of_a_result_may_change(tmp_path: Path) -> None:
    one = mix("mix", SCAMS, RULES)
    found = attribute(one, seeds=1, draws=0, scale=500_000, out=tmp_path, simulator=toy, threads=1)
    about = read_manifest(tmp_path)["attribution"]
    claim(tmp_path, "attribution", {**about, "left_out": "said in other words"})
    assert read_manifest(tmp_path)["attribution"]["left_out"] == "said in other words"
    for key in ("scenario", "levers", "permutations"):
        with pytest.raises(OutputError, match=f"differs in {key}"):
            claim(tmp_path, "attribution", {**about, key: "another"})
    assert found.folder == tmp_path


def test_a_leading_tilde_is_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    _required("~/one")
    attribute(
        mix("mix", SCAMS, RULES), seeds=1, draws=0, scale=500_000, out="~/two", simulator=toy,
        threads=1,
    )  # fmt: skip
    both = [mix("baseline"), mix("mix", SCAMS)]
    save(convergence(both, [900_000, 800_000], 2, folder="~/three", threads=1, simulator=toy))
    with opened(output_folder("~/four"), question_record("incentives", {})):
        pass
    assert {path.name for path in (tmp_path / "home").iterdir()} == {"one", "two", "three", "four"}
    assert not list((tmp_path / "here").iterdir())
    with pytest.raises(MekongError, match="no user"):
        _required("~no_such_user_here/x")


def test_a_scale_with_failed_runs_is_finished_by_the_same_command(tmp_path: Path) -> None:
    def failing(job: Job, options: RunOptions) -> pd.DataFrame:
        if job.scale == 800_000 and job.seed == 2:
            raise ArithmeticError("it went wrong")
        return toy(job, options)

    both, scales = [mix("baseline"), mix("mix", SCAMS)], [900_000, 800_000]
    with pytest.raises(MekongError, match="2 failed"):
        convergence(both, scales, 2, folder=tmp_path / "c", threads=1, simulator=failing)
    again = convergence(both, scales, 2, folder=tmp_path / "c", threads=1, simulator=toy)
    whole = convergence(both, scales, 2, folder=tmp_path / "w", threads=1, simulator=toy)
    pd.testing.assert_frame_equal(again.table, whole.table, check_exact=True)


def test_a_folder_without_a_manifest_is_not_proposed_to_itself(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(MekongError) as refused:
        read_manifest(tmp_path / "out")
    assert "name a folder" in str(refused.value.todo)
    (tmp_path / "out1").mkdir()
    (tmp_path / "out1" / "manifest.json").touch()
    with pytest.raises(MekongError) as refused:
        read_manifest(tmp_path / "out")
    assert "out1" in str(refused.value.todo)
