"""Every line of `bad_environments.py` works or is refused in a sentence, and never breaks."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT
from tests.reliability.bad_environments import CASES, TINY, Case

pytestmark = pytest.mark.skipif(os.name != "posix", reason="lines of bash")
STUDY = """\
title = "grid"
scenarios = ["baseline", "broadband"]
scale = 1000000
seeds = 1
[design]
kind = "grid"
[inputs]
"parameters.trust_recovery" = [0.2, 0.5]
"""
LAUNCHER = """\
import sys
from sim.cli import main
sys.exit(main())
"""
LONGEST = 12  # lines of an answer in words
Done = "subprocess.CompletedProcess[str]"


def bash(line: str, launcher: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line with `M` as the command."""
    mekong = f"{shlex.quote(sys.executable)} {shlex.quote(str(launcher))}"
    define = 'M() { "$PYTHON" "$LAUNCHER" "$@"; }; export -f M; '
    words = line.replace("env -u HOME M", f"env -u HOME {mekong}")
    words = words.replace("env -u TERM M", f"env -u TERM {mekong}")
    environment = {name: text for name, text in os.environ.items() if name != "MPLBACKEND"}
    environment |= {"PYTHON": sys.executable, "LAUNCHER": str(launcher)}
    environment |= {"PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(
        ["bash", "-c", define + words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command as it is installed: a script in a folder of its own."""
    file = tmp_path_factory.mktemp("bin") / "mekong"
    file.write_text(LAUNCHER, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def done(launcher: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result folder."""
    folder = tmp_path_factory.mktemp("results")
    ended = bash(f"M run baseline {TINY} --out done", launcher, folder)
    assert ended.returncode == 0, ended.stderr
    return folder / "done"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "_"))
def test_it_works_or_says_why_not(case: Case, launcher: Path, tmp_path: Path, done: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "g.toml").write_text(STUDY, encoding="utf-8")
    (folder / "done").symlink_to(done)
    for name in case.files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x = 1\n", encoding="utf-8")
    ended = bash(case.line, launcher, folder)
    said = ended.stdout + ended.stderr
    assert ended.returncode == case.status, said
    assert case.words in said
    assert "Traceback" not in said and "internal error:" not in said
    assert len(ended.stderr.splitlines()) <= LONGEST, ended.stderr
    if case.status == 2:
        assert not (folder / "results").exists()
    if case.made:
        assert (folder / case.made).is_file()
    assert not (folder / "~").exists()


def test_no_two_cases_are_the_same_and_there_are_enough() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert len({(case.line, case.files) for case in CASES}) == len(CASES)
    assert len(CASES) >= 45
