"""The glossary has every command, result column, indicator, lever and parameter.

Sections below the mark are written from the program's own tables. Where those have changed,
`python -m tests.repository.test_glossary` writes the sections anew.
"""

from __future__ import annotations

import csv
import importlib
import pkgutil
import re
from collections.abc import Iterator

import sim.analysis
from sim.gains.coefficients import coefficients
from sim.model.indicators import INDICATORS
from sim.parameters.table import parameter_table, sector_table
from sim.policy.levers import LEVERS
from tests.helpers.code_checks import CHECKOUT

GLOSSARY = CHECKOUT / "docs" / "glossary.md"
MARK = "<!-- From here on written by python -m tests.repository.test_glossary -->\n"


def page() -> str:
    return GLOSSARY.read_text(encoding="utf-8")


def defined(text: str) -> set[str]:
    """Everything in code style."""
    return set(re.findall(r"`([^`\n]+)`", text))


def commands() -> Iterator[str]:
    """Commands in full, such as `mekong study merge`, from the application itself."""
    import typer

    from sim.cli.application import app

    def below(group: object, words: str) -> Iterator[str]:
        for name, one in sorted(getattr(group, "commands", {}).items()):
            inner = list(below(one, f"{words} {name}"))
            yield from inner or [f"{words} {name}"]

    yield from below(typer.main.get_command(app), "mekong")


def columns() -> set[str]:
    """Columns of every table that an analysis writes, and of the kept reference result."""
    found: set[str] = set()
    for module in pkgutil.walk_packages(sim.analysis.__path__, "sim.analysis."):
        found.update(getattr(importlib.import_module(module.name), "COLUMNS", ()))
    for path in (CHECKOUT / "results" / "reference").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found.update(next(csv.reader(file)))
    return found


def tables() -> str:
    """Levers, indicators and parameters with their meaning, as the program has them."""
    lines = [MARK, "## Levers\n", "| lever | meaning | unit |", "|---|---|---|"]
    lines += [f"| `{v.name}` | {v.title} | {v.unit} |" for v in LEVERS.values()]
    lines += ["\n## Indicators\n", "| indicator | definition | unit |", "|---|---|---|"]
    lines += [f"| `{v.name}` | {v.definition} ({v.kind}) | {v.unit} |" for v in INDICATORS.values()]
    lines += [
        "\n## Parameters\n",
        "| parameter | meaning | unit | mechanism |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{v.name}` | {v.meaning} | {v.unit} | {v.mechanism} |"
        for table in (parameter_table(), sector_table(), coefficients())
        for v in table.values()
    ]
    return "\n".join(lines) + "\n"


def test_levers_indicators_and_parameters_are_those_of_the_program() -> None:
    assert MARK + page().partition(MARK)[2] == tables(), __doc__


def test_every_command_is_in_the_glossary() -> None:
    names = list(commands())
    assert "mekong compare" in names and len(names) > 20
    assert [name for name in names if name not in defined(page())] == []


def test_no_command_is_in_the_glossary_that_does_not_exist() -> None:
    known = {*commands(), "mekong list"}
    told = {name for name in defined(page()) if name.startswith("mekong ")}
    assert told - known == set()


def test_every_result_column_is_in_the_glossary() -> None:
    assert len(columns()) > 100
    assert sorted(columns() - defined(page())) == []


def test_a_name_that_is_missing_is_found() -> None:
    assert {"ratio", "mekong run"} - defined("`ratio` and ratios, mekong run") == {"mekong run"}


if __name__ == "__main__":
    GLOSSARY.write_text(page().partition(MARK)[0].rstrip() + "\n\n" + tables(), encoding="utf-8")
