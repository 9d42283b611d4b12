"""The table of targets: traced to the data, refused when broken, and never scored when fitted."""

from __future__ import annotations

import csv
import math
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibration.data.targets import as_known, load_targets, outcomes, series_known
from sim.data.load import load_tables
from sim.errors import InputError
from sim.resources import shipped
from sim.target import POSTERIOR_ORIGIN
from tests.helpers.code_checks import CHECKOUT

TABLE = shipped("calibration", "targets.csv")
FIGURE = ["indicator", "country", "year", "family"]
IN_THE_DATA = {
    ("itu", "internet_users_share"): "internet_users_share",
    ("findex", "account_share"): "findex_account_share",
    ("findex", "adults_buying_online_share"): "findex_buy_online_share",
    ("e-conomy", "ecommerce_value_nominal_usd"): "ecom_gmv_e_conomy",
    ("ministry", "ecommerce_value_nominal_usd"): "ecom_b2c_revenue_ministry",
    ("constructed", "ecommerce_value_nominal_usd"): "ecom_gmv_best",
}


@pytest.fixture(scope="module")
def targets() -> pd.DataFrame:
    return load_targets()


def test_every_target_is_a_figure_of_the_data(targets: pd.DataFrame):
    data = {
        (row.indicator, row.country, row.year, row.source_id, row.value)
        for row in load_tables().rows
    }
    for row in targets.itertuples():
        base = row.indicator.split("_share")[0] + "_share"
        base = base if "_share" in row.indicator else row.indicator
        name = IN_THE_DATA[row.family, base] + row.indicator.removeprefix(base)
        assert (name, row.country, row.year, row.source_id, row.value) in data, row


def test_no_figure_of_a_country_and_a_report_is_left_out(targets: pd.DataFrame):
    there = {
        (row.country, row.year, row.edition)
        for row in load_tables().rows
        if row.indicator == "ecom_gmv_e_conomy"
        and row.country in ("THA", "VNM")
        and row.kind != "forecast"
    }
    value = targets[targets["family"] == "e-conomy"]
    assert set(zip(value["country"], value["year"], value["edition"], strict=True)) == there


def test_nothing_is_known_after_2024_and_nothing_was_published_before_its_year(targets):
    assert targets["year"].max() <= 2024
    assert (targets["edition"] >= targets["year"]).all()


@pytest.mark.parametrize("vintage", ["latest", "published"])
@pytest.mark.parametrize("origin", range(2015, 2025))
def test_no_row_that_was_fitted_is_scored(origin: int, vintage, targets: pd.DataFrame):
    # Read from the file, not through the loader: figures that are in both would be a leak.
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["use"] == "fit"]
    known, later = as_known(targets, origin, vintage), outcomes(targets, origin)
    fitted = set(known[FIGURE].itertuples(index=False, name=None))
    scored = set(later[FIGURE].itertuples(index=False, name=None))
    assert not fitted & scored
    assert scored == {
        (row["indicator"], row["country"], int(row["year"]), row["family"])
        for row in rows
        if int(row["year"]) > origin
    }
    assert (known["year"] <= origin).all()
    if vintage == "published":
        assert (known["edition"] <= origin).all()
        assert not (known["kind"] == "constructed").any()
    assert not known.duplicated(FIGURE).any() and not later.duplicated(FIGURE).any()


def test_only_rows_to_fit_are_fitted_or_scored(targets: pd.DataFrame):
    for rows in (as_known(targets, 2023), outcomes(targets, 2015)):
        assert set(rows["use"]) == {"fit"}
        assert not (rows["family"] == "ministry").any()
        assert not rows["indicator"].str.contains("male").any()


def test_the_posterior_sees_revised_figures_of_its_years_and_all_of_them(targets: pd.DataFrame):
    """Counts of the fit that is shipped: rows of later years must not move it."""
    known = as_known(targets, POSTERIOR_ORIGIN)
    assert known["module"].value_counts().to_dict() == {
        "internet": 48,
        "value": 21,
        "accounts": 14,
        "shoppers": 9,
    }
    fitted = pd.read_csv(CHECKOUT / "calibration" / "posterior" / "fit.csv")
    key = ["indicator", "country", "year", "edition", "value"]
    assert set(known[key].itertuples(index=False, name=None)) == set(
        fitted[key].itertuples(index=False, name=None)
    )


def test_a_vintage_has_a_known_name(targets: pd.DataFrame):
    with pytest.raises(InputError, match="latest, published"):
        as_known(targets, 2023, "strict")  # type: ignore[arg-type]


def test_what_is_scored_may_end_before_the_last_outcome(targets: pd.DataFrame):
    assert set(outcomes(targets, 2021, 2022)["year"]) == {2022}


def value_of(rows: pd.DataFrame, country: str, year: int) -> float:
    found = rows[(rows["module"] == "value") & (rows["country"] == country)]
    (value,) = found[found["year"] == year]["value"]
    return float(value)


def test_an_origin_knows_what_was_said_by_then(targets: pd.DataFrame):
    def said(origin: int, country: str, year: int) -> float:
        return value_of(as_known(targets, origin, "published"), country, year)

    assert said(2020, "THA", 2020) == 9e9  # the report of 2020
    assert said(2021, "THA", 2020) == 12e9  # that of 2021
    assert said(2021, "VNM", 2021) == 13e9
    assert said(2022, "VNM", 2021) == 11e9
    assert said(2023, "VNM", 2023) == 16e9
    assert value_of(outcomes(targets, 2022), "VNM", 2023) == 19e9  # as the last report has it
    assert value_of(as_known(targets, 2023), "VNM", 2023) == 19e9  # today knows every edition
    internet = as_known(targets, 2019, "published").query(
        "module == 'internet' and country == 'LAO'"
    )
    assert internet["year"].tolist() == [2015, 2016, 2017, 2018]  # 2019 came out in 2020


def test_a_benchmark_gets_the_start_of_the_model_but_no_other_family(targets: pd.DataFrame):
    def seen(origin: int, indicator: str, country: str) -> tuple[list[int], list[float]]:
        return series_known(targets, origin, indicator, country, "published")

    assert seen(2019, "account_share", "VNM")[0] == [2011, 2014, 2017]
    assert seen(2016, "internet_users_share", "THA")[0] == [2014, 2015]
    years, values = seen(2019, "ecommerce_value_nominal_usd", "VNM")
    assert (years, values) == ([2015, 2018], [0.43e9, 2.8e9])
    assert seen(2019, "ecommerce_value_nominal_usd", "KHM") == ([], [])
    assert seen(2019, "internet_users_share", "KHM")[0] == [2016, 2017]


def test_the_error_of_an_edition_is_what_later_editions_corrected(targets: pd.DataFrame):
    value = targets[targets["family"] == "e-conomy"].sort_values("edition")
    said = value.groupby(["country", "year"])["value"].agg(["first", "last", "count"])
    said = said[said["count"] > 1]
    moves = [math.log(row.last / row.first) for row in said.itertuples()]
    assert len(moves) == 12
    assert math.sqrt(sum(m * m for m in moves) / len(moves)) == pytest.approx(0.12, abs=0.005)
    until_2023 = [
        m for m, year in zip(moves, said.index.get_level_values("year"), strict=True) if year < 2024
    ]
    assert math.sqrt(sum(m * m for m in until_2023) / 10) == pytest.approx(0.13, abs=0.005)
    late = value[value["year"] >= 2018]
    assert late["error"].between(0.13, 0.17).all()


def test_errors_of_surveys_are_two_to_three_points(targets: pd.DataFrame):
    fitted = targets[(targets["family"] == "findex") & (targets["use"] == "fit")]
    sampling = np.sqrt(fitted["error"] ** 2 - fitted["round_error"] ** 2)
    points = sampling * fitted["value"] * (1 - fitted["value"])
    middle = fitted["value"].between(0.2, 0.8)
    assert points[middle].between(0.019, 0.026).all()
    assert points[~middle].between(0.009, 0.026).all()


def test_the_survey_of_2024_is_there_with_its_edition_and_the_others_with_theirs(targets):
    survey = targets[targets["family"] == "findex"]
    editions = survey.groupby(["country", "year"])["edition"].agg(["min", "max"])
    assert (editions["min"] == editions["max"]).all()
    published = {2011: 2012, 2014: 2015, 2017: 2018, 2021: 2022, 2022: 2023, 2024: 2025}
    for (country, year), edition in editions["min"].items():
        assert edition == published[year], (country, year)
        assert (year == 2022) <= (country == "VNM") and (year == 2021) <= (country != "VNM")
    last = survey[survey["year"] == 2024]
    assert set(last["country"]) == {"KHM", "LAO", "THA", "VNM"}  # not asked in MMR
    assert len(last) == 4 * 2 * 5 and last["use"].value_counts().to_dict() == {
        "held_out": 32,
        "fit": 8,
    }


def test_figures_of_2024_by_use(targets: pd.DataFrame):
    last = targets[targets["year"] == 2024]
    counts = last.groupby(["module", "use"]).size().to_dict()
    assert counts == {
        ("accounts", "fit"): 4,
        ("accounts", "held_out"): 16,
        ("internet", "fit"): 4,
        ("shoppers", "fit"): 4,
        ("shoppers", "held_out"): 16,
        ("value", "described"): 1,
        ("value", "fit"): 4,
    }
    latest = as_known(targets, 2024)
    assert value_of(latest, "THA", 2024) == 27e9 and value_of(latest, "VNM", 2024) == 21e9
    then = as_known(targets, 2024, "published")
    assert value_of(then, "THA", 2024) == 26e9 and value_of(then, "VNM", 2024) == 22e9
    assert not ((then["family"] == "findex") & (then["year"] == 2024)).any()
    assert not ((then["family"] == "itu") & (then["year"] == 2024)).any()


def test_errors_of_survey_rounds_come_on_top_unless_they_are_not_asked_for(targets: pd.DataFrame):
    without = load_targets(survey_rounds=False)
    survey = targets["family"] == "findex"
    assert (targets["round_error"] > 0).equals(survey)
    assert without[~survey]["error"].equals(targets[~survey]["error"])
    more = targets[survey]["error"] ** 2 - without[survey]["error"] ** 2
    assert more.to_numpy() == pytest.approx(targets[survey]["round_error"] ** 2)
    assert load_targets(survey_rounds=True).equals(targets)


def test_rounds_of_the_survey_bend_more_than_sampling_allows(targets: pd.DataFrame):
    """Every round in the middle of three against the straight line between the other two."""
    names = ("findex_account_share", "findex_saved_formally_share", "findex_borrowed_any_share")
    series: dict[tuple[str, str], dict[int, float]] = {}
    for row in load_tables().rows:
        if row.indicator in names and (row.year >= 2014 or row.indicator != names[0]):
            series.setdefault((row.indicator, row.country), {})[row.year] = row.value
    excess = []
    for known in series.values():
        years = sorted(known)
        for one, two, three in zip(years, years[1:], years[2:], strict=False):
            w = (two - one) / (three - one)
            weights = {one: w - 1.0, two: 1.0, three: -w}
            bend = sum(a * math.log(known[y] / (1 - known[y])) for y, a in weights.items())
            sampling = sum(
                a * a * 2.5 / (1000 * known[y] * (1 - known[y])) for y, a in weights.items()
            )
            excess.append((bend**2 - sampling) / sum(a * a for a in weights.values()))
    assert len(excess) == 28
    upper = math.sqrt(sum(excess) / len(excess))
    assert upper == pytest.approx(0.28, abs=0.005)
    assert 0.5 * upper < targets["round_error"].max() < upper


def test_the_table_travels_in_the_wheel():
    project = tomllib.loads((TABLE.parent.parent / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included["calibration/targets.csv"] == "sim/shipped/calibration/targets.csv"


# Refusals. Each takes the first line with `mark` and changes `old` in it.

THA_2023 = "ecommerce_value_nominal_usd,THA,2023,"
BAD = {
    "indicator": ("internet_users_share,", "internet_users_share,", "internet_share,", "mean"),
    "country": ("account_share,VNM", ",VNM,", ",SGP,", "country"),
    "module": ("account_share,VNM", ",accounts,", ",value,", "module"),
    "use": ("account_share,VNM", ",described,", ",fitted,", "use"),
    "use of a part": ("account_share_female", ",held_out,", ",fit,", "use"),
    "scale": (THA_2023, ",log,", ",logit,", "scale"),
    "unit": (THA_2023, ",usd,", ",fraction,", "unit"),
    "error": (THA_2023, ",0.131,", ",0,", "standard deviation"),
    "weight": (THA_2023, ",0.131,0,1,", ",0.131,0,1.5,", "weight"),
    "survey without a round": ("account_share,VNM", ",0.2,1,", ",0,1,", "round_error"),
    "round of no survey": (THA_2023, ",0.131,0,1,", ",0.131,0.2,1,", "survey round"),
    "share above one": ("account_share,VNM", "0.213695", "21.3695", "not per cent"),
    "share of one": ("account_share,VNM", "0.213695", "1", "between 0 and 1"),
    "no money": (THA_2023, ",22000000000,", ",0,", "above 0"),
    "source": (THA_2023, ",bkp2023b,", ",bkp2023x,", "bkp2023"),
    "from memory": (THA_2023, ",bkp2023b,", ",recall,", "except recall"),
    "later year": (THA_2023, ",2023,22", ",2025,22", "2024"),
    "published before": (THA_2023, ",2023,bkp", ",2022,bkp", "edition"),
    "twice": (THA_2023, ",2023,bkp", ",2024,bkp", "the same figure twice"),
    "two families": (",ministry,", ",described,", ",fit,", "e-conomy"),
    "a forecast": (THA_2023, ",estimate,", ",forecast,", "kind"),
    "reading of an early year": ("usd,KHM,2021", ",2021,4", ",2020,4", "KHM in 2021"),
    "reading of THA": ("usd,LAO,2021", ",LAO,", ",THA,", "THA in 2021"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_broken_table_is_refused_with_its_line(name: str, tmp_path: Path):
    mark, old, new, word = BAD[name]
    text = TABLE.read_text(encoding="utf-8").splitlines()
    number = next(i for i, line in enumerate(text) if mark in line)
    assert old in text[number]
    text[number] = text[number].replace(old, new, 1)
    broken = tmp_path / "targets.csv"
    broken.write_text("\n".join(text), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        load_targets(broken)
    said = str(refusal.value)
    assert word in said and refusal.value.allowed, said
    line = int(str(refusal.value.where).split("line ")[1])
    assert line == number + (2 if name == "twice" else 1), said  # the second of two is named


def test_a_second_anchor_is_refused(tmp_path: Path):
    text = TABLE.read_text(encoding="utf-8").splitlines()
    anchor = next(line for line in text if "usd,LAO,2021" in line)
    broken = tmp_path / "targets.csv"
    broken.write_text("\n".join([*text, anchor.replace(",2021,", ",2022,")]), encoding="utf-8")
    with pytest.raises(InputError, match="one year each"):
        load_targets(broken)


@pytest.mark.parametrize("origin", [2014, 2025])
def test_an_origin_without_data_is_refused(origin: int, targets: pd.DataFrame):
    with pytest.raises(InputError, match="2015 to 2024"):
        as_known(targets, origin)
    with pytest.raises(InputError, match="2015 to 2024"):
        outcomes(targets, origin)
