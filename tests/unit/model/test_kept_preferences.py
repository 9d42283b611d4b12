"""Preference weights on disk are those that this program would solve, or they are solved anew."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from sim.model import kept_preferences, reference_years
from sim.model.engine.compiler.sealed_files import read_sealed, write_sealed
from sim.model.kept_preferences import kept_or_solved
from sim.model.market import preferences as solving
from sim.model.market.demand import Preferences
from sim.model.model import MekongModel
from sim.parameters.values import ParameterSet
from sim.scenario import Scenario
from tests.conftest import RunPython
from tests.properties.full_bounds import make_coarse
from tests.unit.model.test_cache import cut, emptied, lengthened, one_bit


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Few people and firms, and no weights that other tests left in memory."""
    monkeypatch.setattr(reference_years, "_solved", {})
    kept_preferences._program.cache_clear()
    make_coarse(monkeypatch)
    yield
    kept_preferences._program.cache_clear()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("MEKONG_CACHE", str(folder))
    return folder


@pytest.fixture
def compiled() -> None:
    """The rules, loaded from the folder of all tests before a test has a folder of its own."""
    MekongModel(scale=100_000).step()


def weights(scenario: Scenario | str = "baseline", draw: int = 0, **more: object) -> bytes:
    """The weights of a model in a process that has solved none yet, to the last bit."""
    reference_years._solved.clear()
    model = MekongModel(scenario, scale=100_000, parameters=ParameterSet.draw(draw), **more)  # type: ignore[arg-type]
    model.market_opens()
    assert model.trade_sector is not None
    return as_bytes(model.trade_sector.market.preferences)


def as_bytes(preferences: Preferences) -> bytes:
    assert all(v.flags.c_contiguous and v.dtype == float for v in vars(preferences).values())
    return b"".join(value.tobytes() for value in vars(preferences).values())


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.weights"))


@pytest.fixture
def solved(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one whenever weights are solved."""
    calls: list[int] = []
    solve = solving.calibrate_preferences

    def counting(*arguments: object) -> Preferences:
        calls.append(1)
        return solve(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(solving, "calibrate_preferences", counting)
    return calls


def test_weights_are_the_same_bytes_solved_kept_and_without_a_folder(
    compiled: None, cache: Path, solved: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = weights()
    assert len(solved) == 1 and len(kept(cache)) == 1
    assert weights() == first
    assert len(solved) == 1
    monkeypatch.setenv("MEKONG_CACHE", "/dev/null/nowhere")
    assert weights() == first
    assert len(solved) == 2


def test_every_float_is_read_back() -> None:
    odd = np.array([0.1, -0.0, 5e-324, 1.7976931348623157e308, np.inf, np.pi])
    every = Preferences(np.stack([odd, 1.0 / 3.0 + odd]), odd, odd, odd, odd, odd)
    assert as_bytes(kept_preferences._parsed(kept_preferences._text(every))) == as_bytes(every)


def made_up(*_: object) -> Preferences:
    return Preferences(*(np.full((5, 5) if k == 0 else 5, k + 1.0 / 3.0) for k in range(6)))


def no_weights(path: Path) -> None:
    write_sealed(path, b'{"weight": 1}')


def of_others(path: Path) -> None:
    path.unlink()
    kept_or_solved(("another draw",), made_up)
    (other,) = kept(path.parent)
    os.replace(other, path)


@pytest.mark.parametrize(
    "damage",
    [cut, emptied, one_bit, lengthened, no_weights, of_others],
    ids=lambda damage: damage.__name__,
)
def test_a_broken_file_is_solved_anew(damage: Callable[[Path], None], cache: Path) -> None:
    def solve() -> Preferences:
        calls.append(1)
        return made_up()

    calls: list[int] = []
    first = as_bytes(kept_or_solved(("a draw",), solve))
    (path,) = kept(cache)
    good = path.read_bytes()
    assert as_bytes(kept_or_solved(("a draw",), solve)) == first == as_bytes(made_up())
    assert len(calls) == 1
    damage(path)
    assert path.read_bytes() != good
    assert as_bytes(kept_or_solved(("a draw",), solve)) == first
    assert len(calls) == 2 and path.read_bytes() == good


def test_a_folder_that_is_full_stops_no_run(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_preferences, "write_sealed", full)
    assert as_bytes(kept_or_solved(("a draw",), made_up)) == as_bytes(made_up())
    assert kept(cache) == []


def unskilled(firm, env, params, rng):  # type: ignore[no-untyped-def]
    """A rule of its own: nobody opens or closes a shop."""
    firm.skill = 0.5


def test_whatever_the_weights_depend_on_has_weights_of_its_own(
    compiled: None, cache: Path, solved: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asking(**parts: object) -> Scenario:
        return Scenario.from_dict({"extends": "baseline", "title": "Asked", **parts}, name="asked")

    found = [
        weights(),
        weights(draw=1),
        weights(asking(parameters={"row_share": 0.2})),
        weights(asking(paths={"covid": "none"})),
        weights(rules={"sme": unskilled}),
    ]
    monkeypatch.setattr(reference_years, "REFERENCE_SCALE", 80_000)
    found.append(weights())
    monkeypatch.setattr(solving, "COPIES", 3)
    found.append(weights())
    assert len(set(found)) == len(found) == len(solved) == len(kept(cache))


def test_policies_and_what_else_is_assumed_share_them(
    compiled: None, cache: Path, solved: list[int]
) -> None:
    assert weights("coordinated") == weights("baseline_row_taxed") == weights()
    assert len(solved) == len(kept(cache)) == 1


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_program_does_not_read_what_the_old_one_kept(
    checkout: Path, tmp_path: Path, run_python: RunPython, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("sim", "scenarios", "calibration"):
        shutil.copytree(checkout / part, tmp_path / part)
    changed(tmp_path / "sim/model/market/preferences.py", "_DAMPING = 0.8", "_DAMPING = 0.6")
    asked = (
        "import sim; from sim.model.model import MekongModel\n"
        "from sim.model import reference_years as years\n"
        "from sim.model.market import preferences as solving\n"
        "years.REFERENCE_SCALE, solving.ROWS, solving.COPIES = 100_000, 150, 2\n"
        "model = MekongModel(scale=100_000); model.market_opens()\n"
        "values = vars(model.trade_sector.market.preferences).values()\n"
        "print(sim.__file__, b''.join(value.tobytes() for value in values).hex())\n"
    )
    old = weights()  # kept in the folder that the other process reads, with its compiled rules
    found = run_python("-c", asked, cwd=tmp_path, PYTHONPATH=str(tmp_path), PYTHONSAFEPATH="1")
    assert found.returncode == 0, found.stderr
    file, new = found.stdout.split()
    assert file == str(tmp_path / "sim" / "__init__.py")
    monkeypatch.setattr(solving, "_DAMPING", 0.6)
    monkeypatch.setenv("MEKONG_CACHE", "/dev/null/nowhere")
    assert bytes.fromhex(new) == weights() != old


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of three files; what is written to it afterwards is as old as they are."""
    for name in ("model/one.py", "model/two.csv", "three.toml"):
        path = tmp_path / "sim" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a = 1\n", encoding="utf-8")
    monkeypatch.setattr(kept_preferences, "PACKAGE", tmp_path / "sim")
    monkeypatch.setattr(kept_preferences, "shipped", lambda *parts: tmp_path.joinpath(*parts))
    return tmp_path / "sim"


def program_hash(loaded: float, monkeypatch: pytest.MonkeyPatch) -> str | None:
    kept_preferences._program.cache_clear()
    monkeypatch.setattr(kept_preferences, "_loaded", loaded)
    return kept_preferences._program()


@pytest.mark.parametrize(
    "change",
    [
        lambda root: changed(root / "model/one.py", "1", "2"),
        lambda root: changed(root / "model/two.csv", "1", "2"),
        lambda root: changed(root / "three.toml", "1", "2"),
        lambda root: (root / "model/one.py").rename(root / "model/four.py"),
        lambda root: (root / "model/two.csv").unlink(),
        lambda root: (root / "new.py").write_text("", encoding="utf-8"),
    ],
)
def test_any_change_of_a_file_is_another_program(
    change: Callable[[Path], object], program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = program_hash(float("inf"), monkeypatch)
    assert first and program_hash(float("inf"), monkeypatch) == first
    change(program)
    assert program_hash(float("inf"), monkeypatch) not in (first, None)


def test_files_changed_since_they_were_loaded_name_no_program(
    cache: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise what old code solves would be kept under the name of the new."""
    loaded = max(path.stat().st_ctime_ns for path in program.rglob("*.*"))
    assert program_hash(loaded, monkeypatch)
    assert program_hash(loaded - 1, monkeypatch) is None
    for _ in range(2):
        kept_or_solved(("a draw",), made_up)
    assert kept(cache) == []


def test_sources_data_and_scenarios_name_the_program() -> None:
    names = {name for name, _ in kept_preferences._files()}
    assert {"sim/model/trade.py", "data/firms.csv", "scenarios/baseline.toml"} <= names
    assert "sim/parameters/table.csv" in names


def test_old_files_make_room(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_preferences, "MOST_FILES", 4)
    cache.mkdir(mode=0o700)
    (cache / "rules.code").write_bytes(b"compiled")
    for number in range(4):
        write_sealed(cache / f"{number}.weights", b"{}")
        os.utime(cache / f"{number}.weights", (number, number))
    kept_or_solved(("the newest",), made_up)
    assert len(kept(cache)) == 2 and (cache / "3.weights") in kept(cache)
    assert (cache / "rules.code").read_bytes() == b"compiled"
    kept_or_solved(("the newest",), lambda: pytest.fail("solved again"))


def test_a_file_is_sealed_json_that_only_its_owner_reads(cache: Path) -> None:
    kept_or_solved(("a draw",), made_up)
    (path,) = kept(cache)
    assert path.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(read_sealed(path) or b"")) == set(Preferences.__dataclass_fields__)
