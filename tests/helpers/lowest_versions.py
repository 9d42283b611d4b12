"""Prints the lowest version of every run-time dependency that `pyproject.toml` allows.

python tests/helpers/lowest_versions.py > constraints.txt
pip install --constraint constraints.txt .
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def lowest(requirements: list[str]) -> list[str]:
    """`mesa>=3.3,<3.6` as `mesa==3.3`. Raises ValueError where no lower bound is given."""
    pinned = []
    for requirement in requirements:
        found = re.match(r"([\w.-]+)(?:\[[\w,]+\])?>=([\w.]+)", requirement)
        if found is None:
            raise ValueError(f"{requirement} has no lower bound")
        pinned.append(f"{found[1]}=={found[2]}")
    return pinned


if __name__ == "__main__":
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    print("\n".join(lowest(project["dependencies"])))
