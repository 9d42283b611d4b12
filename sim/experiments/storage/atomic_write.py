"""Writing files whole or not at all.

A file is written under a temporary name and renamed. The temporary file is locked as long as its
writer lives, so that whoever finds one that can be locked knows that its writer was killed.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sim.experiments.storage.lock import still_there, take
from sim.experiments.storage.system_errors import trouble

_TEMPORARY = re.compile(r"\.(?P<name>.+)\.\d+\.tmp")


def give_up(temporary: Path) -> None:
    """Remove a file that was not finished, where the system lets us."""
    with suppress(OSError):
        temporary.unlink(missing_ok=True)


def sweep_up(folder: Path, names: set[str] | None = None) -> None:
    """Remove what a program that was killed left half written, in a folder and all below it.

    With `names` only what was to become one of these files, and nothing below the folder.
    """
    found = folder.rglob(".*.tmp") if names is None else folder.glob(".*.tmp")
    for path in list(found):
        match = _TEMPORARY.fullmatch(path.name)
        if match and (names is None or match["name"] in names):
            _remove_dead(path)


def _remove_dead(path: Path) -> None:
    with suppress(OSError), path.open("r+b") as file:
        take(file)
        if sys.platform == "win32":
            file.close()
        path.unlink()


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """An open file that takes its name when the block ends, and vanishes if the block fails.

    Raises OutputError for trouble with the disk.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _opened(temporary) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if sys.platform == "win32":
                file.close()  # an open file cannot be renamed there
            os.replace(temporary, path)
    except OSError as error:
        give_up(temporary)
        raise trouble(error, path) from error
    except BaseException:
        give_up(temporary)
        raise


def _opened(temporary: Path) -> IO[bytes]:
    while True:
        file = temporary.open("wb")
        with suppress(OSError):  # without locks nobody sweeps up either
            take(file)
        if sys.platform == "win32" or still_there(file, temporary):
            return file
        file.close()  # swept up between opening and locking


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises OutputError for trouble with the disk."""
    with writing(path) as file:
        file.write(content)


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for text, in UTF-8 with plain line ends."""
    write_bytes(path, text.encode("utf-8"))
