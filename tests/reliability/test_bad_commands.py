"""Every bad command line is refused in words, with its status, without a traceback, at once."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from tests.reliability.bad import Bad
from tests.reliability.bad_commands import BAD_COMMANDS

MOST_SECONDS = 30.0  # of this process, on the slowest machine; what never ends takes longer
MOST_CHARACTERS = 20_000
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        try:
            path.write_bytes(data)
        except OSError:  # the system itself has no such name
            pytest.skip("this system cannot have a file of this name")


@pytest.mark.parametrize("bad", BAD_COMMANDS, ids=lambda bad: bad.name)
def test_refused_in_words(bad: Bad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path, bad.files)
    monkeypatch.chdir(tmp_path)
    before = set(os.listdir())
    began = time.process_time()
    done = CliRunner().invoke(app, list(bad.arguments))
    took = time.process_time() - began
    assert done.exit_code == bad.status, done.output
    said = done.output
    assert "Traceback" not in said and "internal error" not in said, said
    for words in bad.words:
        assert words in said, said
    assert not CONTROLS.search(said), said
    assert len(said) < MOST_CHARACTERS
    assert took < MOST_SECONDS
    assert set(os.listdir()) == before, "a refused command left something behind"


def test_no_command_is_listed_twice() -> None:
    assert len({bad.name for bad in BAD_COMMANDS}) == len(BAD_COMMANDS) >= 200
