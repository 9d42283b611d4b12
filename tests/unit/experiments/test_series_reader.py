"""Series of many runs: what the reader remembers of one file changes nothing in the next."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from sim.analysis.comparison.years import Matrices, yearly
from sim.experiments.run import Job
from sim.experiments.storage.part_files import finished
from sim.experiments.storage.series_reader import SeriesReader
from sim.model.model import MekongModel
from sim.scenario import load_scenario
from sim.target import BASE_YEAR, TARGET_YEAR

SCALE = 500_000
WANTED = [
    ("GMS5", "gmv_nominal_usd", "all"),
    ("LAO", "adults_buying_online_share", "all"),
    ("THA", "trust", "all"),
    ("VNM", "online_price_index", "all"),
]


@pytest.fixture(scope="module")
def contents() -> list[bytes]:
    """Files of three runs, the last without the quarters of the first years."""
    found = []
    for name, seed in (("baseline", 1), ("harmonization", 2), ("baseline", 3)):
        series = MekongModel(name, seed=seed, scale=SCALE).run().indicators()
        if seed == 3:
            series = series[series["quarter"] >= "2020Q1"]
        job = Job(load_scenario(name), "baseline", seed, 0, SCALE)
        log = {"started": "", "wall_s": 0.0, "machine": "", "attempts": 1}
        found.append(finished(job, series, {**log, "error": "", "traceback": ""}).files["series"])
    return found


@pytest.mark.parametrize("indicators", [None, ["gmv_nominal_usd", "shoppers"]])
@pytest.mark.parametrize("groups", [None, ["all"], ["rural", "all"]])
def test_a_reader_gives_what_is_in_the_file(
    contents: list[bytes], indicators: list[str] | None, groups: list[str] | None
) -> None:
    reader = SeriesReader()
    for content in (*contents, contents[0], contents[0]):
        table = pq.read_table(pa.BufferReader(content))
        for name, some in (("indicator", indicators), ("group", groups)):
            if some is not None:
                table = table.filter(pc.is_in(table.column(name).cast("string"), pa.array(some)))
        pd.testing.assert_frame_equal(
            reader.read(content, indicators, groups), table.to_pandas(), check_exact=True
        )


def test_another_choice_is_not_answered_with_the_last_one(contents: list[bytes]) -> None:
    reader = SeriesReader()
    few = reader.read(contents[0], ["shoppers"], ["all"])
    assert len(reader.read(contents[0], ["shoppers"])) > len(few)
    assert set(reader.read(contents[0], ["trust"], ["all"])["indicator"]) == {"trust"}


def test_what_a_reader_gave_can_be_changed(contents: list[bytes]) -> None:
    reader = SeriesReader()
    first = reader.read(contents[0], ["shoppers"])
    first["value"] = 0.0
    first["country"] = "nowhere"
    assert set(reader.read(contents[0], ["shoppers"])["country"]) > {"KHM"}


def test_values_are_those_of_the_yearly_table(contents: list[bytes]) -> None:
    """Sums, ends of years, ratios of sums and weighted indices; one object for all runs."""
    reader, matrices = SeriesReader(), Matrices()
    years = (2019, BASE_YEAR, TARGET_YEAR)
    for content in (*contents, contents[0]):
        series = reader.read(content)
        table = yearly(series, 0).droplevel(["scenario", "seed", "draw"])
        wanted = table.reindex(WANTED).reindex(columns=list(years))
        found = pd.DataFrame(matrices.values(series, WANTED, years), wanted.index, years)
        pd.testing.assert_frame_equal(found, wanted, check_names=False, check_column_type=False)
    assert found.notna().all(axis=None)
