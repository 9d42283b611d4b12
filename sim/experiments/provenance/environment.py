"""What the program ran on: versions, platform, C library, commit. No names of folders."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import cache
from importlib import metadata

from sim._version import __version__
from sim.resources import PACKAGE

PACKAGES = ("numpy", "numba", "mesa", "pandas", "pyarrow", "scipy")


@cache
def version(package: str) -> str:
    """Version of an installed package, or `missing`."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"


def _git(*arguments: str) -> str | None:
    checkout = PACKAGE.parent
    if not (checkout / ".git").exists():
        return None
    try:
        done = subprocess.run(
            ["git", "-C", str(checkout), *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


@cache
def commit() -> dict[str, object]:
    """The commit of a checkout and whether its files were changed since; empty elsewhere."""
    name = _git("rev-parse", "HEAD")
    if not name:
        return {}
    changed = _git("status", "--porcelain", "--", "sim", "scenarios", "calibration")
    return {"commit": name, "changed_since": bool(changed)}


@cache
def _libc() -> str:
    return " ".join(part for part in platform.libc_ver() if part)


def environment() -> dict[str, str]:
    """All that bit equality is promised for: a result folder never mixes two of these."""
    return {
        "sim": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "system": platform.system(),
        "architecture": platform.machine(),
        "libc": _libc() or "unknown",
    }


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def machine() -> str:
    """The machine in a few words, for `log/`."""
    return f"{platform.system()} {platform.release()} {platform.machine()}"
