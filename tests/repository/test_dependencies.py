"""Every library that the package imports is declared, with a lower bound that is tried."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.helpers.code_checks import imported_modules, sources
from tests.helpers.lowest_versions import PROJECT, lowest

# name to import -> name to install, where the two differ
INSTALLED_AS = {"distributed": "dask", "pydantic_core": "pydantic-core", "tomli_w": "tomli-w"}


def imported(paths: list[Path]) -> set[str]:
    """Names of libraries outside Python and the package that any of the files imports."""
    found: set[str] = set()
    for path in paths:
        for _, name in imported_modules(ast.parse(path.read_text(encoding="utf-8"))):
            found.add(name.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"sim", "tests", "__future__"}


def declared(groups: tuple[str, ...]) -> set[str]:
    """Names of the declared dependencies, those of the groups of extras included."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for group in groups:
        wanted += project["optional-dependencies"][group]
    return {re.split(r"[\[<>=~]", each)[0] for each in wanted}


def test_everything_imported_is_declared() -> None:
    extras = ("analysis", "calibrate", "cluster", "dashboard", "exchange", "report")
    names = {INSTALLED_AS.get(name, name) for name in imported(sources())}
    assert names - declared(extras) == set()


def test_networkx_is_declared_for_mesa() -> None:
    assert "networkx" in declared(())


def test_a_library_that_is_not_declared_is_found(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text("import json\nimport xarray.core\nfrom sim import model\n")
    assert imported([file]) == {"xarray"}


def test_lower_bounds_are_pinned() -> None:
    assert lowest(["mesa>=3.3,<4", "dask[distributed]>=2024.8"]) == ["mesa==3.3", "dask==2024.8"]
    with pytest.raises(ValueError, match="no lower bound"):
        lowest(["numpy"])
