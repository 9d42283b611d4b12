"""Commands in code style on the pages exist, with the options that they are shown with."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from sim.cli import app
from tests.helpers.code_checks import CHECKOUT

PAGES = sorted([CHECKOUT / "README.md", *(CHECKOUT / "docs").rglob("*.md")])
SHOWN = re.compile(r"(?:`|^ {4}|^\$ )(?:\.venv/bin/)?mekong ([^`\n]+)", re.MULTILINE)
ROOT: Any = get_command(app)
OLD = {"decisions.md"}  # says what was decided then


def complaint(words: list[str]) -> str:
    """What is wrong with the words after `mekong`, or nothing."""
    command = ROOT
    while words and (inner := getattr(command, "commands", {}).get(words[0])):
        command, words = inner, words[1:]
    if hasattr(command, "commands") and words and not words[0].startswith("-"):
        return f"no command {words[0]}"
    known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    given = {
        word.partition("=")[0] for word in words if word.startswith("-") and word[1:2].isalpha()
    }
    given |= {word.partition("=")[0] for word in words if word.startswith("--")}
    unknown = given - known - {"--help", "-h"}
    return f"no option {sorted(unknown)}" if unknown else ""


def commands(text: str) -> list[list[str]]:
    """The words after `mekong` of every command that a page shows."""
    found = []
    for shown in SHOWN.findall(text):
        said = re.split(r"  +|&&|#| \| ", shown)[0].strip()
        found.append(shlex.split(said.replace("'", "")))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_commands_of_a_page_exist(page: Path) -> None:
    if page.name not in OLD:
        wrong = {
            " ".join(words): said
            for words in commands(page.read_text(encoding="utf-8"))
            if (said := complaint(words))
        }
        assert wrong == {}


def test_a_wrong_command_is_found() -> None:
    shown = commands(
        "`mekong mix atribute x` and `mekong compare baseline --sedes 2`\n"
        "    mekong run baseline --seeds 2  twice\n"
    )
    assert [complaint(words) for words in shown] == [
        "no command atribute",
        "no option ['--sedes']",
        "",
    ]
