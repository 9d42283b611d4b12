"""The tests of a hindcast: what each knows and is scored on, and tables from made-up forecasts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.calibration.data.targets import as_known, load_targets
from sim.calibration.forecast import score_tables
from sim.calibration.forecast.hindcast import ABLATIONS, ANCHOR, ORIGINS, left_out, refits
from sim.parameters.values import ParameterSet
from sim.units import COUNTRIES
from tests.helpers.code_checks import CHECKOUT

FIGURE = ["indicator", "country", "year", "family"]


def figures(table: pd.DataFrame) -> set[tuple[object, ...]]:
    return set(table[FIGURE].itertuples(index=False, name=None))


def test_no_figure_that_is_known_is_scored() -> None:
    found = refits()
    assert [one.origin for one in found[: len(ORIGINS)]] == list(ORIGINS)
    for one in found:
        assert figures(one.known) & figures(one.outcomes) == set(), one.name
        assert len(one.known) > 20 and len(one.outcomes) > 5, one.name
    for one in found[: len(ORIGINS)]:
        assert (one.known["year"] <= one.origin).all()
        assert (one.known["edition"] <= one.origin).all()
        assert (one.outcomes["year"] > one.origin).all()


def test_what_is_known_and_scored_is_that_of_the_published_tables() -> None:
    """Figures of later years than the posterior's origin must not move the hindcast."""
    folder = CHECKOUT / "calibration" / "hindcast"
    used, forecasts = pd.read_csv(folder / "used.csv"), pd.read_csv(folder / "forecasts.csv")
    scored = [*FIGURE[:3], "edition"]
    for one in refits():
        then = used[used["test"] == one.name]
        columns = [*FIGURE, "edition"]
        assert set(one.known[columns].itertuples(index=False, name=None)) == set(
            then[columns].itertuples(index=False, name=None)
        ), one.name
        then = forecasts[(forecasts["test"] == one.name) & (forecasts["method"] == "model")]
        assert set(one.outcomes[scored].itertuples(index=False, name=None)) == set(
            then[scored].itertuples(index=False, name=None)
        ), one.name


def test_of_a_country_left_out_one_figure_of_each_series_stays() -> None:
    everything = as_known(load_targets(), 2023)
    for iso in COUNTRIES:
        kept, taken = left_out(everything, iso)
        assert set(taken["country"]) == {iso}
        assert (kept[kept["country"] == iso]["indicator"].value_counts() == 1).all()
        assert len(kept) + len(taken) == len(everything)
        internet = kept[(kept["country"] == iso) & (kept["indicator"] == "internet_users_share")]
        assert abs(int(internet["year"].iloc[0]) - ANCHOR) <= 1


@pytest.mark.parametrize("name", ABLATIONS)
def test_what_is_taken_away_is_allowed(name: str) -> None:
    values = ParameterSet.prior_draw(0)
    without = values.with_overrides(ABLATIONS[name])
    assert without.fingerprint() != values.fingerprint()


def made_up(test: str, method: str, crps: list[float], countries: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "test": test,
            "origin": 2020,
            "method": method,
            "indicator": "internet_users_share",
            "country": countries,
            "year": 2021,
            "kind": "reported",
            "crps": crps,
            "inside_50": [True] * len(crps),
            "inside_80": [True] * len(crps),
            "inside_90": [True] * len(crps),
            "scaled_error": 1.0,
        }
    )


def test_skill_is_of_forecasts_that_both_made_and_of_published_figures() -> None:
    both = pd.concat(
        [
            made_up("origin 2020", "model", [0.1, 0.1, 9.0], ["THA", "VNM", "KHM"]),
            made_up("origin 2020", "last_value", [0.2, 0.2], ["THA", "VNM"]),
            made_up("without THA", "model", [5.0], ["THA"]),
        ],
        ignore_index=True,
    )
    row = score_tables.skill_table(both).query("measure == 'all'").iloc[0]
    assert row["value"] == pytest.approx(0.5)
    assert (row["points"], row["blocks"]) == (2, 2)
    assert not row["better"]  # two countries never suffice
    both.loc[both["country"] == "VNM", "kind"] = "constructed"
    assert score_tables.skill_table(both).query("measure == 'all'").iloc[0]["points"] == 1


def test_coverage_counts_and_its_bounds_hold_it() -> None:
    table = made_up("origin 2020", "model", [0.1] * 4, ["THA", "VNM", "KHM", "LAO"])
    table["inside_50"] = [True, False, True, False]
    found = score_tables.coverage_table(table).query("measure == 'all'").set_index("level")
    assert found.loc[0.5, "inside"] == 0.5
    assert found.loc[0.5, "low"] < 0.5 < found.loc[0.5, "high"]
    z, n = 1.6448536269514722, 4  # Wilson, all four inside: low end is 1 / (1 + z^2 / n)
    assert found.loc[0.9, "low"] == pytest.approx(1.0 / (1.0 + z * z / n))


def test_what_a_mechanism_was_worth_is_relative_to_everything() -> None:
    table = pd.concat(
        [
            made_up("with everything", "model", [0.1, 0.3], ["THA", "VNM"]),
            made_up("without peers", "model", [0.2, 0.4], ["THA", "VNM"]),
            made_up("without THA", "model", [9.0], ["THA"]),
        ],
        ignore_index=True,
    )
    found = score_tables.ablation_table(table).set_index("test")["relative"]
    assert found["without peers"] == pytest.approx(1.5)
    assert "without THA" not in found.index
    alone = score_tables.left_out_table(table)
    assert alone["test"].tolist() == ["without THA"]
    assert np.isclose(alone["crps"].iloc[0], 9.0)
