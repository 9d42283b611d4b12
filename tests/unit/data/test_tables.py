"""The tables of figures: the cut, their register and sources, and the refusal of broken ones."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from sim.data.load import data_folder, load_countries
from sim.data.schema import TABLES, base_name
from sim.data.tables import read_tables
from sim.errors import InputError


def lines(table: str) -> list[dict[str, str]]:
    with (data_folder() / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


# The cut, read from the files and not through the loader.

INPUT_TABLES = ("people", "income", "firms", "trade", "regulation")
UNCUT_TABLES = ("scams", "costs")
INPUT_WORDS = ("_price_", "findex_adult_population")


def _roles():
    return {line["indicator"]: line["role"] for line in lines("indicators")}


def test_nothing_that_the_model_predicts_is_known_after_2024():
    checked = 0
    for table in TABLES:
        if table in INPUT_TABLES or table in UNCUT_TABLES:
            continue
        for line in lines(table):
            if any(word in line["indicator"] for word in INPUT_WORDS):
                continue
            checked += 1
            if line["kind"] == "forecast":
                assert table == "forecasts", line
                assert int(line["edition"]) <= 2024, line
            else:
                assert int(line["year"]) <= 2024, line
    assert checked > 1000


def test_input_tables_hold_no_outcome():
    words = ("internet", "account", "ecom", "shopper", "gmv", "findex", "buy_online", "payment")
    words += ("seller", "marketplace", "website", "online_sales", "exporter", "parcel", "express")
    for table in INPUT_TABLES:
        for line in lines(table):
            assert not any(word in line["indicator"] for word in words), line


def test_the_register_cuts_what_it_must():
    roles = _roles()
    for table in ("accounts", "ecommerce", "forecasts", "sellers"):
        for line in lines(table):
            role = roles[base_name(line["indicator"])]
            allowed = ("outcome",) if table == "forecasts" else ("outcome", "evidence")
            assert role in allowed or "adult_population" in line["indicator"], line


# The tables themselves.


def test_sources_are_exactly_those_in_use():
    used = {
        line["source_id"] for table in (*TABLES, "effects", "enforcement") for line in lines(table)
    }
    assert used == {line["source_id"] for line in lines("sources")}


def test_register_lists_exactly_the_indicators_in_use():
    used = {base_name(line["indicator"]) for table in TABLES for line in lines(table)}
    assert used == {line["indicator"] for line in lines("indicators")}


def test_figures_from_memory_say_so():
    found = [line for table in TABLES for line in lines(table) if line["source_id"] == "recall"]
    assert found
    for line in found:
        assert "must be checked" in line["note"]
        assert line["kind"] == (
            "forecast" if int(line["year"]) > 2023 and line["unit"] == "usd" else "estimate"
        ), line


def test_values_are_whole_and_shares_fractions():
    for table in TABLES:
        for line in lines(table):
            assert "bn" not in line["unit"] and "%" not in line["unit"] and line["unit"] != "m"
            if line["unit"] == "usd" and line["indicator"].startswith("ecom"):
                assert float(line["value"]) >= 1e6, line


# Refusals.


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(data_folder(), tmp_path / "data")
    return tmp_path / "data"


def spoil(folder: Path, table: str, old: str, new: str) -> int:
    """Replace the first `old` in a table; returns the number of its line."""
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


INTERNET = "internet_users_share,THA,2023,0.895353,fraction,reported"


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("connectivity", INTERNET, INTERNET.replace("users", "usrs"), "internet_users_share"),
        ("connectivity", INTERNET, INTERNET.replace("THA", "TH"), "not an allowed country"),
        ("connectivity", INTERNET, INTERNET.replace("0.895353", "89.5"), "from 0 to 1"),
        ("connectivity", INTERNET, INTERNET.replace("0.895353", "many"), "from 0 to 1"),
        ("connectivity", INTERNET, INTERNET.replace("0.895353", "nan"), "from 0 to 1"),
        ("connectivity", INTERNET, INTERNET.replace("0.895353", ""), "from 0 to 1"),
        ("connectivity", INTERNET, INTERNET.replace("fraction", "usd"), "not an allowed unit"),
        ("connectivity", INTERNET, INTERNET.replace("reported", "guess"), "not an allowed kind"),
        ("connectivity", INTERNET, INTERNET.replace("2023", "2025"), "the model predicts"),
        ("sellers", "tiktok,VNM,2024", "tiktok,VNM,2025", "the model predicts"),
        ("connectivity", INTERNET, INTERNET.replace("2023", "23"), "not a year"),
        ("connectivity", INTERNET, INTERNET.replace(",reported", ""), "cells instead of 9"),
        ("forecasts", "forecast,2023,docz2023", "forecast,2025,docz2023", "published in 2025"),
        ("accounts", "wb_findex_2025_subset", "wb_findx_2025_subset", "not a known source"),
        ("ecommerce", "from memory; must be checked", "ministry", "must say so"),
        ("people", "indicator,country", "indicator,place", "wrong columns"),
        ("indicators", "fraction,outcome", "fraction,result", "not an allowed role"),
        ("sources", "bls_cpi_u,", "constructed,", "is listed twice"),
    ],
)
def test_a_broken_table_is_refused(copy, table, old, new, message):
    number = spoil(copy, table, old, new)
    with pytest.raises(InputError) as caught:
        read_tables(copy)
    text = str(caught.value)
    assert message in text
    assert "allowed:" in text
    if table != "sources":
        assert f"{table}.csv, line {number}" in text


def test_the_same_figure_twice_is_refused(copy):
    path = copy / "income.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.splitlines(keepends=True)[5], encoding="utf-8")
    with pytest.raises(InputError, match="the same figure twice"):
        read_tables(copy)


def test_a_missing_table_is_refused(copy):
    (copy / "people.csv").unlink()
    with pytest.raises(InputError, match=r"people\.csv is missing"):
        read_tables(copy)


def test_a_missing_series_is_refused(copy):
    path = copy / "income.csv"
    kept = [
        line
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
        if not line.startswith("gdp_current_usd_weo,MMR")
    ]
    path.write_text("".join(kept), encoding="utf-8")
    with pytest.raises(InputError, match="no figures of gdp_current_usd_weo for MMR"):
        load_countries(copy)


def test_another_folder_gives_another_country(copy):
    spoil(
        copy,
        "connectivity",
        "internet_users_share,VNM,2014,0.41,",
        "internet_users_share,VNM,2014,0.4,",
    )
    assert load_countries(copy)["VNM"].internet_share_2014 == 0.4
    assert load_countries()["VNM"].internet_share_2014 == 0.41
