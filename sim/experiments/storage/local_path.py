"""Paths that are given: local ones, a leading ~ expanded, refused before anything runs.

Nothing else is expanded: `$NAME`, `*` and `s3://` stand for themselves, so `run:1` and `s3:/b` are
names of local files and folders like all others.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

from sim.errors import InputError, OutputError

ROOM = 64  # bytes that the names of temporary files beside a file need
DEEPEST = 200  # bytes that a result folder needs below it
LONGEST = 4096
LONGEST_NAME = 255  # bytes of a name in a path
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # turn the direction of text
_TODO = "choose another path"
_WRITING = "choose another folder that you may write to (`--out`)"


def local_path(text: str | Path) -> Path:
    """A path that is read. Raises InputError where it cannot be one of this machine."""
    path = _expanded(text)
    _about(path)
    return path


def output_folder(text: str | Path) -> Path:
    """A folder that results are written to, there or not. Raises InputError or OutputError."""
    path = _expanded(text)
    found = _about(path)
    if found is not None and not stat.S_ISDIR(found.st_mode):
        raise OutputError("the output is a file, not a folder", where=str(path), todo=_TODO)
    if len(os.fsencode(path.absolute())) > LONGEST - DEEPEST:
        raise InputError("the path is too long for what is written there", todo=_TODO)
    _try_to_write(path)
    return path


def output_file(text: str | Path) -> Path:
    """A file that is written, there or not. Raises InputError or OutputError."""
    path = _expanded(text)
    found = _about(path)
    if found is not None and stat.S_ISDIR(found.st_mode):
        raise OutputError("the output is a folder, not a file", where=str(path), todo=_TODO)
    if found is not None and not stat.S_ISREG(found.st_mode):
        raise OutputError(
            "the output is a device or a pipe, not a file", where=str(path), todo=_TODO
        )
    if str(text).endswith(("/", os.sep)):
        raise InputError("the name of a file is missing", where=str(text), todo=_TODO)
    if len(os.fsencode(path.name)) > 255 - ROOM:
        raise InputError(f"the name of the file is longer than {255 - ROOM} bytes", todo=_TODO)
    _try_to_write(path.parent)
    return path.resolve() if path.is_symlink() else path


def name_or_path(text: str) -> str:
    """A shipped name, or the path of a file with its leading ~ expanded. Raises InputError."""
    if not text.strip():
        raise InputError("the name is empty", allowed="a shipped name or the path of a file")
    return str(_expanded(text)) if text.startswith("~") else str(_readable(text))


def _readable(text: str | Path) -> str:
    """The text, if it can be shown and be a path."""
    text = os.fspath(text)
    if not text:
        raise InputError("the path is empty", allowed="the path of a file or folder")
    if text == "-":
        raise InputError("'-' is not a path here", todo="write ./- for a file of that name")
    if any(ord(sign) < 32 or ord(sign) == 127 or sign in _TURNS for sign in text):
        raise InputError(
            f"the path {text[:80]!r} has a control character", allowed="signs that can be shown"
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"the path {text[:80]!r} is not valid UTF-8", allowed="signs that can be shown"
        ) from error
    return text


def _expanded(text: str | Path) -> Path:
    text = _readable(text)
    path = Path(os.path.expanduser(text))
    if text.startswith("~") and str(path).startswith("~"):
        raise InputError(
            f"there is no user whose home is '{path.parts[0]}'",
            where=text,
            todo=f"write ./{text} for a path that begins with ~",
        )
    if not path.is_absolute():
        try:
            os.stat(os.curdir)
            os.getcwd()
        except OSError as error:
            raise OutputError(
                "the working folder is gone or cannot be read", todo="change to another folder"
            ) from error
        if str(path).startswith("~"):  # was ./~name, which must not be expanded later on
            path = path.absolute()
    return path


def _about(path: Path) -> os.stat_result | None:
    """What is there, or None. Raises InputError where nothing can be."""
    if any(len(os.fsencode(part)) > LONGEST_NAME for part in path.parts):
        raise _too_long(path)  # below a folder that is not there yet, too
    try:
        return path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise InputError("the path is a link to nothing", where=str(path), todo=_TODO) from None
        return None
    except OSError as error:
        raise _refused(error, path) from error


def _too_long(path: Path) -> InputError:
    return InputError(
        "a name in the path is too long",
        where=f"{str(path)[:80]}...",
        allowed=f"at most {LONGEST_NAME} bytes for each name",
    )


def _refused(error: OSError, path: Path) -> InputError:
    shown = str(path)
    if error.errno == errno.ENAMETOOLONG:
        return _too_long(path)
    if error.errno == errno.ENOTDIR:
        blocking = next((p for p in path.parents if p.is_file()), path.parent)
        return InputError(f"'{blocking}' is not a folder", where=shown, todo=_TODO)
    if error.errno == errno.ELOOP:
        return InputError("the path is a link to itself", where=shown, todo=_TODO)
    return InputError(f"the path cannot be used: {error.strerror}", where=shown, todo=_TODO)


def _try_to_write(folder: Path) -> None:
    """Write a nameless file where the folder is, or where it would be made. Raises OutputError."""
    there = folder
    while not there.exists():
        if there.is_symlink():
            raise InputError("the path is a link to nothing", where=str(there), todo=_TODO)
        there = there.parent
    if not there.is_dir():
        raise InputError(f"'{there}' is not a folder", where=str(folder), todo=_TODO)
    try:
        with tempfile.TemporaryFile(dir=there, prefix=".", suffix=".tmp") as file:
            file.write(b"0" * 4096)
            file.flush()
    except OSError as error:
        raise OutputError(
            f"nothing can be written there: {error.strerror or error}",
            where=str(there),
            todo="free some space" if error.errno in (errno.ENOSPC, errno.EDQUOT) else _WRITING,
        ) from error
