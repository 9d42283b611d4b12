"""Files of the cache folder: sealed by a hash, so that one that is cut or changed is not used."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path


def read_sealed(path: Path) -> bytes | None:
    """The content of a file of `write_sealed`; None if it is missing, broken or renamed."""
    try:
        whole = path.read_bytes()
    except OSError:
        return None
    seal, content = whole[:32], whole[32:]
    return content if seal == _seal(path.name, content) else None


def write_sealed(path: Path, content: bytes) -> None:
    """Write content with a hash of it and of the file's name, whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(_seal(path.name, content) + content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _seal(name: str, content: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\0" + content).digest()
