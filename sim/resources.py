"""Where the files that travel with the program are: inside the wheel, or in a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent  # the folder `sim`


def shipped(*parts: str) -> Path:
    """Path of a shipped file or folder, e.g. `shipped("calibration", "data")`."""
    inside = PACKAGE / "shipped"
    root = inside if inside.is_dir() else PACKAGE.parent
    return root.joinpath(*parts)
