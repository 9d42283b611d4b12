"""A rule of one's own beside the shipped one, and communities quarter by quarter."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.community_history import CommunityHistory, community_history
from sim.analysis.rule_comparison import OWN, SHIPPED, RuleComparison, compare_rule
from sim.errors import InputError
from sim.report.communities import animate
from sim.report.writer import plot, save
from sim.scenario import Scenario
from tests.helpers.rule_files import short

SHORT = {"title": "Short", "horizon": {"end": "2015Q4"}}


@pytest.fixture(scope="module")
def compared() -> RuleComparison:
    """A year of some hundred people under the usual rule and under a shipped example."""
    scenario = Scenario.from_dict(SHORT, name="short")
    return compare_rule("influencers", scenario, scale=1_000_000, engine="objects")


def test_both_rules_are_in_the_table(compared: RuleComparison, tmp_path: Path) -> None:
    table = compared.table
    assert set(table["rule"]) == {SHIPPED, OWN} and set(table["year"]) == {2015}
    of = table[table.indicator == "mean_following"]
    assert set(of["rule"]) == {OWN} and of["value"].iloc[0] > 0.0
    assert (table["low"] <= table["high"]).all()
    assert compared.shown[0] == "shoppers" and compared.shown[-1] == "mean_following"
    assert save(compared, tmp_path) == tmp_path
    assert (tmp_path / "influencers.csv").is_file()
    assert (tmp_path / "figures" / "influencers.png").is_file()


def test_the_picture_has_a_panel_for_each_indicator(compared: RuleComparison) -> None:
    figure = plot(compared)
    assert len(figure.axes) == len(compared.shown)
    assert [len(axes.lines) for axes in figure.axes] == [2, 2, 2, 1]
    assert "Influencers" in figure.get_suptitle()


@pytest.fixture(scope="module")
def history() -> CommunityHistory:
    """Two quarters of every community, with a field of a rule of one's own."""
    from sim.experiments.own_rules.loading import load_rules

    fields = ("shopper", "following")
    rules = load_rules("influencers")
    return community_history(short(2), fields, rules=rules, scale=500_000, engine="objects")


def test_communities_add_up_to_everybody(history: CommunityHistory) -> None:
    assert history.quarters == ("2014Q4", "2015Q1", "2015Q2")
    people = history.communities["people"].to_numpy()
    assert history.values["shopper"].shape == (3, len(people))
    agents = history.values["shopper"] * people
    assert agents == pytest.approx(np.round(agents))  # whole people
    assert (history.values["following"][0] == 0.0).all()
    assert (history.values["following"][2] > 0.0).any()
    assert len(history.table) == 2 * 3 * len(people)
    dates = history.table["quarter"]
    assert (
        isinstance(dates.dtype, pd.PeriodDtype) and dates.max() - dates.min() == dates.dt.freq * 2
    )


def test_the_page_has_every_cell_and_needs_nothing(
    history: CommunityHistory, tmp_path: Path
) -> None:
    made = animate(history)
    page = made.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<rect ") == 2 * len(history.communities)
    assert "online prices held constant" in page
    assert "src=" not in page and "href=" not in page and "influencers" in made.title
    kept = page.split("const data = ", 1)[1].split(";\n", 1)[0]
    data = json.loads(kept)
    assert data["quarters"] == list(history.quarters)
    shares = np.array(data["fields"][0]["values"])
    assert shares == pytest.approx(history.values["shopper"], abs=5e-4)


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(InputError, match="no field 'fear'"):
        community_history(short(1), ("fear",), scale=1_000_000, engine="objects")
