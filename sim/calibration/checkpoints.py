"""Stages of a long computation on disk: what is finished is found again, whatever happened since.

A stage is a file of arrays with the hash of all that determines it. A stage whose hash differs is
made anew; a file that cannot be read is too.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.experiments.provenance.fingerprint import digest
from sim.experiments.storage.atomic_write import sweep_up, write_bytes
from sim.experiments.storage.local_path import output_folder

Arrays = dict[str, NDArray[np.float64]]
_HASH = "hash"


class Checkpoints:
    """The stages of one computation in a folder; `key` is all that determines them together."""

    def __init__(self, folder: Path, key: Mapping[str, object]) -> None:
        self.folder = folder = output_folder(folder)
        self.key = dict(key)
        sweep_up(folder)
        self.made = 0
        self.found = 0

    def stage(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """The arrays of a stage: read if they are there, else made and kept."""
        wanted = digest([self.key, name])
        path = self.folder / f"{name}.npz"
        kept = _read(path, wanted)
        if kept is not None:
            self.found += 1
            return kept
        arrays = make()
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, **{_HASH: np.array(wanted)}, **arrays)
        write_bytes(path, content.getvalue())
        self.made += 1
        return arrays

    def has(self, name: str) -> bool:
        """Whether a stage is finished."""
        return _read(self.folder / f"{name}.npz", digest([self.key, name])) is not None


def _read(path: Path, wanted: str) -> Arrays | None:
    try:
        content = io.BytesIO(path.read_bytes())  # numpy leaves a torn file open
        with np.load(content, allow_pickle=False) as file:
            if str(file[_HASH]) != wanted:
                return None
            return {name: file[name] for name in file.files if name != _HASH}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
