"""`calibration/studies.csv`: what studies measured, with where each figure was read.

A row is one figure of one study. `use` says what it is for. `fit`: a term of the likelihood.
`prior`: the range of a parameter was set with it, so it is shown and does not count again. `shown`:
the model has no counterpart (`experiment` is `none`), or the figure was not found again in its
source.

Somewhere else is not here: `transport_error` is the standard deviation of what the same experiment
would find in the five countries about what it found there: half of the estimate for these and
their neighbours, three quarters for other developing countries, all of it for rich ones and for
associations. For a study of which only the sign is known it is that share of the effect's spread
under the prior.
"""

from __future__ import annotations

import functools
import math
from pathlib import Path
from textwrap import shorten
from typing import NamedTuple

from sim.calibration.studies.experiments import EXPERIMENTS
from sim.data.tables import csv_lines, one_of, whole
from sim.errors import InputError
from sim.resources import shipped

COLUMNS = (
    *("name", "authors", "year", "title", "outlet", "country", "design", "grade"),
    *("treatment", "outcome", "kind", "estimate", "unit", "standard_error", "error_basis"),
    *("horizon_quarters", "population", "transport", "transport_error", "informs"),
    *("experiment", "use", "checked_in", "url", "note"),
)
USES = {
    "fit": "a term of the likelihood",
    "prior": "it set the range of a parameter and is only shown",
    "shown": "the model has no counterpart, or the figure was not found again in its source",
}
GRADES = {
    "A": "randomised",
    "B": "difference in differences, instrument or discontinuity",
    "C": "association, structural model, or before and after",
    "D": "simulation or a claim",
}
TRANSPORT = {"region": 0.5, "developing": 0.75, "rich": 1.0, "association": 1.0}
"""Least transport error relative to the estimate, by where and how it was found."""
KINDS = ("size", "sign")
ERROR_BASES = ("printed", "bound from p<0.05", "bound from p<0.01", "none")
NO_EXPERIMENT = "none"
FIRST_YEAR, LAST_YEAR = 1990, 2026
_ROUNDING = 1e-3
_TITLE = 34  # characters of a title that stands for its authors


class PublishedStudy(NamedTuple):
    """One figure; numbers are NaN where nothing was printed."""

    name: str
    authors: str
    year: int  # 0 where the page that was read has none
    title: str
    outlet: str
    country: str
    design: str
    grade: str
    treatment: str
    outcome: str
    kind: str
    estimate: float
    unit: str
    standard_error: float
    error_basis: str
    horizon_quarters: int
    population: str
    transport: str
    transport_error: float
    informs: str
    experiment: str
    use: str
    checked_in: str
    url: str
    note: str

    @property
    def paper(self) -> tuple[str, int, str]:
        """What makes two figures those of one study."""
        return self.authors, self.year, self.title

    @property
    def cited(self) -> str:
        """Authors and year, as a reader is told them; the title where no author was on the page."""
        names = self.authors.split(", ")
        known = self.authors if len(names) < 3 else f"{names[0]} et al."
        if self.authors.startswith("("):
            known = f"\u201c{shorten(self.title, _TITLE, placeholder='...')}\u201d"
        return f"{known} {self.year or 'n.d.'}"


@functools.lru_cache(maxsize=4)
def load_studies(path: Path | None = None) -> tuple[PublishedStudy, ...]:
    """All studies, in the order of the table. Raises InputError at the first broken line."""
    found: dict[str, PublishedStudy] = {}
    for place, cells in csv_lines(path or shipped("calibration", "studies.csv"), COLUMNS):
        study = _checked(dict(zip(COLUMNS, cells, strict=True)), place)
        if study.name in found:
            raise InputError(f"'{study.name}' stands twice", where=place, allowed="a name a row")
        found[study.name] = study
    return tuple(found.values())


def fitted(studies: tuple[PublishedStudy, ...]) -> list[PublishedStudy]:
    """Those that are terms of the likelihood."""
    return [study for study in studies if study.use == "fit"]


def _checked(cells: dict[str, str], place: str) -> PublishedStudy:
    for name in ("name", "authors", "title", "country", "checked_in", "url"):
        if not cells[name].strip():
            raise InputError(
                f"a study without {name}",
                where=place,
                allowed="a study that says whose it is and where its figure was read",
                todo="look the figure up in its source, or take the row out",
            )
    one_of("use", cells["use"], tuple(USES), place)
    one_of("grade", cells["grade"], tuple(GRADES), place)
    one_of("kind", cells["kind"], KINDS, place)
    one_of("transport", cells["transport"], tuple(TRANSPORT), place)
    one_of("error_basis", cells["error_basis"], ERROR_BASES, place)
    one_of("experiment", cells["experiment"], (*EXPERIMENTS, NO_EXPERIMENT), place)
    study = PublishedStudy(
        **{
            **cells,
            "year": whole("year", cells["year"], FIRST_YEAR, LAST_YEAR, place)
            if cells["year"]
            else 0,
            "horizon_quarters": whole("horizon_quarters", cells["horizon_quarters"], 0, 200, place),
            **{
                name: _number(name, cells[name], place)
                for name in ("estimate", "standard_error", "transport_error")
            },
        }  # type: ignore[arg-type]
    )
    _refuse_nonsense(study, place)
    return study


def _refuse_nonsense(study: PublishedStudy, place: str) -> None:
    problem = allowed = ""
    if study.use != "shown" and study.experiment == NO_EXPERIMENT:
        problem, allowed = "no experiment of the model is its counterpart", "the use 'shown'"
    elif not (study.transport_error > 0.0 and math.isfinite(study.estimate)):
        problem, allowed = "no estimate or no transport error", "two numbers, the second above zero"
    elif study.kind == "sign" and (study.unit != "sign" or abs(study.estimate) != 1.0):
        problem, allowed = "the study gives only a sign", "1 or -1 in the unit 'sign'"
    elif study.use != "shown" and study.kind == "size":
        unit = EXPERIMENTS[study.experiment].unit
        least = TRANSPORT[study.transport] * abs(study.estimate)
        if study.unit != unit:
            problem, allowed = f"'{study.unit}' is not the unit of its experiment", unit
        elif study.transport_error < least - _ROUNDING * abs(study.estimate):
            problem, allowed = "too small a transport error", f"{least:g} or more"
    if not problem and (study.error_basis == "none") != math.isnan(study.standard_error):
        problem, allowed = "a standard error and what it rests on go together", "both or neither"
    if problem:
        raise InputError(f"'{study.name}': {problem}", where=place, allowed=allowed)


def _number(name: str, text: str, place: str) -> float:
    if not text.strip():
        return math.nan
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{name} is '{text}'", where=place, allowed="a number") from None
