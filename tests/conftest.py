"""What all tests share: settings that must stand before Numba loads, and a few fixtures."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

# Up to four threads on any machine, so that "the same bytes at any number of threads" is tested
# with more than one of them.
os.environ.setdefault("NUMBA_NUM_THREADS", "4")
os.environ.setdefault("MPLBACKEND", "Agg")

import hypothesis

# The same examples on every machine and no limit of time per example: a red test can be repeated.
hypothesis.settings.register_profile("mekong", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("mekong")

CHECKOUT = Path(__file__).resolve().parent.parent
RunPython = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The top folder of the checkout."""
    return CHECKOUT


@pytest.fixture(scope="module")
def undrawn() -> Iterator[None]:
    """Pictures of the tests of a module are empty files."""
    from tests.helpers.undrawn import without_pictures

    with pytest.MonkeyPatch.context() as patch:
        without_pictures(patch)
        yield


@pytest.fixture(scope="session")
def run_python() -> RunPython:
    """Runs Python on the checkout: `run_python("-c", "print(1)", PYTHONHASHSEED="1")`.

    Keyword `cwd` is the folder to run in; every other keyword is an environment variable.
    """

    def run(
        *arguments: str, cwd: Path = CHECKOUT, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return _run([sys.executable, *arguments], cwd, environment)

    return run


@pytest.fixture(scope="session")
def run_mekong() -> RunPython:
    """Runs the command line of the checkout: `run_mekong("validate", "mine.toml", cwd=folder)`."""
    start = "import sys; sys.argv[0] = 'mekong'; from sim.cli import main; sys.exit(main())"

    def run(
        *arguments: str, cwd: Path = CHECKOUT, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return _run([sys.executable, "-c", start, *arguments], cwd, environment)

    return run


def _run(
    command: Sequence[str], cwd: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    there = [str(CHECKOUT), str(CHECKOUT / "sim" / "alias"), os.environ.get("PYTHONPATH", "")]
    path = os.pathsep.join(there).rstrip(os.pathsep)
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
