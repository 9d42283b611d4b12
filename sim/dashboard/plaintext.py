"""Text that a person or a file gave, shown as it is: never as Markdown, HTML, a formula or a link.

Streamlit reads what it shows as Markdown with formulas, colours, icons and links. Everything on the
page that is not written in its own source passes through `plain`.
"""

from __future__ import annotations

import re

from sim.errors import MekongError

_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+.!|<>~$:&@=^-])")
# Replaced in the finished text, where a backslash no longer counts: addresses, icons, arrows.
_REPLACED_LATER = re.compile(
    r"www(?=\.)|(?:https?|ftp|mailto|xmpp)(?=:)|@|:(?=[\w+-])|[<>=-](?=[<>=-])|\((?=[a-zA-Z]+\))",
    re.IGNORECASE,
)
_LINES = re.compile(r"\r\n|[\r\n\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_NOTHING = "\u2060"  # word joiner: no width, and no part of any pattern


def plain(text: str) -> str:
    """The text as Markdown that shows exactly these characters; a line stays a line."""
    lines = [_line(line) for line in _LINES.split(text)]
    return "  \n".join(lines)


def _line(line: str) -> str:
    visible = _CONTROL.sub("\ufffd", line)
    stripped = visible.lstrip(" ")  # four spaces would begin a block of code
    indent = "\u2003" * ((len(visible) - len(stripped) + 1) // 2)
    broken = _REPLACED_LATER.sub(lambda found: found[0] + _NOTHING, stripped)
    return indent + re.sub(r"^(\d+)(?=[.)])", rf"\1{_NOTHING}", _PUNCTUATION.sub(r"\\\1", broken))


def told(error: MekongError) -> str:
    """An error as paragraphs of Markdown."""
    lines = [error.what]
    for label, text in (("Where", error.where), ("Allowed", error.allowed), ("Do", error.todo)):
        if text:
            lines.append(f"{label}: {text}")
    return "\n\n".join(plain(line) for line in lines)
