"""The rules that come with the program: short examples to look at, to copy and to change."""

from __future__ import annotations

import ast
from pathlib import Path

from sim.resources import shipped


def shipped_rules() -> dict[str, str]:
    """Names of the shipped rules, each with what it says of itself."""
    files = sorted(shipped("scenarios", "rules").glob("*.py"))
    return {file.stem: about_rule(file) for file in files}


def shipped_rule(name: str | Path) -> Path | None:
    """The file of a shipped rule; None where the name is that of no such rule."""
    file = shipped("scenarios", "rules", f"{name}.py")
    return file if str(name) in shipped_rules() else None


def about_rule(file: Path) -> str:
    """The first line of what the file of a rule says of itself, else its name in words."""
    try:
        text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    except (OSError, SyntaxError, ValueError):
        text = ""
    return text.partition("\n")[0].strip() or file.stem.replace("_", " ")
