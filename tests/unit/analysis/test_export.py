"""What is exported is read back by the programs that it is for, where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.export import as_latex, export
from sim.errors import InputError
from tests.helpers.made_up import finished

NAMES = ["gmv_real_usd", "flow_usd"]
IN_2030 = {("plain", 1): 201.0, ("plain", 2): 202.0, ("policy", 1): 211.0, ("policy", 2): 212.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two scenarios and two seeds, whose numbers can be worked out by hand."""
    where = tmp_path_factory.mktemp("result")
    return finished(where)


def test_what_is_not_asked_for_is_left_out(folder: Path, tmp_path: Path) -> None:
    small = pd.read_csv(export(folder, "csv", out=tmp_path / "small")[0])
    whole = pd.read_csv(
        export(folder, "csv", indicators=["all"], groups=["every"], out=tmp_path / "whole")[0]
    )
    assert set(small["group"]) == {"all"} and set(whole["group"]) == {"all", "rural"}
    assert set(small["indicator"]) < set(whole["indicator"])


def test_quarters_are_dates_in_stata(folder: Path, tmp_path: Path) -> None:
    path = export(folder, "dta", indicators=NAMES, yearly=False, out=tmp_path)[0]
    with pd.io.stata.StataReader(path, convert_dates=False) as reader:
        table = reader.read()
        assert dict(zip(reader._varlist, reader._fmtlist, strict=True))["quarter"] == "%tq"
    assert table["quarter"].max() == (2030 - 1960) * 4 + 3


def test_xarray_reads_a_cube(folder: Path, tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    path = export(folder, "nc", indicators=NAMES, out=tmp_path)[0]
    with xarray.open_dataset(path, engine="scipy") as cube:
        values = cube["gmv_real_usd"].sel(country="THA", year=2030, group="all")
        found = zip(cube["scenario"].values, cube["seed"].values, values.values, strict=True)
        assert {(str(name), int(seed)): value for name, seed, value in found} == IN_2030
    first = path.read_bytes()
    assert export(folder, "nc", indicators=NAMES, out=tmp_path)[0].read_bytes() == first
    export(folder, "nc", indicators=NAMES, yearly=False, out=tmp_path)
    with xarray.open_dataset(path, engine="scipy") as cube:
        assert str(cube["quarter"].values[-1]) == "2030Q4"


def test_a_table_of_the_iamc(folder: Path, tmp_path: Path) -> None:
    path = export(folder, "iamc", indicators=NAMES, out=tmp_path)[0]
    table = pd.read_csv(path)
    assert list(table.columns[:5]) == ["Model", "Scenario", "Region", "Variable", "Unit"]
    row = table.query("Scenario == 'policy' and Region == 'Thailand'").set_index("Variable")
    assert row.loc["gmv_real_usd", "2030"] == pytest.approx(211.5)
    assert row.loc["gmv_real_usd|Maximum", "2030"] == pytest.approx(212.0)  # two seeds: a range
    assert "KHM>THA" in set(table["Region"])
    with pytest.raises(InputError, match="has years"):
        export(folder, "iamc", yearly=False, out=tmp_path)


def test_pyam_reads_it(folder: Path, tmp_path: Path) -> None:
    try:
        import pyam
    except (ImportError, TypeError) as error:  # a broken installation of it is none
        pytest.skip(str(error))
    path = export(folder, "iamc", indicators=["gmv_real_usd"], out=tmp_path)[0]
    found = pyam.IamDataFrame(path).filter(
        scenario="policy", region="Thailand", variable="gmv_real_usd", year=2030
    )
    assert found.data["value"].tolist() == pytest.approx([211.5])


def test_a_database_reads_parquet(folder: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    series, runs = export(folder, "parquet", indicators=NAMES, out=tmp_path)
    found = duckdb.sql(
        f"select s.scenario, s.seed, value from '{series}' s join '{runs}' r using (run, scenario) "
        "where country = 'THA' and year = 2030 and indicator = 'gmv_real_usd'"
    ).fetchall()
    assert {(name, seed): value for name, seed, value in found} == IN_2030


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_reads_a_table(folder: Path, tmp_path: Path) -> None:
    path = export(folder, "csv", indicators=NAMES, out=tmp_path)[0]
    program = (
        f"d <- read.csv('{path}'); d <- d[d$country == 'THA' & d$year == 2030 & "
        "d$indicator == 'gmv_real_usd', ]; cat(is.integer(d$year), sum(d$value))"
    )
    done = subprocess.run(["Rscript", "-e", program], capture_output=True, text=True, check=True)
    assert done.stdout == f"TRUE {sum(IN_2030.values()):g}"


def test_a_workbook_has_the_tables(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    path = export(folder, "xlsx", out=tmp_path)[0]
    book = pd.read_excel(path, sheet_name=None)
    assert {"about", "summary", "effects"} <= set(book)
    row = book["summary"].query("scenario == 'plain' and country == 'THA'").iloc[0]
    assert row["value_2022"] == pytest.approx(203.0) and row["ratio"] == pytest.approx(
        1.985, abs=0.01
    )
    first = path.read_bytes()
    assert export(folder, "xlsx", out=tmp_path)[0].read_bytes() == first


def test_tables_for_latex(folder: Path, tmp_path: Path) -> None:
    files = {path.name: path for path in export(folder, "tex", out=tmp_path)}
    text = files["summary.tex"].read_text()
    assert text.startswith("% title: plain, policy\n% source: mekong-digital-economy ")
    rows = [line for line in text.splitlines() if line.endswith(r" \\")]
    assert len(rows) == 1 + 36 and len({row.count(" & ") for row in rows}) == 1
    assert "nominal\\_usd" in text


def test_signs_of_latex_are_escaped() -> None:
    text = as_latex(pd.DataFrame({"a_b": ["5 % & $", None], "n": [1234567.0, 0.123456]}))
    assert r"a\_b & n \\" in text
    assert r"5 \% \& \$ & 1,234,567 \\" in text and r" & 0.1235 \\" in text


def test_an_unknown_format_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="xlsx"):
        export(folder, "ods")
