"""One program at a time writes a result folder; the system lets go of the lock if it dies."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from sim.errors import OutputError

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """Holds `<folder>/.lock` while used as a context; OutputError if another program holds it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: IO[str] | None = None

    def __enter__(self) -> FolderLock:
        path = self.folder / ".lock"
        try:
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise OutputError(
                f"the output folder cannot be written: {error.strerror}",
                where=str(self.folder),
                todo="choose another folder with --out, or copy this one elsewhere",
            ) from error
        try:
            _take(self._file)
        except OSError as error:
            self._file.close()
            raise OutputError(
                "another program is writing to this folder",
                where=str(self.folder),
                todo="wait for it to end, or choose another --out",
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
