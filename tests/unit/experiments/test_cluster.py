"""A real Dask scheduler with two real worker processes gives the same bytes as this process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.sweep import read_study, run_study
from sim.errors import InputError, OutputError
from sim.experiments.execution import executors as pools
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.plan import options_for
from sim.experiments.own_rules.loading import load_rules
from tests.conftest import CHECKOUT
from tests.helpers.made_up import made_up

STUDY = """
title = "On a cluster"
scenarios = ["baseline", "broadband"]
scale = 200000
seeds = 2
"""
RULE = '''
"""Nobody does anything but count quarters, in a field, parameter and indicator of their own."""
from sim.agents.own import field, mean, parameter

KIND = "consumer"
lived = field("quarters", low=0.0, high=1000.0)
step = parameter("1", low=0.5, high=2.0, default=1.5, meaning="counted a quarter")
mean_lived = mean("lived", "quarters")


def rule(person, env, params, rng):
    person.habit = 0.25
    person.lived = person.lived + params.step
'''


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler and two workers, each a process, as `dask scheduler` and `dask worker` start."""
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "NUMBA_NUM_THREADS": "1"}
    python = [sys.executable, "-m"]
    words = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    at = ["--scheduler-file", str(file), "--no-dashboard"]
    started = [subprocess.Popen([*python, *words, *at], env=environment, **quiet)]
    try:
        limit = time.monotonic() + 120
        while not file.is_file() or not file.read_text():
            assert time.monotonic() < limit
            time.sleep(0.1)
        for _ in range(2):
            worker = ["distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny"]
            started.append(subprocess.Popen([*python, *worker, *at], env=environment, **quiet))
        from distributed import Client

        found = json.loads(file.read_text())["address"]
        with Client(found, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)
        yield found
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def kept(folder: Path) -> dict[str, bytes]:
    paths = [*folder.glob("runs/*"), *folder.glob("series/*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_cluster_gives_the_same_bytes(tmp_path: Path, address: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    study = read_study(path)
    run_study(study, RunOptions(threads=1), tmp_path / "here")
    options = options_for(study, None, None, address, "compiled")
    seen: list[int] = []
    run_study(
        study, options, tmp_path / "there", progress=lambda done, total, failed: seen.append(done)
    )
    assert seen == list(range(5))
    assert kept(tmp_path / "there") == kept(tmp_path / "here")
    assert len(kept(tmp_path / "here")) == 8


def test_a_rule_of_ones_own_reaches_the_workers(tmp_path: Path, address: str) -> None:
    (tmp_path / "mine.py").write_text(RULE, encoding="utf-8")
    path = tmp_path / "study.toml"
    path.write_text(STUDY.replace("seeds = 2", "seeds = 1"), encoding="utf-8")
    study = read_study(path, rules=load_rules(tmp_path / "mine.py"))
    for folder, options in {
        "here": RunOptions(threads=1, rules=study.rules),
        "there": options_for(study, None, None, address, "compiled"),
    }.items():
        run_study(study, options, tmp_path / folder)
    assert kept(tmp_path / "there") == kept(tmp_path / "here")
    series = pd.read_parquet(tmp_path / "there" / "series")
    last = series[(series["indicator"] == "mean_lived") & (series["quarter"] == "2030Q4")]
    assert len(last) and last["value"].to_numpy() == pytest.approx(64 * 1.5, rel=1e-12)
    plain = read_study(path)
    assert plain.jobs[0].run != study.jobs[0].run


def test_workers_of_another_version_are_refused(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    study = read_study(path)
    here = pools.environment()
    monkeypatch.setattr(pools, "environment", lambda: {**here, "numpy": "1.0"})
    with pytest.raises(OutputError, match="differs in numpy"):
        run_study(
            study, RunOptions(threads=1, cluster=address), tmp_path / "out", simulator=made_up
        )


def test_an_address_without_a_scheduler_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "CONNECT_SECONDS", 2)
    path = tmp_path / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    study = read_study(path)
    options = options_for(study, None, None, "tcp://127.0.0.1:9", "compiled")
    with pytest.raises(OutputError, match="no Dask scheduler"):
        run_study(study, options, tmp_path / "out", simulator=made_up)
    with pytest.raises(InputError, match="workers of a cluster"):
        options_for(study, 2, None, "tcp://127.0.0.1:9", "compiled")
