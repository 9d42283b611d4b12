"""The folder of a study: made, reopened, or refused because it holds another one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.errors import InputError, OutputError, did_you_mean
from sim.experiments.store import Store
from sim.experiments.study import Study
from sim.experiments.writing import trouble, write_text

MANIFEST = "manifest.json"
DESIGN = "design.csv"
# What makes two studies one and the same, each with its name for a person.
IDENTITY = {
    "scenarios": "scenarios",
    "baseline": "baseline",
    "seeds": "seeds",
    "draws": "parameter draws",
    "scale": "scale",
    "design": "design",
    "shard": "shard",
    "data_hash": "country data",
    "sources_hash": "sources of the model",
    "rules_hash": "own rules",
    "parameters_hash": "parameters",
    "environment": "versions or platform",
}


def open_folder(folder: Path, study: Study, record: Mapping[str, Any]) -> Store:
    """Make or reopen the folder of a study. Raises OutputError for another study's folder."""
    path = folder / MANIFEST
    if folder.exists() and not folder.is_dir():
        raise OutputError("the output is a file, not a folder", where=str(folder))
    if path.exists():
        refuse_another(folder, read_manifest(folder), study.identity())
        return Store(folder)
    if folder.is_dir() and any(not p.name.startswith(".") for p in folder.iterdir()):
        raise OutputError(
            "the output folder holds something that is not a study",
            where=str(folder),
            todo="choose a new or empty folder with --out",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise trouble(error, folder) from error
    if study.design.inputs:
        write_text(folder / DESIGN, study.design.as_csv())
    write_manifest(folder, record)
    return Store(folder)


def differences(
    there: Mapping[str, Any], here: Mapping[str, Any], but: tuple[str, ...] = ()
) -> list[str]:
    """In what two studies differ, in words."""
    return [
        f"{label} ({_short(there.get(key))} there, {_short(here.get(key))} now)"
        for key, label in IDENTITY.items()
        if key not in but and there.get(key) != here.get(key)
    ]


def refuse_another(folder: Path, there: Mapping[str, Any], here: Mapping[str, Any]) -> None:
    """Refuse a folder with another study. Raises OutputError naming every difference."""
    differing = differences(there, here)
    if differing:
        raise OutputError(
            "the output folder holds another study: it differs in " + "; ".join(differing),
            where=str(folder),
            todo="choose another --out, or repeat the study as it was to resume it",
        )


def _short(value: Any) -> str:
    if isinstance(value, str) and len(value) == 64:
        return value[:8]
    if isinstance(value, dict):
        return ", ".join(f"{k} {_short(v)}" for k, v in value.items())
    if isinstance(value, list) and len(value) > 10:
        return f"{value[0]} to {value[-1]}, {len(value)} of them"
    return str(value) if value != "" else "none"


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a result folder. Raises InputError when there is none."""
    path = folder / MANIFEST
    if not folder.is_dir() or not path.is_file():
        siblings = [p.name for p in folder.parent.glob("*/") if p.is_dir()]
        raise InputError(
            "this is not a result folder: it has no manifest.json",
            where=str(folder),
            todo=did_you_mean(folder.name, siblings) or "name a folder that a command has made",
        )
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError("manifest.json cannot be read", where=str(path)) from error
    return content


def write_manifest(folder: Path, record: Mapping[str, Any]) -> None:
    """Write `manifest.json`."""
    text = json.dumps(record, indent=1, ensure_ascii=False, sort_keys=False)
    write_text(folder / MANIFEST, text + "\n")
