"""A folder that belongs to one question: its tables are never those of another one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import OutputError
from sim.experiments.provenance.environment import commit, environment
from sim.experiments.provenance.fingerprint import data_hash, sources_hash
from sim.experiments.storage.atomic_write import sweep_up
from sim.experiments.storage.folder import (
    MANIFEST,
    note,
    read_manifest,
    refuse_foreign,
    write_manifest,
)
from sim.experiments.storage.lock import FolderLock
from sim.experiments.study import FORMAT

IDENTITY = "identity"  # in a manifest: what the tables depend on
WORDS = ("notes", "left_out", "assumptions")  # said of a result; they may be said otherwise


def record_of(kind: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a question of this kind; `asked` is all that a person chose."""
    return {
        "format": FORMAT,
        "kind": kind,
        IDENTITY: {**asked, "data_hash": data_hash(), "sources_hash": sources_hash()},
        "environment": environment(),
        **commit(),
    }


def open_question(folder: Path, record: Mapping[str, Any]) -> None:
    """Make a folder, or reopen that of the same question. Raises OutputError for any other."""
    refuse_foreign(folder)
    with FolderLock(folder):
        sweep_up(folder)
        refuse_foreign(folder)
        if not (folder / MANIFEST).exists():
            write_manifest(folder, record)
            return
        there = read_manifest(folder, str(record["kind"]))[IDENTITY]
        refuse_other_question(folder, there, record[IDENTITY])


def claim(folder: Path, kind: str, asked: Mapping[str, Any]) -> None:
    """Keep in the manifest of a study what tables of a kind are made with.

    Whoever calls holds the folder's lock. Raises OutputError where they were made with something
    else: equal runs may answer several questions, and one folder has the tables of one.
    """
    there = read_manifest(folder).get(kind)
    if there is not None:
        refuse_other_question(folder, there, asked)
    note(folder, {kind: dict(asked)})


def refuse_other_question(folder: Path, there: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    """Raise OutputError that names in what two questions differ."""
    here = json.loads(json.dumps(asked))  # as a manifest has it
    differing = [key for key in here if key not in WORDS and there.get(key) != here[key]]
    if differing:
        raise OutputError(
            f"the output folder holds another question: it differs in {', '.join(differing)}",
            where=str(folder),
            todo="choose another --out, or repeat the question as it was to resume it",
        )
