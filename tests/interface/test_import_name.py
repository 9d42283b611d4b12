"""`import mekong` offers the names of the package, and names a foreign `sim` that is in the way."""

from __future__ import annotations

import inspect
import pydoc
import tomllib
from pathlib import Path

import pytest

import mekong
import sim
from tests.conftest import CHECKOUT, RunPython

FOREIGN = "from pathlib import Path\nPath('was_run').touch()\n"


def test_both_names_offer_the_same() -> None:
    assert dir(mekong) == dir(sim) == sorted(sim.__all__)
    assert mekong.__all__ == sim.__all__
    assert mekong.__version__ == sim.__version__
    assert mekong.compare is sim.compare
    assert mekong.InputError is sim.InputError


def test_every_public_name_is_there_and_explained() -> None:
    for name in sim.__all__:
        thing = getattr(mekong, name)
        assert not callable(thing) or inspect.getdoc(thing), name


def test_what_is_not_there_is_refused_under_the_name_that_was_used() -> None:
    for module in (mekong, sim):
        with pytest.raises(
            AttributeError, match=f"'{module.__name__}' has no attribute 'comparee'"
        ):
            _ = module.comparee


def test_help_begins_with_every_name_of_use() -> None:
    text = pydoc.plain(pydoc.render_doc(mekong))
    first = text.split("CLASSES")[0]
    assert first.startswith("Python Library Documentation: module mekong")
    assert [name for name in sim.__all__ if name[0] != "_" and name not in first] == []
    assert "importlib" not in dir(mekong)


@pytest.mark.parametrize("name", ["sim.py", "sim/__init__.py"])
def test_a_foreign_sim_is_named_and_not_run(
    name: str, tmp_path: Path, run_python: RunPython
) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(FOREIGN)
    done = run_python("-c", "import mekong", cwd=tmp_path)
    assert done.returncode == 1
    assert f"another thing of that name: {file}. Rename it" in done.stderr
    assert not (tmp_path / "was_run").exists()


def test_a_foreign_sim_that_was_imported_before_is_named(
    tmp_path: Path, run_python: RunPython
) -> None:
    (tmp_path / "sim.py").write_text(FOREIGN)
    done = run_python("-c", "import sim, mekong", cwd=tmp_path)
    assert f"another thing of that name: {tmp_path / 'sim.py'}" in done.stderr
    made = "import sys, types; sys.modules['sim'] = types.ModuleType('sim'); import mekong"
    assert "a module made by this program" in run_python("-c", made).stderr


def test_a_folder_of_results_called_sim_is_harmless(tmp_path: Path, run_python: RunPython) -> None:
    (tmp_path / "sim").mkdir()
    done = run_python("-c", "import mekong; print(len(mekong.LEVERS))", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_module_is_the_command(run_python: RunPython) -> None:
    done = run_python("-m", "mekong", "--version")
    assert done.stdout == f"mekong {sim.__version__}\n"


def test_the_build_places_the_file_beside_the_package() -> None:
    build = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "hatch"
    ]
    wheel = build["build"]["targets"]["wheel"]
    assert wheel["force-include"]["sim/alias/mekong.py"] == "mekong.py"
    assert (CHECKOUT / "sim" / "alias" / "mekong.py").is_file()
