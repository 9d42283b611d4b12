"""Errors in words: what is wrong, where, what is allowed, and what to do.

Everything that a person can cause is a `MekongError`; its `exit_status` is what the command line
returns. No traceback is shown for one of these.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

INTERRUPTED = 130  # exit status of a command that Ctrl-C ended
KEPT = "runs in a result folder are kept; the same command goes on from there"

LONGEST_LINE = 1_500  # characters of one line of a message
LONGEST_WORD = 100  # a longer word is nobody's misspelling
# What a terminal would obey or hide instead of showing it: control characters (but line breaks and
# tabs), marks that turn the direction of text, other line breaks, halves of a character, tags.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_DRAWN_AS_NOTHING = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def printable(text: str) -> str:
    """The text with everything that a terminal would obey or hide as an escape, such as `\\x1b`."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def has_unseen(text: str) -> bool:
    """True where `printable` would change the text."""
    return _UNSEEN.search(text) is not None


def is_blank(text: str) -> bool:
    """True where nothing of the text can be seen: spaces, or signs without a width."""
    return all(unicodedata.category(sign)[0] in "CZ" or sign in _DRAWN_AS_NOTHING for sign in text)


class MekongError(Exception):
    """Base of all errors that are explained to a person (exit status 1)."""

    exit_status = 1

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        allowed: str | None = None,
        todo: str | None = None,
    ) -> None:
        super().__init__(what, where, allowed, todo)
        self.what = what
        self.where = where
        self.allowed = allowed
        self.todo = todo

    def __str__(self) -> str:
        lines = [self.what]
        for label, text in (("where", self.where), ("allowed", self.allowed), ("do", self.todo)):
            if text:
                lines.append(f"  {label}: {text}")
        return "\n".join(_cut(line) for line in printable("\n".join(lines)).split("\n"))

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _rebuild, (type(self), self.what, self.where, self.allowed, self.todo)


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} ..."


def _rebuild(
    kind: type[MekongError],
    what: str,
    where: str | None,
    allowed: str | None,
    todo: str | None,
) -> MekongError:
    return kind(what, where=where, allowed=allowed, todo=todo)


class MekongWarning(UserWarning):
    """Something that a person should know of their files; the work goes on."""


class InputError(MekongError):
    """Something given by a person cannot be used; nothing was run (exit status 2)."""

    exit_status = 2


class OutputError(MekongError):
    """The output folder, a lock or the disk stands in the way (exit status 3)."""

    exit_status = 3


def nearest(word: str, options: Iterable[str]) -> str | None:
    """The right name that a misspelt `word` was probably meant to be, or None."""
    if len(word) > LONGEST_WORD:
        return None
    choices = list(options)
    found = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if found:
        return found[0]
    folded = {choice.lower(): choice for choice in choices}
    close = difflib.get_close_matches(word.lower(), list(folded), n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def did_you_mean(word: str, options: Iterable[str]) -> str:
    """A question naming the nearest right name, or an empty string."""
    name = nearest(word, options)
    return f"did you mean '{name}'?" if name else ""


def known_name(
    name: str, allowed: Iterable[str], where: str | None = None, kind: str = "", listed: str = ""
) -> str:
    """The name, if it is one of those allowed. Raises InputError with the nearest right one.

    `kind` is what it names; `listed` says where names are that are too many to list.
    """
    names = list(allowed)
    if name not in names:
        raise InputError(
            f"there is no {kind} '{name}'" if kind else f"there is no '{name}' here",
            where=where,
            allowed=listed or ", ".join(names),
            todo=did_you_mean(name, names) or None,
        )
    return name
