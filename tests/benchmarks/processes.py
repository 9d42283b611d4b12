"""Measurements that need a process of their own: memory, whole runs, and what a person types."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_MEKONG = (sys.executable, "-m", "sim")
_RUN = (*_MEKONG, "run", "baseline", "--quiet")
_COMPARE = (*_MEKONG, "compare", "baseline", "both", "--seeds", "5", "--scale", "1000", "--quiet")

_WHOLE_RUN = """
import json, sys, time
from pathlib import Path
from sim.model.model import MekongModel


def memory(entry):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(entry))



scale, quarters, threads = (int(word) for word in sys.argv[1:])
MekongModel(scale=100_000, threads=threads).step()  # compiles or loads the rules
Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
idle = memory("VmRSS")
start = time.perf_counter()
model = MekongModel(scale=scale, threads=threads)
built = time.perf_counter()
for _ in range(quarters):
    model.step()
done = time.perf_counter()
people = model.people
agents = len(people.rows)
arrays = {
    "rows": people.rows.nbytes,
    "seen": people.seen.nbytes + people._seen_next.nbytes,
    "communities": people.counts.nbytes + people.places.community_first.nbytes,
}
peak = memory("VmHWM")
print(json.dumps({
    "agents": agents,
    "bytes an agent": {name: size / agents for name, size in arrays.items()},
    "peak bytes an agent": (peak - idle) / agents,
    "peak GB": peak / 1e9,
    "build s": built - start,
    "ns an agent and quarter": 1e9 * (done - built) / agents / quarters,
    "quarters": quarters,
}))
"""

_TWENTY_MODELS = """
import gc, json
from pathlib import Path
import os
from sim.model.model import MekongModel


def resident():
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


sizes = []
for seed in range(20):
    MekongModel(seed=seed, scale=1000).run().indicators()
    sizes.append(resident())
print(json.dumps({"after model 4, MB": sizes[3] / 1e6, "after model 20, MB": sizes[-1] / 1e6}))
"""

_PEER = """
import sys
from tests.benchmarks.peers import bytes_an_adult

print(bytes_an_adult(sys.argv[1], int(sys.argv[2])))
"""


def whole_run(scale: int, quarters: int, threads: int) -> dict[str, object]:
    """Bytes per agent and time of a run in a process of its own (Linux only)."""
    words = [str(number) for number in (scale, quarters, threads)]
    return dict(json.loads(_run([sys.executable, "-c", _WHOLE_RUN, *words]).stdout))


def twenty_models() -> dict[str, float]:
    """Resident memory while twenty models are built and run one after another (Linux only)."""
    return dict(json.loads(_run([sys.executable, "-c", _TWENTY_MODELS]).stdout))


def bytes_of_peer(name: str, adults: int) -> float:
    """Bytes an adult of the simple rule in one package, in a process of its own (Linux only)."""
    return float(
        _run(
            [sys.executable, "-c", _PEER, name, str(adults)],
            MALLOC_MMAP_THRESHOLD_="65536",  # freed arrays go back to the system
        ).stdout.split()[-1]
    )


def seconds_of_commands(repeats: int) -> dict[str, float]:
    """Wall time of what a person types, each in a new process; short ones as medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # compiled code that this process found elsewhere would hide the first time
        cache = {name: str(folder / "cache") for name in ("MEKONG_CACHE", "NUMBA_CACHE_DIR")}
        first = _timed([*_COMPARE, "--out", str(folder / "first")], **cache)
        again = _timed([*_COMPARE, "--out", str(folder / "again")], **cache)
        coarse = [*_RUN, "--scale", "100000", "--out"]
        firsts = [_newcomer(folder / str(n), coarse) for n in range(min(repeats, 3))]
        short = {
            "import sim": [sys.executable, "-c", "import sim"],
            "import sim.model": [sys.executable, "-c", "import sim.model.model"],
            "mekong --help": [*_MEKONG, "--help"],
        }
        return {
            "compare, first time": first,
            "compare, once compiled": again,
            "run at scale 100000, first time": min(seconds[0] for seconds in firsts),
            "run at scale 100000, once compiled": min(seconds[1] for seconds in firsts),
            **{
                label: statistics.median(_timed(command, **cache) for _ in range(repeats))
                for label, command in short.items()
            },
        }


def _newcomer(folder: Path, command: Sequence[str]) -> tuple[float, float]:
    """Seconds of a command with nothing in the cache, and of the same afterwards."""
    cache = {name: str(folder / "cache") for name in ("MEKONG_CACHE", "NUMBA_CACHE_DIR")}
    first, again = (_timed([*command, str(folder / name)], **cache) for name in ("first", "again"))
    return first, again


def _timed(command: Sequence[str], **environment: str) -> float:
    start = time.perf_counter()
    _run(command, **environment)
    return time.perf_counter() - start


def _run(command: Sequence[str], **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(CHECKOUT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    ready = {**os.environ, "PYTHONPATH": path, "MPLBACKEND": "Agg", **environment}
    ready = {name: value for name, value in ready.items() if value}  # "" takes a variable out
    done = subprocess.run(command, env=ready, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command[1:4])} ended with {done.returncode}:\n{done.stderr}")
    return done
