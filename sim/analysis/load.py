"""A result folder read again, whatever command has made it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeAlias

from sim.accounts import ECOMMERCE
from sim.analysis.comparison.account_classes import account_class
from sim.analysis.comparison.result import Comparison
from sim.analysis.policy_mixes.attribution import Attribution
from sim.analysis.policy_mixes.frontier import Frontier
from sim.analysis.policy_mixes.robustness import Robustness
from sim.analysis.policy_mixes.single_levers import SingleLevers
from sim.analysis.policy_mixes.swap import Swap
from sim.analysis.shown import SavedTables
from sim.analysis.sweep import Sweep
from sim.experiments.execution.execute import REFUSE
from sim.experiments.storage.folder import MANIFEST, STUDY, read_manifest
from sim.experiments.storage.local_path import local_path

_MIXES: dict[str, type[Attribution | Frontier | Robustness | SingleLevers | Swap]] = {
    one.kind: one for one in (Attribution, Frontier, Robustness, SingleLevers, Swap)
}
_TABLES_ONLY = ("required", "optimum", "sequence")  # of studies: what else made them is not kept


Loaded: TypeAlias = (
    Comparison | Sweep | Attribution | Frontier | Robustness | SingleLevers | Swap | SavedTables
)


def load(folder: str | Path, *, account: str = ECOMMERCE, missing: str = REFUSE) -> Loaded:
    """Read a result folder: tables are pandas frames, and nothing is run.

    What `compare` and `run` made is a Comparison, of the `account` that is asked for; a study with
    a design a Sweep; mixes are what their commands return, and other kinds their tables. With
    `missing="drop"` runs that failed or were not done are left out. Raises InputError for a folder
    that is none, MekongError for missing runs.
    """
    where = local_path(folder)
    record = read_manifest(where, _kind(where))
    kind = str(record.get("kind", STUDY))
    if kind != STUDY:
        return SavedTables(where, record, kind)
    for name, mix in _MIXES.items():
        if name in record:
            return mix(where)
    for name in _TABLES_ONLY:
        if name in record:
            return SavedTables(where, record, name)
    if record["inputs"]:
        return Sweep(where, missing)
    return account_class(account)(where, missing=missing)


def _kind(folder: Path) -> str:
    """What a manifest says that it is; anything wrong with it is said by whoever reads it."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return str(found.get("kind", STUDY))
    except (OSError, ValueError, AttributeError, RecursionError):
        return STUDY
