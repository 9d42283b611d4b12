"""`mekong report RESULT --country LAO`: what a result says of one country, on one page."""

from __future__ import annotations

from pathlib import Path

from sim.accounts import ECOMMERCE
from sim.analysis.comparison.contrasts import ASSUMPTIONS
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.text.conclusion import doubling_sentence
from sim.analysis.text.console_tables import (
    effect_columns,
    effect_note,
    effect_rows,
    ratio_rows,
    shows_prior,
    statistic_words,
)
from sim.analysis.text.formatting import country_name
from sim.analysis.text.headline import caveat
from sim.analysis.text.verdict import effect_in
from sim.errors import InputError
from sim.experiments.storage.atomic_write import sweep_up, write_text
from sim.experiments.storage.local_path import output_file
from sim.figures.captions import taken_caption
from sim.report.inline import Drawn, inline_svg
from sim.report.page import read
from sim.report.pictures import country_brief, question
from sim.report.templates import environment, written_on
from sim.units import COUNTRIES


def write_brief(
    folder: str | Path, country: str, out: str | Path | None = None, account: str = ECOMMERCE
) -> Path:
    """Write the page of one country, `report_LAO.html` in the folder unless `out` names a file.

    Raises InputError for any other country, or where the folder holds no comparison,
    OutputError where writing fails.
    """
    if country not in COUNTRIES:
        raise InputError(
            f"there is no country '{country}'", where="--country", allowed=", ".join(COUNTRIES)
        )
    result = read(folder, account)
    path = output_file(out) if out is not None else result.folder / f"report_{country}.html"
    sweep_up(path.parent, {path.name})
    write_text(path, render_brief(result, country))
    return path


def render_brief(result: Comparison, country: str, drawn: Drawn = inline_svg) -> str:
    """The page as text, with its figure `drawn` as an element of it.

    Raises InputError where the extra `report` is not installed.
    """
    figure = country_brief(result, country)
    caption = taken_caption(figure)
    sides = {True: result.assumed, False: result.paired}
    place = PLACES.index(country)
    page: str = (
        environment()
        .get_template("brief.html.j2")
        .render(
            result=result,
            about=result.manifest,
            written_on=written_on(),
            country=country_name(country),
            question=question(result),
            doubles=doubling_sentence(result.table, result.baseline, result.drawn_from, country),
            answers=[
                effect_in(
                    country,
                    sides[contrast.effect_of == ASSUMPTIONS][contrast.scenario],
                    contrast,
                    result.contrasts,
                    result.settings,
                )
                for contrast in result.contrasts.all
            ],
            caveat=caveat(result),
            image=drawn(figure, "brief"),
            caption=caption,
            ratios={
                measure: [(row.words, row.cells[place]) for row in rows if len(row.cells) > place]
                for measure, rows in ratio_rows(result).items()
            },
            statistic=statistic_words(result),
            effects=effect_rows(result, country) if result.contrasts.all else {},
            effect_columns=effect_columns(result),
            effect_note=effect_note(result),
            shows_prior=shows_prior,
        )
    )
    return page
