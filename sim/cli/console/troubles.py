"""Errors of the system and of the installation in words; one cause for one error."""

from __future__ import annotations

import errno
import sys
import sysconfig
import traceback
from pathlib import Path

from sim.errors import MekongError, OutputError

_MEMORY_WORDS = ("cannot allocate memory", "failed to map segment", "std::bad_alloc")
_LIBRARIES = (
    *("click", "cloudpickle", "jinja2", "joblib", "matplotlib", "mesa", "numba", "numpy", "pandas"),
    *("pyarrow", "pydantic", "rich", "scipy", "sim", "typer"),
)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_HANDLES = (errno.EMFILE, errno.ENFILE)


def in_words(error: BaseException) -> MekongError | None:
    """What the system or the installation did, or None where the program is at fault."""
    text = str(error).lower()
    if isinstance(error, MemoryError) or any(words in text for words in _MEMORY_WORDS):
        return _no_memory()
    hidden = hidden_library()
    if hidden is not None:
        return MekongError(
            f"a file hides a library of the same name: {hidden}",
            todo="rename it, or take its folder out of PYTHONPATH",
        )
    if isinstance(error, ModuleNotFoundError):
        return MekongError(
            f"the library '{error.name}' is missing",
            todo=f"install it: pip install {error.name}; or install the program anew",
        )
    broken = _broken_library(error)
    if broken:
        return MekongError(
            f"the library '{broken}' is installed and cannot be loaded: {error}",
            todo=f"install it anew: pip install --force-reinstall {broken}",
        )
    if isinstance(error, RuntimeError) and "can't start new thread" in text:
        return MekongError(
            "the system starts no more threads",
            todo="use fewer --workers and --threads, or raise `ulimit -u`",
        )
    if isinstance(error, OSError) and error.errno is not None:
        return _of_system(error)
    return None


def _broken_library(error: BaseException) -> str:
    """The library in which an import failed; empty where it was in the program itself."""
    if not isinstance(error, ImportError):
        return ""
    frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    places = [Path(name).parts for name in frames]
    inside = [part[part.index("site-packages") + 1] for part in places if "site-packages" in part]
    named = (error.name or (inside[-1] if inside else "")).split(".")[0]
    return named if named in _LIBRARIES and named != "sim" else ""


def unimportable(error: Exception) -> str:
    """Why the program cannot even begin."""
    found = in_words(error)
    if found is None:
        found = MekongError(
            f"the program cannot begin: {type(error).__name__}: {error}",
            todo="install it anew in a fresh environment",
        )
    return f"error: {found}"


def hidden_library() -> str | None:
    """A file of a person that was imported in place of a library, or None."""
    installed = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib")]
    for name in (*sys.stdlib_module_names, *_LIBRARIES):
        file = getattr(sys.modules.get(name), "__file__", None)
        if not file or Path(file).name != f"{name}.py":
            continue
        own = name in _LIBRARIES and any(w in file for w in ("site-packages", "dist-packages"))
        if not own and not any(place and file.startswith(place) for place in installed):
            return str(file)
    return None


def _no_memory() -> MekongError:
    return MekongError(
        "there is too little memory",
        todo="use a larger --scale or fewer --workers, close other programs, or raise `ulimit -v`",
    )


def _of_system(error: OSError) -> MekongError:
    if error.errno == errno.ENOMEM:
        return _no_memory()
    what = error.strerror or str(error)
    where = str(error.filename) if error.filename is not None else None
    if error.errno in _HANDLES:
        return OutputError("too many files are open", where=where, todo="raise `ulimit -n`")
    if error.errno in _FULL:
        return OutputError(
            f"nothing more can be written: {what}",
            where=where,
            todo="free some space; finished runs are kept, the same command goes on from there",
        )
    return OutputError(f"the system refused: {what}", where=where)
