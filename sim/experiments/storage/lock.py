"""One program at a time writes a result folder; the system lets go of the lock if it dies."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from sim.errors import OutputError
from sim.experiments.storage.system_errors import trouble

LOCK = ".lock"
_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}  # by another program

if sys.platform == "win32":
    import msvcrt

    def take(file: IO[Any]) -> None:
        """Lock an open file until it is closed. Raises OSError, also where locks are unknown."""
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def take(file: IO[Any]) -> None:
        """Lock an open file until it is closed. Raises OSError, also where locks are unknown."""
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def still_there(file: IO[Any], path: Path) -> bool:
    """Whether a path still names an open file, and not one that took its place."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


class FolderLock:
    """Holds `<folder>/.lock` while used as a context, and makes the folder.

    Raises OutputError if another program holds it, or where nothing can be written or locked.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / LOCK
        self._file: IO[str] | None = None

    def __enter__(self) -> FolderLock:
        while self._file is None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                file = self._path.open("a", encoding="utf-8")
            except OSError as error:
                raise trouble(error, self.folder) from error
            try:
                take(file)
            except OSError as error:
                file.close()
                raise self._refused(error) from error
            if still_there(file, self._path):
                self._file = file
            else:  # who held it before has just removed it
                file.close()
        return self

    def _refused(self, error: OSError) -> OutputError:
        if error.errno in _HELD:
            return OutputError(
                "another program is writing to this folder",
                where=str(self.folder),
                todo="wait for it to end, or choose another --out",
            )
        return OutputError(
            "the file system of this folder has no locks, so two programs could write it at once: "
            f"{error.strerror}",
            where=str(self.folder),
            todo="choose --out on a local disk, and copy the folder afterwards",
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            with suppress(OSError):  # removed while held, so that nobody else can hold it
                self._path.unlink()
            self._file.close()
            self._file = None
