"""The folder of compiled code: used only when nobody else can write there.

What is kept is loaded as code, so a folder that another user can change is never used.
"""

from __future__ import annotations

import os
import stat
import warnings
from pathlib import Path

from sim.errors import MekongWarning

VARIABLE = "MEKONG_CACHE"
_OTHERS_WRITE = stat.S_IWOTH
_GROUP_WRITES = stat.S_IWGRP


class CacheWarning(MekongWarning):
    """Compiled code cannot be kept, so every process compiles it for itself."""


def cache_folder() -> Path | None:
    """The folder for compiled code, made if it is missing; None with a warning if unusable."""
    folder, reason = find_folder()
    if folder is None:
        warn(reason)
    return folder


def find_folder() -> tuple[Path | None, str]:
    """The folder of what is kept for later processes, or None and why it is not used.

    It is $MEKONG_CACHE, else `mekong` in the user's cache ($XDG_CACHE_HOME or ~/.cache).
    """
    try:
        folder = _wanted()
        if not os.path.lexists(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        reason = _unsafe(folder)
        if reason is None and not os.access(folder, os.W_OK | os.X_OK):
            reason = "it cannot be written"
    except (OSError, RuntimeError, ValueError) as error:
        return None, f"there is no folder for it: {getattr(error, 'strerror', None) or error}"
    if reason is not None:
        return None, f"the folder '{folder}' is not used: {reason}"
    return folder, ""


def warn(reason: str) -> None:
    """Say that compiled code is not kept, and what to do."""
    warnings.warn(
        f"compiled code is not kept, so each process compiles it again; {reason}. "
        f"Set {VARIABLE} to a folder that only you can write",
        CacheWarning,
        stacklevel=3,
    )


def _wanted() -> Path:
    named = os.environ.get(VARIABLE)
    if named:
        return Path(os.path.abspath(os.path.expanduser(named)))
    base = os.environ.get("XDG_CACHE_HOME")
    if base and os.path.isabs(base):
        return Path(base) / "mekong"
    home = Path.home()
    if not home.is_absolute():
        raise ValueError(f"the home folder is '{home}'")
    return home / ".cache" / "mekong"


def _unsafe(folder: Path) -> str | None:
    """Why somebody else could change what is in a folder; None if nobody else can."""
    if not hasattr(os, "getuid"):  # Windows gives every user a cache of their own
        return None
    if folder.is_symlink():
        return "it is a link"
    if not folder.is_dir():
        return "it is not a folder"
    me = os.geteuid()
    about = folder.stat()
    if about.st_uid != me:
        return "it belongs to another user"
    if about.st_mode & _OTHERS_WRITE or _group_can_write(about, me):
        return "other users can write to it"
    for way in (folder, Path(os.path.realpath(folder))):  # the links on the way, and the folders
        for parent in way.parents:
            reason = _unsafe_parent(parent, me)
            if reason is not None:
                return f"{reason} '{parent}'"
    return None


def _unsafe_parent(parent: Path, me: int) -> str | None:
    own = parent.lstat()
    if own.st_uid not in (0, me):
        return "another user owns"
    about = parent.stat()
    if about.st_uid not in (0, me):
        return "another user owns"
    sticky = about.st_mode & stat.S_ISVTX  # only owners rename and remove
    if (about.st_mode & _OTHERS_WRITE or _group_can_write(about, me)) and not sticky:
        return "other users can write to"
    return None


def _group_can_write(about: os.stat_result, me: int) -> bool:
    """True if a group can write that is more than the user's own one of the same name."""
    if not about.st_mode & _GROUP_WRITES:
        return False
    if about.st_gid == 0 and me == 0:
        return False
    import grp
    import pwd

    try:
        user, group = pwd.getpwuid(me), grp.getgrgid(about.st_gid)
    except KeyError:
        return True
    return group.gr_name != user.pw_name or any(name != user.pw_name for name in group.gr_mem)
