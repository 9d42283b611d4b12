"""The page of what the programmes ask for: whole, and it names only what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.analysis.kpis import KPIS
from sim.cli.list_.levers import DOCUMENTS, asked_by
from sim.experiments.study_file import shipped_studies
from sim.gains.coefficients import coefficients
from sim.model.indicators import INDICATORS
from sim.parameters.table import parameter_table, sector_table
from sim.policy.levers import LEVERS
from sim.scenario import PATHS, shipped_scenarios
from sim.scenario.schema import KEYS

ITEMS = 63
KINDS = {"lever", "mechanism", "figure", "outside", "context", "out"}
WITHOUT_NAMES = {"context", "out"}


@pytest.fixture(scope="module")
def rows(checkout: Path) -> list[list[str]]:
    page = (checkout / "docs" / "coverage.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| \d+ \|.*\|$", page, flags=re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in found]


@pytest.fixture(scope="module")
def documents(checkout: Path) -> list[str]:
    page = (checkout / "docs" / "coverage.md").read_text(encoding="utf-8")
    table = page[page.index("| short |") : page.index("Kinds:")]
    return [line.split("|")[1].strip() for line in table.splitlines()[2:] if line]


def known() -> set[str]:
    choices = {choice for path in PATHS.values() for choice in path.choices}
    keys = {key for group in KEYS.values() for key in group}
    names = {
        *LEVERS,
        *PATHS,
        *INDICATORS,
        *parameter_table(),
        *sector_table(),
        *coefficients(),
        *KPIS,
        *shipped_scenarios(),
    }
    names |= {*shipped_studies()}
    return names | choices | keys


def test_there_are_sixty_three(rows: list[list[str]]) -> None:
    assert [row[0] for row in rows] == [str(n) for n in range(1, ITEMS + 1)]


def test_every_row_names_its_documents_and_its_kind(
    rows: list[list[str]], documents: list[str]
) -> None:
    assert len(documents) == len(DOCUMENTS)
    for number, named, asked, kind, where in rows:
        assert set(named.split(", ")) <= set(documents), number
        assert kind in KINDS, number
        assert asked and len(where) > 15, number
        assert kind in WITHOUT_NAMES or "`" in where, number


def test_whatever_is_named_exists(rows: list[list[str]], checkout: Path) -> None:
    names = known()
    for number, *_, where in rows:
        for word in re.findall(r"`([^`]+)`", where):
            there = (checkout / word).exists() if "/" in word else word in names
            assert there, f"row {number}: {word}"


def test_every_lever_is_asked_for_by_somebody(rows: list[list[str]]) -> None:
    answered = {word for row in rows for word in re.findall(r"`(\w+)`", row[-1])}
    assert set(LEVERS) <= answered


def test_levers_of_the_lowest_grade_are_marked(rows: list[list[str]]) -> None:
    for number, *_, where in rows:
        for name in re.findall(r"`(\w+)`", where):
            if name in LEVERS and LEVERS[name].grade == "D" and name != "digital_skills":
                assert "grade D" in where or "no. " in where or number == "45", number


def test_signs_of_documents_have_names() -> None:
    for lever in LEVERS.values():
        for seed in lever.seeds:
            assert not asked_by(seed).startswith("S"), seed
