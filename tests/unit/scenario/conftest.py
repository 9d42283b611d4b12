"""Fixtures of the scenario tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scenario.family import CHILD, PARENT


@pytest.fixture
def family(tmp_path: Path) -> Path:
    """A folder with `parent.toml` and `child.toml`."""
    (tmp_path / "parent.toml").write_text(PARENT)
    (tmp_path / "child.toml").write_text(CHILD)
    return tmp_path
