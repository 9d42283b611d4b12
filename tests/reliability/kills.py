"""Programs killed at random moments, then repeated: is the result the same to the last byte?

    python -m tests.reliability.kills 100 --log kills.md

Each kill starts a command in a process group of its own and ends the parent, one of its workers, or
the whole group with SIGKILL. The command is then repeated until it ends by itself. Its folder is
compared with one that was never interrupted: same files, same bytes, nothing half written.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

WHOM = ("parent", "worker", "group")
ENDED = "had ended"  # a little before the kill
CHECKOUT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 600.0

STUDY = """
title = "To be killed"
scenarios = ["baseline", "broadband"]
scale = 1000000
seeds = 4
[design]
kind = "grid"
[inputs]
"levers.broadband_investment.level" = [1, 4]
"""

_STAGES = """
import sys, time
from pathlib import Path
import numpy as np
from sim.experiments.storage.checkpoints import Checkpoints
stages = Checkpoints(Path(sys.argv[1]), {"seed": 1}, ())
for number in range(12):
    def make(number=number):
        time.sleep(0.1)
        return {"points": np.random.default_rng(number).random(50_000)}
    stages.stage(f"world_{number:03d}", make)
"""


@dataclass(frozen=True)
class Command:
    """A command, the words after `mekong` with OUT for its folder; `before` prepares its inputs."""

    name: str
    words: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    code: str = ""

    def arguments(self, out: str) -> list[str]:
        """The command line that writes into a folder."""
        start = ["-c", self.code] if self.code else ["-m", "sim"]
        return [sys.executable, *start, *(word.replace("OUT", out) for word in self.words)]


_SHARDS = tuple(
    ("sweep", "study.toml", "--shard", f"{k}/2", "--out", f"shard{k}", "--quiet") for k in (1, 2)
)
_SMALL = ("--scale", "400000", "--seeds", "3", "--quiet", "--out", "OUT")
_SWEEP = ("sweep", "study.toml", "--workers", "2", "--quiet", "--out")
COMMANDS = (
    Command("sweep", (*_SWEEP, "OUT")),
    Command(
        "compare",
        ("compare", "baseline", "broadband", *_SMALL, "--draws", "4", "--workers", "2"),
    ),
    Command("stages", ("OUT",), code=_STAGES),
    Command("merge", ("study", "merge", "OUT", "shard1", "shard2", "--quiet"), _SHARDS),
    Command(
        "export",
        ("study", "export", "sweep-whole", "--quarterly", "--out", "OUT", "--quiet"),
        ((*_SWEEP, "sweep-whole"),),  # finished before the first kill of a sweep
    ),
    Command(
        "attribute",
        ("mix", "attribute", "broadband", *_SMALL, "--draws", "0"),
    ),
)


@dataclass(frozen=True)
class Killed:
    """One kill: which command, whom, after how long, how often, and what was wrong afterwards."""

    command: str
    whom: str
    seconds: float
    wrong: tuple[str, ...]


class Place:
    """A folder with the inputs of the commands and the result of each without a kill."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "study.toml").write_text(STUDY, encoding="utf-8")
        self._seconds: dict[str, float] = {}
        self._prepared: set[tuple[str, ...]] = set()

    def start(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """A process at the head of a group of its own."""
        with (self.folder / "said.txt").open("ab") as said:
            return subprocess.Popen(
                arguments,
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def run(self, arguments: Sequence[str]) -> None:
        """Run to the end. Raises AssertionError if the command does not end well."""
        status = self.start(arguments).wait(WAIT_SECONDS)
        said = (self.folder / "said.txt").read_text(encoding="utf-8", errors="replace")
        assert status == 0, f"{arguments[1:]} ended with {status}: {said[-2000:]}"

    def seconds(self, command: Command) -> float:
        """How long a command takes without a kill; its folder is kept to compare with."""
        if command.name not in self._seconds:
            for words in command.before:
                if words not in self._prepared:
                    self.run([sys.executable, "-m", "sim", *words])
                    self._prepared.add(words)
            began = time.monotonic()
            self.run(command.arguments(f"{command.name}-whole"))
            self._seconds[command.name] = time.monotonic() - began
        return self._seconds[command.name]

    def kill(self, command: Command, whom: str, chance: random.Random, number: int) -> Killed:
        """Start, kill at a random moment, repeat, compare."""
        longest = self.seconds(command)
        after = chance.uniform(0.1, 1.0) * longest
        out = f"{command.name}-{number}"
        process = self.start(command.arguments(out))
        try:
            process.wait(after)
            whom = ENDED
        except subprocess.TimeoutExpired:
            whom = _kill(process, whom, chance)
        process.wait(WAIT_SECONDS)
        _end_group(process.pid)
        self.run(command.arguments(out))
        wrong = compared(self.folder / f"{command.name}-whole", self.folder / out)
        return Killed(command.name, whom, after, tuple(wrong))


def _kill(process: subprocess.Popen[bytes], whom: str, chance: random.Random) -> str:
    """Kill; returns whom: the parent where there is no worker."""
    workers = _children(process.pid)
    if whom == "group":
        _end_group(process.pid)
    elif whom == "worker" and workers:
        _end(chance.choice(workers))
    else:
        process.kill()
        return "parent"
    return whom


def _children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(path.parent.name))
    return found


def _end(number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)


def _end_group(number: int) -> None:
    """End what is left of a group that this program started."""
    with suppress(ProcessLookupError):
        os.killpg(number, signal.SIGKILL)


def compared(whole: Path, other: Path) -> list[str]:
    """What differs between a folder that was never interrupted and another; empty if nothing."""
    mine, theirs = _contents(whole), _contents(other)
    wrong = [f"lacks {name}" for name in mine if name not in theirs]
    wrong += [f"has {name}" for name in theirs if name not in mine]
    for name in mine:
        timed = "log" in Path(name).parts  # says when and on what a run was done
        if name in theirs and not timed and mine[name].read_bytes() != theirs[name].read_bytes():
            wrong.append(f"differs in {name}")
    return wrong


def _contents(folder: Path) -> dict[str, Path]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in paths if path.name != ".lock"}


def kills(count: int, place: Path, seed: int = 1, until: float | None = None) -> list[Killed]:
    """So many kills, the commands and whom in turn; none is begun after `until` seconds."""
    chance, where, began = random.Random(seed), Place(place), time.monotonic()
    found: list[Killed] = []
    for number in range(count):
        if until is not None and time.monotonic() - began > until:
            break
        command = COMMANDS[number % len(COMMANDS)]
        whom = WHOM[(number + number // len(COMMANDS)) % len(WHOM)]
        found.append(where.kill(command, whom, chance, number))
        last = found[-1]
        print(
            f"{number + 1} {last.command} {last.whom} {last.seconds:.1f} s {last.wrong}", flush=True
        )
    return found


def as_markdown(found: Sequence[Killed]) -> str:
    """A table with a row a command: kills of each sort, and what was wrong afterwards."""
    heads = ["command", *WHOM, ENDED, "other bytes afterwards"]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for command in COMMANDS:
        mine = [kill for kill in found if kill.command == command.name]
        by = Counter(kill.whom for kill in mine)
        bad = sum(bool(kill.wrong) for kill in mine)
        cells = [command.name, *(str(by[whom]) for whom in (*WHOM, ENDED)), str(bad)]
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        f"\n{kill.command}, {kill.whom} after {kill.seconds:.1f} s: {'; '.join(kill.wrong[:10])}"
        for kill in found
        if kill.wrong
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Kill, write the table; 1 if anything was wrong."""
    reader = argparse.ArgumentParser(prog="python -m tests.reliability.kills")
    reader.add_argument("count", type=int)
    reader.add_argument("--log", type=Path)
    reader.add_argument("--seed", type=int, default=1)
    reader.add_argument("--until", type=float, help="seconds after which no kill is begun")
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = kills(asked.count, Path(place), asked.seed, asked.until)
    text = as_markdown(found)
    print(text)
    if asked.log is not None:
        asked.log.write_text(text, encoding="utf-8")
    return int(any(kill.wrong for kill in found))


if __name__ == "__main__":
    sys.exit(main())
