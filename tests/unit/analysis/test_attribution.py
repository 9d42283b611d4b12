"""Attribution of a mix to its levers, in a world worked out by hand and in the model."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.policy_mixes.attribution import ALL, Attribution, attribute
from sim.analysis.policy_mixes.eligible_levers import measured_part, price_basis
from sim.errors import InputError, OutputError
from sim.report.writer import save
from sim.scenario import Scenario
from sim.units import REGION
from tests.helpers.toy import IDLE, RULES, SCAMS, Counted, mix, toy

LEVERS = (RULES, SCAMS, IDLE)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Attribution:
    """Three levers, two draws, two seeds."""
    folder = tmp_path_factory.mktemp("attribution") / "out"
    three = mix("three", *LEVERS)
    result = attribute(three, seeds=2, draws=2, out=folder, simulator=toy, threads=1)
    assert save(result) == folder
    return result


def rows(result: Attribution, outcome: str, place: str = "KHM") -> pd.DataFrame:
    table = result.table
    mine = table[(table["outcome"] == outcome) & (table["country"] == place)]
    return mine.set_index("lever")


def test_values_are_known_and_add_up(done: Attribution) -> None:
    """0.1 and 0.2 alone, 0.06 between them: half of it each."""
    found = rows(done, "gmv_real_usd")
    assert found.loc[RULES, "value"] == pytest.approx(13.0)
    assert found.loc[SCAMS, "value"] == pytest.approx(23.0)
    assert found.loc[IDLE, "value"] == 0.0
    assert found.loc[RULES, "first_in"] == pytest.approx(10.0)
    assert found.loc[RULES, "last_in"] == pytest.approx(16.0)
    assert found.loc[RULES, "interaction"] == pytest.approx(6.0)
    assert found.loc[ALL, "value"] == pytest.approx(36.0)
    assert found.loc[ALL, "interaction"] == pytest.approx(6.0)
    assert found.loc[list(LEVERS), "value"].sum() == pytest.approx(
        found.loc[ALL, "value"], rel=1e-12
    )
    assert rows(done, "gmv_real_usd", REGION).loc[SCAMS, "value"] == pytest.approx(115.0)
    assert rows(done, "losses_avoided_usd").loc[SCAMS, "value"] == pytest.approx(20.0)
    assert rows(done, "rural_shoppers").loc[RULES, "value"] == pytest.approx(2.0)
    assert done.pairs == 4


def test_costs_per_dollar_and_who_is_ranked(done: Attribution) -> None:
    costs = done.costs.set_index(["country", "per", "lever"])
    scams = costs.loc[("KHM", "losses_avoided_usd", SCAMS)]
    assert scams["value"] == pytest.approx(20.0 / 20.0)
    assert (scams["third"], scams["triple"]) == (pytest.approx(1 / 3), pytest.approx(3.0))
    rules = costs.loc[("KHM", "purchases_usd", RULES)]
    assert rules["value"] == pytest.approx(20.0 / (5 * 13.0))
    assert rules["price_basis"] == "judgement"
    assert costs["rank"].isna().all()  # one lever alone has no rank
    idle = costs.loc[("KHM", "purchases_usd", IDLE)]
    assert idle["note"] == "no sure gain"
    assert pd.isna(idle["value"])
    whole = costs.loc[("KHM", "rural_shoppers", ALL)]
    assert whole["value"] == pytest.approx(60.0 / 4.0)


def test_a_judged_price_is_never_ranked() -> None:
    assert price_basis("broadband_investment") == "money"
    assert price_basis("consumer_protection") == "judgement"
    assert price_basis(RULES) == "judgement"
    assert price_basis("payments_interoperability") == "judgement"
    assert price_basis(IDLE) == "measured"
    assert price_basis(SCAMS) == "partly"


def test_files_and_a_second_time(done: Attribution) -> None:
    again = Counted()
    result = attribute(
        mix("three", *LEVERS), seeds=2, draws=2, out=done.folder, simulator=again, threads=1
    )
    assert again.runs == 0
    assert result.table.equals(done.table)
    saved = pd.read_csv(done.folder / "attribution.csv")
    assert len(saved) == len(done.table)
    assert (done.folder / "costs.csv").is_file()
    assert (done.folder / "figures" / "attribution.png").is_file()
    with pytest.raises(OutputError, match="another study"):
        attribute(mix("three", *LEVERS), seeds=3, draws=2, out=done.folder, simulator=again)


def test_some_levers_while_the_others_stay_on(tmp_path: Path) -> None:
    result = attribute(
        mix("three", *LEVERS), [SCAMS], draws=0, out=tmp_path / "out", simulator=toy, threads=1
    )
    found = rows(result, "gmv_real_usd")
    assert found.loc[SCAMS, "value"] == pytest.approx(26.0)
    assert found.loc["rest_of_scenario", "value"] == pytest.approx(10.0)


def test_more_than_nine_levers_are_sampled(tmp_path: Path) -> None:
    from sim.policy.levers import LEVERS as TABLE

    names = [name for name, lever in TABLE.items() if lever.grade != "D"]
    assert len(names) > 9
    counted = Counted()
    result = attribute(
        mix("many", *names), draws=0, permutations=4, out=tmp_path, simulator=counted, threads=1
    )
    assert counted.runs < 100
    found = rows(result, "gmv_real_usd")
    assert found.loc[names, "value"].sum() == pytest.approx(36.0, rel=1e-12)
    assert found.loc[IDLE, ["value", "sampling_error"]].tolist() == [0.0, 0.0]
    assert found.loc[RULES, "value"] == pytest.approx(13.0)  # an order and its reverse


def test_levers_without_a_measured_effect_are_refused_or_left_out(tmp_path: Path) -> None:
    shown = mix("shown", SCAMS, "digital_skills", illustrative=True)
    with pytest.raises(InputError, match="grade D"):
        attribute(shown, ["digital_skills"], out=tmp_path)
    result = attribute(shown, draws=0, out=tmp_path / "out", simulator=toy, threads=1)
    assert result.game.levers == (SCAMS,)
    assert "digital_skills" in result.notes[0]
    with pytest.raises(InputError, match="only levers of grade D"):
        attribute("illustrative")
    hidden = Scenario(**{**vars(shown), "illustrative": False})
    with pytest.raises(InputError, match="not ranked"):
        measured_part(hidden)
    with pytest.raises(InputError, match="does not use 'sme_marketplace'"):
        attribute("coordinated", ["sme_marketplace"])
    with pytest.raises(InputError, match="uses no lever"):
        attribute("baseline")


def test_a_lever_at_nothing_gets_exactly_nothing_in_the_model(tmp_path: Path) -> None:
    """I21 where runs are those of the model: the null lever, and the sum."""
    blocks = {
        SCAMS: [{"countries": "all", "level": 0.5, "start": "2026Q1"}],
        "payments_interoperability": [{"countries": "all", "level": 0.0, "start": "2026Q1"}],
    }
    made = Scenario.from_dict({"title": "two", "levers": blocks}, name="two")
    result = attribute(made, draws=0, scale=500_000, out=tmp_path, threads=1)
    table = result.table.set_index(["country", "outcome", "lever"])["value"]
    assert (table.xs("payments_interoperability", level="lever") == 0.0).all()
    whole, scams = (table.xs(name, level="lever") for name in (ALL, SCAMS))
    assert (scams == whole).all()
    assert whole.loc[(REGION, "losses_avoided_usd")] > 0.0
