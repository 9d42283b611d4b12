"""Writing files whole or not at all, and saying why when the system refuses."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sim.errors import OutputError


def trouble(error: OSError, path: Path) -> OutputError:
    """An error of the system while writing, in words."""
    reason = error.strerror or str(error)
    return OutputError(
        f"the results cannot be written: {reason}",
        where=str(path),
        todo="free some space or choose another folder with --out; finished runs are kept",
    )


def give_up(temporary: Path) -> None:
    """Remove a file that was not finished, where the system lets us."""
    with suppress(OSError):
        temporary.unlink(missing_ok=True)


def sweep_up(folder: Path) -> None:
    """Remove what a program that was killed left half written; only for who holds the lock."""
    for path in folder.glob("**/.*.tmp"):
        path.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all (a temporary name first, then one rename)."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        give_up(temporary)
        raise trouble(error, path) from error


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for text, in UTF-8 with plain line ends."""
    write_bytes(path, text.encode("utf-8"))
