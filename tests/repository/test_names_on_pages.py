"""Names in code style on the pages about the model are names of the program."""

from __future__ import annotations

import functools
import re

import pytest

from sim.gains.coefficients import coefficients
from sim.model.indicators import INDICATORS
from sim.parameters.table import parameter_table, sector_table
from tests.helpers.code_checks import CHECKOUT, SIM

PAGES = ("docs/glossary.md", "docs/odd.md", "docs/tutorial/exercises.md", "docs/recipes.md")
NAME = re.compile(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`")


@functools.cache
def words() -> frozenset[str]:
    """Every word with an underscore in the sources, tables and scenarios."""
    files = [*SIM.rglob("*.py"), *SIM.rglob("*.csv"), *SIM.rglob("*.toml")]
    files += [*(CHECKOUT / "scenarios").glob("*.toml"), *(CHECKOUT / "calibration").rglob("*.csv")]
    found = {word for path in files for word in re.findall(r"\w+", path.read_text("utf-8"))}
    return frozenset({*found, *(path.stem for path in files), *INDICATORS, *parameter_table()})


def unknown_names(text: str) -> list[str]:
    """Names in code style that the program does not know."""
    return [name for name in NAME.findall(text) if name not in words()]


@pytest.mark.parametrize("page", PAGES)
def test_names_are_known(page: str) -> None:
    assert unknown_names((CHECKOUT / page).read_text(encoding="utf-8")) == []


def test_a_wrong_name_is_found() -> None:
    assert unknown_names("`gmv_real_usd` and `gmv_rael_usd`, `shopper`") == ["gmv_rael_usd"]


def test_functions_of_a_submodel_are_where_the_table_says() -> None:
    """Each row of the table of submodels: a link to a file, and functions that are in it."""
    page = CHECKOUT / "docs" / "odd.md"
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| M")]
    assert len(rows) >= 12
    for row in rows:
        paths = re.findall(r"\]\((\.\./sim/[\w/.]+)\)", row)
        assert paths, row
        source = "".join((page.parent / path).read_text("utf-8") for path in paths)
        for name in re.findall(r"`(\w+)`", row.rpartition("|")[0].rpartition("|")[2]):
            assert re.search(rf"(def|class) {name}\b|^{name}\b", source, re.MULTILINE), (name, row)


def test_every_measure_and_column_of_the_summary_is_in_the_glossary() -> None:
    from sim.target import MEASURES

    text = (CHECKOUT / "docs/glossary.md").read_text(encoding="utf-8")
    missing = [
        name for name in (*MEASURES, "ratio", "gap_years", "cagr") if f"`{name}`" not in text
    ]
    assert missing == []


def test_every_mechanism_of_the_parameters_is_in_the_glossary() -> None:
    """The headings under which parameters are listed are words that a reader can look up."""
    text = (CHECKOUT / "docs/glossary.md").read_text(encoding="utf-8").lower()
    tables = (parameter_table(), sector_table(), coefficients())
    every = [parameter for table in tables for parameter in table.values()]
    mechanisms = sorted({parameter.mechanism for parameter in every})
    assert [name for name in mechanisms if name.lower() not in text] == []
