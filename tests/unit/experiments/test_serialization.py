"""Rules of one's own in other processes: from cells of a notebook, from a file with several."""

from __future__ import annotations

import linecache
import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import run_jobs
from sim.experiments.own_rules.loading import rules_of
from sim.experiments.own_rules.serialization import packed, unpacked, used_by
from sim.experiments.provenance.fingerprint import rules_hash
from sim.experiments.run import Job
from sim.experiments.storage.store import Store
from sim.experiments.study import build_study
from sim.model.engine.compiled import consumer_kind
from sim.model.engine.compiler.translator import Program
from sim.model.model import MekongModel

CELLS = (
    "from sim.rng import uniform, decision\nSTART = 0.25\nLOOK = decision('look around')\n",
    "def shy(rng):\n    return uniform(rng, LOOK) < START\n",
    "def mine(person, env, params, rng):\n    person.habit = START if shy(rng) else 0.1\n",
)
TWO = """
def consumer_quarter(person, env, params, rng):
    person.habit = 0.75


def another(person, env, params, rng):
    person.habit = 0.25
"""

Rule = Callable[..., None]


def notebook(cells: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> dict[str, Rule]:
    """Cells as a notebook runs them: no file has them, Python remembers their lines."""
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    for number, cell in enumerate(cells):
        name = f"<cell {number} of {hash(cells)}>"
        linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
        exec(compile(cell, name, "exec"), main.__dict__)
    return vars(main)


def few_people(job: Job, options: RunOptions) -> pd.DataFrame:
    """Half a year of some hundred people."""
    model = MekongModel(
        job.scenario,
        seed=job.seed,
        scale=job.scale,
        engine=options.engine,
        rules=rules_of(options),
        market=False,
    )
    for _ in range(2):
        model.step()
    return model.indicators()


def kept(folder: Path, rule: Rule, workers: int) -> dict[str, bytes]:
    """`runs/` and `series/` of two runs with a rule of one's own."""
    rules = {"consumer": rule}
    study = build_study(["baseline"], seeds=2, scale=500_000, rules=rules, compared=False)
    options = RunOptions("objects", threads=1, rules=rules, workers=workers)
    assert run_jobs(study.jobs, options, Store(folder), simulator=few_people) == 0
    paths = [*folder.glob("runs/*"), *folder.glob("series/*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_rules_of_a_notebook_run_in_worker_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = notebook(CELLS, monkeypatch)["mine"]
    here = kept(tmp_path / "one", rule, workers=1)
    monkeypatch.undo()  # joblib looks at the real main module
    assert kept(tmp_path / "two", rule, workers=2) == here
    assert len(here) == 4
    other = notebook(tuple(cell.replace("0.25", "0.75") for cell in CELLS), monkeypatch)["mine"]
    assert len(kept(tmp_path / "other", other, workers=1).keys() - here.keys()) == 4


def test_the_rule_that_is_given_runs_and_not_another_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "two_rules.py").write_text(TWO, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import two_rules  # type: ignore[import-not-found]

    here = kept(tmp_path / "one", two_rules.another, workers=1)
    assert kept(tmp_path / "two", two_rules.another, workers=2) == here


def test_what_another_cell_defines_is_part_of_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = notebook(CELLS, monkeypatch)["mine"]
    functions, values = used_by(rule)
    assert [function.__name__ for function in functions] == ["mine", "shy"]
    assert values["shy: START"] == 0.25
    first = rules_hash({"consumer": rule})
    assert rules_hash({"consumer": notebook(CELLS, monkeypatch)["mine"]}) == first
    for old, new in (("START = 0.25", "START = 0.5"), ("< START", "> START")):
        cells = tuple(cell.replace(old, new) for cell in CELLS)
        assert rules_hash({"consumer": notebook(cells, monkeypatch)["mine"]}) != first


def test_a_packed_rule_is_the_same_function(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = notebook(CELLS, monkeypatch)["mine"]
    copy = unpacked(packed({"consumer": rule}))["consumer"]
    assert copy is not rule
    texts = []
    for function in (rule, copy):
        program = Program(consumer_kind())
        program.add(function)
        texts.append(program.text())
    assert texts[0] == texts[1] and "shy_of_rule" in texts[0]  # so the same machine code
    assert rules_hash({"consumer": copy}) == rules_hash({"consumer": rule})


def test_what_cannot_be_copied_is_refused_in_words() -> None:
    lock = threading.Lock()

    def rule(person: object, env: object, params: object, rng: object) -> None:
        lock.acquire()

    with pytest.raises(InputError, match="cannot be sent to other processes"):
        RunOptions(rules={"consumer": rule}, workers=2).of_worker()
