"""Generated modules on disk, so that a rule is compiled once for all later runs and processes.

A module is named by the hash of its text, of the compiler's version and of the compiled twins.
Numba keeps the machine code beside it. The folder can be deleted at any time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import numba
import numpy as np

from sim.compiling import twins

_HEADER = '''"""Generated: compiled from the rules of the model. Can be deleted at any time."""

from numba import float64, njit, prange
import numpy as np
from sim.compiling import twins as _twins

'''


def compiled_module(text: str) -> ModuleType:
    """The module with this text, loaded from the cache folder (written there if it is new)."""
    whole = _HEADER + text
    name = f"mekong_{_fingerprint(whole)}"
    if name in sys.modules:
        return sys.modules[name]
    path = cache_folder() / f"{name}.py"
    if not path.exists():
        _write(path, whole)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:  # pragma: no cover - importlib always knows .py
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def cache_folder() -> Path:
    """Where generated modules are kept: $MEKONG_CACHE, else the user's cache, else a temporary."""
    wanted = os.environ.get("MEKONG_CACHE")
    if wanted:
        choices = [Path(wanted)]
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        choices = [Path(base) / "mekong"]
    user = os.environ.get("USER") or str(os.getuid() if hasattr(os, "getuid") else "user")
    choices.append(Path(tempfile.gettempdir()) / f"mekong-{user}")
    for folder in choices:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return folder
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="mekong-"))


def _fingerprint(text: str) -> str:
    parts = [
        text,
        Path(twins.__file__).read_text(encoding="utf-8"),
        numba.__version__,
        np.__version__,
        platform.python_version(),
        platform.machine(),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def _write(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(temporary, path)
