"""Reads the blocks of commands out of a page, so that what a page says can be run as it stands.

A block is a fence of kind `console` or `sh` with a marker on the line before it:

    <!-- commands: NAME -->

Lines after a `$ ` are commands; in a block without any `$ ` every line is one. A fence of kind
`python` with the marker `<!-- program: NAME -->` is a program.

    python tests/helpers/readme_blocks.py README.md NAME      prints the commands of that block
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_BLOCK = re.compile(
    r"^<!-- commands: (?P<name>[\w-]+) -->\n+```(?:console|sh)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)

_PROGRAM = re.compile(
    r"^<!-- program: (?P<name>[\w-]+) -->\n+```python\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def programs(page: str) -> dict[str, str]:
    """The text of every marked program of a page, by its name."""
    return {match["name"]: match["body"] for match in _PROGRAM.finditer(page)}


def blocks(page: str) -> dict[str, list[str]]:
    """The commands of every marked block of a page, by the name of the block."""
    found: dict[str, list[str]] = {}
    for match in _BLOCK.finditer(page):
        lines = [line.strip() for line in match["body"].splitlines() if line.strip()]
        prompted = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        name = match["name"]
        if name in found:
            raise ValueError(f"two blocks are called '{name}'")
        found[name] = prompted or lines
    return found


def main() -> int:
    """Print one block; exit status 1 when the page has no such block."""
    page, name = Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2]
    commands = blocks(page).get(name)
    if not commands:
        print(f"{sys.argv[1]} has no block of commands called '{name}'", file=sys.stderr)
        return 1
    print("\n".join(commands))
    return 0


if __name__ == "__main__":
    sys.exit(main())
