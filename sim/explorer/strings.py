"""Every word of the page in every language, from the one table `strings.csv`.

A row a string and a column a language; what stands in braces is put in by the page. English is
complete. All other languages are drafts, and what one of them lacks is shown in English.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Mapping
from pathlib import Path

from sim.errors import InputError

FILE = "strings.csv"
KEY, ENGLISH = "key", "en"
LANGUAGES = {
    ENGLISH: "English",
    "km": "ខ្មែរ",
    "lo": "ລາວ",
    "my": "မြန်မာ",
    "th": "ไทย",
    "vi": "Tiếng Việt",
}


@functools.cache
def strings() -> dict[str, dict[str, str]]:
    """Texts by key, by language; empty texts are left out. Raises InputError."""
    path = Path(__file__).with_name(FILE)
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for number, row in enumerate(rows, start=2):
        for language, texts in found.items():
            if text := (row.get(language) or "").strip():
                texts[row[KEY]] = text
        problem = faults(row)
        if problem:
            raise InputError(problem, where=f"{FILE}, line {number}")
    return found


def faults(row: Mapping[str, str]) -> str:
    """What is wrong with a row of the table; nothing where it is right."""
    english = row.get(ENGLISH) or ""
    if not english.strip():
        return f"'{row.get(KEY)}' has no English text"
    for language in LANGUAGES:
        text = (row.get(language) or "").strip()
        if text and placeholders(text) != placeholders(english):
            return f"'{row[KEY]}' in {LANGUAGES[language]} has other placeholders than in English"
    return ""


def placeholders(text: str) -> list[str]:
    """Names in braces, in the order of the alphabet, as often as they occur."""
    return sorted(re.findall(r"\{(\w+)\}", text))
