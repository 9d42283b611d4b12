"""Generated modules, and their machine code on disk: compiled once for all later processes.

The text of a module is never read from disk. Its machine code is kept in a file named by the hash
of the text, of the versions, of the processor and of the argument types, and sealed by a hash of
its content: a file that is cut, changed or another's is compiled anew. The folder can be deleted
at any time.
"""

from __future__ import annotations

import hashlib
import linecache
import os
import pickle
import platform
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from sim.model.engine.compiler import intrinsics
from sim.model.engine.compiler.cache_folder import cache_folder, warn

_HEADER = '''"""Generated: compiled from the rules of the model."""

from numba import float64, njit, prange
import numpy as np
from sim.model.engine.compiler import intrinsics as _intrinsics

'''
# Settings of the compiler that change what it makes.
_SETTINGS = ("OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "BOUNDSCHECK", "DEBUGINFO_DEFAULT")
_ENDING = ".code"


def compiled_module(text: str) -> ModuleType:
    """The module with this text; the machine code of its function `run` is kept on disk."""
    whole = _HEADER + text
    name = f"mekong_{_fingerprint(whole)}"
    if name in sys.modules:
        return sys.modules[name]
    file = f"<{name}>"
    linecache.cache[file] = (len(whole), None, whole.splitlines(keepends=True), file)
    module = ModuleType(name)
    sys.modules[name] = module  # kept code refers to it by this name
    try:
        exec(compile(whole, file, "exec"), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    module.run._cache = _Kept(name)
    return module


class _Kept(NullCache):  # type: ignore[misc]
    """Numba's own cache without its index of pickles: one sealed file for each list of types."""

    def __init__(self, module: str) -> None:
        self._module = module

    def load_overload(self, sig: object, target_context: Any) -> object | None:
        """The compiled function for these types, or None if it must be compiled."""
        folder = cache_folder()
        if folder is None:
            return None
        target_context.refresh()
        name = self._name(sig, target_context.codegen())
        content = read_sealed(folder / name)
        if content is None:
            return None
        try:
            return CompileResult._rebuild(target_context, *pickle.loads(content))
        except Exception:  # written by a library that looks the same and is not
            return None

    def save_overload(self, sig: object, data: Any) -> None:
        """Keep a compiled function, where that is possible."""
        folder = cache_folder()
        if folder is None or data.library.has_dynamic_globals or data.lifted:
            return
        try:
            write_sealed(folder / self._name(sig, data.codegen), dumps(data._reduce()))
        except OSError as error:
            warn(f"'{folder}' cannot be written: {error.strerror or error}")

    def _name(self, sig: object, codegen: Any) -> str:
        settings = [getattr(numba.config, name, None) for name in _SETTINGS]
        key = repr((sig, codegen.magic_tuple(), settings))
        return f"{self._module}-{hashlib.sha256(key.encode()).hexdigest()[:24]}{_ENDING}"


def read_sealed(path: Path) -> bytes | None:
    """The content of a file of `write_sealed`; None if it is missing, broken or renamed."""
    try:
        whole = path.read_bytes()
    except OSError:
        return None
    seal, content = whole[:32], whole[32:]
    return content if seal == _seal(path.name, content) else None


def write_sealed(path: Path, content: bytes) -> None:
    """Write content with a hash of it and of the file's name, whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(_seal(path.name, content) + content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _seal(name: str, content: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + content).digest()


def _fingerprint(text: str) -> str:
    parts = [
        text,
        Path(intrinsics.__file__).read_text(encoding="utf-8"),
        numba.__version__,
        np.__version__,
        platform.python_version(),
        platform.machine(),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
