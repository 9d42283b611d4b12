"""Stages on disk: found again, made anew where they must be, and the same after a kill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sim.experiments.storage import checkpoints
from sim.experiments.storage.checkpoints import Arrays, Checkpoints
from tests.conftest import RunPython

KEY = {"seed": 1, "plan": "small"}


def make() -> Arrays:
    return {"points": np.arange(6.0).reshape(2, 3), "accepted": np.array(0.5)}


def never() -> Arrays:
    raise AssertionError("a finished stage is made again")


def test_a_finished_stage_is_found_again(tmp_path: Path) -> None:
    first = Checkpoints(tmp_path, KEY, ()).stage("one", make)
    again = Checkpoints(tmp_path, dict(KEY), ())
    found = again.stage("one", never)
    assert set(found) == set(first) == {"points", "accepted"}
    assert (found["points"] == first["points"]).all() and found["accepted"] == 0.5
    assert (again.found, again.made) == (1, 0)


@pytest.mark.parametrize("key", [{"seed": 2, "plan": "small"}, {"seed": 1}])
def test_another_key_makes_it_anew(tmp_path: Path, key: dict[str, object]) -> None:
    Checkpoints(tmp_path, KEY, ()).stage("one", make)
    other = Checkpoints(tmp_path, key, ())
    made = other.stage("one", lambda: {"points": np.array([7.0])})
    assert made["points"].tolist() == [7.0] and other.made == 1
    assert Checkpoints(tmp_path, key, ()).stage("one", never)["points"].tolist() == [7.0]


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_a_torn_file_is_made_anew(tmp_path: Path, kept: float) -> None:
    Checkpoints(tmp_path, KEY, ()).stage("one", make)
    path = tmp_path / "one.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole))])
    torn = Checkpoints(tmp_path, KEY, ())
    assert torn.stage("one", make)["accepted"] == 0.5 and torn.made == 1
    assert path.read_bytes() == whole


def test_other_country_data_or_sources_make_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Checkpoints(tmp_path, KEY, ("meanfield",)).stage("one", make)
    assert Checkpoints(tmp_path, KEY, ("meanfield",)).stage("one", never)["accepted"] == 0.5
    for name in ("data_hash", "sources_hash", "method_hash"):
        with monkeypatch.context() as patch:
            patch.setattr(checkpoints, name, lambda *_: "changed")
            changed = Checkpoints(tmp_path, KEY, ("meanfield",))
            changed.stage("one", make)
            assert (changed.found, changed.made) == (0, 1)
            assert changed.stage("one", never)["accepted"] == 0.5


class Uncertain:
    """Runs of which some fail; `done` are those that were asked for."""

    def __init__(self, *failing: int) -> None:
        self.failing = failing
        self.done: list[int] = []

    def __call__(self, places: Sequence[int]) -> Arrays:
        self.done += places
        rows = [np.full(3, np.nan if place in self.failing else float(place)) for place in places]
        return {"numbers": np.stack(rows), "none": np.empty((len(places), 0))}


def test_a_run_that_failed_is_not_finished(tmp_path: Path) -> None:
    first, second, third = Uncertain(1, 3), Uncertain(3), Uncertain()
    for runs in (first, second, third):
        found = Checkpoints(tmp_path, KEY, ()).runs("piece", 5, runs)["numbers"]
        failed = np.flatnonzero(np.isnan(found).any(axis=1))
        assert failed.tolist() == [place for place in runs.failing if place in runs.done]
        assert found[0].tolist() == [0.0] * 3 and found[4].tolist() == [4.0] * 3
    assert (first.done, second.done, third.done) == ([0, 1, 2, 3, 4], [1, 3], [3])
    whole, fourth = Uncertain(), Uncertain()
    Checkpoints(tmp_path / "whole", KEY, ()).runs("piece", 5, whole)
    assert (tmp_path / "piece.npz").read_bytes() == (tmp_path / "whole/piece.npz").read_bytes()
    Checkpoints(tmp_path, KEY, ()).runs("piece", 5, fourth)
    assert fourth.done == []


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    loose = Checkpoints(None, KEY, ())
    assert loose.stage("one", make)["accepted"] == loose.stage("one", make)["accepted"] == 0.5
    assert loose.found == 0 and not list(tmp_path.iterdir())


PROGRAM = """
import os, signal, sys
from pathlib import Path
import numpy as np
from sim.experiments.storage.checkpoints import Checkpoints

stages = Checkpoints(Path(sys.argv[1]), {"seed": 1}, ())
for number in range(4):
    def make():
        if number == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return {"points": np.random.default_rng(number).normal(size=50)}
    stages.stage(f"stage_{number}", make)
print(stages.found, stages.made)
"""


def test_after_a_kill_it_goes_on_and_ends_in_the_same_bytes(
    tmp_path: Path, run_python: RunPython
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run_python("-c", PROGRAM, str(whole), "9").stdout.split() == ["0", "4"]
    killed = run_python("-c", PROGRAM, str(broken), "2")
    assert killed.returncode == -9
    assert run_python("-c", PROGRAM, str(broken), "9").stdout.split() == ["2", "2"]
    files = {path.name: path.read_bytes() for path in whole.iterdir()}
    assert len(files) == 4
    assert {path.name: path.read_bytes() for path in broken.iterdir()} == files
