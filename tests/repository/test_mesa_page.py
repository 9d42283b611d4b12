"""The programs of the page on Mesa run as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import RunPython
from tests.helpers.readme_blocks import programs

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mesa.md"
PROGRAMS = programs(PAGE.read_text(encoding="utf-8"))
EXPECTED = {"agent-set": "0.", "batch-run": "gmv_real_usd", "subclass": "2030Q4"}


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_a_program_runs(name: str, run_python: RunPython, tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(PROGRAMS[name], encoding="utf-8")
    done = run_python(str(file), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert EXPECTED[name] in done.stdout
