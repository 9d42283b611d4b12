"""`mekong report RESULT`: one self-contained HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.accounts import ECOMMERCE
from sim.analysis.comparison.account_classes import account_class
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.decomposition import decomposition
from sim.analysis.comparison.tables.inclusion import inclusion
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.comparison.who_gains import WhoGains
from sim.analysis.text.console_tables import (
    assumption_notes,
    effect_columns,
    effect_note,
    effect_rows,
    ratio_rows,
    shows_prior,
    statistic_words,
)
from sim.analysis.text.formatting import rounded
from sim.analysis.text.gain_rows import (
    GROUP_TITLE,
    RANGE_TITLE,
    gain_columns,
    gain_group_rows,
    gain_range_rows,
)
from sim.analysis.text.headline import answer, caveat, constant_share
from sim.analysis.text.who_gains import gain_limits
from sim.errors import InputError
from sim.experiments.execution.execute import DROP
from sim.experiments.storage.atomic_write import sweep_up, write_text
from sim.experiments.storage.folder import DESIGN, HOLDER, read_manifest
from sim.experiments.storage.local_path import local_path, output_file
from sim.figures.captions import place_in_title, taken_caption
from sim.policy.levers import GRADES
from sim.report.assumptions import (
    levers_used,
    overrides,
    parameters_used,
    paths_chosen,
)
from sim.report.inline import Drawn, csv_link, inline_svg
from sim.report.pictures import pictures, question, spillover_table
from sim.report.templates import environment, written_on
from sim.report.text import HEADINGS, LEFT_OUT, TABLES

FILE = "report.html"
MOST_SCENARIOS_IN_A_TABLE = 6


def tables(result: Comparison) -> dict[str, pd.DataFrame]:
    """Every table that the page contains as a file, by the name of the file."""
    found = result.account_tables | {
        "summary": result.table,
        "constant_share": result.constant_share,
        "region": result.region,
        "uncertainty": result.uncertainty,
        "effects": result.effects,
        "trade": result.trade,
        "welfare": result.welfare,
        "row_paths": result.row_paths,
        "channels": result.channels,
        "parts": result.parts,
        "growth": decomposition(result.years, result.scenarios),
        "inclusion": inclusion(result.years, result.scenarios),
        "spillover": spillover_table(result),
        "parameters": parameters_used(result.manifest),
    }
    return {name: table for name, table in found.items() if table is not None and len(table)}


def render(result: Comparison, drawn: Drawn = inline_svg) -> str:
    """The page as text, with figures `drawn` as elements of it.

    Raises InputError where the extra `report` is not installed.
    """
    templates = environment()
    figures = []
    for name, draw in pictures(result).items():
        figure = draw()
        caption = taken_caption(figure)
        image = drawn(figure, name)
        figures.append(
            {"name": name, "heading": HEADINGS[name], "caption": caption, "image": image}
        )
    page: str = templates.get_template("page.html.j2").render(
        result=result,
        about=result.manifest,
        settings=result.settings,
        written_on=written_on(),
        answer=answer(result),
        benchmark=constant_share(result),
        policies=result.answers,
        question=question(result),
        caveat=caveat(result),
        figures=figures,
        places=[place_in_title(place) for place in PLACES],
        ratios=ratio_rows(result),
        effects=effect_rows(result) if result.contrasts.all else {},
        effect_columns=effect_columns(result),
        effect_note=effect_note(result),
        gains=_gains(result),
        assumption_notes=assumption_notes(result),
        statistic=statistic_words(result),
        shows_prior=shows_prior,
        levers=levers_used(result),
        grades=GRADES,
        paths=paths_chosen(result),
        overrides=overrides(result),
        parameters=_shown(parameters_used(result.manifest)),
        downloads=[
            {"name": f"{name}.csv", "words": TABLES[name], "link": csv_link(name, table)}
            for name, table in tables(result).items()
        ],
        left_out=LEFT_OUT,
        most=MOST_SCENARIOS_IN_A_TABLE,
        lacking=result.manifest["runs"] - int((result.runs["status"] == "done").sum()),
    )
    return page


def _gains(result: Comparison) -> dict[str, Any]:
    """Columns, tables and limits of who gains; nothing where the result is not read for it."""
    if not isinstance(result, WhoGains) or not result.paired:
        return {}
    tables = {
        GROUP_TITLE: gain_group_rows(result.gains),
        RANGE_TITLE: gain_range_rows(result.gains),
    }
    limits = gain_limits(result.gains)
    return {"columns": gain_columns(result.gains), "tables": tables, "limits": limits}


def _shown(table: pd.DataFrame) -> list[dict[Any, str]]:
    """The parameters as words: the span of values in the runs, and of the prior."""
    rows = []
    for row in table.to_dict("records"):
        ends = [rounded(float(row[name])) for name in ("used_low", "used_high")]
        prior = (
            "" if pd.isna(row["low"]) else f"{row['low']:g} / {row['central']:g} / {row['high']:g}"
        )
        used = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
        rows.append(
            {**{key: str(value) for key, value in row.items()}, "used": used, "prior": prior}
        )
    return rows


def read(folder: str | Path, account: str) -> Comparison:
    """The comparison in a folder, without runs that failed or are missing; the page counts them."""
    reader = account_class(account)
    path = local_path(folder)
    record = read_manifest(path)
    if record.get("inputs") or record.get(HOLDER):
        why = "varies inputs by a design" if record.get("inputs") else "has its runs in parts"
        tables = ", ".join(
            sorted(table.name for table in path.glob("*.csv") if table.name != DESIGN)
        )
        raise InputError(
            f"this study {why}, so it is not a comparison of scenarios",
            where=str(path),
            todo="make a report of a comparison" + f"; {tables} hold this study" * bool(tables),
        )
    return reader(path, missing=DROP)


def write_report(
    folder: str | Path, out: str | Path | None = None, account: str = ECOMMERCE
) -> Path:
    """Write the page of a result folder, `report.html` inside it unless `out` names a file.

    `account` is one of `sim.accounts.ACCOUNTS`. Raises InputError where the folder holds
    no result, OutputError where writing fails.
    """
    result = read(folder, account)
    path = output_file(out) if out is not None else result.folder / FILE
    sweep_up(path.parent, {path.name})
    write_text(path, render(result))
    return path
