"""The five countries, read once from the shipped tables, with the list of everything filled."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from sim.data.build import build_country
from sim.data.country import LAST_OBSERVED_YEAR, Country
from sim.data.gaps import Filled, Gaps
from sim.data.prices import us_price_path
from sim.data.schema import Tables
from sim.data.select import OriginSelection, Selection, check_origin
from sim.data.tables import read_tables
from sim.errors import InputError, did_you_mean
from sim.resources import shipped
from sim.units import COUNTRIES


def data_folder() -> Path:
    """Where the shipped tables are."""
    return shipped("calibration", "data")


@lru_cache(maxsize=4)
def load_tables(folder: Path | None = None) -> Tables:
    """All figures, checked; from `folder` instead of the shipped tables if one is given."""
    return read_tables(folder or data_folder())


@lru_cache(maxsize=8)
def _built(
    folder: Path | None, origin: int | None
) -> tuple[dict[str, Country], tuple[Filled, ...]]:
    gaps, rows = Gaps(), load_tables(folder).rows
    data = Selection(rows) if origin is None else OriginSelection(rows, origin, gaps)
    observed = LAST_OBSERVED_YEAR if origin is None else origin
    us_prices = us_price_path(data, gaps)
    countries = {iso: build_country(iso, data, us_prices, gaps, observed) for iso in COUNTRIES}
    return countries, tuple(gaps.filled)


def load_countries(folder: Path | None = None, origin: int | None = None) -> dict[str, Country]:
    """The five countries by ISO code, in order; the same objects at every call.

    With `origin`, incomes, prices and population are those that were known at the end of that year
    (`select.OriginSelection`); without it, those of today. Raises InputError for an origin without
    projections.
    """
    if origin is not None:
        check_origin(origin)
    return dict(_built(folder, origin)[0])


def chosen_countries(countries: Mapping[str, Country] | None) -> dict[str, Country]:
    """The countries of a run in the order of their codes; all of them unless some are given.

    Raises InputError for an empty list and for anything that is not a country of the model.
    """
    if countries is None:
        countries = load_countries()
    todo = "pass a dictionary of Country objects by code, or leave countries out for all of them"
    if not isinstance(countries, Mapping) or not countries:
        what = "no country is given" if not countries else f"{countries!r} is not a dictionary"
        raise InputError(what, where="countries", allowed=", ".join(COUNTRIES), todo=todo)
    for iso, country in countries.items():
        if iso not in COUNTRIES:
            raise InputError(
                f"'{iso}' is not a country of the model",
                where="countries",
                allowed=", ".join(COUNTRIES),
                todo=did_you_mean(str(iso), COUNTRIES) or "docs/recipes.md says how to add one",
            )
        if not isinstance(country, Country):
            raise InputError(
                f"{country!r} is not a Country",
                where=f"countries, {iso}",
                allowed="a Country, such as load_countries()['THA']",
                todo=todo,
            )
    return {iso: countries[iso] for iso in sorted(countries)}  # the order listed is nothing


def filled_gaps(folder: Path | None = None, origin: int | None = None) -> list[Filled]:
    """Every value in use that no source gives, with the rule that made it (`load_countries`)."""
    if origin is not None:
        check_origin(origin)
    return list(_built(folder, origin)[1])
