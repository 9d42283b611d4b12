"""Rules for tests: written to files, imported from there, and run for a few quarters."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from sim.scenario import Scenario
from tests.helpers.models import people_model

Rule = Callable[..., None]


def short(quarters: int = 2) -> Scenario:
    """The baseline for up to four quarters."""
    return Scenario.from_dict(
        {"title": "Short", "horizon": {"end": f"2015Q{quarters}"}}, name="short"
    )


def module_at(path: Path, name: str) -> ModuleType:
    """The file at `path` as a module, imported anew.

    From its text: Python takes kept bytecode for that of a file that was edited in the same second.
    """
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = kept
    return module


def written(folder: Path, name: str, text: str) -> ModuleType:
    """A module whose file is written first; names must be new for every test."""
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return module_at(path, name)


def people_under(rule: Any, engine: str, quarters: int = 2, scale: int = 1_000_000) -> bytes:
    """Everybody's record after some quarters under a rule."""
    model = people_model(short(quarters), scale=scale, engine=engine, rules={"consumer": rule})
    return model.run().people.rows.tobytes()


def trust_under(rule: Any, engine: str = "compiled") -> set[float]:
    """The different values of trust after one quarter under a rule."""
    model = people_model(short(1), scale=1_000_000, engine=engine, rules={"consumer": rule})
    return set(model.run().people.rows["trust"].tolist())
