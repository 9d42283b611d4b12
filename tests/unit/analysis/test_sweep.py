"""Real sweeps: whatever happens to them, the same bytes in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.comparison.compare import compare
from sim.analysis.export import export
from sim.analysis.sweep import Sweep, sweep
from sim.errors import InputError, MekongError, OutputError
from sim.experiments import replay as again
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import perform, simulate
from sim.experiments.replay import merge, rerun
from sim.experiments.run import Job
from sim.experiments.storage import verify as verifying
from sim.experiments.storage.folder import read_manifest
from sim.experiments.storage.part_files import finished
from sim.experiments.storage.store import Store
from sim.experiments.storage.verify import verify
from sim.experiments.study_file import load_study
from sim.report.writer import save
from tests.conftest import CHECKOUT, RunPython

STUDY = """
title = "Small"
scenarios = ["baseline", "broadband"]
scale = 100000
seeds = 2

[design]
kind = "one_at_a_time"

[inputs]
"parameters.imitation" = [0.3]
"levers.broadband_investment.KHM.level" = [8]
"""
RUNS = 10  # two values of imitation for two scenarios, another level for one of them; two seeds


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a name as people have them, with the study in it."""
    folder = tmp_path_factory.mktemp("étude à moi ມ")
    (folder / "small.toml").write_text(STUDY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def whole(place: Path) -> Path:
    """The study done in one piece."""
    return save(sweep(place / "small.toml", out=place / "whole", workers=1))


def kept(folder: Path) -> dict[str, bytes]:
    """The content of `runs/` and `series/`."""
    paths = [*folder.glob("runs/*"), *folder.glob("series/*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def command(place: Path, study: str, out: str) -> list[str]:
    start = "import sys; sys.argv[0] = 'mekong'; from sim.cli import main; sys.exit(main())"
    words = ["sweep", str(place / study), "--workers", "2", "--out", str(place / out)]
    return [sys.executable, "-c", start, *words]


def heed_ctrl_c() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Started:
    """A sweep in processes of its own, to be interrupted and killed."""

    def __init__(self, place: Path, study: str, out: str) -> None:
        self.folder = place / out
        self.before = self.runs()
        self.process = subprocess.Popen(
            command(place, study, out),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            preexec_fn=heed_ctrl_c,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        )

    def runs(self) -> int:
        """Runs that are kept."""
        return len(list(self.folder.glob("runs/[!.]*")))

    def wait_for(self, more: int) -> None:
        """Until so many runs are there beside those of the beginning."""
        self.until(lambda: self.runs() >= self.before + more)

    def until(self, true: Callable[[], bool]) -> None:
        """Look again and again while the sweep goes on."""
        limit = time.monotonic() + 300
        while not true():
            assert self.process.poll() is None and time.monotonic() < limit, self.end()
            time.sleep(0.02)

    def workers(self) -> list[int]:
        """Processes that do runs."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
                words = (path / "cmdline").read_text()
            except OSError:
                continue
            if parent == self.process.pid and "popen_loky" in words:
                found.append(int(path.name))
        return found

    def end(self) -> tuple[str, str]:
        """What it has said."""
        return self.process.communicate(timeout=300)


def alive(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to find the workers")
def test_an_interrupted_and_twice_killed_study_ends_in_the_same_bytes(place: Path) -> None:
    long = "long.toml"  # so many runs that none of the three is too late
    (place / long).write_text(STUDY.replace("seeds = 2", "seeds = 4"), encoding="utf-8")
    whole = save(sweep(place / long, out=place / "whole and long", workers=1))
    first = Started(place, long, "killed")
    first.wait_for(2)
    os.killpg(first.process.pid, signal.SIGINT)  # Ctrl-C reaches everybody in the terminal
    _, said = first.end()
    assert first.process.returncode == 130
    assert "runs in a result folder are kept; the same command goes on" in said
    assert "Traceback" not in said, said

    second = Started(place, long, "killed")
    second.wait_for(1)
    first_workers = set(second.workers())
    os.kill(min(first_workers), signal.SIGKILL)
    second.until(lambda: len(set(second.workers()) - first_workers) == 2)
    workers = set(second.workers()) - first_workers
    os.kill(second.process.pid, signal.SIGKILL)
    _, said = second.end()
    assert "a worker process died" in said
    limit = time.monotonic() + 60
    while any(alive(worker) for worker in workers):  # nobody is left to work for
        assert time.monotonic() < limit
        time.sleep(0.1)
    assert len(Store(place / "killed").runs()) < 2 * RUNS

    save(sweep(place / long, out=place / "killed", workers=1))
    assert kept(place / "killed") == kept(whole)
    assert len(kept(whole)) == 2 * 2 * RUNS
    for name in ("outcomes.csv", "points.csv", "design.csv"):
        assert (place / "killed" / name).read_bytes() == (whole / name).read_bytes()


def test_a_comparison_is_the_same_with_any_number_of_workers(
    tmp_path: Path, run_mekong: RunPython
) -> None:
    words = ["baseline", "broadband", "--seeds", "1", "--scale", "500000", "--quiet"]
    said = run_mekong("compare", *words, "--workers", "2", "--out", str(tmp_path / "two"))
    assert said.returncode == 0, said.stderr
    alone = compare(
        "baseline", "broadband", seeds=1, scale=500_000, workers=1, out=tmp_path / "one"
    )
    save(alone)
    one, two = (
        {
            path.relative_to(tmp_path / name).as_posix(): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file() and path.parent.name != "log" and path.name != "manifest.json"
        }
        for name in ("one", "two")
    )
    assert one == two
    assert {"summary.csv", "effects.csv", "figures/trajectory.png"} < set(one)


def test_shards_put_together_are_the_study(place: Path, whole: Path) -> None:
    shards = []
    for number in (1, 2):
        shards.append(place / f"shard {number}")
        sweep(place / "small.toml", out=shards[-1], shard=f"{number}/2", workers=1, missing="drop")
    runs = [len(Store(shard).runs()) for shard in shards]
    assert sum(runs) == RUNS and min(runs) > 0
    part = merge(place / "half", shards[:1])
    assert (part.runs, part.missing) == (runs[0], runs[1])
    found = merge(place / "half", shards)
    assert (found.runs, found.missing, found.failed, found.damaged) == (RUNS, 0, 0, ())
    assert kept(place / "half") == kept(whole)
    assert read_manifest(place / "half")["study"] == read_manifest(whole)["study"]
    result = Sweep(place / "half")
    pd.testing.assert_frame_equal(result.outcomes, Sweep(whole).outcomes, check_exact=True)


def test_shards_of_another_study_are_not_mixed_in(place: Path, whole: Path) -> None:
    other = place / "other.toml"
    other.write_text(STUDY.replace("seeds = 2", "seeds = [7]"), encoding="utf-8")
    text = read_manifest(whole)
    strange = place / "strange"
    strange.mkdir()
    from sim.experiments.storage.folder import write_manifest

    for change in ({"seeds": [7]}, {"environment": {**text["environment"], "numpy": "1.0"}}):
        write_manifest(strange, {**text, **change})
        with pytest.raises(OutputError, match="not a shard of the same study") as caught:
            merge(place / "mixed", [whole, strange])
        assert next(iter(change)) in str(caught.value) or "versions" in str(caught.value)
        assert not (place / "mixed").exists()


def test_a_stored_run_is_repeated_to_the_last_bit(place: Path, whole: Path) -> None:
    found = verify(whole, RunOptions(threads=2), count=3)
    assert (found.parts, found.damaged, found.repeated, found.different) == (RUNS, [], 3, [])
    copy = place / "changed"
    sweep(place / "small.toml", out=copy, shard="1/7", workers=1, missing="drop")
    job = load_study(place / "small.toml").jobs[0]
    series = simulate(job, RunOptions())
    series["value"] *= 1.0 + 1e-12
    log = {"started": "", "wall_s": 0.0, "machine": "", "attempts": 1, "error": "", "traceback": ""}
    Store(copy).keep(finished(job, series, log))
    found = verify(copy, RunOptions(), runs=[job.run[:10]])
    assert found.damaged == []
    assert set(found.different) == {f"runs/{job.part}", f"series/{job.part}"}
    assert rerun(copy, job.run, RunOptions()).done
    assert verify(copy, RunOptions(), runs=[job.run]).different == []


def test_a_finished_run_that_fails_now_is_said_and_kept(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(job: Job, options: RunOptions) -> pd.DataFrame:
        raise ArithmeticError("it went wrong")

    for module in (again, verifying):
        monkeypatch.setattr(module, "perform", partial(perform, simulator=broken))
    before = kept(whole)
    run = str(Store(whole).runs()["run"].iloc[0])
    with pytest.raises(MekongError, match="cannot be repeated: ArithmeticError: it went wrong"):
        verify(whole, RunOptions())
    outcome = rerun(whole, run, RunOptions())
    assert not outcome.done and "Traceback" in outcome.traceback
    assert kept(whole) == before


def test_what_another_version_made_is_not_verified(whole: Path, place: Path) -> None:
    from sim.experiments.storage.folder import write_manifest

    old = place / "old"
    old.mkdir()
    write_manifest(old, {**read_manifest(whole), "sources_hash": "0" * 64, "inputs": []})
    with pytest.raises(InputError, match="sources of the model"):
        verify(old, RunOptions())


def test_exports_hold_the_same_numbers(whole: Path) -> None:
    names = ["gmv_nominal_usd", "consumption_share"]
    frames = {}
    for to in ("csv", "dta", "parquet"):
        series, runs = export(whole, to, indicators=names, groups=["all", "women"])
        read = {"csv": pd.read_csv, "dta": pd.read_stata, "parquet": pd.read_parquet}[to]
        frames[to] = (read(series), read(runs))
    table = frames["parquet"][0]
    assert set(table["indicator"].astype(str)) == set(names)
    assert set(table["year"]) == set(range(2015, 2031))
    for to in ("csv", "dta"):
        assert frames[to][0]["value"].tolist() == table["value"].tolist()
        assert len(frames[to][1]) == RUNS
        for column in ("country", "group", "scenario", "year"):
            assert frames[to][0][column].tolist() == table[column].tolist()
    for frame in frames["dta"]:  # what they are merged by is words in both
        assert not isinstance(frame["scenario"].dtype, pd.CategoricalDtype)
    assert frames["dta"][1]["x1"].tolist()[1] != frames["dta"][1]["x1"].tolist()[1]  # not varied
    outcomes = Sweep(whole).outcomes
    wanted = outcomes[(outcomes["measure"] == "nominal_usd") & (outcomes["country"] == "THA")]
    mine = table[
        (table["indicator"] == "gmv_nominal_usd")
        & (table["country"] == "THA")
        & (table["group"] == "all")
        & (table["year"] == 2030)
    ]
    assert mine["value"].tolist() == wanted["value_2030"].tolist()
    with pytest.raises(InputError, match="did you mean 'gmv_nominal_usd'"):
        export(whole, "csv", indicators=["gmv_nominal"])


def test_effects_are_differences_under_the_same_luck(whole: Path) -> None:
    result = Sweep(whole)
    runs = result.outcomes[result.outcomes["country"] == "KHM"]
    runs = runs[runs["measure"] == "real_usd"]
    base = runs[runs["scenario"] == "baseline"]
    policy = runs[runs["scenario"] == "broadband"]
    assert base["effect_ratio"].isna().all() and policy["effect_ratio"].notna().all()
    point = int(policy["design_point"].max())  # another level: the baseline ran at the first point
    assert point not in set(base["design_point"])
    row = policy[(policy["design_point"] == point) & (policy["seed"] == 2)].iloc[0]
    partner = base[(base["design_point"] == 1) & (base["seed"] == 2)].iloc[0]
    assert row["effect_2030"] == row["value_2030"] - partner["value_2030"]


def test_a_dry_run_says_what_it_would_take(place: Path, run_mekong: RunPython) -> None:
    said = run_mekong("sweep", str(place / "small.toml"), "--dry-run", cwd=place)
    assert said.returncode == 0
    assert f"{RUNS} runs of" in said.stdout and "MB on disk" in said.stdout
    assert "Nothing was run." in said.stdout
    assert not (place / "results").exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write")
def test_a_folder_that_cannot_be_written_is_refused(place: Path, run_mekong: RunPython) -> None:
    said = run_mekong("sweep", str(place / "small.toml"), "--out", "/proc/self/out", "-q")
    assert said.returncode == 3
    assert "nothing can be written there" in said.stderr and "--out" in said.stderr
