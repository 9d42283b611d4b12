"""Generated modules, and their machine code on disk: compiled once for all later processes.

The text of a module is never read from disk. Its machine code is kept in a file named by the hash
of the text, of the versions, of the processor and of the argument types, and sealed by a hash of
its content: a file that is cut, changed or another's is compiled anew. The folder can be deleted
at any time.
"""

from __future__ import annotations

import hashlib
import linecache
import pickle
import platform
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from sim.model.engine.compiler import guarded, intrinsics
from sim.model.engine.compiler.cache_folder import cache_folder, warn
from sim.model.engine.compiler.sealed_files import read_sealed, write_sealed

_HEADER = '''"""Generated: compiled from the rules of the model."""

from numba import float64, njit
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


def _fingerprint(text: str) -> str:
    parts = [
        text,
        *(Path(str(one.__file__)).read_text("utf-8") for one in (guarded, intrinsics)),
        numba.__version__,
        np.__version__,
        platform.python_version(),
        platform.machine(),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
