"""Runs per second of a sweep: one worker, two workers, a Dask cluster; what keeping runs costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.processes import CHECKOUT

_SWEEP = """
import json, resource, sys, time
from pathlib import Path
from sim.analysis.sweep import run_study
from sim.experiments.execution.options import RunOptions
from sim.experiments.study import build_study


def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmRSS"))


out, runs, workers, cluster = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
draws = max(runs // 40, 1)
study = build_study(
    ["baseline", "coordinated"], seeds=runs // draws // 2, draws=draws, scale=5000
)
sizes = {}


def progress(done, total, failed):
    for share in (0.1, 0.5, 1.0):
        if done >= share * total:
            sizes.setdefault(share, resident())


clock = time.perf_counter()
options = RunOptions(threads=1, workers=workers, cluster=cluster or None)
run_study(study, options, Path(out), progress=progress)
print(json.dumps({
    "runs": len(study.jobs),
    "seconds": time.perf_counter() - clock,
    "core seconds": sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    ),
    "memory": list(sizes.values()),
}))
"""

_OVERHEAD = """
import json, sys, time, tempfile
from pathlib import Path
from sim.experiments.execution.options import RunOptions
from sim.experiments.storage.part_files import finished
from sim.experiments.execution.runner import simulate
from sim.experiments.storage.store import Store
from sim.experiments.study import build_study

options = RunOptions(threads=1)
study = build_study(["baseline", "coordinated"], seeds=int(sys.argv[1]), draws=2, scale=5000)
log = {"started": "", "wall_s": 0.0, "machine": "", "attempts": 1, "error": "", "traceback": ""}
store = Store(Path(tempfile.mkdtemp(dir=sys.argv[2])))
run, keep = [], []
for job in study.jobs:
    simulate(job, options) if not run else None
    clock = time.process_time()
    series = simulate(job, options)
    done = time.process_time()
    store.state(job)
    store.keep(finished(job, series, log))
    run.append(done - clock)
    keep.append(time.process_time() - done)
run.sort(), keep.sort()
print(json.dumps({"run": run[len(run) // 2], "keep": keep[len(keep) // 2]}))
"""


def throughput(runs: int, workers: int, cluster: str = "") -> dict[str, float]:
    """Runs, seconds from start to end, and memory of the parent at 10, 50 and 100 % of the runs."""
    with tempfile.TemporaryDirectory() as folder:
        words = [str(Path(folder) / "out"), str(runs), str(workers), cluster]
        return dict(json.loads(_python("-c", _SWEEP, *words)))


def store_overhead(seeds: int) -> dict[str, float]:
    """Median seconds of a core for a run, and for looking for it, encoding and writing it."""
    with tempfile.TemporaryDirectory() as folder:
        return dict(json.loads(_python("-c", _OVERHEAD, str(seeds), folder)))


def on_dask(runs: int, workers: int) -> dict[str, float]:
    """The same on a scheduler and workers started for it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        at = ["--scheduler-file", str(file), "--no-dashboard"]
        words = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
        started = [_started(folder, *words, *at)]
        try:
            while not file.is_file() or not file.read_text():
                time.sleep(0.1)
            started += [
                _started(folder, "distributed.cli.dask_worker", "--nthreads", "1", *at)
                for _ in range(workers)
            ]
            time.sleep(5.0)
            return throughput(runs, 1, json.loads(file.read_text())["address"])
        finally:
            for process in reversed(started):
                process.kill()
                process.wait()


def _environment() -> dict[str, str]:
    path = os.pathsep.join([str(CHECKOUT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return {**os.environ, "PYTHONPATH": path, "NUMBA_NUM_THREADS": "1"}


def _started(folder: str, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        env=_environment(),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _python(*words: str) -> str:
    command = [sys.executable, *words]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"the sweep ended with {done.returncode}:\n{done.stderr}")
    return done.stdout
