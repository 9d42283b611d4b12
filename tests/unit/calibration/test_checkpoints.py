"""Stages on disk: found again, made anew where they must be, and the same after a kill."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.calibration.calibrate import SOURCES
from sim.calibration.checkpoints import Arrays, Checkpoints
from sim.resources import PACKAGE
from tests.conftest import RunPython

KEY = {"seed": 1, "plan": "small"}


def make() -> Arrays:
    return {"points": np.arange(6.0).reshape(2, 3), "accepted": np.array(0.5)}


def never() -> Arrays:
    raise AssertionError("a finished stage is made again")


def test_the_files_that_determine_the_stages_are_there() -> None:
    assert [path for path in SOURCES if not (PACKAGE / path).is_file()] == []


def test_a_finished_stage_is_found_again(tmp_path: Path) -> None:
    first = Checkpoints(tmp_path, KEY).stage("one", make)
    again = Checkpoints(tmp_path, dict(KEY))
    assert again.has("one") and not again.has("two")
    found = again.stage("one", never)
    assert set(found) == set(first) == {"points", "accepted"}
    assert (found["points"] == first["points"]).all() and found["accepted"] == 0.5
    assert (again.found, again.made) == (1, 0)


@pytest.mark.parametrize("key", [{"seed": 2, "plan": "small"}, {"seed": 1}])
def test_another_key_makes_it_anew(tmp_path: Path, key: dict[str, object]) -> None:
    Checkpoints(tmp_path, KEY).stage("one", make)
    other = Checkpoints(tmp_path, key)
    assert not other.has("one")
    made = other.stage("one", lambda: {"points": np.array([7.0])})
    assert made["points"].tolist() == [7.0] and other.made == 1
    assert Checkpoints(tmp_path, key).stage("one", never)["points"].tolist() == [7.0]


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_a_torn_file_is_made_anew(tmp_path: Path, kept: float) -> None:
    Checkpoints(tmp_path, KEY).stage("one", make)
    path = tmp_path / "one.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole))])
    torn = Checkpoints(tmp_path, KEY)
    assert not torn.has("one")
    assert torn.stage("one", make)["accepted"] == 0.5
    assert path.read_bytes() == whole


PROGRAM = """
import os, signal, sys
from pathlib import Path
import numpy as np
from sim.calibration.checkpoints import Checkpoints

stages = Checkpoints(Path(sys.argv[1]), {"seed": 1})
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
