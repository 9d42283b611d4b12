"""The replication table: the figures are those of the data, and every row is explained."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from sim.analysis.kpis import COLUMNS as CARD
from sim.analysis.kpis import KPIS, figures, scorecard
from sim.analysis.validation import replication
from sim.analysis.validation.replication import COLUMNS, conclusion, named_studies
from sim.calibration.studies.experiments import EXPERIMENTS
from sim.calibration.studies.people_experiments import shopping_of_victims
from sim.calibration.studies.table import NO_EXPERIMENT, load_studies
from sim.errors import InputError
from sim.experiments.paired_runs import PairedRuns, block, scenario
from sim.model.model import MekongModel
from sim.parameters.values import ParameterSet

STUDIES = {study.name: study for study in load_studies()}


def test_the_page_has_every_study_and_explains_every_experiment(checkout: Path) -> None:
    page = (checkout / "docs" / "replication.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \|.*\| (\w+) \|$", page, flags=re.MULTILINE)
    there = [study for study in STUDIES.values() if study.experiment != NO_EXPERIMENT]
    assert table == [(study.name, study.use) for study in there]
    rows = page[page.index("## Experiment by experiment") :]
    assert all(f"`{study.experiment}`" in rows for study in there)


def test_every_experiment_is_that_of_a_study() -> None:
    assert {study.experiment for study in STUDIES.values()} == {*EXPERIMENTS, NO_EXPERIMENT}


@pytest.mark.parametrize(
    ("name", "simulated", "wanted"),
    [
        *[("mckenzie_training", value, word) for value, word in
          [(-0.05, "other sign"), (0.03, "weaker"), (0.075, "agrees"), (0.2, "stronger")]],
        *[("cai_eachnet", value, word) for value, word in
          [(0.05, "other sign"), (-0.001, "same sign")]],
        *[("dalton_kenya", value, word) for value, word in
          [(0.02, "agrees"), (-0.2, "stronger")]],
    ],
)  # fmt: skip
def test_conclusions(name: str, simulated: float, wanted: str) -> None:
    assert conclusion(simulated, STUDIES[name]) == wanted


def test_studies_are_found_by_their_name_and_by_their_experiment() -> None:
    (one,) = named_studies(["dalton_kenya"])
    assert one.experiment == "payments_sales"
    assert one in named_studies(["payments_sales"])
    assert len(named_studies([])) == sum(s.experiment != NO_EXPERIMENT for s in STUDIES.values())
    with pytest.raises(InputError, match="dalton_kenya"):
        named_studies(["dalton_keny"])


def test_a_pair_that_differs_in_nothing_differs_in_nothing() -> None:
    paired_runs = PairedRuns(100_000, [1])
    same = scenario("same", {"payments_interoperability": [block(0.0, "2017Q1")]})
    assert paired_runs.change(same, ["gmv_real_usd"], (2017, 2030)) == 0.0


def test_victims_lose_part_of_what_was_measured() -> None:
    """The sensitivity to trust is solved for the measured drop, up to its largest value."""
    drop = shopping_of_victims(PairedRuns(10_000, [1]))
    assert -ParameterSet.central().get("THA", "victim_shopping_drop") <= drop < -0.01


def test_columns_are_those_that_are_told() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert {"published", "simulated", "ratio", "checked_in", "url"} <= set(COLUMNS)


def test_the_scorecard_follows_its_definitions() -> None:
    model = MekongModel("baseline", seed=1, scale=50_000).run()
    table = model.indicators(yearly=True)
    card = scorecard(["baseline"], scale=50_000)
    assert list(card.columns) == CARD and set(card["kpi"]) == set(KPIS)

    def told(kpi: str, country: str, year: int) -> float:
        row = card[(card.kpi == kpi) & (card.country == country) & (card.year == year)]
        return float(row["value"].iloc[0])

    def seen(indicator: str, country: str, year: int, group: str = "all") -> float:
        row = table[
            (table.indicator == indicator)
            & (table.country == country)
            & (table.year == year)
            & (table.group == group)
        ]
        return float(row["value"].iloc[0])

    for country in ("LAO", "GMS5"):
        share = "adults_buying_online_share"
        assert told("digital_adoption", country, 2030) == pytest.approx(seen(share, country, 2030))
        assert told("fintech_penetration", country, 2030) == pytest.approx(
            seen("account_share", country, 2030)
        )
        gap = seen(share, country, 2030, "urban") - seen(share, country, 2030, "rural")
        assert told("gap_town_countryside", country, 2030) == pytest.approx(gap)
        rise = seen("gmv_real_usd", country, 2030) / seen("gmv_real_usd", country, 2029) - 1.0
        assert told("ecommerce_growth", country, 2030) == pytest.approx(rise)
        lost = seen("scam_losses_usd", country, 2030) / seen("income_usd", country, 2030)
        target = model.values["LAO"]["loss_target"]
        assert told("cyber_resilience", country, 2030) == pytest.approx(1 / (1 + lost / target))
    assert math.isnan(told("ecommerce_growth", "THA", 2015))
    assert set(figures(model.series(), model.values)) == set(KPIS)


@pytest.mark.parametrize("value", [math.nan, math.inf, "divides by nobody"])
def test_a_scale_that_is_too_coarse_is_refused_by_experiment(
    value: float | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def simulated(paired_runs: PairedRuns) -> float:
        return 1.0 / 0.0 if isinstance(value, str) else value

    changed = EXPERIMENTS["payments_sales"]._replace(run=simulated)
    monkeypatch.setitem(replication.EXPERIMENTS, "payments_sales", changed)
    with pytest.raises(InputError, match="payments_sales") as told:
        replication.replicate(scale=1_000_000, seeds=1, names=["dalton_kenya"])
    assert "1,000,000" in str(told.value) and told.value.where == "--scale"


def test_one_rerun_serves_all_studies_of_an_experiment() -> None:
    table = replication.replicate(scale=100_000, seeds=1, names=["payments_sales"])
    assert len(table) == len(named_studies(["payments_sales"])) > 3
    assert table["simulated"].nunique() == 1
    sized = table[table["published"] != 0.0]
    assert (sized["ratio"] * sized["published"] - sized["simulated"]).abs().max() < 1e-12
