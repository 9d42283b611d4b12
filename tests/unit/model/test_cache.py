"""Machine code on disk is what it claims to be, or it is compiled anew."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.model.engine.compiled import compile_quarter
from sim.model.engine.compiler.cache import compiled_module
from sim.model.engine.compiler.sealed_files import read_sealed, write_sealed

TEXT = """
@njit(error_model='numpy')
def run(number):
    return number + 7.0
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("MEKONG_CACHE", str(folder))
    return folder


def seven_more() -> float:
    """What the module gives in a process that has not loaded it yet."""
    for name in [name for name in sys.modules if name.startswith("mekong_")]:
        if getattr(sys.modules[name], "run", None) is not None and name in _own:
            del sys.modules[name]
    module = compiled_module(TEXT)
    _own.add(module.__name__)
    return float(module.run(1.0))


_own: set[str] = set()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def lengthened(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def of_another(path: Path) -> None:
    other = path.with_name("mekong_of-another.code")
    write_sealed(other, b"a pickle of something else")
    os.replace(other, path)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def no_pickle(path: Path) -> None:
    write_sealed(path, b"sealed, and no code")


def test_code_is_kept_and_taken_from_the_folder(cache: Path) -> None:
    assert seven_more() == 8.0
    (kept,) = cache.iterdir()
    before = kept.stat()
    assert seven_more() == 8.0
    assert kept.stat().st_mtime_ns == before.st_mtime_ns and list(cache.iterdir()) == [kept]
    assert cache.stat().st_mode & 0o777 == 0o700 and before.st_mode & 0o777 == 0o600


def test_kept_code_is_what_runs(cache: Path) -> None:
    """So the tests below change what would be run."""
    seven_more()
    (kept,) = cache.iterdir()
    from numba.core.dispatcher import Dispatcher

    module = compiled_module(TEXT)
    assert isinstance(module.run, Dispatcher) and sum(module.run.stats.cache_hits.values()) == 0
    seven_more()
    assert sum(compiled_module(TEXT).run.stats.cache_hits.values()) == 1
    assert read_sealed(kept) is not None


@pytest.mark.parametrize(
    "damage", [cut, emptied, one_bit, lengthened, of_another, no_pickle], ids=lambda d: d.__name__
)
def test_a_broken_file_is_compiled_anew(damage: Callable[[Path], None], cache: Path) -> None:
    assert seven_more() == 8.0
    (kept,) = cache.iterdir()
    good = kept.read_bytes()
    damage(kept)
    assert kept.read_bytes() != good
    assert seven_more() == 8.0
    assert sum(compiled_module(TEXT).run.stats.cache_misses.values()) == 1
    assert read_sealed(kept) is not None and read_sealed(kept) != b"sealed, and no code"
    assert list(cache.iterdir()) == [kept]


def test_what_cannot_be_replaced_stops_no_run(cache: Path) -> None:
    seven_more()
    (kept,) = cache.iterdir()
    a_folder(kept)
    with pytest.warns(UserWarning, match="not kept"):
        assert seven_more() == 8.0
    assert list(cache.iterdir()) == [kept]


def test_text_of_a_module_that_lies_in_the_folder_is_not_read(cache: Path) -> None:
    seven_more()
    name = compiled_module(TEXT).__name__
    (cache / f"{name}.py").write_text("def run(number):\n    return 0.0\n", encoding="utf-8")
    assert seven_more() == 8.0


def test_only_the_loop_can_be_called_from_python() -> None:
    """A wrapper for each of the functions of a rule would make compiling half as long again."""
    module = sys.modules[compile_quarter().__module__]
    found = {n: f.targetoptions for n, f in vars(module).items() if hasattr(f, "targetoptions")}
    assert len(found) > 10
    run = found.pop("run")
    assert "no_cpython_wrapper" not in run and "no_cfunc_wrapper" not in run
    for name, options in found.items():
        assert options["no_cpython_wrapper"] and options["no_cfunc_wrapper"], name
