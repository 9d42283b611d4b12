"""Mixed use for a long time in one process: no process, temporary file or memory may be left.

python -m tests.reliability.soak 1800          seconds; prints a table, exit status 1 on a leak
"""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

FIRST_ROUNDS = 3  # caches fill, libraries are loaded
MOST_GROWTH = 0.10  # of the resident memory after the first rounds
STUDY = """\
title = "Soak"
scenarios = ["baseline", "broadband"]
scale = 1000000
seeds = 2
[design]
kind = "grid"
[inputs]
"parameters.trust_recovery" = [0.2, 0.5]
"""
TINY = ("--scale", "1000000")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("validate", "coordinated"),
    ("validate", "no_such_scenario"),
    ("compare", "baseline", "coordinated", *TINY, "--seeds", "3", "--out", "compared"),
    ("report", "compared", "--pictures"),
    ("sweep", "study.toml", "--workers", "2", "--out", "swept"),
    ("study", "verify", "swept"),
    ("study", "export", "swept"),
    ("sweep", "study.toml", "--shard", "1/2", "--out", "one"),
    ("sweep", "study.toml", "--shard", "2/2", "--out", "two"),
    ("study", "merge", "both", "one", "two"),
    ("run", "baseline", *TINY, "--rule", "mine.py", "--out", "ruled"),
    ("run", "baseline", *TINY, "--rule", "bad.py", "--out", "refused"),
    ("trace", "baseline", *TINY, "--country", "THA", "--consumer", "4"),
)


def resident() -> float:
    """Resident memory of this process, megabytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1]) / 1000.0
    return 0.0


def children() -> list[str]:
    """Programs that this process has started and that still run, but for Python's own tracker."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="ascii").rpartition(")")[2].split()
            line = (path.parent / "cmdline").read_text(encoding="utf-8").replace("\0", " ")
        except OSError:
            continue
        if fields[1] == str(os.getpid()) and "resource_tracker" not in line:
            found.append(line or path.parent.name)
    return found


def one_round(folder: Path) -> list[str]:
    """Every command once in a new folder; returns what ended with an unforeseen status."""
    from typer.testing import CliRunner

    from sim.cli import app
    from sim.experiments.own_rules.template import new_rule

    os.chdir(folder)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    new_rule(folder / "mine.py")
    (folder / "bad.py").write_text(
        "def consumer_quarter(person, env, params, rng):\n    person.x = 1\n"
    )
    wrong = []
    for command in COMMANDS:
        done = CliRunner().invoke(app, list(command))
        expected = 2 if "no_such_scenario" in command or "bad.py" in command else 0
        if done.exit_code != expected:
            wrong.append(f"{' '.join(command)}: {done.exit_code} {done.output[-300:]}")
    return wrong


def main() -> int:
    """Rounds until the time is over."""
    seconds, began = float(sys.argv[1]), time.monotonic()
    home = Path.cwd()
    temporary = Path(tempfile.mkdtemp(prefix="soak-"))
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
    wrong: list[str] = []
    memory: list[float] = []
    work = temporary / "work"
    for number in itertools.count(1):
        work.mkdir()
        wrong += one_round(work)
        os.chdir(home)
        shutil.rmtree(work)
        gc.collect()
        memory.append(resident())
        passed = time.monotonic() - began
        print(f"| {number} | {passed:.0f} | {memory[-1]:.0f} |", flush=True)
        if passed > seconds and number > FIRST_ROUNDS:
            break
    left = sorted(path.name for path in temporary.iterdir())
    running = children()
    before, after = memory[FIRST_ROUNDS - 1], memory[-1]
    growth = after / before - 1.0
    print(f"{number} rounds of {len(COMMANDS)} commands in {passed:.0f} s")
    print(f"memory after round {FIRST_ROUNDS}: {before:.0f} MB, growth {growth:+.1%}")
    print(f"temporary files left: {left or 'none'}")
    print(f"processes left: {running or 'none'}")
    for line in wrong:
        print(f"unforeseen: {line}")
    shutil.rmtree(temporary)
    return int(bool(left or running or wrong or growth > MOST_GROWTH))


if __name__ == "__main__":
    sys.exit(main())
