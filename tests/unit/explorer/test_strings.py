"""The table of strings: English whole, every placeholder kept, levers as the program has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim.explorer
from sim.analysis.policy_mixes.portfolios import GRADES
from sim.explorer.strings import ENGLISH, LANGUAGES, faults, placeholders, strings
from sim.policy.levers import LEVERS

HERE = Path(sim.explorer.__file__).parent
PAGE = "".join(path.read_text("utf-8") for path in [*HERE.glob("*.js"), *HERE.glob("*.j2")])


def test_english_has_every_text_that_the_page_asks_for() -> None:
    english = strings()[ENGLISH]
    asked = set(re.findall(r'data-t="([\w.]+)"', PAGE))
    asked |= set(re.findall(r'text\("([\w.]+)"', PAGE)) | set(re.findall(r't\["([\w.]+)"\]', PAGE))
    asked = {key for key in asked if not key.endswith(".")}
    assert len(asked) > 30
    assert sorted(asked - set(english)) == []


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != ENGLISH])
def test_a_language_keeps_every_placeholder_and_adds_no_text(language: str) -> None:
    english = strings()[ENGLISH]
    for key, text in strings()[language].items():
        assert placeholders(text) == placeholders(english[key]), key


def test_levers_are_told_as_the_program_has_them() -> None:
    english = strings()[ENGLISH]
    for name, lever in LEVERS.items():
        if lever.grade in GRADES:
            assert english[f"title.{name}"] == lever.title
            assert english[f"meaning.{name}"] == lever.meaning
            assert "{x}" in english[f"dose.{name}"]


def test_faults_of_a_row_are_found() -> None:
    assert faults({"key": "a", "en": "{x} of {y}", "th": "{y} {x}"}) == ""
    assert "other placeholders" in faults({"key": "a", "en": "{x}", "th": "{z}"})
    assert "no English text" in faults({"key": "a", "en": " ", "th": "x"})
