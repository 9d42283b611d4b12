"""The process of the command line from its first line to its exit status.

It depends on little of what it finds: not on files in the working folder, on a notebook's settings
of libraries, on filters of warnings, or on where its output goes. What is imported here at the top
must be light, and found before the working folder is taken off the search path.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from types import FrameType
from typing import TextIO

from sim.cli.console.streams import complaint, prepare
from sim.errors import INTERRUPTED, KEPT
from sim.experiments.execution.safe_path import safe_environment, without_working_folder

UNWRITTEN = 3
_GRACE = 1.5  # seconds for the clean end of an interrupted command
_NUMBERS = (
    *("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TERMINAL_WIDTH", "COLUMNS", "LINES"),
)
_FEWEST_COLUMNS = 20
_MOST = 4096


class Terminated(BaseException):
    """The system asked the command to end; not an Exception, so that no run counts as failed."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number


def conduct() -> None:
    """Run the command line and leave with its exit status."""
    out = prepare()
    status = 1
    try:
        _settle()
        status = _status()
    except Terminated as end:
        _say(f"ended from outside: {KEPT}")
        status = end.status
    except KeyboardInterrupt:
        _say(f"interrupted: {KEPT}")
        status = INTERRUPTED
    finally:
        said = complaint(out)
        if said is not None:
            _say(said)
            status = status or UNWRITTEN
        if status >= 128:
            _leave_soon(status)
    sys.exit(status)


def _status() -> int:
    """The exit status of the command, which has said by itself what was wrong."""
    try:
        from sim.cli.application import app
    except Exception as error:
        from sim.cli.console.troubles import unimportable

        _say(unimportable(error))
        return 1
    try:
        app(prog_name="mekong")
    except SystemExit as end:
        if end.code is None:
            return 0
        if isinstance(end.code, int):
            return end.code
        _say(str(end.code))
        return 1
    return 0


def _settle() -> None:
    sys.path[:] = without_working_folder(sys.path)
    os.environ.update(safe_environment(os.environ))
    os.environ["MPLBACKEND"] = "Agg"  # figures are files; a notebook's setting is not ours
    os.environ["PYTHONWARNINGS"] = "ignore::UserWarning"  # of helpers that end with this process
    sys.warnoptions.clear()  # they are handed on to workers
    warnings.resetwarnings()
    warnings.simplefilter("ignore")
    warnings.simplefilter("default", UserWarning)
    warnings.simplefilter("default", RuntimeWarning)
    for private in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
        warnings.simplefilter("ignore", private)  # some of them are UserWarnings, too
    # A pool replaces a worker that has grown: nothing is lost, and nobody need do anything.
    warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
    warnings.showwarning = _warn
    for name in _NUMBERS:
        _refuse_number(name)
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        del os.environ["NUMBA_DISABLE_JIT"]
        _say("warning: NUMBA_DISABLE_JIT is ignored: the model is compiled")
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _terminate)


def _refuse_number(name: str) -> None:
    """Take away a setting that libraries would stumble over."""
    text = os.environ.get(name)
    if text is None:
        return
    wide = name in ("TERMINAL_WIDTH", "COLUMNS")
    first = text.split(",")[0].strip()  # OMP_NUM_THREADS may be a list, one for each level
    if first.isascii() and first.isdigit() and 1 <= int(first) <= _MOST:
        if wide and int(first) < _FEWEST_COLUMNS:
            os.environ[name] = str(_FEWEST_COLUMNS)
        return
    del os.environ[name]
    if not wide and name != "LINES":
        _say(f"warning: {name} is ignored: '{text[:40]}' is not a number from 1 to {_MOST}")


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated(number)


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """A warning of a library as one line, without the traceback that some of them hold."""
    text = str(message).partition("Traceback (most recent call last)")[0]
    _say(f"warning: {' '.join(text.split())}")


def _leave_soon(status: int) -> None:
    """Leave even if something waits for threads that do not end, and say nothing of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    last = threading.Timer(_GRACE, os._exit, (status,))
    last.daemon = True
    last.start()


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
