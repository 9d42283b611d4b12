"""A folder is read again as what it is; its series are one table, with years and quarters."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import mekong
from sim.analysis.load import SavedTables
from sim.experiments.storage.folder import opened, question_record
from tests.helpers.made_up import finished

NAMES = ["gmv_real_usd", "consumption_share", "flow_usd"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two scenarios and two seeds, whose numbers can be worked out by hand."""
    where = tmp_path_factory.mktemp("result")
    return finished(where)


def test_a_comparison_is_read_again(folder: Path) -> None:
    result = mekong.load(folder)
    assert isinstance(result, mekong.Comparison)
    assert set(result.table["scenario"]) == {"plain", "policy"}
    assert repr(result).startswith(
        "<Comparison of plain, policy; 4 runs, one agent represents 100,"
    )
    public = dir(result)
    assert {"table", "effects", "series", "to_xarray"} <= set(public)
    assert not [name for name in public if name.startswith("_")]
    with pytest.raises(mekong.InputError, match="not a result folder"):
        mekong.load(folder / "runs")


def test_a_notebook_shows_what_was_asked_and_found(folder: Path) -> None:
    page = mekong.load(folder)._repr_html_()
    assert "<h4>Comparison: plain, policy</h4>" in page and "<table" in page
    assert "4 runs, 2 seeds, central parameters; one agent represents 100,000 people." in page
    assert "First 12 of 36 rows." in page
    assert "<code>.effects</code>" in page


def test_text_of_a_person_is_no_markup(folder: Path) -> None:
    result = mekong.load(folder)
    result.manifest["title"] = "<script>"
    assert "<script>" not in result._repr_html_() and "&lt;script&gt;" in result._repr_html_()


def test_years_are_whole_numbers_and_sums(folder: Path) -> None:
    table = mekong.load(folder).series(NAMES, countries=["THA", "KHM-THA"])
    assert table["year"].dtype == "int64"
    row = table.query("scenario == 'policy' and seed == 2 and year == 2030").set_index("indicator")
    assert row["value"].to_dict() == pytest.approx(
        {"gmv_real_usd": 212.0, "consumption_share": 0.212, "flow_usd": 6.0}
    )
    assert set(table["group"]) == {"all"}


def test_quarters_are_periods_with_an_order(folder: Path) -> None:
    table = mekong.load(folder).series("gmv_real_usd", quarterly=True)
    assert isinstance(table["quarter"].dtype, pd.PeriodDtype)
    late = table[table["quarter"] >= "2030Q2"]
    assert set(late["quarter"].dt.year) == {2030} and late["quarter"].nunique() == 3
    mine = late.query("country == 'THA' and scenario == 'plain' and seed == 1")
    assert mine["value"].sum() == pytest.approx(201.0 * 3 / 4)


def test_lean_unless_more_is_asked_for(folder: Path) -> None:
    result = mekong.load(folder)
    assert "seller_profit_usd" not in set(result.series()["indicator"])
    everything = result.series("all", "every")
    assert "seller_profit_usd" in set(everything["indicator"])
    assert set(everything["group"]) == {"all", "rural"}
    with pytest.raises(mekong.InputError, match="did you mean 'gmv_real_usd'"):
        result.series("gmv_real")
    with pytest.raises(mekong.InputError, match="THB"):
        result.series("gmv_real_usd", countries="THB")


def test_a_cube_has_a_variable_an_indicator(folder: Path) -> None:
    pytest.importorskip("xarray")
    cube = mekong.load(folder).to_xarray(NAMES)
    chosen = cube["gmv_real_usd"].sel(country="THA", year=2030, group="all")
    policy = chosen.where(cube["scenario"] == "policy", drop=True)
    assert sorted(policy.values.tolist()) == pytest.approx([211.0, 212.0])
    assert cube["flow_usd"].sel(pair="KHM-THA", year=2022).values == pytest.approx([4.0] * 4)
    assert cube["gmv_real_usd"].attrs["units"] == "constant 2022 US$"
    assert cube.attrs["command"] == "a test"


def test_other_folders_give_their_tables(tmp_path: Path) -> None:
    where = tmp_path / "question"
    with opened(where, question_record("convergence", {"scales": [1]})):
        (where / "convergence.csv").write_text("scale,year\n100,2030\n")
        (where / "a.csv").write_text("x\n1\n")
    result = mekong.load(where)
    assert isinstance(result, SavedTables)
    assert list(result.tables) == ["convergence", "a"]
    assert result.table["year"].dtype == "int64"
    assert "<table" in result._repr_html_()
