"""How a bad scenario is written down: its text, and what the message must say."""

from __future__ import annotations

from dataclasses import dataclass, field

TITLE = 'title = "T"\n'


@dataclass(frozen=True)
class Bad:
    """A file `bad.toml` (and others beside it) that must be refused, with words it must be told."""

    name: str
    text: str | bytes
    says: tuple[str, ...]
    others: dict[str, str] = field(default_factory=dict)


def broadband(
    places: str = 'countries = "all"',
    level: str = "level = 2.0",
    start: str = 'start = "2026Q1"',
    more: str = "",
) -> str:
    """One block of broadband investment; each argument is a whole line."""
    lines = ["[[levers.broadband_investment]]", places, level, start, more]
    return "\n".join(line for line in lines if line) + "\n"
