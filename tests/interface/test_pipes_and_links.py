"""Pipes, and links that lead to themselves or to nothing, where a file is wanted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app

PLACES = ("pipe", "loop", "nothing")
COMMANDS = {
    "scenario": ("validate", "{}.toml"),
    "second scenario": ("compare", "baseline", "{}.toml"),
    "study": ("sweep", "{}.toml"),
    "rule": ("run", "baseline", "--rule", "{}.py"),
    "result": ("study", "verify", "{}.toml"),
    "report": ("report", "{}.toml"),
    "output": ("compare", "baseline", "broadband", "--out", "{}.toml"),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such pipes")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("what", COMMANDS)
def test_they_are_refused_in_words_and_never_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for ending in ("toml", "py"):
        os.mkfifo(f"pipe.{ending}")
        os.symlink(f"loop.{ending}", f"loop.{ending}")
        os.symlink(f"gone.{ending}", f"nothing.{ending}")
    before = sorted(path.name for path in tmp_path.iterdir())
    done = CliRunner().invoke(app, [word.format(place) for word in COMMANDS[what]])
    assert done.exit_code == (3 if (what, place) == ("output", "pipe") else 2), done.stderr
    assert done.stderr.startswith("error: ") and "Traceback" not in done.stderr
    assert place in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == before
