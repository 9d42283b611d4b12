"""Rules for tests: written to files, imported from there, and run for a few quarters."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from sim.experiments.own_rules.rule_file import _Unkept
from sim.scenario import Scenario
from tests.helpers.models import people_model

Rule = Callable[..., None]


def short(quarters: int = 2) -> Scenario:
    """The baseline for up to four quarters."""
    return Scenario.from_dict(
        {"title": "Short", "horizon": {"end": f"2015Q{quarters}"}}, name="short"
    )


def module_at(path: Path, name: str) -> ModuleType:
    """The file at `path` as a module, imported anew and from its text, as a rule file is."""
    loader = _Unkept(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
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
