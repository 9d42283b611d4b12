"""How much of an effect is prior: by hand, from runs, and where a person sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.comparison.compare import conduct
from sim.analysis.comparison.pairs import Pairs
from sim.analysis.comparison.tables.effects import effects
from sim.analysis.text.console_tables import effect_rows, shows_prior
from sim.analysis.validation import prior_share as room
from sim.analysis.validation.prior_share import (
    COLUMNS,
    StudiesOfAPolicy,
    known_shares,
    known_studies,
    prior_share,
)
from sim.analysis.validation.prior_share_runs import SCENARIOS, prior_shares
from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.experiments.study import build_study, manifest
from sim.parameters.values import PRIOR_DRAWS
from sim.report.page import render
from sim.report.writer import save
from sim.scenario import load_scenario, shipped_scenarios
from sim.units import REGION
from tests.helpers.made_up import made_up

PERIODS = [str(year) for year in range(2015, 2031)]


def pairs(changes: dict[tuple[int, int], float], shoppers: float = 0.0) -> Pairs:
    """Pairs whose online purchases of 2030 differ by so much, by seed and draw."""
    rows = {(REGION, "gmv_real_usd", "all"): 0, (REGION, "shoppers", "all"): 1}
    theirs = np.full((2, len(PERIODS), len(changes)), 50.0)
    mine = theirs.copy()
    mine[0, -1] += list(changes.values())
    mine[1, -1] += shoppers
    return Pairs(rows, PERIODS, list(changes), mine, theirs)


def test_the_share_is_a_ratio_of_variances_over_draws() -> None:
    """Means over seeds first: effects of draws 1, 2, 3 of 50 under the prior, 1.5, 2, 2.5 after."""
    prior = pairs({(1, 1): 0.0, (2, 1): 2.0, (1, 2): 2.0, (2, 2): 2.0, (1, 3): 5.0, (2, 3): 1.0})
    posterior = pairs({(1, 1): 1.5, (1, 2): 2.0, (1, 3): 2.5})
    found = prior_share({"policy": prior}, {"policy": posterior}, "plain")
    assert list(found.columns) == COLUMNS
    one = found[found["indicator"] == "gmv_real_usd"].iloc[0]
    assert (one["scenario"], one["baseline"], one["country"]) == ("policy", "plain", REGION)
    assert (one["prior_sd"], one["posterior_sd"], one["share"]) == (0.02, 0.01, 0.25)
    assert one["draws"] == 3
    summed = found[found["indicator"] == "gmv_real_usd_cumulative"].iloc[0]
    assert summed["share"] == 0.25


def test_how_large_the_market_is_does_not_count() -> None:
    """Ten per cent of a market of 50 and of one of 500 is the same effect."""
    small = pairs({(1, 1): 5.0, (1, 2): 10.0})
    large = Pairs(small.rows, PERIODS, small.runs, 10.0 * small.mine, 10.0 * small.theirs)
    found = prior_share({"p": small}, {"p": large}, "b")
    assert (found["prior_sd"] == found["posterior_sd"]).all()


def test_an_effect_that_does_not_vary_has_no_share() -> None:
    some = pairs({(1, 1): 1.0, (1, 2): 2.0}, shoppers=3.0)
    found = prior_share({"policy": some}, {"policy": some}, "plain")
    assert set(found["indicator"]) == {"gmv_real_usd", "gmv_real_usd_cumulative"}


def test_a_wider_posterior_counts_as_all_prior() -> None:
    narrow, wide = pairs({(1, 1): 1.0, (1, 2): 2.0}), pairs({(1, 1): 1.0, (1, 2): 9.0})
    assert (prior_share({"p": narrow}, {"p": wide}, "b")["share"] == 1.0).all()


def uncertain(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up`; a policy adds ten a draw more under the prior, five under the posterior."""
    prior = job.draw >= PRIOR_DRAWS
    number = job.draw - PRIOR_DRAWS if prior else job.draw
    frame = made_up(replace(job, draw=number), options)
    if job.scenario.levers:
        added = number * (10.0 if prior else 5.0)
        is_2030 = frame["quarter"].str.startswith("2030") & (frame["indicator"] == "gmv_real_usd")
        frame.loc[is_2030 & (frame["group"] == "all"), "value"] += added / 4.0
    return frame


def test_the_command_runs_both_and_takes_them_apart(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    found = prior_shares(
        ["broadband"],
        draws=3,
        scale=100_000,
        work=tmp_path,
        workers=1,
        progress=lambda done, total, failed: told.append((done, total)),
        simulator=uncertain,
    )
    one = found[(found["country"] == "THA") & (found["indicator"] == "gmv_real_usd")]
    everybody = one.set_index("group").loc["all"]
    # twice the change under the prior; made-up markets grow with the number of the draw
    ratio = everybody["posterior_sd"] / everybody["prior_sd"]
    assert everybody["share"] == pytest.approx(ratio * ratio, rel=1e-3)
    assert 0.2 < everybody["share"] < 0.25
    assert told[-1] == (12, 12)
    again = prior_shares(
        ["broadband"],
        draws=3,
        scale=100_000,
        work=tmp_path,
        workers=1,
        simulator=lambda job, options: pytest.fail("a finished run is done again"),
    )
    assert again.equals(found)


def test_one_draw_is_refused() -> None:
    with pytest.raises(InputError, match="no spread"):
        prior_shares(["broadband"], draws=1)


def test_scenarios_of_the_table_are_shipped() -> None:
    assert set(SCENARIOS) <= set(shipped_scenarios())
    for name in SCENARIOS:
        assert load_scenario(name).baseline == "baseline", name


ROW = "broadband,baseline,GMS5,gmv_real_usd,all,2.0,1.0,0.25,60\n"


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "prior_share.csv"
    path.write_text(",".join(COLUMNS) + "\n" + ROW)
    monkeypatch.setattr(room, "shipped", lambda *parts: path)
    return path


def test_the_shipped_table_speaks_of_shipped_scenarios_alone(table: Path) -> None:
    def known(*names: object, **rules: object) -> dict[tuple[str, ...], float]:
        study = build_study(list(names), seeds=1, scale=100_000, **rules)  # type: ignore[arg-type]
        return dict(known_shares(manifest(study, "compiled", None, "a test")))

    where = ("broadband", "GMS5", "gmv_real_usd", "all")
    assert known("baseline", "broadband", "both") == {where: 0.25}
    assert known("baseline", "both") == {}
    assert known("broadband", "baseline") == {}  # against another baseline
    mine = replace(load_scenario("broadband"), parameters={"imitation": 0.3})
    assert known("baseline", mine) == {}  # the same name, another policy
    rule = {"consumer": lambda person, env, params, rng: None}
    assert known("baseline", "broadband", rules=rule) == {}


def test_without_a_table_nothing_is_claimed(table: Path) -> None:
    table.unlink()
    study = build_study(["baseline", "broadband"], seeds=1, scale=100_000)
    assert known_shares(manifest(study, "compiled", None, "a test")) == {}


@pytest.mark.parametrize("bad", [ROW.replace("0.25", "much"), "broadband,baseline\n"])
def test_a_broken_table_is_named_with_its_line(table: Path, bad: str) -> None:
    table.write_text(",".join(COLUMNS) + "\n" + ROW + bad)
    study = build_study(["baseline", "broadband"], seeds=1, scale=100_000)
    with pytest.raises(InputError, match="prior shares") as refused:
        known_shares(manifest(study, "compiled", None, "a test"))
    assert refused.value.where == "calibration/prior_share.csv, line 3"
    assert "mekong evidence prior-share" in str(refused.value.todo)


def test_a_person_sees_it_in_the_table_the_terminal_and_the_report(
    table: Path, tmp_path: Path
) -> None:
    study = build_study(["baseline", "broadband", "both"], seeds=2, scale=100_000)
    result = conduct(study, RunOptions(), tmp_path / "out", simulator=made_up)
    save(result)
    written = pd.read_csv(result.folder / "effects.csv")
    told = written[written["prior_share"].notna()]
    assert told[["scenario", "country", "indicator", "group"]].to_numpy().tolist() == [
        ["broadband", "GMS5", "gmv_real_usd", "all"]
    ]
    assert told["prior_share"].tolist() == [0.25]
    groups = effect_rows(result)
    assert shows_prior(groups)
    shown = {row.words: row.prior for rows in groups.values() for row in rows}
    assert shown["online purchases, US$"] == "25 / - %"
    assert shown["online shoppers"] == ""
    page = render(result)
    assert ">prior-driven</th>" in page and "25 / - %" in page
    table.unlink()
    room._table.cache_clear()
    plain = conduct(study, RunOptions(), tmp_path / "out", simulator=made_up)
    assert not shows_prior(effect_rows(plain))
    assert "prior-driven" not in render(plain)


def test_effects_without_shares_leave_the_column_empty() -> None:
    found = effects({"policy": pairs({(1, 1): 1.0, (2, 1): 2.0})})
    assert found["prior_share"].isna().all()


def test_studies_are_told_of_shipped_policies_alone(tmp_path: Path) -> None:
    def known(*names: object) -> dict[str, StudiesOfAPolicy]:
        study = build_study(list(names), seeds=1, scale=100_000)  # type: ignore[arg-type]
        return known_studies(manifest(study, "compiled", None, "a test"))

    (told,) = known("baseline", "payments").values()
    assert told.papers > 0 and 0.0 < told.share <= 1.0
    mine = replace(load_scenario("payments"), parameters={"imitation": 0.3})
    assert known("baseline", mine) == {}  # the same name, another policy
    assert known("payments", "baseline") == {}  # against another baseline
    study = build_study(["baseline", "payments"], seeds=2, scale=100_000)
    result = conduct(study, RunOptions(), tmp_path / "out", simulator=made_up)
    assert f"The {told.papers} published studies that bear on it leave" in " ".join(result.verdict)
