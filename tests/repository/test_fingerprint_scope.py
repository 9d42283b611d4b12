"""The identity of a run covers what determines its numbers, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sim.analysis.sensitivity import folder as sensitivity
from sim.calibration.posterior import cut_posterior
from sim.experiments.provenance import fingerprint
from sim.experiments.provenance.fingerprint import LATER, determining_files, sources_hash
from tests.helpers.code_checks import SIM, imported_modules, relative, sources

SAYS_NO_NUMBER = {"errors.py", "resources.py"}  # words, and where files are
SAYS_WHAT_IS_THERE = {"quantile_bands.py", "calibration/forecast/scores.py"}  # of kept arrays


def needed_by(start: str) -> set[str]:
    """Files of the package that a file imports, directly or not."""
    known = {relative(path): path for path in sources()}
    found: set[str] = set()
    waiting = [start]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        tree = ast.parse(known[file].read_text(encoding="utf-8"))
        names = [name for _, name in imported_modules(tree)]
        names += [
            f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        ]
        for name in names:
            path = name.removeprefix("sim.").replace(".", "/")
            waiting += [one for one in (f"{path}.py", f"{path}/__init__.py") if one in known]
    return found


def full(path: str) -> bool:
    return bool((SIM / path).read_text(encoding="utf-8").strip())


def test_the_identity_covers_what_the_model_imports_and_nothing_else() -> None:
    needed = {path for path in needed_by("model/model.py") if full(path)} - SAYS_NO_NUMBER
    covered = {path for path in determining_files() if path.endswith(".py") and full(path)}
    assert covered - needed == set() and needed - covered == set()
    assert {"parameters/table.csv", "policy/levers.toml"} <= set(determining_files())


@pytest.mark.parametrize(
    ("places", "starts"),
    [
        (
            cut_posterior.SOURCES,
            [f"calibration/posterior/{name}.py" for name in ("importance_weights", "self_test")],
        ),
        (
            sensitivity.SOURCES,
            [*(f"analysis/sensitivity/{name}.py" for name in ("inputs", "sobol")),
             "meanfield/outcomes.py"],
        ),
    ],
)  # fmt: skip
def test_the_identity_of_kept_arrays_covers_what_makes_them(
    places: tuple[str, ...], starts: list[str]
) -> None:
    assert [place for place in places if not (SIM / place).exists()] == []
    needed = {path for start in starts for path in needed_by(start) if full(path)}
    needed -= SAYS_NO_NUMBER | SAYS_WHAT_IS_THERE
    rest = {path for path in needed if not path.startswith("experiments/")}
    rest -= set(determining_files())
    assert [path for path in sorted(rest) if not path.startswith(places)] == []


def test_everything_in_the_list_is_there() -> None:
    assert [path for path in LATER if not (SIM / path).exists()] == ["shipped"]  # in a wheel only


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        (("return x + 1", "return x + 2"), True),
        (('"""Adds one."""', '"""Adds a number."""'), False),
        (("  # why", "  # because"), False),
        (("too large", "larger than allowed"), False),
        (("x > 5", "x > 6"), True),
        (("ValueError", "TypeError"), True),
        (('"kept"', '"other"'), True),
    ],
)
def test_rewording_changes_no_identity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: tuple[str, str], counts: bool
) -> None:
    text = (
        'def f(x):\n    """Adds one."""\n    if x > 5:\n        raise ValueError("too large")\n'
        '    name = "kept"\n    return x + 1  # why\n'
    )

    def hashed(source: str) -> str:
        (tmp_path / "one.py").write_text(source, encoding="utf-8")
        monkeypatch.setattr(fingerprint, "PACKAGE", tmp_path)
        fingerprint.determining_files.cache_clear()
        sources_hash.cache_clear()
        return sources_hash()

    try:
        assert (hashed(text) != hashed(text.replace(*changed))) == counts
        assert changed[0] in text
    finally:
        fingerprint.determining_files.cache_clear()
        sources_hash.cache_clear()


def test_a_kept_hash_is_that_of_the_sources_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEKONG_CACHE", str(tmp_path))
    read: list[str] = []
    meaning = fingerprint._meaning

    def counted(path: str, text: str) -> str:
        read.append(path)
        return meaning(path, text)

    monkeypatch.setattr(fingerprint, "_meaning", counted)
    place = ("units.py",)
    first = fingerprint.method_hash.__wrapped__(place)
    (kept,) = tmp_path.iterdir()
    assert fingerprint.method_hash.__wrapped__(place) == first and read == ["units.py"]
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")  # broken: read again
    assert fingerprint.method_hash.__wrapped__(place) == first and read == ["units.py"] * 2
    assert fingerprint.method_hash.__wrapped__(("target.py",)) != first
    assert len(list(tmp_path.iterdir())) == 2
    monkeypatch.setattr(fingerprint, "find_folder", lambda: (None, "none"))
    assert fingerprint.method_hash.__wrapped__(place) == first
