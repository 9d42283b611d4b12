"""The report as a Word file, converted by pandoc where it is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from sim.accounts import ECOMMERCE
from sim.errors import InputError, OutputError
from sim.experiments.storage.atomic_write import write_bytes
from sim.report.brief import render_brief
from sim.report.inline import png_image
from sim.report.page import read, render
from sim.report.templates import EPOCH

# What is not printed either.
_ONLY_ON_A_SCREEN = re.compile(
    r'<section class="screen">.*?</section>|<details>.*?</details>', re.DOTALL
)
_TABLE = re.compile(r"(<table[^>]*>)\s*(<thead>.*?</thead>)", re.DOTALL)
_FIRST_COLUMN = 28  # per cent of a table's width, the others share the rest
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


def pandoc() -> str:
    """The program. Raises InputError where it is not installed."""
    program = shutil.which("pandoc")
    if program is None:
        raise InputError(
            "a Word file needs pandoc, which is not installed",
            where="--docx",
            todo="install pandoc, or print report.html from a browser",
        )
    return program


def write_docx(
    folder: str | Path, path: Path, account: str = ECOMMERCE, country: str | None = None
) -> Path:
    """Write the page of a result folder, or that of one country, as a Word file.

    Raises InputError where the folder holds no result or pandoc is not installed, OutputError where
    writing fails.
    """
    program, result = pandoc(), read(folder, account)
    page = render_brief(result, country, png_image) if country else render(result, png_image)
    text = _TABLE.sub(_with_widths, _ONLY_ON_A_SCREEN.sub("", _STYLE.sub("", page)))
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch, "report.docx")
        done = subprocess.run(
            [program, "--from", "html", "--to", "docx", "--output", str(made)],
            input=text,
            env={**os.environ, EPOCH: os.environ.get(EPOCH, "0")},  # the date of its files
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode or not made.is_file():
            raise OutputError("pandoc could not write the file", where=done.stderr.strip()[:300])
        write_bytes(path, made.read_bytes())
    return path


def _with_widths(found: re.Match[str]) -> str:
    """A table that says how wide its columns are; without, all of them are equal."""
    others = found[2].count("<th ") - 1
    each = (100 - _FIRST_COLUMN) / max(others, 1)
    widths = [_FIRST_COLUMN, *[each] * others]
    columns = "".join(f'<col style="width: {width:.1f}%">' for width in widths)
    return f"{found[1]}<colgroup>{columns}</colgroup>{found[2]}"
