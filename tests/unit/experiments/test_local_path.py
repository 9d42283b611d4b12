"""Paths on the command line: what is one, what is not, and what may be written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest
from typer import Typer
from typer.models import CommandInfo

from sim.cli import app
from sim.errors import MekongError
from sim.experiments.storage.local_path import local_path, output_file, output_folder


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "a_file").write_text("x", encoding="utf-8")
    (tmp_path / "a_folder").mkdir()
    (tmp_path / "nowhere").symlink_to(tmp_path / "nothing")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    (tmp_path / "link").symlink_to(tmp_path / "a_file")


NO_PATHS = {
    "empty": ("", "is empty"),
    "a dash": ("-", "not a path"),
    "a NUL": ("a\0b", "control character"),
    "a new line": ("a\nb", "control character"),
    "an escape sequence": ("\x1b[31mred", "control character"),
    "a tab": ("a\tb", "control character"),
    "not UTF-8": ("\udcff", "UTF-8"),
    "nobody's home": ("~no_such_user_here/x", "no user"),
    "through a file": ("a_file/x", "'a_file' is not a folder"),
    "deeper through a file": ("a_file/x/y/z", "'a_file' is not a folder"),
    "a name of 256": ("x" * 256, "too long"),
    "a folder of 300": ("x" * 300 + "/y", "too long"),
    "a name of 300 below a folder that is not there": ("new/" + "x" * 300, "too long"),
    "a name of 86 signs of three bytes": ("\u1780" * 86, "too long"),
    "text that turns": ("a\u202eb", "control character"),
    "a path of 5000": ("x/" * 2500, "too long"),
    "a link to nothing": ("nowhere", "link to nothing"),
    "a link to itself": ("round", "link to itself"),
}


@pytest.mark.parametrize("name", NO_PATHS)
def test_what_is_no_path(name: str) -> None:
    text, word = NO_PATHS[name]
    for reader in (local_path, output_folder, output_file):
        with pytest.raises(MekongError) as told:
            reader(text)
        assert word in str(told.value) and told.value.exit_status == 2


@pytest.mark.parametrize("text", ["a_file", "/dev/null", "link"])
def test_a_file_is_no_folder_for_results(text: str) -> None:
    with pytest.raises(MekongError, match="not a folder"):
        output_folder(text)


@pytest.mark.parametrize("text", ["a_folder", ".", "..", "/", "/dev/null", "new/", "x" * 240])
def test_what_cannot_be_a_file_to_write(text: str) -> None:
    with pytest.raises(MekongError):
        output_file(text)


@pytest.mark.parametrize("folder", ["/proc/1/x", "/sys/x", "/proc/x/y"])
@pytest.mark.skipif(not Path("/proc/1").is_dir(), reason="needs Linux")
def test_where_nothing_can_be_written(folder: str) -> None:
    with pytest.raises(MekongError) as told:
        output_folder(folder)
    assert (told.value.exit_status == 3 and "cannot be written" in str(told.value)) or "nothing can"
    with pytest.raises(MekongError):
        output_file(f"{folder}/z.csv")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("mode", [0o500, 0o600, 0o400])
def test_a_folder_without_permission(mode: int, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(mode)
    try:
        with pytest.raises(MekongError):
            output_folder(closed / "x")
    finally:
        closed.chmod(0o700)


@pytest.mark.parametrize(
    "text",
    [
        *("run:1", "study-1:2", "s3://bucket/x", "file:///x", "gs:x", "C:\\x", "a b", "end "),
        *("Kết quả", "$HOME", "*", "...", "./-", "a&b;c", "-x", "a_folder", "new/deep/er"),
    ],
)
def test_names_that_only_look_like_something_else(text: str, tmp_path: Path) -> None:
    found = output_folder(text)
    assert found == Path(text) and not found.is_absolute()
    (found / "inside").mkdir(parents=True)
    assert (tmp_path / text / "inside").is_dir()
    assert local_path(text) == found


@pytest.mark.parametrize("reader", [local_path, output_folder, output_file])
def test_the_home_is_expanded_once(
    reader: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(reader)
    assert reader("~/mine") == tmp_path / "home" / "mine"
    assert reader("x/~") == Path("x/~")
    monkeypatch.setenv("HOME", str(tmp_path / "~"))
    assert reader("~/mine") == tmp_path / "~" / "mine"


def test_looking_leaves_nothing(tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    output_folder("new/deeper")
    output_folder("a_folder")
    output_file("new/x.csv")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_to_a_file_is_written_through(tmp_path: Path) -> None:
    assert output_file("link") == tmp_path / "a_file"


def commands_of(group: Typer) -> Iterator[CommandInfo]:
    """The commands of a group and of the groups in it."""
    yield from group.registered_commands
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from commands_of(inner.typer_instance)


def test_every_path_of_every_command_goes_through_here() -> None:
    ours = {local_path, output_folder, output_file}
    seen = 0
    for command in commands_of(app):
        assert command.callback is not None
        for name, kind in get_type_hints(command.callback, include_extras=True).items():
            about = getattr(kind, "__metadata__", (None,))[0]
            parser = getattr(about, "parser", None)
            if "Path" in str(kind) or name in {"out", "work", "rule", "result", "shards"}:
                assert parser in ours, f"{command.callback.__name__} {name}"
            seen += parser in ours
    assert seen >= 30


@pytest.mark.parametrize("name", ["~", "~root", "~no_such_user_here", "~x y"])
def test_what_was_expanded_once_is_not_expanded_again(tmp_path: Path, name: str) -> None:
    for reader in (local_path, output_folder):
        once = reader(f"./{name}")
        assert once == tmp_path / name == reader(once)
