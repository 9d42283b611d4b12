"""The commands in their groups: help at 80 columns, shared options, files, completion."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import sim
from sim.cli import app
from sim.cli.console.tables import show, table

WIDTH = 80
ROOT: Any = typer.main.get_command(app)
OWN = {  # of its check; of its run
    *((("evidence", "sensitivity"), "scale"), (("trace",), "seed"), (("community",), "seed")),
}
SHARED = (
    *("scale", "seeds", "seed", "threads", "workers", "engine", "rule", "missing", "json"),
    *("measure", "work", "prior"),
)


def commands(
    group: Any = ROOT, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The words of every command, and the command."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (name,))
        else:
            yield (*before, name), command


COMMANDS = dict(commands())


def help_of(*words: str) -> str:
    """What `--help` prints on a terminal of 80 columns."""
    done = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": str(WIDTH)})
    assert done.exit_code == 0
    return done.stdout


def test_the_groups_have_their_commands() -> None:
    found: dict[str, list[str]] = {}
    for words in COMMANDS:
        found.setdefault(words[0] if len(words) > 1 else "", []).append(words[-1])
    assert {name: set(of) for name, of in found.items()} == {
        "": {
            "compare",
            "run",
            "report",
            "dashboard",
            "diff",
            "cite",
            "validate",
            "new",
            "trace",
            "rule",
            "community",
            "sweep",
        },
        "data": {"add"},
        "list": {"scenarios", "levers", "parameters", "indicators", "data", "rules"},
        "study": {"merge", "verify", "rerun", "export", "figures", "package", "convergence"},
        "mix": {
            "attribute",
            "coalitions",
            "estimates",
            "explorer",
            "frontier",
            "kpis",
            "levers",
            "optimum",
            "robustness",
            "sequence",
            "swap",
            "threshold",
        },
        "evidence": {
            *("calibrate", "self-test", "hindcast", "forecast", "scores", "prior-share"),
            *("sectors", "replication", "studies", "commissions", "sensitivity", "tornado"),
        },
    }


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_is_one_line_in_the_help_of_its_group(words: tuple[str, ...]) -> None:
    said = help_of(*words[:-1])
    sentence = re.split(r"\n\s*\n", inspect.cleandoc(COMMANDS[words].help))[0]
    assert sentence.endswith((".", "?"))
    assert re.search(rf"{words[-1]} +{re.escape(sentence)} *│", said), said


@pytest.mark.parametrize("words", [(), ("list",), ("study",), ("mix",), ("evidence",)])
def test_no_help_is_wider_than_the_terminal(words: tuple[str, ...]) -> None:
    assert max(map(len, help_of(*words).splitlines())) <= WIDTH


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_file_of_a_command_has_its_name(words: tuple[str, ...]) -> None:
    *group, name = (word.replace("-", "_") for word in words)
    folder = ["list_" if word == "list" else word for word in group]
    assert inspect.unwrap(COMMANDS[words].callback).__module__ == ".".join(
        ["sim.cli", *folder, name]
    )


def test_options_that_commands_share_are_declared_once() -> None:
    said: dict[str, set[str]] = {}
    for words, command in COMMANDS.items():
        for option in command.params:
            if option.name in SHARED and (words, option.name) not in OWN:
                said.setdefault(option.name, set()).add(option.help)
    assert set(said) == set(SHARED)
    assert {name: texts for name, texts in said.items() if len(texts) > 1} == {}


@pytest.mark.parametrize(
    ("words", "function"),
    [
        (("compare",), sim.compare),
        (("run",), sim.run),
        (("trace",), sim.trace),
        (("mix", "attribute"), sim.attribute),
        (("mix", "frontier"), sim.frontier),
        (("mix", "robustness"), sim.robustness),
        (("mix", "threshold"), sim.threshold),
    ],
)
def test_a_command_and_its_function_have_the_same_scale(
    words: tuple[str, ...], function: Any
) -> None:
    (option,) = [one for one in COMMANDS[words].params if one.name == "scale"]
    assert option.default == inspect.signature(function).parameters["scale"].default


def test_a_default_is_stated_once() -> None:
    for words, command in COMMANDS.items():
        for option in command.params:
            assert "default" not in (option.help or "").lower(), (words, option.name)


def test_completion_knows_the_commands_of_a_group(run_mekong) -> None:
    done = run_mekong(_MEKONG_COMPLETE="complete_bash", COMP_WORDS="mekong mix ", COMP_CWORD="2")
    assert done.returncode == 0, done.stderr
    assert {"attribute", "frontier", "kpis"} <= set(done.stdout.split())
    assert "--install-completion" in help_of()


@pytest.mark.parametrize("what", ["scenarios", "levers", "parameters", "indicators"])
def test_names_are_whole_in_a_narrow_terminal(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.cli.console.tables.PLAIN_WIDTH", WIDTH)
    names = [row["name"] for row in json.loads(_said("list", what, "--json"))]
    said = _said("list", what)
    assert [name for name in names if name not in said.split()] == []
    rows = [line for line in said.splitlines() if line.startswith(" ")]
    assert max(map(len, rows)) <= WIDTH


def test_a_wide_table_continues_in_blocks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.cli.console.tables.PLAIN_WIDTH", 40)
    heads = ["lever", *(f"figure {number}" for number in range(6))]
    made = table("Title", heads, right=heads[1:])
    made.add_row("broadband", *(f"+{number}00 ({number}, {number})m" for number in range(6)))
    show(made)
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 40
    assert all(f"+{number}00 ({number}, {number})m" in said for number in range(6))
    assert said.count("broadband") == 3 and said.count("Title") == 1


def test_a_long_cell_does_not_break_the_first_column(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.cli.console.tables.PLAIN_WIDTH", 40)
    made = table("", ["name", "meaning"])
    made.add_row("a_name_without_blanks", "share of adults online who lost money")
    show(made)
    said = capsys.readouterr().out
    assert "a_name_without_blanks" in said and "adults" in said
    assert max(map(len, said.splitlines())) <= 40


def _said(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.stderr
    return done.stdout
