"""`mekong mix explorer RESULT`: one HTML file in which a mix of policies is tried out.

The page has the fitted processes inside and evaluates them in the browser, so it needs neither a
server nor a network.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from sim._version import __version__
from sim.analysis.emulation.check_runs import CHECKS, check_count_of, run_checks
from sim.analysis.emulation.designed_runs import DesignedRuns
from sim.analysis.emulation.doses import essentials
from sim.analysis.emulation.outcome_emulators import (
    PLACES,
    SHOWN,
    OutcomeEmulators,
    outcome_emulators,
)
from sim.analysis.tables import write_csv
from sim.errors import InputError
from sim.experiments.execution.progress import Progress
from sim.experiments.execution.runner import Simulate
from sim.experiments.storage.atomic_write import sweep_up, write_text
from sim.experiments.storage.local_path import output_file
from sim.explorer.payload import LARGEST, payload
from sim.explorer.presets import aim, presets
from sim.explorer.strings import ENGLISH, LANGUAGES, strings
from sim.policy.levers import LEVERS
from sim.report.templates import environment
from sim.units import COUNTRIES

FILE, TABLE = "explorer.html", "explorer_check.csv"
TEMPLATE = "explorer.html.j2"
SCRIPTS = ("emulator.js", "words.js", "mix.js", "pictures.js", "page.js")
STEPS = 200  # of a slider
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Explorer:
    """A page that was written: `checks` has the columns of `explorer_check.csv`, or is None."""

    path: Path
    designed: DesignedRuns
    emulators: OutcomeEmulators
    checks: pd.DataFrame | None


def write_explorer(
    folder: str | Path,
    out: str | Path | None = None,
    *,
    check: int = CHECKS,
    workers: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    simulator: Simulate = essentials,
    command: str = "",
) -> Explorer:
    """Write the page of a folder of `mekong mix optimum`, `explorer.html` inside it without `out`.

    `check` mixes that were not used in the fit are run in full first (0: none), and their
    comparison is written to `explorer_check.csv` in the folder. Raises InputError where the folder
    holds no such result, OutputError where writing fails or the program has changed since.
    """
    check_count_of(check)
    environment(HERE)  # before anything runs
    designed = DesignedRuns(folder)
    mixes = presets(designed)
    emulators = outcome_emulators(designed.responses)
    checks = None
    if check:
        checks = run_checks(
            designed, emulators, check, workers=workers, threads=threads, progress=progress,
            simulator=simulator, command=command,
        )  # fmt: skip
        write_csv(designed.folder / TABLE, checks)
    record = payload(designed, emulators, mixes, checks)
    text = render(record, designed, aim(designed))
    if len(text.encode()) > LARGEST:
        raise InputError(f"the page has more than {LARGEST / 1e6:g} MB", where=str(designed.folder))
    path = output_file(out) if out is not None else designed.folder / FILE
    sweep_up(path.parent, {path.name})
    write_text(path, text)
    return Explorer(path, designed, emulators, checks)


def render(record: dict[str, Any], designed: DesignedRuns, wanted: str) -> str:
    """The page as text, in English until its script runs; `wanted` is the aim of the best mixes."""
    texts = strings()
    about = {
        "version": __version__,
        "command": str(designed.runs.manifest["command"]),
        "scale": f"{designed.runs.scale:,}",
        "points": len(designed.responses.shares),
        "draws": record["draws"],
        "budget": float(designed.about["budget"]),
        "aim": wanted,
    }
    data = {**record, "about": about, "strings": texts, "languages": LANGUAGES}
    templates = environment(HERE)
    templates.filters |= {"plain": plain, "step": step}
    page: str = templates.get_template(TEMPLATE).render(
        t=texts[ENGLISH],
        about=about,
        languages=LANGUAGES,
        levers={name: _card(record, name) for name in record["levers"]},
        titles={name: LEVERS[name].title for name in record["levers"]},
        outcomes=SHOWN,
        places=PLACES,
        countries=COUNTRIES,
        data=json.dumps(data, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c"),
        scripts="\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS),
    )
    return page


def plain(level: float) -> str:
    """A level as an attribute, without loss."""
    return f"{Decimal(repr(level)):f}"


def step(level: float) -> str:
    """A step of a slider that ends at a level, exactly."""
    return f"{Decimal(repr(level)) / STEPS:f}"


def _card(record: dict[str, Any], lever: str) -> list[dict[str, Any]]:
    """The doses of a lever: number, place and largest level of each."""
    return [
        {"at": at, "place": dose["place"], "most": record["most"][at]}
        for at, dose in enumerate(record["doses"])
        if dose["lever"] == lever
    ]
