"""Ten kills at random moments; `python -m tests.reliability.kills 100` does more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.reliability.kills import compared, kills


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers are found in /proc")
def test_no_kill_changes_a_byte(tmp_path: Path) -> None:
    found = kills(10, tmp_path)
    assert len(found) == 10
    assert [kill for kill in found if kill.wrong] == []


def test_the_comparison_sees_what_it_should(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "runs").mkdir(parents=True)
        (tmp_path / name / "runs" / "a").write_text("1", encoding="utf-8")
    assert compared(tmp_path / "one", tmp_path / "two") == []
    (tmp_path / "two" / "runs" / "a").write_text("2", encoding="utf-8")
    (tmp_path / "two" / "runs" / ".a.1.tmp").touch()
    (tmp_path / "one" / "points.csv").touch()
    wrong = compared(tmp_path / "one", tmp_path / "two")
    assert wrong == ["lacks points.csv", "has runs/.a.1.tmp", "differs in runs/a"]
