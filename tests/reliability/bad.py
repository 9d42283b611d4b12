"""How a command that must be refused is written down."""

from __future__ import annotations

from typing import NamedTuple

TITLE = 'title = "T"\n'
STUDY = 'title = "T"\nscenarios = ["baseline"]\n'
HEAD = "parameters.trust_recovery,parameters.imitation\n"


class Bad(NamedTuple):
    """A command that must be refused with a status and words."""

    name: str
    arguments: tuple[str, ...]
    words: tuple[str, ...]
    files: dict[str, str | bytes] = {}
    status: int = 2
