"""Retired words: no docstring, message or page uses a phrase that has a standard term.

The list grows with the text: a phrase is added once it is gone everywhere.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from tests.helpers.code_checks import CHECKOUT, SIM, pages

# what nobody should read any more, and what to write instead
RETIRED = {
    r"same luck|luck alone|by luck|for luck|their luck|share no luck|luck apart": "common random "
    "numbers, random variation, chance",
    r"\b(is|how|are) dear\b|\bdear to\b": "costly, expensive, prices of",
    r"not to be had": "not available",
    r"told apart": "distinguished, separated",
    r"\b(is|are|was|were|been|being|people) cheated\b": "defrauded",
    r"\bthe bar is\b|how high the bar|height of the bar": "growth at a constant online share",
    r"beaten by nobody|nobody would believe|nobody's (number|probability)": "not dominated; "
    "implausible; no probability",
    r"\bthe five\b(?!\s+(\w+\s+)?(countr|host|govern))": "the five countries",
    r"next door|\bin sum\b": "spillover, in total",
    r"\bstands? (beside|in no|for good)\b|\bone agent stands for\b": "is next to, represents",
    r"no parts of one sum": "these items overlap",
    r"times as (rich|large) again": "a rise in per cent",
}


def complaints(texts: Iterable[tuple[str, int, str]]) -> list[str]:
    """`file:line: phrase (write ...)` for every retired phrase in texts that begin at a line."""
    return [
        f"{name}:{line + text.count(chr(10), 0, hit.start())}: {hit[0]} (write: {instead})"
        for name, line, text in texts
        for words, instead in RETIRED.items()
        for hit in re.finditer(words.replace(" ", r"\s+"), text, re.IGNORECASE)
    ]


def strings(source: str) -> Iterator[tuple[int, str]]:
    """Docstrings and other strings of a module with their lines; f-strings as one text."""
    tree = ast.parse(source)
    inner = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (p.value if isinstance(p, ast.Constant) else "..." for p in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and id(node) not in inner:
            yield node.lineno, str(node.value)


def everything() -> Iterator[tuple[str, int, str]]:
    """File, line and text of all that a user may read."""
    for path in sorted(SIM.rglob("*.py")):
        for line, text in strings(path.read_text(encoding="utf-8")):
            yield path.relative_to(CHECKOUT).as_posix(), line, text
    lists = [*SIM.rglob("*.j2"), *SIM.rglob("*.toml"), *SIM.rglob("*.csv")]
    for path in sorted([*pages(), *lists, *(CHECKOUT / "scenarios").glob("*.toml")]):
        yield path.relative_to(CHECKOUT).as_posix(), 1, path.read_text(encoding="utf-8")


def test_no_retired_phrase_is_left() -> None:
    found = complaints(everything())
    assert not found, "\n".join(found)


def test_retired_phrases_are_found_with_file_and_line() -> None:
    module = '"""Fine."""\n\n\ndef run(many):\n    """Runs.\n\n    Under the same\n    luck."""\n'
    module += '    raise ValueError(f"{many} threads are not " f"to be had")\n'
    texts = [("a.py", line, text) for line, text in strings(module)]
    page = "# Title\n\nThe bar is low for the five countries.\nPeople are cheated in the five.\n"
    assert [text.partition(" (")[0] for text in complaints([*texts, ("b.md", 1, page)])] == [
        "a.py:7: same\n    luck",
        "a.py:9: not to be had",
        "b.md:4: are cheated",
        "b.md:3: The bar is",
        "b.md:4: the five",
    ]
