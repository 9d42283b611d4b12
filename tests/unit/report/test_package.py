"""A replication package is the same bytes each time, and does its runs again."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli import app
from sim.errors import InputError
from sim.experiments.storage.folder import note, opened, question_record, read_manifest
from sim.report.methods import bibtex, methods
from sim.report.package import package, replicate
from tests.helpers.made_up import finished, made_up


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small result, whose numbers are made up."""
    where = tmp_path_factory.mktemp("results") / "mine"
    return finished(where)


@pytest.fixture(scope="module")
def unpacked(folder: Path) -> Path:
    """The archive of the result, unpacked; it is made twice."""
    archive = package(folder)
    assert archive == folder.with_name("mine.zip")
    first = archive.read_bytes()
    assert package(folder).read_bytes() == first
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder.parent / "there")
    return folder.parent / "there" / "replication"


def test_the_archive_has_what_a_data_editor_asks_for(unpacked: Path) -> None:
    readme = (unpacked / "README.md").read_text()
    headings = [line[3:] for line in readme.splitlines() if line.startswith("## ")]
    assert headings == [
        "Overview",
        "Data availability and provenance statements",
        "Dataset list",
        "Computational requirements",
        "Description of programs",
        "Instructions to replicators",
        "List of tables, figures and programs",
        "References",
    ]
    for named in (
        *("result/summary.csv", "result/figures/trajectory.png", "inputs/scenarios/policy.toml"),
        *("code/sim/model/model.py", "code/sim/shipped/calibration/data/people.csv"),
        *("code/sim/shipped/scenarios/baseline.toml", "requirements.txt", "replicate.py"),
    ):
        assert (unpacked / named).is_file(), named
    assert not (unpacked / "result" / "log").exists()
    assert "numpy==" in (unpacked / "requirements.txt").read_text()


def test_every_file_has_its_sum(unpacked: Path) -> None:
    lines = (unpacked / "SHA256SUMS").read_text().splitlines()
    sums = dict(reversed(line.split("  ")) for line in lines)
    there = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    assert there - {"SHA256SUMS"} == set(sums)
    for name in ("README.md", "result/manifest.json"):
        assert hashlib.sha256((unpacked / name).read_bytes()).hexdigest() == sums[name]


def test_its_runs_tables_and_pictures_are_made_again(unpacked: Path, tmp_path: Path) -> None:
    found = replicate(unpacked / "result", tmp_path / "again", simulator=made_up)
    assert found.same and found.files > 15
    assert "all equal to the last byte" in str(found)
    with (unpacked / "result" / "summary.csv").open("a") as file:
        file.write("another\n")
    found = replicate(unpacked / "result", tmp_path / "again", simulator=made_up)
    assert found.differing == ("summary.csv",)


def test_what_would_not_be_repeated_is_not_packed(folder: Path, tmp_path: Path) -> None:
    where = tmp_path / "question"
    with opened(where, question_record("convergence", {"scales": [1]})):
        pass
    with pytest.raises(InputError, match="a study is needed"):
        package(where)
    finished(tmp_path / "old")
    note(tmp_path / "old", {"data_hash": "0" * 64})
    with pytest.raises(InputError, match="would not repeat the study"):
        package(tmp_path / "old")


def test_methods_say_what_was_run(folder: Path) -> None:
    text = methods(read_manifest(folder))
    assert "We compare plain (the baseline) and policy." in text
    assert "with 2 seeds and central parameter values, 4 runs in all" in text
    assert "one agent represents 100,000 people" in text
    drawn = {**read_manifest(folder), "draws": [1, 2, 3], "inputs": ["a"], "points": 8}
    assert "3 parameter draws from the posterior" in methods(drawn)
    assert "1 input is varied at 8 points" in methods(drawn)
    done = CliRunner().invoke(app, ["cite", str(folder), "--json"])
    assert json.loads(done.stdout)["bibtex"] == bibtex(read_manifest(folder))
