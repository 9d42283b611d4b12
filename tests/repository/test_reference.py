"""The pages of the reference name only what exists, so that the pages can be built."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from tests.helpers.code_checks import CHECKOUT

REFERENCE = sorted((CHECKOUT / "docs" / "reference").glob("*.md"))
DIRECTIVE = re.compile(r"^\.\. auto(module|class|function):: ([\w.]+)$", re.MULTILINE)


def missing(text: str) -> list[str]:
    """Names after a directive of autodoc that cannot be imported."""
    bad = []
    for kind, name in DIRECTIVE.findall(text):
        module, _, member = (name, "", "") if kind == "module" else name.rpartition(".")
        try:
            found = importlib.import_module(module)
        except ImportError:
            bad.append(name)
            continue
        if member and not hasattr(found, member):
            bad.append(name)
    return bad


@pytest.mark.parametrize("page", REFERENCE, ids=lambda page: page.stem)
def test_names_of_the_reference_exist(page: Path) -> None:
    assert missing(page.read_text(encoding="utf-8")) == []


def test_a_name_that_does_not_exist_is_found() -> None:
    names = ("autofunction:: sim.units.no_such", "automodule:: sim.attic", "automodule:: sim.units")
    assert missing("".join(f".. {name}\n" for name in names)) == ["sim.units.no_such", "sim.attic"]
    assert sum(len(DIRECTIVE.findall(page.read_text("utf-8"))) for page in REFERENCE) > 40
