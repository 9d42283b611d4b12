"""The replication table: the figures are those of the data, and every row is explained."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from sim.analysis.kpis import COLUMNS as CARD
from sim.analysis.kpis import KPIS, figures, scorecard
from sim.analysis.validation import replication
from sim.analysis.validation import replication_runs as reruns
from sim.analysis.validation.paired_runs import PairedRuns, block, scenario
from sim.analysis.validation.replication import (
    COLUMNS,
    ORIGINS,
    STUDIES,
    PublishedStudy,
    conclusion,
    published,
)
from sim.errors import InputError
from sim.model.model import MekongModel
from sim.parameters.values import ParameterSet


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_a_study_has_one_published_figure(study: PublishedStudy) -> None:
    effect = published(study)
    assert effect.value != 0.0 and math.isfinite(effect.value)
    assert study.origin in ORIGINS
    assert study.source_id or study.source


def test_the_page_explains_every_row(checkout: Path) -> None:
    page = (checkout / "docs" / "replication.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \|.*\| (\w+) \|$", page, flags=re.MULTILINE)
    assert table == [(study.name, study.origin) for study in STUDIES]
    rows = page[page.index("## Row by row") :]
    assert all(f"`{study.name}`" in rows for study in STUDIES)


def test_conclusions() -> None:
    effect = published(next(study for study in STUDIES if study.name == "training"))
    words = [conclusion(value, effect) for value in (-0.05, 0.03, 0.075, 0.051, 0.2)]
    assert words == ["other sign", "weaker", "agrees", "agrees", "stronger"]
    wide = effect._replace(value=5.5, low=0.0, high=5.6)
    assert conclusion(1.0, wide) == "in its range"


def test_a_pair_that_differs_in_nothing_differs_in_nothing() -> None:
    paired_runs = PairedRuns(100_000, [1])
    same = scenario("same", {"payments_interoperability": [block(0.0, "2017Q1")]})
    assert paired_runs.change(same, ["gmv_real_usd"], (2017, 2030)) == 0.0


def test_the_loss_of_shopping_is_near_what_it_was_solved_for() -> None:
    drop = reruns.shopping_of_victims(PairedRuns(10_000, [1]))
    assert drop == pytest.approx(
        -ParameterSet.central().get("THA", "victim_shopping_drop"), abs=0.02
    )


def test_columns_are_those_that_are_told() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert {"published", "simulated", "ratio", "source"} <= set(COLUMNS)


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


@pytest.mark.parametrize("name", ["distance", "heterogeneity", "paperless", "localization"])
def test_the_page_shows_what_the_command_gives(
    name: str, checkout: Path, paired_runs: PairedRuns
) -> None:
    """Rows about firms, which do not hang on the number of people; to a quarter of their size."""
    page = (checkout / "docs" / "replication.md").read_text(encoding="utf-8")
    shown = re.search(rf"^\| `{name}` \|[^|]*\| ([+-][\d.]+) % \|", page, flags=re.MULTILINE)
    assert shown
    study = next(study for study in STUDIES if study.name == name)
    assert study.simulate(paired_runs) == pytest.approx(float(shown[1]) / 100.0, rel=0.25)


@pytest.fixture(scope="module")
def paired_runs() -> PairedRuns:
    return PairedRuns(20_000, [1])


@pytest.mark.parametrize("value", [math.nan, math.inf, "divides by nobody"])
def test_a_scale_that_is_too_coarse_is_refused_by_study(
    value: float | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def simulated(paired_runs: PairedRuns) -> float:
        return 1.0 / 0.0 if isinstance(value, str) else value

    first = replication.STUDIES[0]._replace(simulate=simulated)
    monkeypatch.setattr(replication, "STUDIES", (first,))
    with pytest.raises(InputError, match=first.name) as told:
        replication.replicate(scale=1_000_000, seeds=1)
    assert "1,000,000" in str(told.value) and told.value.where == "--scale"
