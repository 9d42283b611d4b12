"""Ctrl-C ends whatever runs, though a rule never ends: status 130, and no process is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROC = Path("/proc")
pytestmark = pytest.mark.skipif(not PROC.is_dir(), reason="reads /proc")
START_SECONDS = 240.0  # to compile a rule on a machine that has much else to do
END_SECONDS = 20.0  # two where nothing else runs
RUNS_SECONDS = 3.0  # from the sign of a start until the rule surely loops

# The trial of the rule has central parameters: only the runs of the scenario never end.
RULE = """
def consumer_quarter(person, env, params, rng):
    while params.trust_recovery > 4.9:
        person.habit = 0.5
"""
SCENARIO = """
title = "never ends"
[parameters]
trust_recovery = 4.95
"""
STUDY = """
title = "never ends"
scenarios = ["endless.toml"]
scale = 1000000
seeds = 2
"""
IMPORTED = "open('started', 'w').close()\nwhile True:\n    pass\n"


def _hear_ctrl_c() -> None:
    """A program started in the background of a shell would ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with rules that never end."""
    (tmp_path / "endless.toml").write_text(SCENARIO)
    (tmp_path / "study.toml").write_text(STUDY)
    (tmp_path / "rule.py").write_text(RULE)
    (tmp_path / "imported.py").write_text(IMPORTED)
    return tmp_path


def of_session(leader: int) -> list[str]:
    """The processes of a session that still run."""
    found = []
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, *fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == leader and state != "Z":
            found.append((entry / "cmdline").read_text().replace("\0", " "))
    return found


@pytest.fixture
def interrupted(folder: Path) -> Iterator[Callable[..., tuple[int, float, str]]]:
    """Starts a command, waits for a sign of its start, sends what Ctrl-C sends to all its group."""
    started: list[subprocess.Popen[str]] = []

    def interrupt(*words: str, sign: str) -> tuple[int, float, str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "sim", *words], cwd=folder, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=_environment(),
            preexec_fn=_hear_ctrl_c,
        )  # fmt: skip
        started.append(process)
        until = time.monotonic() + START_SECONDS
        while not list(folder.glob(sign)):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < until, "it has not even begun"
            time.sleep(0.05)
        time.sleep(RUNS_SECONDS if sign != "endless.toml" else 4 * RUNS_SECONDS)
        assert process.poll() is None, process.communicate()[0]
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=END_SECONDS)[0]
        seconds = time.monotonic() - began
        until = time.monotonic() + END_SECONDS  # workers and helpers follow their parent
        while of_session(process.pid) and time.monotonic() < until:
            time.sleep(0.1)
        assert of_session(process.pid) == []
        return process.returncode, seconds, said

    yield interrupt
    for process in started:
        if process.poll() is None or of_session(process.pid):
            os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    checkout = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": checkout}


_RUN = ("--scale", "1000000", "--seeds", "2", "--out", "out")
COMMANDS = {
    "run": ("run", "endless.toml", *_RUN, "--rule", "rule.py", "--workers", "1"),
    "workers": ("run", "endless.toml", *_RUN, "--rule", "rule.py", "--workers", "2"),
    "sweep": ("sweep", "study.toml", "--rule", "rule.py", "--workers", "1", "--out", "out"),
    "objects": (
        "run", "endless.toml", *_RUN, "--rule", "rule.py", "--workers", "1", "--engine", "objects"
    ),
    "trace": (
        "trace", "endless.toml", "--scale", "1000000", "--country", "THA", "--rule", "rule.py"
    ),
    "import": ("run", "baseline", *_RUN, "--rule", "imported.py"),
}  # fmt: skip
SIGNS = {"import": "started", "trace": "endless.toml"}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_ctrl_c_ends_what_never_ends(
    name: str, interrupted: Callable[..., tuple[int, float, str]]
) -> None:
    status, seconds, said = interrupted(*COMMANDS[name], sign=SIGNS.get(name, "out/manifest.json"))
    print(f"{name}: {seconds:.2f} s")
    assert status == 130, said
    assert "Traceback" not in said
