"""Arrays of a long computation on disk: what is finished is found again, whatever happened since.

A stage is a file of arrays with the hash of all that determines it: what was asked, the country
data, the sources of the model and the sources named by whoever computes it. A stage whose hash
differs is made anew; a file that cannot be read is too. A run in it that failed is not finished.
Runs of the agents that people read as tables are kept in `store`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.experiments.provenance.fingerprint import data_hash, digest, method_hash, sources_hash
from sim.experiments.storage.atomic_write import sweep_up, write_bytes
from sim.experiments.storage.local_path import output_folder

Arrays = dict[str, NDArray[np.float64]]
_HASH = "hash"


class Checkpoints:
    """The stages of one computation in a folder; without a folder nothing is kept.

    `key` is what was asked, `made_by` names the files and folders of the package, beside those of
    the model, whose code determines the arrays.
    """

    def __init__(
        self, folder: Path | None, key: Mapping[str, object], made_by: tuple[str, ...]
    ) -> None:
        self.folder = None if folder is None else output_folder(folder)
        hashes = [data_hash(), sources_hash(), method_hash(made_by)]
        self.key = [dict(key), *hashes]
        if self.folder is not None:
            sweep_up(self.folder)
        self.made = 0
        self.found = 0

    def stage(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """The arrays of a stage: read if they are there, else made and kept."""
        kept = self._read(name)
        if kept is not None:
            self.found += 1
            return kept
        return self._keep(name, make())

    def runs(self, name: str, count: int, make: Callable[[Sequence[int]], Arrays]) -> Arrays:
        """Arrays with a row for each of `count` runs; `make` does those at the places it is given.

        A run that failed has a row that is not finite. It is done again whenever it is asked for.
        """
        kept = self._read(name)
        todo = list(range(count)) if kept is None else _unfinished(kept)
        if kept is None:
            return self._keep(name, make(todo))
        self.found += 1
        if not todo:
            return kept
        for label, rows in make(todo).items():
            kept[label][todo] = rows
        return self._keep(name, kept)

    def _path(self, name: str) -> tuple[Path | None, str]:
        path = None if self.folder is None else self.folder / f"{name}.npz"
        return path, digest([self.key, name])

    def _read(self, name: str) -> Arrays | None:
        path, wanted = self._path(name)
        if path is None:
            return None
        try:
            content = io.BytesIO(path.read_bytes())  # numpy leaves a torn file open
            with np.load(content, allow_pickle=False) as file:
                if str(file[_HASH]) != wanted:
                    return None
                return {name: file[name] for name in file.files if name != _HASH}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def _keep(self, name: str, arrays: Arrays) -> Arrays:
        path, wanted = self._path(name)
        if path is not None:
            content = io.BytesIO()
            np.savez(content, allow_pickle=False, **{_HASH: np.array(wanted)}, **arrays)
            write_bytes(path, content.getvalue())
        self.made += 1
        return arrays


def _unfinished(arrays: Arrays) -> list[int]:
    """Places of the runs that have anything that is not finite."""
    finite = [np.isfinite(array.reshape(len(array), -1)).all(axis=1) for array in arrays.values()]
    return [int(place) for place in np.flatnonzero(~np.logical_and.reduce(finite))]
