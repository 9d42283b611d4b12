"""What the system, memory or a library refused, in words: one cause each, and what to do."""

from __future__ import annotations

import errno
from pathlib import Path

import pyarrow as pa

from sim.errors import MekongError, OutputError

_KEPT = "finished runs are kept"
_ELSEWHERE = "choose another folder with --out"
# What to do about an error of the system; the reason itself is the system's own text.
_TODO = {
    errno.ENOSPC: "free some space or choose another folder with --out",
    errno.EDQUOT: "your quota is used up: delete files, or choose another folder with --out",
    errno.EROFS: f"the folder is read-only: {_ELSEWHERE}",
    errno.EACCES: f"you have no permission there: {_ELSEWHERE}",
    errno.EPERM: f"you have no permission there: {_ELSEWHERE}",
    errno.EMFILE: "raise the limit of open files (ulimit -n), or use fewer --workers",
    errno.ENFILE: "the whole machine has too many files open: close other programs",
    errno.ENAMETOOLONG: "choose a folder with a shorter name with --out",
    errno.EIO: "the disk reports an error: check it, and continue on another one",
    errno.ESTALE: "the network folder was lost: connect it again, then repeat the command",
    errno.ENOMEM: "close other programs, or use a larger --scale or fewer --workers",
    errno.EFBIG: "the file system allows no larger file: choose another disk",
    errno.EISDIR: "a folder has the name of the file: move it away",
    errno.ENOTDIR: f"there is a file where a folder should be: {_ELSEWHERE}",
}


def _reason(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split())[:300]


def trouble(error: OSError, path: Path, what: str = "the results") -> OutputError:
    """An error of the system while writing, in words."""
    todo = _TODO.get(error.errno or 0, f"repair the cause or {_ELSEWHERE}")
    return OutputError(
        f"{what} cannot be written: {_reason(error)}", where=str(path), todo=f"{todo}; {_KEPT}"
    )


def reading_trouble(
    error: Exception, where: str, what: str = "a part of the results"
) -> MekongError:
    """An error while reading a file whose content is as it was written."""
    if isinstance(error, MemoryError):
        return MekongError(
            f"there is too little memory to read {what}",
            where=where,
            todo="close other programs, or export less (--indicators, --groups)",
        )
    if isinstance(error, pa.ArrowNotImplementedError | ImportError):
        return MekongError(
            f"the installed pyarrow cannot read {what}: {_reason(error)}",
            where=where,
            todo="install pyarrow from PyPI or conda-forge: it needs Parquet with Zstandard",
        )
    if isinstance(error, OSError) and not isinstance(error, pa.ArrowException):
        todo = _TODO.get(error.errno or 0, "repair the cause, then repeat the command")
        todo = todo.replace(_ELSEWHERE, "ask its owner for permission to read it")
        return OutputError(f"{what} cannot be read: {_reason(error)}", where=where, todo=todo)
    return OutputError(
        f"{what} cannot be read: {type(error).__name__}: {_reason(error)}",
        where=where,
        todo="its content is as it was written, so look for the cause in the installed pyarrow",
    )


def refuse_missing_codec() -> None:
    """Say before any run that results could not be written. Raises MekongError."""
    if not pa.Codec.is_available("zstd"):
        raise MekongError(
            "the installed pyarrow cannot write results: it was built without Zstandard",
            todo="install pyarrow from PyPI or conda-forge",
        )
