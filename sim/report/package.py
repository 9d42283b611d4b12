"""A replication package: one archive with inputs, code, results and a README for data editors.

The README follows the headings of the template of social science data editors. The same result
gives the same bytes. `replicate` does every run again and compares bytes.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.comparison.result import BESIDE, Comparison
from sim.analysis.load import load
from sim.analysis.sweep import Sweep
from sim.errors import InputError
from sim.experiments.execution.execute import carry_out
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate, simulate
from sim.experiments.own_rules.loading import load_rules
from sim.experiments.provenance.fingerprint import Rules
from sim.experiments.replay import study_in
from sim.experiments.storage.atomic_write import writing
from sim.experiments.storage.folder import DESIGN, HOLDER, INSIDE, MANIFEST, read_manifest
from sim.experiments.storage.local_path import local_path, output_file
from sim.experiments.storage.store import Store
from sim.report.methods import citation, methods
from sim.report.writer import save
from sim.resources import PACKAGE, shipped

TOP = "replication"
RESULT = f"{TOP}/result"
_CODE = (".py", ".csv", ".toml", ".json", ".geojson", ".html", ".css", ".js", ".j2", ".md")
_AT_RUN_TIME = (  # what a checkout keeps outside the package
    *("scenarios", "calibration/data", "calibration/evidence", "calibration/posterior/draws.csv"),
    *("calibration/hindcast/widening.csv", "calibration/prior_share.csv"),
    *("calibration/sectors/draws.csv", "calibration/sectors/manifest.json"),
    *("calibration/studies.csv", "calibration/targets.csv"),
)
_DATE = (1980, 1, 1, 0, 0, 0)
_START = '''"""Does every run of result/ again, in the folder again/, and compares bytes."""

import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent
sys.path.insert(0, str(TOP / "code"))

if __name__ == "__main__":
    from sim.report.package import replicate

    found = replicate(TOP / "result", TOP / "again", rule=TOP / "inputs" / "rule.py")
    print(found)
    sys.exit(0 if found.same else 1)
'''


@dataclass(frozen=True)
class Replicated:
    """How many files were made again, and which of them differ or were not made."""

    files: int
    differing: tuple[str, ...]

    @property
    def same(self) -> bool:
        """True where all bytes are equal."""
        return not self.differing

    def __str__(self) -> str:
        if self.same:
            return f"{self.files} files were made again, all equal to the last byte"
        names = ", ".join(self.differing[:10])
        return f"{len(self.differing)} of {self.files} files differ: {names}"


def package(
    folder: str | Path,
    out: str | Path | None = None,
    *,
    rules: Rules | None = None,
    rule: str | Path | None = None,
) -> Path:
    """Write the archive of a result, next to its folder without `out`; returns its path.

    `rules` are a person's own that were run, and `rule` their file. Raises InputError for a result
    that this program, its data and its libraries would not repeat; MekongError for missing runs.
    """
    source = local_path(folder)
    record = read_manifest(source)
    for each in _folders(source, record):
        if not read_manifest(each).get(HOLDER):
            study_in(each, rules)
    result = load(source)
    if not isinstance(result, Comparison | Sweep):
        raise InputError(
            f"a result of the kind {result.kind} cannot be packed",
            where=str(folder),
            allowed="folders of `mekong compare`, `mekong run` and `mekong sweep`",
        )
    save(result)  # tables and figures of this version
    target = output_file(out) if out is not None else source.with_name(f"{source.name}.zip")
    parts = dict(_parts(source, record, None if rule is None else local_path(rule)))
    parts[f"{TOP}/README.md"] = _readme(source, record, result.tables, parts).encode()
    sums = "".join(
        f"{hashlib.sha256(parts[name]).hexdigest()}  {name.removeprefix(TOP + '/')}\n"
        for name in sorted(parts)
    )
    parts[f"{TOP}/SHA256SUMS"] = sums.encode()
    with writing(target) as file, zipfile.ZipFile(file, "w") as archive:
        for name in sorted(parts):
            about = zipfile.ZipInfo(name, _DATE)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            archive.writestr(about, parts[name])
    return target


def replicate(
    folder: str | Path,
    again: str | Path,
    *,
    rule: Path | None = None,
    progress: Progress | None = None,
    simulator: Simulate = simulate,
) -> Replicated:
    """Do every run of a result again in another folder; compare runs, tables and pictures.

    Raises InputError where versions, code or data are not those of the result.
    """
    source, target = Path(folder).resolve(), Path(again).resolve()
    rules = None
    if rule is not None and rule.is_file():
        rules = load_rules(rule)
    top = read_manifest(source)
    for each in _folders(source, top):
        record = read_manifest(each)
        where = target / each.relative_to(source)
        study = study_in(each, rules)
        options = RunOptions("compiled", None, rules)
        carry_out(study, options, where, record, progress=progress, simulator=simulator)
    for name in BESIDE:  # joined from runs that are compared below
        if (source / f"{name}.csv").is_file():
            (target / f"{name}.csv").write_bytes((source / f"{name}.csv").read_bytes())
    made = load(target)
    if isinstance(made, Comparison | Sweep):
        save(made)
    names = [name for name in _kept(source) if name not in (MANIFEST, "report.html")]
    differing = [
        name
        for name in names
        if not (target / name).is_file()
        or (target / name).read_bytes() != (source / name).read_bytes()
    ]
    return Replicated(len(names), tuple(differing))


def _folders(source: Path, record: Mapping[str, Any]) -> list[Path]:
    """The folder of a study and those of the studies that belong to it."""
    return [source, *(source / name for name in record.get(INSIDE, {}))]


def _kept(source: Path) -> list[str]:
    """Files of a result but its log, which may differ between equal studies, and exports."""
    found = []
    for path in sorted(source.rglob("*")):
        parts = path.relative_to(source).parts
        hidden = any(part.startswith(".") for part in parts)
        if path.is_file() and not hidden and "log" not in parts and parts[0] != "export":
            found.append("/".join(parts))
    return found


def _parts(
    source: Path, record: Mapping[str, Any], rule: Path | None
) -> Iterator[tuple[str, bytes]]:
    for name in _kept(source):
        yield f"{RESULT}/{name}", (source / name).read_bytes()
    for name, text in record["resolved_scenarios"].items():
        yield f"{TOP}/inputs/scenarios/{name}.toml", text.encode()
    if rule is not None:
        yield f"{TOP}/inputs/rule.py", rule.read_bytes()
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix in _CODE and "__pycache__" not in path.parts:
            yield f"{TOP}/code/sim/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes()
    if not (PACKAGE / "shipped").is_dir():
        for name in _AT_RUN_TIME:
            yield from _shipped(name)
    yield f"{TOP}/replicate.py", _START.encode()
    yield f"{TOP}/requirements.txt", _requirements(record).encode()


def _shipped(name: str) -> Iterator[tuple[str, bytes]]:
    top = shipped(*name.split("/"))
    for path in [top] if top.is_file() else sorted(top.rglob("*")):
        if path.is_file() and path.suffix in _CODE:
            inside = path.relative_to(shipped()).as_posix()
            yield f"{TOP}/code/sim/shipped/{inside}", path.read_bytes()


def _requirements(record: Mapping[str, Any]) -> str:
    """The libraries of the result at their versions, and those that numbers do not depend on."""
    known = record["environment"]
    lines = []
    for text in requires("mekong-digital-economy") or ():
        if "extra ==" not in text:
            name = re.split(r"[^\w.-]", text)[0]
            lines.append(f"{name}=={known[name]}" if name in known else text)
    return "\n".join(sorted(lines)) + "\n"


def _readme(
    source: Path,
    record: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    parts: Mapping[str, bytes],
) -> str:
    environment = record["environment"]
    log = Store(source).log()
    seconds = float(log["wall_s"].sum()) if "wall_s" in log else 0.0
    size = sum(map(len, parts.values())) / 1e6
    titles = {
        name: tomllib.loads(text).get("title", name)
        for name, text in record["resolved_scenarios"].items()
    }
    sources = pd.read_csv(shipped("calibration", "data", "sources.csv")).fillna("")
    listing = [
        f"- `result/{name.removeprefix(RESULT + '/')}`"
        for name in parts
        if name.startswith(f"{RESULT}/figures/")
    ]
    lines = [
        f"# Replication package: {record.get('title') or ', '.join(titles)}",
        "",
        "## Overview",
        "",
        methods(record),
        "",
        "The code in this package makes every run, table and picture of `result/` again, with one "
        f"program, `replicate.py`. The runs took {max(seconds / 60.0, 0.1):.1f} minutes in all.",
        "",
        "## Data availability and provenance statements",
        "",
        "- [x] All data that the results need are here, in `code/sim/shipped/calibration/`.",
        "- [x] All data are figures published by the organisations below, with their addresses; "
        "no data on persons, and nothing confidential or proprietary.",
        "- [ ] Some data cannot be made available.",
        "",
        "### Statement about rights",
        "",
        "The figures are facts quoted with their sources. The author of a paper states that he or "
        "she has legitimate access to and permission to use them; terms of each publisher apply.",
        "",
        "### Details on each data source",
        "",
        "| source | title | publisher | published | address |",
        "|---|---|---|---|---|",
        *(
            "| " + " | ".join(str(cell).replace("|", "/") for cell in row) + " |"
            for row in sources.itertuples(index=False)
        ),
        "",
        "## Dataset list",
        "",
        "| file | content | provided |",
        "|---|---|---|",
        "| `inputs/scenarios/*.toml` | the scenarios as they were run: "
        f"{', '.join(titles.values())} | yes |",
        *(["| `inputs/rule.py` | the rule of agents | yes |"] * (f"{TOP}/inputs/rule.py" in parts)),
        *([f"| `result/{DESIGN}` | the points of the design | yes |"] * bool(record["inputs"])),
        "| `code/sim/shipped/calibration/data/*.csv` | figures with their sources | yes |",
        "| `code/sim/shipped/calibration/posterior/draws.csv` | draws of the parameters | yes |",
        "| `result/series/*.parquet`, `result/runs/*.parquet` | quarterly series, a file a run; "
        "values of inputs | yes |",
        "| `result/manifest.json` | parameters, seeds, hashes, versions | yes |",
        "",
        "## Computational requirements",
        "",
        "### Software requirements",
        "",
        f"- Python {environment['python']} on {environment['system']} {environment['architecture']}"
        f" ({environment['libc']})",
        f"- the libraries of `requirements.txt`: {_versions(environment)}",
        f"- the program itself is in `code/`: version {environment['sim']}, commit "
        f"{record.get('commit') or 'unknown'}",
        "",
        "Bytes are equal for these versions on this platform; the program refuses others.",
        "",
        "### Controlled randomness",
        "",
        f"- [x] Every random number is keyed by seed, country, agent, quarter and decision. Seeds: "
        f"{', '.join(map(str, record['seeds']))}. There is no other source of randomness, and the "
        "number of threads and processes changes no byte.",
        "",
        "### Memory, runtime and storage",
        "",
        f"{record['runs_of_study']} runs at one agent for {record['scale']:,} people took "
        f"{max(seconds / 60.0, 0.1):.1f} minutes of run time in all. The package needs {size:.0f} "
        "MB, and as much again for the repeated runs.",
        "",
        "## Description of programs",
        "",
        "- `replicate.py` does all runs again into `again/`; compares runs, tables and pictures.",
        "- `code/sim/` is the whole program: `agents/` the rules of one agent, `model/` one "
        "world, `experiments/` studies, `analysis/` tables, `figures/` pictures.",
        "- The licence of the code is Apache-2.0.",
        "",
        "## Instructions to replicators",
        "",
        "```sh",
        "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt",
        ".venv/bin/python replicate.py",
        "```",
        "",
        "The last line says how many files are equal to the last byte; exit status 0 means all. "
        "`sha256sum -c SHA256SUMS` checks the package itself. With the program installed, the "
        f"command `{record.get('command') or 'mekong sweep'}` does the same runs.",
        "",
        "## List of tables, figures and programs",
        "",
        "| table or figure | file | program: `replicate.py` |",
        "|---|---|---|",
        *(
            f"| {name.replace('_', ' ')} | `result/{name}.csv` ({len(table)} rows) | the same |"
            for name, table in tables.items()
        ),
        *(f"| figure | {one[2:]} | the same |" for one in listing),
        "",
        "## References",
        "",
        citation(record),
        "",
    ]
    return "\n".join(lines)


def _versions(environment: Mapping[str, str]) -> str:
    others = ("sim", "python", "system", "architecture", "libc")
    return ", ".join(f"{name} {one}" for name, one in environment.items() if name not in others)
