"""A copy of the tree, in which a test follows a recipe of `docs/recipes.md` step by step."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

Run = Callable[..., "CompletedProcess[str]"]
NEEDED = ("sim", "scenarios", "calibration")  # by a run


def copy_of(checkout: Path, folder: Path, *more: str) -> Path:
    """The folder, filled with what a run needs and with `more` folders of the checkout."""
    skipped = shutil.ignore_patterns("__pycache__", "figures")
    for name in (*NEEDED, *more):
        inner = skipped if name == "docs" else shutil.ignore_patterns("__pycache__")
        shutil.copytree(checkout / name, folder / name, ignore=inner)
    return folder


def replace_once(tree: Path, file: str, old: str, new: str) -> None:
    """Put `new` in the place of a text that occurs exactly once in a file of the tree."""
    text = (tree / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old)
    (tree / file).write_text(text.replace(old, new), encoding="utf-8")


def run_in(tree: Path, run_python: Run, *arguments: str) -> str:
    """What Python prints in the tree; fails with its messages if it does not end well."""
    done = run_python(*arguments, cwd=tree, PYTHONPATH=str(tree))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pytest_in(tree: Path, run_python: Run, *tests: str) -> str:
    """The last line of pytest on some of the tree's own tests, which all have to pass."""
    options = ("-q", "-n", "0", "--import-mode=importlib", "-p", "no:cacheprovider")
    return run_in(tree, run_python, "-m", "pytest", *options, *tests).splitlines()[-1]


def recipe(checkout: Path, heading: str) -> str:
    """The recipe under a heading of the page."""
    page = (checkout / "docs/recipes.md").read_text(encoding="utf-8")
    return page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
