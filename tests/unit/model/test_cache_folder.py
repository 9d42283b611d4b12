"""The cache folder: used only where nobody else can write."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from sim.model.engine.compiler.cache_folder import CacheWarning, cache_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="owners and modes are those of POSIX")


@pytest.fixture
def wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("MEKONG_CACHE", str(folder))
    return folder


def refused(word: str) -> None:
    with pytest.warns(CacheWarning, match=word):
        assert cache_folder() is None


def test_a_new_one_is_private(wanted: Path) -> None:
    assert cache_folder() == wanted
    assert wanted.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o777, 0o757, 0o702, 0o1777])
def test_one_that_others_can_write(mode: int, wanted: Path) -> None:
    wanted.mkdir()
    wanted.chmod(mode)
    refused("other users can write")


def test_one_that_a_group_can_write(wanted: Path) -> None:
    wanted.mkdir()
    if os.geteuid() == 0:
        os.chown(wanted, 0, 12345)
    elif not set(os.getgroups()) - {os.getegid()}:
        pytest.skip("this user is in one group only")
    else:
        os.chown(wanted, -1, min(set(os.getgroups()) - {os.getegid()}))
    wanted.chmod(0o770)
    refused("other users can write")


@pytest.mark.parametrize("mode", [0o777, 0o707])
def test_one_in_a_folder_that_others_can_write(
    mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = tmp_path / "shared"
    parent.mkdir()
    parent.chmod(mode)
    monkeypatch.setenv("MEKONG_CACHE", str(parent / "mine"))
    refused("other users can write to")


def test_one_in_a_sticky_folder_such_as_the_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = tmp_path / "sticky"
    parent.mkdir()
    parent.chmod(0o1777)
    monkeypatch.setenv("MEKONG_CACHE", str(parent / "mine"))
    assert cache_folder() == parent / "mine"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give")
@pytest.mark.parametrize("whose", ["folder", "parent"])
def test_one_of_another_user(whose: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "theirs" / "cache"
    folder.mkdir(parents=True)
    os.chown(folder if whose == "folder" else folder.parent, 12345, 12345)
    monkeypatch.setenv("MEKONG_CACHE", str(folder))
    refused("another user")


def test_a_link_and_a_file(wanted: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    wanted.symlink_to(tmp_path / "real")
    refused("it is a link")
    wanted.unlink()
    wanted.write_text("", encoding="utf-8")
    refused("not a folder")


@pytest.mark.parametrize("name", ["/dev/null/cache", "/proc/nothing/cache", "x" * 300])
def test_one_that_cannot_be_made(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEKONG_CACHE", name)
    refused("there is no folder")


def test_the_users_cache_is_taken_and_nothing_under_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEKONG_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "mekong"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder() == tmp_path / "home" / ".cache" / "mekong"
    monkeypatch.setenv("HOME", "/dev/null/home")
    before = set(Path(tempfile.gettempdir()).glob("mekong*"))
    refused("there is no folder")
    assert set(Path(tempfile.gettempdir()).glob("mekong*")) <= before


def test_a_home_in_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MEKONG_CACHE", "~/kept")
    assert cache_folder() == tmp_path / "kept"
