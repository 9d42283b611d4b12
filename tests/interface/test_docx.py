"""The report as a Word file: by pandoc where it is installed, else refused in words."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.report.docx import write_docx
from sim.report.templates import written_on
from tests.conftest import RunPython
from tests.helpers.made_up import policy, scenario
from tests.unit.figures.test_more_figures import result

needs_pandoc = pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return result(tmp_path_factory.mktemp("docx") / "out", scenario("plain"), policy()).folder


@needs_pandoc
def test_the_command_writes_a_file_that_pandoc_reads_back(
    folder: Path, run_mekong: RunPython
) -> None:
    done = run_mekong("report", str(folder), "--docx", SOURCE_DATE_EPOCH="1767225600")
    assert done.returncode == 0 and "Word file: " in done.stdout, done.stderr
    file = folder / "report.docx"
    words = ["pandoc", str(file), "--to", "plain", "--wrap", "none"]
    text = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=True)
    assert "Written on 1 January 2026" in text.stdout and "Conclusion in full" in text.stdout
    assert "Show all parameters" not in text.stdout and "data:image" not in text.stdout
    with zipfile.ZipFile(file) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".png")]) == 7


@needs_pandoc
def test_one_country_and_the_same_bytes_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    one = write_docx(folder, tmp_path / "one.docx", country="LAO")
    other = write_docx(folder, tmp_path / "two.docx", country="LAO")
    assert one.read_bytes() == other.read_bytes()


def test_without_pandoc_it_is_said_before_anything_is_drawn(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="needs pandoc"):
        write_docx(folder, tmp_path / "one.docx")
    assert not list(tmp_path.iterdir())


def test_the_date_is_today_or_the_one_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert re.fullmatch(r"\d{1,2} [A-Z][a-z]+ 20\d\d", written_on())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert written_on() == "1 January 2026"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert re.fullmatch(r"\d{1,2} [A-Z][a-z]+ 20\d\d", written_on())
