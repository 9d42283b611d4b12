"""Finding and reading scenario files: names, text, TOML."""

from __future__ import annotations

import codecs
import os
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sim.errors import InputError, nearest
from sim.resources import shipped
from sim.scenario.limits import read_bytes, refuse_deep_text, refuse_large_table
from sim.scenario.lines import line_numbers


@dataclass(frozen=True)
class SourceFile:
    """The table that stands in a file (or was given in Python), not yet checked.

    `label` is how messages call it, `folder` where relative paths start.
    """

    name: str
    label: str
    folder: Path
    table: dict[str, Any]
    lines: dict[str, int]
    path: Path | None = None


def shipped_scenarios() -> list[str]:
    """Names of the scenarios that come with the program, in alphabetical order."""
    return list(_shipped_names())


@cache
def _shipped_names() -> tuple[str, ...]:
    """Looked up once: every file that is read asks for them."""
    return tuple(sorted(path.stem for path in shipped("scenarios").glob("*.toml")))


def find(name_or_path: str | Path, folder: Path) -> Path:
    """The file meant by a shipped name or by a path relative to `folder`.

    Raises InputError where there is none, with the nearest shipped name.
    """
    if isinstance(name_or_path, str) and name_or_path in shipped_scenarios():
        return shipped("scenarios", f"{name_or_path}.toml")
    text = str(name_or_path)
    try:
        path = folder / os.path.expanduser(name_or_path)
        if path.is_file():
            return path
        folder_given = path.is_dir()
        other_kind = path.exists() and not folder_given
        with_ending = path.with_name(path.name + ".toml").is_file() if path.name else False
    except (OSError, ValueError):
        folder_given = with_ending = other_kind = False
    if not text.strip():
        what = "the name of the scenario is empty"
    elif folder_given:
        what = f"'{text}' is a folder, not a scenario file"
    elif other_kind:
        what = f"'{text}' is a device or a pipe, not a scenario file"
    elif _looks_like_path(text):
        what = f"there is no file '{text}'"
    else:
        what = f"there is no scenario '{text}'"
    todo = f"did you mean the file '{text}.toml'?" if with_ending else _nearest_shipped(text)
    count = len(shipped_scenarios())
    allowed = f"the path of a TOML file, or one of {count} shipped names such as baseline and both"
    raise InputError(what, allowed=allowed, todo=todo)


def _looks_like_path(text: str) -> bool:
    return "/" in text or "\\" in text or text.endswith(".toml")


def _nearest_shipped(text: str) -> str:
    stem = re.split(r"[/\\]", text)[-1].removesuffix(".toml")
    name = nearest(stem, shipped_scenarios())
    return f"did you mean '{name}'?" if name else "`mekong list scenarios` lists the shipped ones"


def read(path: Path) -> SourceFile:
    """Read one file. Raises InputError if it cannot be read as TOML text in UTF-8."""
    label = label_of(path)
    data = read_bytes(path, label)
    text = decode(data, label)
    refuse_deep_text(text, label)
    table = _parse(text, label)
    refuse_large_table(table, label)
    return SourceFile(path.stem, label, path.parent, table, line_numbers(text), path)


def label_of(path: Path) -> str:
    """The path as a person would type it; shipped files by their place in the project."""
    if path.parent == shipped("scenarios"):
        return f"scenarios/{path.name}"
    return os.path.normpath(path)


def decode(data: bytes, label: str) -> str:
    """The content of a file as text in UTF-8, with or without its mark. Raises InputError."""
    todo = "save it as UTF-8 (in most editors: Save as, Encoding)"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:4]:
        raise InputError("the file is not UTF-8 text but UTF-16", where=label, todo=todo)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        what = "the file is not UTF-8 text"
        raise InputError(what, where=f"{label}, line {line}", todo=todo) from None


def _parse(text: str, label: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, line = _toml_reason(str(error), text)
        lines = text.split("\n")
        content = lines[line - 1].strip() if line <= len(lines) else ""
        what = f"this is not TOML: {reason}" + (f" in `{content[:60]}`" if content else "")
        todo = 'keys are written `key = value`, text in "quotes", tables as [name]'
        raise InputError(what, where=f"{label}, line {line}", todo=todo) from None
    except (RecursionError, ValueError) as error:
        what = "this is not TOML: a value cannot be read"
        if "digits" in str(error):
            what = "this is not TOML: a whole number has thousands of digits"
        raise InputError(what, where=label, allowed="whole numbers of up to 18 digits") from None


def _toml_reason(message: str, text: str) -> tuple[str, int]:
    place = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(place[1]) if place else max(text.rstrip("\n").count("\n") + 1, 1)
    reason = re.sub(r"\s*\(at .*\)$", "", message).strip()
    return reason[:1].lower() + reason[1:], line


def known_baseline(name: str, folder: Path) -> str:
    """The baseline as a name or full path that can be loaded from anywhere.

    Raises InputError where there is none.
    """
    if name in shipped_scenarios():
        return name
    return str(find(name, folder).resolve())
