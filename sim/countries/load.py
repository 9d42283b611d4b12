"""The five countries, read once from the shipped tables, with the list of everything filled."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sim.countries.build import build_country
from sim.countries.country import Country
from sim.countries.gaps import Filled, Gaps
from sim.countries.prices import us_price_path
from sim.countries.schema import Tables
from sim.countries.select import Selection
from sim.countries.tables import read_tables
from sim.shipped import shipped
from sim.units import COUNTRIES


def data_folder() -> Path:
    """Where the shipped tables are."""
    return shipped("calibration", "data")


@lru_cache(maxsize=4)
def load_tables(folder: Path | None = None) -> Tables:
    """All figures, checked; from `folder` instead of the shipped tables if one is given."""
    return read_tables(folder or data_folder())


@lru_cache(maxsize=4)
def _built(folder: Path | None) -> tuple[dict[str, Country], tuple[Filled, ...]]:
    gaps = Gaps()
    data = Selection(load_tables(folder).rows)
    us_prices = us_price_path(data, gaps)
    countries = {iso: build_country(iso, data, us_prices, gaps) for iso in COUNTRIES}
    return countries, tuple(gaps.filled)


def load_countries(folder: Path | None = None) -> dict[str, Country]:
    """The five countries by ISO code, in order; the same objects at every call."""
    return dict(_built(folder)[0])


def filled_gaps(folder: Path | None = None) -> list[Filled]:
    """Every value in use that no source gives, with the rule that made it."""
    return list(_built(folder)[1])
