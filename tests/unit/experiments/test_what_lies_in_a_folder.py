"""Result folders that are not as they were made: what is refused, warned of, or found by `verify`.

Runs are made up, so that a folder costs milliseconds.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from sim.analysis.export import export
from sim.analysis.sweep import Sweep, read_study, run_study
from sim.cli import app
from sim.errors import InputError, MekongError, OutputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import perform
from sim.experiments.replay import merge
from sim.experiments.run import Job, file_word, part_name
from sim.experiments.storage import store as storing
from sim.experiments.storage.atomic_write import sweep_up, writing
from sim.experiments.storage.folder import FORMAT, read_manifest
from sim.experiments.storage.lock import FolderLock
from sim.experiments.storage.part_files import unsealed
from sim.experiments.storage.store import DAMAGED, ForeignFiles, Store
from sim.experiments.storage.system_errors import reading_trouble, trouble
from sim.experiments.storage.verify import verify
from sim.experiments.study import Study
from tests.helpers.made_up import made_up

STUDY = """
title = "Two points"
scenarios = ["baseline", "broadband"]
scale = 100000
seeds = 2
[design]
kind = "grid"
[inputs]
"parameters.trust_recovery" = [0.2, 0.5]
"""
RUNS = 8


def study_of(place: Path, text: str = STUDY, shard: str | None = None) -> Study:
    place.mkdir(exist_ok=True)
    (place / "study.toml").write_text(text, encoding="utf-8")
    return read_study(place / "study.toml", shard=shard)


def run(place: Path, out: Path, text: str = STUDY, shard: str | None = None) -> Path:
    run_study(study_of(place, text, shard), RunOptions(), out, simulator=made_up)
    return out


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("made")
    return run(place, place / "R")


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "R"))


def checked(folder: Path) -> tuple[list[str], list[str], int, int]:
    found = verify(folder, RunOptions(), count=0)
    return found.foreign, found.damaged, found.gone, found.not_done


def bytes_of(folder: Path) -> dict[str, bytes]:
    found = [p for table in ("runs", "series") for p in sorted((folder / table).rglob("*"))]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found if p.is_file()}


# ---- files that do not belong ------------------------------------------------------------------


def other_study(folder: Path, part: str, place: Path) -> list[str]:
    """A run of a study with another seed, under the name that it has there."""
    other = run(place, place / "other", STUDY.replace("seeds = 2", "seeds = [7]"))
    path = Store(other).parts("runs")[0]
    shutil.copy(path, folder / "runs" / path.name)
    return [f"runs/{path.name}"]


def copied(name: str, table: str = "runs") -> Callable[[Path, str, Path], list[str]]:
    def do(folder: Path, part: str, place: Path) -> list[str]:
        new = name.replace("X", part.removesuffix(".parquet"))
        (folder / table / new).parent.mkdir(exist_ok=True)
        shutil.copy(folder / table / part, folder / table / new)
        return [f"{table}/{new.split('/')[0]}"]

    return do


def empty(folder: Path, part: str, place: Path) -> list[str]:
    (folder / "runs" / "empty.parquet").touch()
    (folder / "runs" / f"{'0' * 24}-baseline.parquet").touch()
    return [f"runs/{'0' * 24}-baseline.parquet", "runs/empty.parquet"]


@pytest.mark.parametrize(
    "add",
    [
        copied("X copy.parquet"),
        copied("copy of X.parquet"),
        copied("X (1).parquet"),
        copied("X.sync-conflict-20260101-120000-ABCDEFG.parquet"),
        copied("X-1.parquet"),
        copied("old/X.parquet"),
        copied("X copy.parquet", "series"),
        copied("X copy.parquet", "log"),
        copied("ffffffffffffffffffffffff-baseline.parquet"),
        empty,
        other_study,
    ],
)
def test_a_file_of_no_run_is_named_and_never_counted(
    folder: Path, tmp_path: Path, add: Callable[[Path, str, Path], list[str]]
) -> None:
    before = Sweep(folder).points
    names = add(folder, Store(folder).parts("runs")[3].name, tmp_path)
    with pytest.warns(ForeignFiles) as told:
        after = Sweep(folder)
    assert all(name.split("/")[1] in str(told[0].message) for name in names)
    assert len(after.runs) == RUNS
    pd.testing.assert_frame_equal(after.points, before, check_exact=True)
    with pytest.warns(ForeignFiles):
        paths = export(folder, out=tmp_path / "export")
    assert len(pd.read_csv(paths[1])) == RUNS
    assert checked(folder) == (sorted(names), [], 0, 0)
    status = CliRunner().invoke(app, ["study", "verify", str(folder), "--runs", "0"])
    assert status.exit_code == 1 and "belongs to no run" in status.stdout
    with pytest.warns(ForeignFiles):  # a later call neither counts it nor stumbles over it
        run_study(study_of(tmp_path), RunOptions(), folder, simulator=made_up)
        assert len(Sweep(folder).runs) == RUNS


def test_the_command_line_says_it_once_and_goes_on(folder: Path, tmp_path: Path) -> None:
    part = Store(folder).parts("runs")[0]
    for number in range(30):
        shutil.copy(part, part.with_name(f"copy {number}.parquet"))
    done = CliRunner().invoke(app, ["study", "export", str(folder), "--out", str(tmp_path / "e")])
    assert done.exit_code == 0
    assert done.stderr.count("warning:") == 1 and "and 20 more" in done.stderr
    assert "30 files belong" in done.stderr


def test_a_run_of_another_shard_is_not_counted(tmp_path: Path) -> None:
    one, two = (run(tmp_path, tmp_path / k, shard=f"{k}/2") for k in "12")
    part = Store(two).parts("runs")[0].name
    for table in ("runs", "series"):
        shutil.copy(two / table / part, one / table / part)
    assert len(Store(one).statuses()) == RUNS // 2
    assert checked(one)[0] == [f"runs/{part}", f"series/{part}"]
    with pytest.warns(ForeignFiles):
        found = merge(tmp_path / "whole", [one, two])
    assert (found.runs, found.missing) == (RUNS, 0)


# ---- names -------------------------------------------------------------------------------------


def test_names_of_parts_begin_with_the_run_and_are_legal_everywhere() -> None:
    names = [
        "baseline",
        "_x",
        ".hidden",
        "a b",
        "a_b",
        "A_B",
        "a/b",
        "x" * 245,
        "ຂໍ້ຕົກລົງ",
        "",
        "con.",
    ]
    words = [file_word(name) for name in names]
    assert len(set(words)) == len(words)
    for name in names:
        part = part_name("0" * 24, name)
        assert part.startswith("0" * 24) and len(part) < 100 and part.isascii()
        assert not set(part) & set('<>:"/\\|?* ')


# ---- what is on disk is what was written -------------------------------------------------------


def test_every_flipped_byte_is_noticed(folder: Path, tmp_path: Path) -> None:
    store, job = Store(folder), study_of(tmp_path).jobs[0]
    flips = 0
    for table, step in (("runs", 1), ("log", 1), ("series", 23)):
        path = store.path(table, job.part)
        whole = path.read_bytes()
        for at in range(0, len(whole), step):
            torn = bytearray(whole)
            torn[at] ^= 1 << at % 8
            path.write_bytes(bytes(torn))
            assert store.state(job) == DAMAGED, (table, at)
            flips += 1
        path.write_bytes(whole)
    assert flips > 4000 and store.done(job)


def test_a_run_copied_over_another_is_noticed_and_done_again(folder: Path, tmp_path: Path) -> None:
    study, before = study_of(tmp_path), bytes_of(folder)
    one, other = study.jobs[0].part, study.jobs[5].part
    for table in ("runs", "series", "log"):
        shutil.copy(folder / table / one, folder / table / other)
    assert Store(folder).state(study.jobs[5]) == DAMAGED
    assert checked(folder)[1] == [other]
    with pytest.warns(ForeignFiles), pytest.raises(MekongError, match="1 not done yet"):
        Sweep(folder)
    run_study(study, RunOptions(), folder, simulator=made_up)
    assert bytes_of(folder) == before


@pytest.mark.parametrize("table", ["runs", "series", "log"])
def test_a_pipe_in_place_of_a_part_is_never_read(folder: Path, tmp_path: Path, table: str) -> None:
    part = folder / table / next(iter(Store(folder).statuses()))
    before = part.read_bytes()
    part.unlink()
    os.mkfifo(part)
    _, damaged, gone, _ = checked(folder)
    assert (len(damaged), gone) == {"runs": (0, 1), "series": (1, 0), "log": (0, 0)}[table]
    if table != "log":
        assert run(tmp_path, folder) and part.read_bytes() == before


def test_series_are_checked_by_every_reader(folder: Path, tmp_path: Path) -> None:
    one, other = Store(folder).parts("series")[:2]
    shutil.copy(other, one)
    for read in (Sweep, export):
        with pytest.raises(OutputError, match="damaged or gone"):
            read(folder)


@pytest.mark.parametrize("table", ["runs", "series"])
def test_verify_knows_how_many_runs_there_should_be(
    folder: Path, tmp_path: Path, table: str
) -> None:
    shutil.rmtree(folder / table)
    _, damaged, gone, not_done = checked(folder)
    assert (gone if table == "runs" else len(damaged)) == RUNS and not not_done
    done = CliRunner().invoke(app, ["study", "verify", str(folder)])
    assert done.exit_code == 1 and "8" in done.stdout
    one = run(tmp_path, tmp_path / "one")
    Store(one).parts(table)[0].unlink()
    assert CliRunner().invoke(app, ["study", "verify", str(one), "--runs", "0"]).exit_code == 1


def test_a_study_that_was_never_finished_is_told_as_such(tmp_path: Path) -> None:
    left = [3]

    def stopping(job: Job, options: RunOptions) -> pd.DataFrame:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return made_up(job, options)

    with pytest.raises(KeyboardInterrupt):
        run_study(study_of(tmp_path), RunOptions(), tmp_path / "R", simulator=stopping)
    done = CliRunner().invoke(app, ["study", "verify", str(tmp_path / "R"), "--runs", "0"])
    assert done.exit_code == 0 and f"{RUNS - 3} runs are not done yet" in done.stdout
    assert "3 runs read" in done.stdout


# ---- manifest and design -----------------------------------------------------------------------


def _edited(change: Callable[[dict[str, object]], object]) -> Callable[[str], str]:
    def do(text: str) -> str:
        record = json.loads(text)
        change(record)
        return json.dumps(record)

    return do


MANIFESTS: dict[str, tuple[Callable[[str], str], str]] = {
    "later": (_edited(lambda r: r.update(format=FORMAT + 1)), "a later version"),
    "earlier": (_edited(lambda r: r.update(format=1)), "an earlier version"),
    "two": (_edited(lambda r: r.update(format=2)), "an earlier version"),
    "text": (_edited(lambda r: r.update(format="3")), "says no format"),
    "no seeds": (_edited(lambda r: r.pop("seeds")), "was changed"),
    "seeds": (_edited(lambda r: r.update(seeds=[1, 2, 3])), "was changed"),
    "runs": (_edited(lambda r: r.update(runs="8")), "was changed"),
    "no hash": (_edited(lambda r: r.pop("sha256")), "was changed"),
    "kind": (_edited(lambda r: r.update(kind="sensitivity")), "of the kind 'sensitivity'"),
    "torn": (lambda text: text[: len(text) // 2], "cannot be read"),
    "empty": (lambda text: "", "cannot be read"),
    "list": (lambda text: "[1, 2]", "no table"),
    "number": (lambda text: "3", "no table"),
    "deep": (lambda text: "[" * 100_000, "too deeply"),
    "surrogate": (_edited(lambda r: r.update(title="\ud800")), "was changed"),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_was_not_written_so_is_refused_in_words(folder: Path, name: str) -> None:
    change, words = MANIFESTS[name]
    path = folder / "manifest.json"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    for command in (
        ["study", "export", str(folder)],
        ["study", "verify", str(folder)],
        ["study", "rerun", str(folder), "0"],
        ["report", str(folder)],
        ["evidence", "tornado", str(folder)],
        ["study", "merge", str(folder.parent / "new"), str(folder)],
    ):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 2 and words in done.stderr, (command, done.stderr)
        assert "internal error" not in done.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("1,", "1;", 1), "line 2 has 1 cells instead of 2"),
        (lambda text: text.replace("0.2", "abc"), "line 2, parameters.trust_recovery"),
        (lambda text: text.replace("0.2", "0.3"), "a number was changed"),
        (lambda text: text + "3,0.4\n", "3 points instead of 2"),
        (lambda text: text.replace("trust", "mistrust"), "line 1 is not"),
        (lambda text: "", "line 1 is not"),
    ],
)
def test_an_edited_design_is_refused_with_what_differs(
    folder: Path, change: Callable[[str], str], words: str
) -> None:
    path = folder / "design.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    for command in ("verify", "export"):
        done = CliRunner().invoke(app, ["study", command, str(folder)])
        assert done.exit_code == 2 and words in done.stderr, done.stderr


def test_blank_lines_at_the_end_of_a_design_are_harmless(folder: Path, tmp_path: Path) -> None:
    path = folder / "design.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\r\n")
    assert checked(folder) == ([], [], 0, 0)
    path.unlink()
    with pytest.raises(InputError, match=r"design\.csv is missing"):
        verify(folder, RunOptions())
    run(tmp_path, folder)
    assert path.is_file() and checked(folder) == ([], [], 0, 0)


def test_a_changed_title_is_taken(folder: Path, tmp_path: Path) -> None:
    run(tmp_path, folder, STUDY.replace("Two points", "Another title"))
    assert read_manifest(folder)["title"] == "Another title"


# ---- starting, killed and locked folders -------------------------------------------------------


def test_the_lock_comes_before_anything_is_written(tmp_path: Path) -> None:
    out = tmp_path / "R"
    with FolderLock(out), pytest.raises(OutputError, match="another program"):
        run(tmp_path, out)
    assert list(out.iterdir()) == []
    run(tmp_path, out)
    other = STUDY.replace("seeds = 2", "seeds = 3")
    with pytest.raises(OutputError, match="another study"):
        run(tmp_path, out, other)
    assert not (out / ".lock").exists()


def test_what_a_kill_at_the_start_leaves_is_no_obstacle(made: Path, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    shutil.copy(made / "design.csv", tmp_path / "a")
    (tmp_path / "b" / ".manifest.json.99999999.tmp").write_text("{", encoding="utf-8")
    (tmp_path / "c" / ".lock").touch()
    for name in ("a", "b", "c"):
        assert bytes_of(run(tmp_path, tmp_path / name)) == bytes_of(made)
        assert not list((tmp_path / name).rglob(".*"))
    shards = [run(tmp_path, tmp_path / f"s{k}", shard=f"{k}/2") for k in (1, 2)]
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / ".manifest.json.99999999.tmp").write_text("{", encoding="utf-8")
    merge(tmp_path / "m", shards)
    assert bytes_of(tmp_path / "m") == bytes_of(made) and not list((tmp_path / "m").rglob(".*"))


def test_only_what_the_dead_left_is_swept_up(tmp_path: Path) -> None:
    (tmp_path / ".old.csv.99999999.tmp").touch()
    (tmp_path / ".mine.tmp").touch()
    with writing(tmp_path / "new.csv") as file:
        file.write(b"1")
        sweep_up(tmp_path)
        assert len(list(tmp_path.glob(".new.csv.*.tmp"))) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == [".mine.tmp", "new.csv"]


def test_an_export_is_whole_or_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path, _) = export(folder)
    before = path.read_bytes()
    (path.parent / ".series.csv.99999999.tmp").touch()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "one", interrupted)
        with pytest.raises(KeyboardInterrupt):
            export(folder)
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == ["runs.csv", "series.csv"]


def test_a_file_system_without_locks_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("sim.experiments.storage.lock.take", refused)
    with pytest.raises(OutputError, match="has no locks"):
        run(tmp_path, tmp_path / "R")


# ---- one error, one cause ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "permission"),
        (errno.EMFILE, "ulimit"),
        (errno.ENAMETOOLONG, "shorter name"),
        (errno.EIO, "check it"),
    ],
)
def test_each_error_of_the_system_has_its_own_words(code: int, words: str) -> None:
    error = trouble(OSError(code, os.strerror(code)), Path("R"))
    assert words in str(error) and os.strerror(code) in str(error)
    assert code == errno.ENOSPC or "free some space" not in str(error)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (pa.ArrowMemoryError("malloc of size 9 failed"), "too little memory"),
        (MemoryError(), "too little memory"),
        (pa.ArrowNotImplementedError("codec 'zstd' not built"), "pyarrow cannot read"),
        (PermissionError(errno.EACCES, "Permission denied"), "Permission denied"),
        (OSError(errno.EMFILE, "Too many open files"), "Too many open files"),
    ],
)
def test_trouble_while_reading_is_not_called_damage(
    folder: Path, error: Exception, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(storing.SeriesReader, "read", failing)
    with pytest.raises(MekongError, match=words) as caught:
        list(Store(folder).series())
    assert "damaged" not in str(caught.value)
    assert words in str(reading_trouble(error, "x"))


def test_a_missing_codec_is_said_before_any_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Codec:
        is_available = staticmethod(lambda name: False)

    monkeypatch.setattr("sim.experiments.storage.system_errors.pa.Codec", Codec)
    with pytest.raises(MekongError, match="without Zstandard"):
        run(tmp_path, tmp_path / "R")


@pytest.mark.parametrize("error", [SystemExit(3), MemoryError(), RecursionError("deep")])
def test_whatever_a_rule_raises_is_a_failed_run(tmp_path: Path, error: BaseException) -> None:
    def failing(job: Job, options: RunOptions) -> pd.DataFrame:
        raise error

    outcome = perform(study_of(tmp_path).jobs[0], RunOptions(), simulator=failing)
    assert not outcome.done and type(error).__name__ in outcome.error
    assert len(outcome.error) > len(type(error).__name__) + 5
    row = unsealed(outcome.files["runs"])
    assert row is not None and row["status"] == "failed"


def test_folders_whose_names_look_like_addresses_are_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("run:1", "study-1:2", "./~backup", "file:x"):
        run(tmp_path, Path(name))
        assert len(Sweep(name).runs) == RUNS
