"""An edited rule never runs stale, and never before it is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from tests.helpers.rule_files import module_at, trust_under, written

RULE = """
from helper_of_{name} import LEVEL, half


def consumer_quarter(person, env, params, rng):
    person.trust = half(LEVEL) + {added}
"""
HELPER = """
LEVEL = {level}


def half(x):
    return {share} * x
"""
PROGRAM = """
import sys

sys.path.insert(0, {folder!r})
from {name} import consumer_quarter

from tests.helpers.rule_files import trust_under

for engine in ("compiled", "objects"):
    print(*trust_under(consumer_quarter, engine))
"""


def test_a_new_process_runs_what_the_files_say_now(tmp_path: Path, run_python) -> None:
    """The rule, a constant and a function that it imports: each is edited in turn."""
    name = "edited_in_between"

    def shown(level: float, share: float, added: float) -> list[str]:
        helper = HELPER.format(level=level, share=share)
        (tmp_path / f"helper_of_{name}.py").write_text(helper, encoding="utf-8")
        rule = RULE.format(name=name, added=added)
        (tmp_path / f"{name}.py").write_text(rule, encoding="utf-8")
        program = PROGRAM.format(folder=str(tmp_path), name=name)
        done = run_python("-c", program, PYTHONDONTWRITEBYTECODE="1")
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    assert shown(0.5, 0.5, 0.25) == ["0.5", "0.5"]
    assert shown(0.5, 0.25, 0.25) == ["0.375", "0.375"]
    assert shown(1.0, 0.25, 0.25) == ["0.5", "0.5"]
    assert shown(1.0, 0.25, 0.5) == ["0.75", "0.75"]


SETS_TRUST = "def consumer_quarter(person, env, params, rng):\n    person.trust = {value}\n"


def test_an_edited_file_imported_anew_runs_as_edited(tmp_path: Path) -> None:
    for value in (0.25, 0.5, 0.25, 0.75):
        module = written(tmp_path, "imported_anew", SETS_TRUST.format(value=value))
        for engine in ("compiled", "objects"):
            assert trust_under(module.consumer_quarter, engine) == {value}


@pytest.mark.parametrize(
    "edited",
    [
        SETS_TRUST.format(value=0.75),
        "def before(person, env, params, rng):\n    person.trust = 0.5\n"
        + SETS_TRUST.format(value=0.25),
        "# a line more\n" + SETS_TRUST.format(value=0.25),
        SETS_TRUST.format(value=0.25) + "    person.habit = 0.5\n",
    ],
    ids=["other constant", "function before it", "line before it", "line more"],
)
def test_a_file_edited_after_its_import_is_refused_or_runs_as_imported(
    tmp_path: Path, edited: str
) -> None:
    """Never as something that nobody imported: the two engines would part."""
    module = written(tmp_path, "edited_after", SETS_TRUST.format(value=0.25))
    assert trust_under(module.consumer_quarter) == {0.25}
    (tmp_path / "edited_after.py").write_text(edited, encoding="utf-8")
    try:
        shown = trust_under(module.consumer_quarter)
    except InputError as refused:
        assert "changed" in str(refused)
        assert refused.todo
    else:
        assert shown == {0.25}
    assert trust_under(module.consumer_quarter, "objects") == {0.25}
    again = module_at(tmp_path / "edited_after.py", "edited_after")
    compiled = trust_under(again.consumer_quarter)
    assert compiled == trust_under(again.consumer_quarter, "objects")


def test_a_constant_changed_in_memory_counts(tmp_path: Path) -> None:
    text = (
        "LEVEL = 0.25\n\n\n"
        "def consumer_quarter(person, env, params, rng):\n    person.trust = LEVEL\n"
    )
    module = written(tmp_path, "constant_in_memory", text)
    assert trust_under(module.consumer_quarter) == {0.25}
    module.LEVEL = 0.5
    assert trust_under(module.consumer_quarter) == {0.5}
    assert trust_under(module.consumer_quarter, "objects") == {0.5}
