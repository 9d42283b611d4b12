"""The working folder is a place for results, never for code: a file `random.py` there hides none.

Light, because the command line reads it before anything else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from sim.resources import PACKAGE

SAFE, SEARCHED = "PYTHONSAFEPATH", "PYTHONPATH"
_HOME = str(PACKAGE.parent)  # the folder that holds this package


def without_working_folder(folders: Iterable[str]) -> list[str]:
    """Folders searched for code, but not the working folder; last if this package is in it."""
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:
        here = ""
    kept = [folder for folder in folders if folder and os.path.realpath(folder) != here]
    return [*kept, _HOME] if here == _HOME else kept


def safe_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What is set for other Python processes, so that they search as this one should."""
    searched = environment.get(SEARCHED, "").split(os.pathsep)
    return {SAFE: "1", SEARCHED: os.pathsep.join(without_working_folder(searched))}
