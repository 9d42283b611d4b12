"""Standard streams that end no command: what cannot be written is remembered and said at the end.

A reader that has seen enough (`| head`) is no fault; a full disk or a closed output is one, but
what the command writes to its folder is finished first.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import time
from typing import TextIO

_CLOSED = OSError(errno.EBADF, "it is closed")


class Output(io.RawIOBase):
    """A file descriptor that takes everything; `error` is what the system said about it."""

    def __init__(self, number: int, closed: bool) -> None:
        self._number, self._closed = number, closed
        self.error: OSError | None = None

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """The file descriptor."""
        return self._number

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self._number)

    def write(self, content) -> int:  # type: ignore[no-untyped-def,override]
        """Write what the system takes; the rest is dropped once it has refused."""
        view = memoryview(content).cast("B")
        if self._closed:
            self.error = self.error or _CLOSED
        done = 0
        while done < len(view) and self.error is None:
            try:
                done += os.write(self._number, view[done:])
            except BlockingIOError:
                time.sleep(0.01)
            except OSError as error:
                self.error = error
        return len(view)


def prepare() -> Output | None:
    """Put streams that cannot fail in place of the standard ones; the standard output's."""
    if os.name != "posix":
        return None
    closed = []
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
            closed.append(number)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    out, err = Output(1, 1 in closed), Output(2, 2 in closed)
    sys.stdout = _text(out, sys.stdout, line_buffering=out.isatty())
    sys.stderr = _text(err, sys.stderr, line_buffering=True)
    return out


def complaint(out: Output | None) -> str | None:
    """What is said of an output that did not take everything; None if it did."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        return None
    if out is None or out.error is None or out.error.errno == errno.EPIPE:
        return None
    return (
        f"error: the standard output cannot be written: {out.error.strerror}\n"
        "  do: send it elsewhere; what the command wrote to files is complete"
    )


def _text(raw: Output, old: TextIO | None, line_buffering: bool) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=getattr(old, "encoding", None) or "utf-8",
        errors="backslashreplace",
        line_buffering=line_buffering,
    )
