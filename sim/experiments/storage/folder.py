"""A result folder: made, reopened, or refused because it belongs to something else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.errors import InputError, OutputError, did_you_mean
from sim.experiments.provenance.environment import commit, environment
from sim.experiments.provenance.fingerprint import data_hash, digest, sources_hash
from sim.experiments.storage.atomic_write import sweep_up, write_text
from sim.experiments.storage.lock import FolderLock
from sim.experiments.storage.system_errors import reading_trouble, trouble
from sim.experiments.study import FORMAT, IDENTITY

MANIFEST = "manifest.json"
DESIGN = "design.csv"
STUDY = "study"  # the kind of folder that has runs of one study
COMPLETE = "complete"  # in a manifest: every run of the study was there once
INSIDE = "inside"  # in a manifest: folders below whose studies belong to it, with their runs
HOLDER = "holds_no_runs"  # in a manifest: all runs are in the folders inside
INSIDE_COMPLETE = "inside_complete"  # in a manifest: all of these were there once
OPEN_ENDED = "open_ended"  # in a manifest: more runs than those of the study, found while running
QUESTION = "identity"  # in a manifest of another kind: what its tables depend on
SAID = ("notes", "left_out", "assumptions")  # of a question: words of its result
_WORDS = ("title", "resolved_scenarios")  # of a study: these may change without changing a number
_SEAL = "sha256"
_ANEW = "put back the original, or delete it and repeat the command that made the folder"


@contextmanager
def opened(folder: Path, record: Mapping[str, Any], design: str = "") -> Iterator[None]:
    """The folder of what a manifest describes: made or reopened, swept, held while the block lasts.

    The lock comes before anything is written or believed, and the manifest before anything else:
    without it there is nothing that a later call could not begin anew. `design` is the content of
    `design.csv`. Raises OutputError for a folder of anything else.
    """
    _refuse_foreign(folder, design)
    with FolderLock(folder):
        sweep_up(folder)
        _refuse_foreign(folder, design)
        if (folder / MANIFEST).exists():
            _reopen(folder, record)
        else:
            write_manifest(folder, record)
        if design and not (folder / DESIGN).exists():
            write_text(folder / DESIGN, design)
        yield


def _reopen(folder: Path, record: Mapping[str, Any]) -> None:
    """Refuse another owner; the words of the same study may have changed."""
    kind = record.get("kind", STUDY)
    there = read_manifest(folder, kind)
    if kind != STUDY:
        _refuse_another_question(folder, there[QUESTION], record[QUESTION])
        return
    _refuse(folder, "study", differences(there, record))
    if bool(there.get(OPEN_ENDED)) != bool(record.get(OPEN_ENDED)):
        raise OutputError(
            "the output folder was made by another command: only one of the two looks for "
            "values while it runs",
            where=str(folder),
            todo="choose another --out",
        )
    note(folder, {name: record[name] for name in _WORDS})


def _refuse_foreign(folder: Path, design: str = "") -> None:
    """Refuse a folder that holds anything but a study. Raises OutputError.

    `design` is the content of a file that an earlier program may have left without its manifest.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError("the output is a file, not a folder", where=str(folder))
    try:
        if (folder / MANIFEST).exists() or not folder.is_dir():
            return
        found = [path for path in folder.iterdir() if not path.name.startswith(".")]
        if [path.name for path in found] == [DESIGN] and design:
            found = [] if found[0].read_text(encoding="utf-8") == design else found
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, OSError):
            raise trouble(error, folder) from error
    if found:
        raise OutputError(
            "the output folder holds something that is not a study",
            where=str(folder),
            todo="choose a new or empty folder with --out",
        )


def strangers(folder: Path, record: Mapping[str, Any]) -> list[str]:
    """What lies next to the folders that belong to a study, and is none of them."""
    known = {Path(name) for name in record.get(INSIDE, ())}
    places = sorted({name.parent for name in known} - {Path()})
    found = [path.relative_to(folder) for place in places for path in (folder / place).glob("*")]
    return sorted(
        path.as_posix() for path in found if path not in known and not path.name.startswith(".")
    )


def differences(
    there: Mapping[str, Any],
    here: Mapping[str, Any],
    but: tuple[str, ...] = (),
    labels: Mapping[str, str] = IDENTITY,
) -> list[str]:
    """In what two studies differ, in words; with other `labels`, in what two questions do."""
    return [
        f"{label} ({_short(there.get(key))} there, {_short(here.get(key))} now)"
        for key, label in labels.items()
        if key not in but and there.get(key) != here.get(key)
    ]


def question_record(kind: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a folder for one question; `asked` is all that a person chose."""
    return {
        "format": FORMAT,
        "kind": kind,
        QUESTION: {**asked, "data_hash": data_hash(), "sources_hash": sources_hash()},
        "environment": environment(),
        **commit(),
    }


def claim(folder: Path, kind: str, asked: Mapping[str, Any]) -> None:
    """Keep in the manifest of a study what tables of a kind are made with.

    Whoever calls holds the folder's lock. Raises OutputError where they were made with something
    else: equal runs may answer several questions, and one folder has the tables of one.
    """
    there = read_manifest(folder).get(kind)
    if there is not None:
        _refuse_another_question(folder, there, asked)
    note(folder, {kind: dict(asked)})


def _refuse_another_question(
    folder: Path, there: Mapping[str, Any], asked: Mapping[str, Any]
) -> None:
    """Refuse what was asked where a folder answers another question. Raises OutputError."""
    here = json.loads(json.dumps(asked))  # as a manifest has it
    labels = {key: key for key in here if key not in SAID}
    _refuse(folder, "question", differences(there, here, labels=labels))


def _refuse(folder: Path, what: str, differing: list[str]) -> None:
    if differing:
        raise OutputError(
            f"the output folder holds another {what}: it differs in {'; '.join(differing)}",
            where=str(folder),
            todo=f"choose another --out, or repeat the {what} as it was to resume it",
        )


def _short(value: Any) -> str:
    if isinstance(value, str) and len(value) == 64:
        return value[:8]
    if isinstance(value, dict):
        words = [f"{k} {_short(v)}" for k, v in value.items()]
        more = f", ... ({len(words)} of them)" if len(words) > 10 else ""
        return ", ".join(words[:10]) + more
    if isinstance(value, list) and len(value) > 10:
        return f"{value[0]} to {value[-1]}, {len(value)} of them"
    return str(value) if value != "" else "none"


def read_manifest(folder: Path, kind: str = STUDY) -> dict[str, Any]:
    """The manifest of a result folder, as it was written, for a folder of this kind.

    Raises InputError where there is none, or where it or the design is not what was written.
    """
    path = folder / MANIFEST
    if not folder.is_dir() or not path.is_file():
        siblings = [found.parent.name for found in folder.parent.glob(f"*/{MANIFEST}")]
        raise InputError(
            "this is not a result folder: it has no manifest.json",
            where=str(folder),
            todo=did_you_mean(folder.name, siblings) or "name a folder that a command has made",
        )
    record = _read_json(path)
    _refuse_format(record, kind, path)
    if not _as_written(record):
        raise InputError(
            "manifest.json was changed after it was written: its content does not fit its hash",
            where=str(path),
            todo="put back the original; a study is changed in its own file, not here",
        )
    del record[_SEAL]
    if kind == STUDY and record["inputs"]:
        _refuse_edited_design(folder / DESIGN, record)
    return record


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise reading_trouble(error, str(path), "manifest.json") from error
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError(
            f"manifest.json cannot be read: {reason}",
            where=str(path),
            todo="put back the original; without it the study is unknown",
        ) from error
    if not isinstance(content, dict):
        raise InputError(
            "manifest.json is not the manifest of a result: it holds no table", where=str(path)
        )
    return content


def _refuse_format(record: Mapping[str, Any], kind: str, path: Path) -> None:
    there, found = record.get("format"), record.get("kind", STUDY)
    if not isinstance(there, int) or isinstance(there, bool):
        raise InputError(
            "manifest.json says no format, so it is not that of a result folder", where=str(path)
        )
    if there != FORMAT:
        which = "a later" if there > FORMAT else "an earlier"
        raise InputError(
            f"the folder was written by {which} version of the program: it has format "
            f"{str(there)[:20]}, and this version reads format {FORMAT}",
            where=str(path),
            todo="read it with the version that made it, or repeat the study in a new folder",
        )
    if found != kind:
        raise InputError(
            f"this is a folder of the kind '{str(found)[:40]}', and a {kind} is needed",
            where=str(path),
            todo="name the folder of a study, as `mekong sweep` and `mekong compare` make them"
            if kind == STUDY
            else f"name the folder of a {kind}",
        )


def _refuse_edited_design(path: Path, record: Mapping[str, Any]) -> None:
    """Refuse a design that is not the one that was run; blank lines at its end are harmless."""
    if not path.is_file():
        return
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise reading_trouble(error, str(path), DESIGN) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{DESIGN} is not UTF-8", where=str(path), todo=_ANEW) from error
    if digest(text.rstrip("\n")) != record["design_csv"]:
        raise InputError(
            f"{DESIGN} is not what was run: {_what_differs(text, record)}",
            where=str(path),
            todo=_ANEW,
        )


def _what_differs(text: str, record: Mapping[str, Any]) -> str:
    wanted = ["design_point", *record["inputs"]]
    lines = [line.split(",") for line in text.rstrip("\n").split("\n")]  # names hold no commas
    if lines[0] != wanted:
        return f"line 1 is not {','.join(wanted)[:200]}"
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(wanted):
            return f"line {number} has {len(cells)} cells instead of {len(wanted)}"
        for cell, name in zip(cells, wanted, strict=True):
            try:
                float(cell or 0)
            except ValueError:
                return f"line {number}, {name}: '{cell[:40]}' is not a number"
    if len(lines) - 1 != record["points"]:
        return f"it has {len(lines) - 1} points instead of {record['points']}"
    return "a number was changed, or how it is written"


def _as_written(record: Mapping[str, Any]) -> bool:
    try:
        return bool(record.get(_SEAL) == _seal(record))
    except (ValueError, RecursionError):  # text that cannot be written
        return False


def _seal(record: Mapping[str, Any]) -> str:
    return digest({name: value for name, value in record.items() if name != _SEAL})


def write_manifest(folder: Path, record: Mapping[str, Any]) -> None:
    """Write `manifest.json` with the hash of its content."""
    sealed = {**record, _SEAL: _seal(record)}
    text = json.dumps(sealed, indent=1, ensure_ascii=False, sort_keys=False)
    write_text(folder / MANIFEST, text + "\n")


def note(folder: Path, facts: Mapping[str, object]) -> None:
    """Keep something more in the manifest of a study; whoever calls holds the folder's lock."""
    record = read_manifest(folder)
    if any(record.get(name) != fact for name, fact in facts.items()):
        write_manifest(folder, {**record, **facts})
