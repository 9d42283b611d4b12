"""The figures that the model is fitted to and judged by: one table, `calibration/targets.csv`.

A row is one published figure (or, for KHM, LAO and MMR, one reading of ours): indicator, country,
year, value with its unit, and `error`, the standard deviation of what was measured about the truth
on the row's `scale` (`logit` for shares, `log` for money). `weight` multiplies the row's log
likelihood: one reading that stands in three rows counts a third in each. Figures of neighbouring
years share their method and are not independent; the discrepancy of the estimation is to allow for
that.

`use` says what a row is for. `fit`: estimated from and scored. `held_out`: shares by sex and
income, never fitted, they check the distribution. `described`: shown only; these are the start of
the model, what lies before it, and the ministry's series of Viet Nam, which follows another
definition. Among `fit` rows a country and indicator has one family; families are never mixed.

`edition` is the year in which the figure was first published: it decides what was published at an
origin. `as_known` says whether an origin sees figures as last revised (`latest`) or only what had
been published by its end (`published`).

- e-Conomy SEA: the year of the report; the same year in several reports stands in several rows.
  What was later said of a year differs from what was first said by 0.13 in logs (root mean square),
  which is the error here, with rounding to a billion beside it. Reports widened what they count
  in 2020 (THA 9 became 12): the estimation treats that step (THA: 0 to +0.5 in logs) as a
  parameter, the table does not correct for it.
- Findex: 2014 in 2015, 2017 in 2018, 2021 in 2022 (VNM, asked in 2022, is taken as 2023), and 2024
  in 2025, without MMR. `error` is sampling alone. `round_error` is what a round adds to it: mode of
  interview, sample frame and wording change from round to round. Rounds in the middle of three lie
  0.28 in log odds (root mean square, sampling taken off) from the straight line between the other
  two, over accounts, saving and borrowing. Part of that is real, above all the pandemic, so 0.28 is
  an upper bound, and 0.2 is taken, the same for all questions and rounds: judgement.
- ITU: the year after, at the earliest; 2024 in 2026, as the copy of December 2025 has no such year.
  Values are those of today's vintage; what was said at the time may have been different, and no
  older vintage is here.
- Readings of ours (kind `constructed`): 2026. No forecast from before 2023 is fitted to them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from sim.data.load import load_tables
from sim.data.schema import LAST_OUTCOME_YEAR, LATEST_EDITION, base_name
from sim.data.tables import csv_lines, number_in, one_of, whole
from sim.errors import InputError, did_you_mean
from sim.resources import shipped
from sim.rows import rows_where
from sim.units import COUNTRIES

if TYPE_CHECKING:
    import pandas as pd

TARGET_COLUMNS = (
    "indicator",
    "country",
    "year",
    "value",
    "unit",
    "scale",
    "error",
    "round_error",
    "weight",
    "family",
    "kind",
    "edition",
    "source_id",
    "module",
    "use",
    "note",
)
MODULE_OF = {
    "internet_users_share": "internet",
    "account_share": "accounts",
    "adults_buying_online_share": "shoppers",
    "ecommerce_value_nominal_usd": "value",
}
"""Indicators of the table and the module of the estimation that each belongs to."""
SPLITS = ("_female", "_male", "_poorest40", "_richest60")
FAMILIES = ("itu", "findex", "e-conomy", "ministry", "constructed")
USES = ("fit", "held_out", "described")
KINDS = ("reported", "estimate", "constructed")
SCALE_OF = {"fraction": "logit", "usd": "log"}
ALLOWED_CONSTRUCTED = {"KHM": (2021, 2022, 2023)}
"""Years for which a reading of ours may be fitted; LAO and MMR have one year of any."""
EARLIEST_YEAR = 2011
FIRST_ORIGIN = 2015
Vintage = Literal["latest", "published"]
"""What an origin sees of the years up to it: figures as revised until today, whatever their
edition, or only editions of the origin and earlier."""
LARGEST_ERROR = 0.5
"""Error in logs or logits above which a figure is no input of a benchmark."""


def load_targets(path: Path | None = None, survey_rounds: bool = True) -> pd.DataFrame:
    """The table of targets, checked; from `path` instead of the shipped one if it is given.

    Columns are `TARGET_COLUMNS`; `value` in whole US$ or fractions. With `survey_rounds` the
    `error` is that of measurement and of the round together. Raises InputError at the first row
    that is wrong, with its line, what is allowed and what to do.
    """
    import pandas as pd

    records: list[dict[str, object]] = []
    seen: dict[tuple[object, ...], str] = {}
    families: dict[tuple[str, str], tuple[str, str]] = {}
    readings: dict[str, int] = {}
    sources = load_tables().sources
    for place, cells in csv_lines(path or shipped("calibration", "targets.csv"), TARGET_COLUMNS):
        row = _checked(dict(zip(TARGET_COLUMNS, cells, strict=True)), place, sources)
        key = tuple(row[name] for name in ("indicator", "country", "year", "family", "edition"))
        if key in seen:
            raise InputError(
                f"the same figure twice: {row['indicator']} of {row['country']} in {row['year']}",
                where=place,
                allowed="one row for each indicator, country, year, family and edition",
                todo=f"remove it; the first one is in {seen[key]}",
            )
        seen[key] = place
        if row["use"] == "fit":
            _one_family(row, place, families)
        if row["kind"] == "constructed":
            _allowed_reading(row, place, readings)
        records.append(row)
    table = pd.DataFrame.from_records(records, columns=list(TARGET_COLUMNS))
    if survey_rounds:
        table["error"] = np.hypot(table["error"], table["round_error"])
    return table


def own_figures(path: Path) -> pd.DataFrame:
    """Figures of a person in the columns of the table, to be set against the shipped posterior.

    Sources are the person's own, and years may be later than those of the table. All count as to be
    fitted; `error` includes that of a survey round. Raises InputError like `load_targets`.
    """
    import pandas as pd

    if not path.is_file():
        said = "this is a folder" if path.is_dir() else "there is no such file"
        raise InputError(
            said,
            where=str(path),
            allowed=f"a CSV file with the columns {','.join(TARGET_COLUMNS)}",
        )
    rows, lines = [], csv_lines(path, TARGET_COLUMNS)
    for place, cells in lines:
        named = dict(zip(TARGET_COLUMNS, cells, strict=True))
        source = {named["source_id"]: None} if named["source_id"] else {}
        row = _checked(named, place, source, LATEST_EDITION)
        if row["use"] != "fit":
            raise InputError(
                f"a figure that is {row['use']} changes nothing",
                where=place,
                allowed="use = fit, and an indicator of all people",
            )
        rows.append(row)
    if not rows:
        raise InputError("there is no figure in it", where=str(path), todo="add a row")
    table = pd.DataFrame.from_records(rows, columns=list(TARGET_COLUMNS))
    table["error"] = np.hypot(table["error"], table["round_error"])
    return table


def with_own(known: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Known figures, with those of a person instead of the same ones and beside all others.

    Raises InputError where a series was known by figures of another definition.
    """
    import pandas as pd

    for row in own.to_dict("records"):
        same = rows_where(known, indicator=row["indicator"], country=row["country"])
        families = set(same["family"]) - {row["family"]}
        if families:
            raise InputError(
                f"{row['indicator']} of {row['country']} was fitted to figures of the family "
                f"{', '.join(sorted(families))}, and this one is of {row['family']}",
                todo="definitions are never mixed: take a figure of the same family",
            )
    key = ["indicator", "country", "year", "family"]
    return pd.concat([known, own], ignore_index=True).drop_duplicates(key, keep="last")


def as_known(targets: pd.DataFrame, origin: int, vintage: Vintage = "latest") -> pd.DataFrame:
    """The rows to fit about years up to `origin`, the latest edition of each that it may see.

    `latest`: figures as revised until today; readings of ours, and a survey or a report about these
    years that came out after the origin, are among them. `published`: only editions of the origin
    and earlier, as somebody would have had them at the end of that year.
    """
    _check_origin(origin)
    one_of("vintage", vintage, get_args(Vintage), "as_known")
    known = (targets["use"] == "fit") & (targets["year"] <= origin)
    if vintage == "published":
        known &= targets["edition"] <= origin
    return _latest(targets[known])


def outcomes(targets: pd.DataFrame, after: int, until: int = LAST_OUTCOME_YEAR) -> pd.DataFrame:
    """The rows to fit about years later than `after`, the latest edition of each: what is scored.

    Years end with `until`. Rows of kind `constructed` are among them and are no evidence: score
    them apart or not at all. A year up to the origin that was published later is no outcome.
    """
    _check_origin(after)
    return _latest(targets[(targets["use"] == "fit") & targets["year"].between(after + 1, until)])


def series_known(
    targets: pd.DataFrame,
    origin: int,
    indicator: str,
    country: str,
    vintage: Vintage = "latest",
) -> tuple[list[int], list[float]]:
    """Years and values that a benchmark may use at `origin`: `as_known` with the start before it.

    The model gets the shares of 2014 as its start, so a benchmark gets them, and Findex of 2011. A
    figure with an error above `LARGEST_ERROR` (KHM before the break of 2016) is left out: the fit
    hardly hears it, and a benchmark would take it at its word.
    """
    own = rows_where(targets, indicator=indicator, country=country)
    own = own[own["error"] <= LARGEST_ERROR]
    fitted = rows_where(own, use="fit")
    early = (
        (own["use"] == "described")
        & (own["year"] < FIRST_ORIGIN)
        & own["family"].isin(fitted["family"])
    )
    found = as_known(own.assign(use=own["use"].where(~early, "fit")), origin, vintage)
    return found["year"].tolist(), found["value"].tolist()


def _latest(rows: pd.DataFrame) -> pd.DataFrame:
    figure = ["indicator", "country", "year", "family"]
    last = rows.groupby(figure)["edition"].transform("max")
    return rows_where(rows, edition=last).reset_index(drop=True)


def _check_origin(origin: int) -> None:
    if not FIRST_ORIGIN <= origin <= LAST_OUTCOME_YEAR:
        raise InputError(
            f"no forecast can start at the end of {origin}",
            allowed=f"an origin from {FIRST_ORIGIN} to {LAST_OUTCOME_YEAR}",
        )


def _checked(
    cells: dict[str, str], place: str, sources: dict, latest: int = LAST_OUTCOME_YEAR
) -> dict[str, object]:
    name, base = cells["indicator"], base_name(cells["indicator"])
    if base not in MODULE_OF or name.removeprefix(base) not in ("", *SPLITS):
        raise InputError(
            f"'{name}' is not an indicator that can be a target",
            where=place,
            allowed=f"{', '.join(MODULE_OF)}, shares also with {', '.join(SPLITS)}",
            todo=did_you_mean(name, MODULE_OF) or None,
        )
    unit = "usd" if base == "ecommerce_value_nominal_usd" else "fraction"
    one_of("country", cells["country"], COUNTRIES, place)
    one_of("unit", cells["unit"], (unit,), place)
    one_of("scale", cells["scale"], (SCALE_OF[unit],), place)
    one_of("family", cells["family"], FAMILIES, place)
    one_of("kind", cells["kind"], KINDS, place)
    one_of("module", cells["module"], (MODULE_OF[base],), place)
    one_of("use", cells["use"], ("held_out",) if name != base else USES, place)
    year = whole("year", cells["year"], EARLIEST_YEAR, latest, place)
    edition = whole("edition", cells["edition"], year, LATEST_EDITION, place)
    if cells["source_id"] not in sources or cells["source_id"] == "recall":
        raise InputError(
            f"'{cells['source_id']}' is not a source for a target",
            where=place,
            allowed="a source_id listed in calibration/data/sources.csv, except recall",
            todo=did_you_mean(cells["source_id"], sources) or "add it to sources.csv",
        )
    value = number_in(cells["value"], unit, place)
    if value <= 0 or (unit == "fraction" and value >= 1):
        raise InputError(
            f"'{cells['value']}' has no {cells['scale']}",
            where=place,
            allowed="a share between 0 and 1, or money above 0",
        )
    return {
        **cells,
        "year": year,
        "edition": edition,
        "value": value,
        "error": _positive("error", cells["error"], 10.0, place),
        "round_error": _round_error(cells, place),
        "weight": _positive("weight", cells["weight"], 1.0, place),
    }


def _round_error(cells: dict[str, str], place: str) -> float:
    if cells["family"] == "findex":
        return _positive("round_error", cells["round_error"], 1.0, place)
    if cells["round_error"] != "0":
        raise InputError(
            f"an error of a survey round for a figure of the family {cells['family']}",
            where=place,
            allowed="0, except for findex",
        )
    return 0.0


def _positive(what: str, text: str, highest: float, place: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= highest:
        raise InputError(
            f"'{text}' cannot be the {what} of a target",
            where=place,
            allowed=f"a number above 0 and up to {highest:g}",
            todo="no figure is exact: give its standard deviation on the scale of the row"
            if what == "error"
            else None,
        )
    return value


def _one_family(
    row: dict[str, object], place: str, families: dict[tuple[str, str], tuple[str, str]]
) -> None:
    figure = (str(row["indicator"]), str(row["country"]))
    family, first = families.setdefault(figure, (str(row["family"]), place))
    if family != row["family"]:
        raise InputError(
            f"two definitions of {figure[0]} of {figure[1]}: {row['family']} and {family}",
            where=place,
            allowed=f"one family among the rows to fit; {first} has {family}",
            todo="mark the rows of one of them as described",
        )


def _allowed_reading(row: dict[str, object], place: str, readings: dict[str, int]) -> None:
    country, year = str(row["country"]), int(str(row["year"]))
    first = readings.setdefault(country, year)
    right = (
        year in ALLOWED_CONSTRUCTED[country]
        if country in ALLOWED_CONSTRUCTED
        else country in ("LAO", "MMR") and year == first
    )
    if not right or row["indicator"] != "ecommerce_value_nominal_usd":
        raise InputError(
            f"a reading of our own for {row['indicator']} of {country} in {year}",
            where=place,
            allowed="values of KHM in 2021, 2022 and 2023, and of one year each for LAO and MMR",
            todo="fit to published figures only",
        )
