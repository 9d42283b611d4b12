"""Preference weights on disk: solved once for all later processes of a user.

A file is named by the hash of all that determines the weights: what the caller names, every source
and data file of the program, the libraries and the processor. It is sealed by a hash of its
content: one that is cut, changed or another's is solved anew. The folder is that of the compiled
rules and can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields
from functools import cache
from importlib import metadata
from pathlib import Path

import numba
import numpy as np
import scipy
from numba.core.registry import cpu_target

from sim.model.engine.compiler.cache_folder import find_folder
from sim.model.engine.compiler.sealed_files import read_sealed, write_sealed
from sim.model.market.demand import Preferences
from sim.resources import PACKAGE, shipped

MOST_FILES = 4_096  # about a kilobyte each; beyond it the older half goes
_ENDING = ".weights"
_DETERMINING = (".py", ".csv", ".toml")
_loaded = time.time_ns()  # a file that is changed later is not the one that runs here


def kept_or_solved(about: tuple[object, ...], solve: Callable[[], Preferences]) -> Preferences:
    """The weights of an earlier process, or what `solve` gives, which is kept for the next.

    `about` names, in numbers and texts, what the weights depend on besides the program itself.
    """
    program, (folder, _) = _program(), find_folder()
    if program is None or folder is None:
        return _parsed(_text(solve()))
    name = hashlib.sha256(json.dumps([program, _machine(), about]).encode()).hexdigest()
    path = folder / f"{name[:40]}{_ENDING}"
    with suppress(ValueError, KeyError, TypeError):
        return _parsed(read_sealed(path) or b"")
    text = _text(solve())
    with suppress(OSError):  # a folder that is full: solved again next time
        write_sealed(path, text)
        _make_room(folder)
    return _parsed(text)


def _text(preferences: Preferences) -> bytes:
    """Decimal numbers that give the very same floats back."""
    return json.dumps({name: value.tolist() for name, value in vars(preferences).items()}).encode()


def _parsed(text: bytes) -> Preferences:
    values = json.loads(text)
    return Preferences(
        **{f.name: np.array(values[f.name], np.float64) for f in fields(Preferences)}
    )


def _make_room(folder: Path) -> None:
    found = [entry for entry in os.scandir(folder) if entry.name.endswith(_ENDING)]
    if len(found) > MOST_FILES:
        found.sort(key=lambda entry: (entry.stat().st_mtime_ns, entry.name))
        for entry in found[: -(MOST_FILES // 2)]:
            with suppress(FileNotFoundError):  # another process makes room as well
                os.unlink(entry)


@cache
def _program() -> str | None:
    """Hash of the whole program and its data; None if a file has changed since it was loaded.

    More than determines the weights, so that no list of files has to be kept.
    """
    content = hashlib.sha256()
    for name, path in _files():
        about = path.stat()
        if max(about.st_mtime_ns, about.st_ctime_ns) > _loaded:
            return None
        content.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    return content.hexdigest()


def _files() -> Iterator[tuple[str, Path]]:
    for root in (PACKAGE, shipped("calibration", "data"), shipped("scenarios")):
        for path in sorted(root.rglob("*")):
            if path.suffix in _DETERMINING:
                yield f"{root.name}/{path.relative_to(root).as_posix()}", path


@cache
def _machine() -> list[object]:
    """Libraries and processor: the last bits of a number may depend on them."""
    versions = [module.__version__ for module in (np, scipy, numba)]
    processor = cpu_target.target_context.codegen().magic_tuple()
    switched_off = os.environ.get("NPY_DISABLE_CPU_FEATURES", "")
    system = [platform.python_version(), *platform.libc_ver(), platform.system()]
    versions.append(metadata.version("llvmlite"))
    return [*versions, *system, platform.machine(), switched_off, repr(processor)]
