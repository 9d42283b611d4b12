"""Headline numbers, worked out from the raw series: every place that prints one must agree."""

from __future__ import annotations

import base64
import copy
import io
import json
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.text.console_tables import effect_rows, ratio_rows
from sim.analysis.text.formatting import signed_money, small_percent, with_interval
from sim.analysis.text.frequencies import counted, doubles, named
from sim.analysis.text.headline import answer
from sim.cli.console import comparison_tables
from sim.experiments.execution.options import RunOptions
from sim.experiments.execution.runner import run_jobs
from sim.experiments.run import Job
from sim.experiments.study import build_study
from sim.figures.forest import OUTCOMES
from sim.report.page import write_report
from sim.report.pictures import flow_map, forest, growth, trajectory
from sim.report.writer import save
from sim.target import doubling
from tests.helpers.made_up import made_up, policy, prepared, scenario


def skewed(job: Job, options: RunOptions) -> pd.DataFrame:
    """As `made_up`, with growth and losses that are far from symmetric over runs.

    So mean, geometric mean, median, ratio of medians and median of ratios all differ.
    """
    frame = made_up(job, options)
    year = frame["quarter"].str[:4].astype(int)
    sold = frame["indicator"].isin(["gmv_real_usd", "gmv_nominal_usd"])
    late = np.clip((year - 2022) / 8.0, 0.0, 1.0)
    push = 1.0 + late * (0.13 * job.draw**2 - 0.1 * job.seed)
    level = 1.0 + 0.4 * (job.draw % 3) + 0.2 * job.seed
    frame.loc[sold, "value"] *= (push * level)[sold]
    lost = (frame["indicator"] == "scam_losses_usd") & (year >= 2026)
    if job.scenario.levers:
        frame.loc[lost, "value"] *= 1.0 - 0.02 * job.draw**1.7 / job.seed
    known = frame["indicator"] == "population"
    more = [frame[known].assign(indicator=name) for name in ("connected",)]
    return pd.concat([frame, *more], ignore_index=True)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comparison]:
    study = build_study([scenario("plain"), policy()], seeds=2, draws=5, scale=100_000)
    study, _, store = prepared(tmp_path_factory.mktemp("one") / "out", study)
    run_jobs(study.jobs, RunOptions(), store, simulator=skewed)
    found = Comparison(store.folder)
    save(found)
    yield found


def raw(result: Comparison, name: str, indicator: str, country: str = "GMS5") -> pd.DataFrame:
    """Yearly sums by run, straight from the files of the store."""
    frames = []
    for path in sorted((result.folder / "series").glob("*.parquet")):
        frame = pd.read_parquet(path)
        if set(frame["scenario"].astype(str)) != {name}:
            continue
        chosen = (frame["indicator"] == indicator) & (frame["country"] == country)
        frame = frame[chosen & (frame["group"] == "all")]
        years = frame["quarter"].astype(str).str[:4].astype(int)
        sums = frame["value"].groupby(years).sum()
        run = pd.read_parquet(result.folder / "runs" / path.name)
        sums.name = (int(run["seed"].iloc[0]), int(run["draw"].iloc[0]))
        frames.append(sums)
    return pd.DataFrame(frames).sort_index()


def ratio(result: Comparison, name: str, country: str = "GMS5") -> float:
    paths = raw(result, name, "gmv_nominal_usd", country)
    return float(np.median(paths[2030] / paths[2022]))


def text_of(figure: object) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text)]  # type: ignore[attr-defined]


def test_the_statistics_differ_in_these_runs(result: Comparison) -> None:
    """Else the tests below could not fail."""
    paths = raw(result, "plain", "gmv_nominal_usd")
    assert len(paths) == 10
    each = paths[2030] / paths[2022]
    others = (
        each.mean(),
        float(np.exp(np.log(each).mean())),
        paths[2030].median() / paths[2022].median(),
        paths[2030].sum() / paths[2022].sum(),
    )
    shown = f"{each.median():.2f}"
    assert all(f"{other:.2f}" != shown for other in others)


def test_regional_and_national_growth_is_one_number_everywhere(
    result: Comparison, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = {n: f"{ratio(result, n):.2f}" for n in ("plain", "policy")}
    assert shown["plain"] != shown["policy"]
    assert f"median {shown['plain']} times" in result.conclusion[0]
    assert any(f"from {shown['plain']} to {shown['policy']}" in said for said in result.conclusion)
    assert f"median {shown['plain']} times" in answer(result)
    summary = pd.read_csv(result.folder / "summary.csv")
    region = pd.read_csv(result.folder / "region.csv")
    for name, value in shown.items():
        for frame in (summary[summary["country"] == "GMS5"], region):
            mine = frame[(frame["scenario"] == name) & (frame["measure"] == "nominal_usd")]
            assert f"{mine['ratio'].iloc[0]:.2f}" == value
    rows = {row.words: row.cells for row in ratio_rows(result)["nominal US$"]}
    assert (
        rows["plain"][-1].startswith(f"{shown['plain']} (")
        and rows["policy"][-1] == shown["policy"]
    )
    page = write_report(result.folder).read_text(encoding="utf-8")
    assert f"median {shown['plain']} times" in page
    held = re.search(r'download="summary.csv" href="data:[^,]*,([^"]+)"', page)
    assert held is not None
    inside = pd.read_csv(io.BytesIO(base64.b64decode(held[1])))
    assert np.allclose(inside["ratio"], summary["ratio"])
    numbers = [t for t in text_of(growth(result)) if re.fullmatch(r"\u00d7[\d.]+", t)]
    assert numbers[-2:] == [f"\u00d7{shown[n]}" for n in ("plain", "policy")]
    assert f"plain \u00d7{shown['plain']}" in text_of(trajectory(result))
    thai = f"{ratio(result, 'plain', 'THA'):.2f}"
    assert rows["plain"][3].startswith(f"{thai} (")
    assert f"Thailand\n\u00d7{thai}" in text_of(flow_map(result))
    assert f"plain \u00d7{thai}" in text_of(trajectory(result))
    comparison_tables.write_json(result)
    told = json.loads(capsys.readouterr().out)["summary"]
    regional = next(r for r in told if (r["scenario"], r["country"]) == ("plain", "GMS5"))
    assert f"{regional['ratio']:.2f}" == shown["plain"]
    precision = pd.read_csv(result.folder / "precision.csv")
    chosen = (precision["number"] == "ratio") & (precision["measure"] == "nominal_usd")
    mine = precision[chosen & (precision["scenario"] == "plain")].set_index("country")["value"]
    assert (f"{mine['GMS5']:.2f}", f"{mine['THA']:.2f}") == (shown["plain"], thai)


def test_losses_avoided_are_one_number_everywhere(result: Comparison) -> None:
    mine, theirs = (raw(result, name, "scam_losses_usd") for name in ("policy", "plain"))
    change = (mine - theirs)[[2026, 2027, 2028, 2029, 2030]].sum(axis=1)
    value, low, high = float(change.median()), float(change.min()), float(change.max())
    assert f"{change.mean():.3g}" != f"{value:.3g}"
    losses = "losses to scams over 2026-2030 (constant 2022 US$): "
    assert any(losses + signed_money(value) in said for said in result.findings)
    assert any(f"losses to scams avoided {signed_money(-value)}" in s for s in result.findings)
    for name, column, sign in (("effects", "effect", 1.0), ("welfare", "value", -1.0)):
        frame = pd.read_csv(result.folder / f"{name}.csv")
        key = frame["indicator"] if name == "effects" else frame["measure"]
        wanted = "scam_losses_usd_cumulative" if name == "effects" else "scam_losses_avoided_usd"
        chosen = (key == wanted) & (frame["country"] == "GMS5") & (frame["group"] == "all")
        assert frame.loc[chosen, column].iloc[0] == pytest.approx(sign * value, abs=0.51)
    (row,) = [r for r in effect_rows(result)["Scams"] if r.words.startswith("losses")]
    assert row.cells[1].startswith(with_interval(value, low, high))


def test_relative_effects_are_one_number_everywhere(result: Comparison) -> None:
    mine, theirs = (raw(result, name, "gmv_real_usd")[2030] for name in ("policy", "plain"))
    change = float((mine / theirs - 1.0).median())
    assert f" or {small_percent(change)} (median; " in result.verdict[0]
    trade = pd.read_csv(result.folder / "trade.csv")
    chosen = (trade["measure"] == "total_change") & (trade["country"] == "GMS5")
    found = trade[chosen & (trade["period"] == "2030")]["value"].iloc[0]
    assert found == pytest.approx(change)
    panel = forest(result).axes[list(OUTCOMES).index("gmv_real_usd")]
    assert f"{100 * change:+.1f} %" in [text.get_text() for text in panel.texts]
    assert "median of 10 paired differences" in " ".join(text_of(forest(result))[-1].split())


def test_doubling_is_a_count_everywhere(result: Comparison) -> None:
    paths = raw(result, "plain", "gmv_nominal_usd", "THA")
    hits = int((paths[2030] / paths[2022] >= 2.0).sum())
    assert 0 < hits < 10
    said = f"in {hits} of 10 runs"
    assert said in result.conclusion[1] and said in answer(result)
    rows = {row.words: row.cells for row in ratio_rows(result)["nominal US$"]}
    assert rows["plain doubles in"][3] == f"{hits} of 10 runs"
    assert any(t.startswith(f"plain: doubles {said}") for t in text_of(trajectory(result)))
    summary = pd.read_csv(result.folder / "summary.csv")
    mine = summary[(summary["scenario"] == "plain") & (summary["country"] == "THA")].iloc[0]
    assert (mine["runs_doubled"], mine["runs_judged"]) == (hits, 10)
    whole = "\n".join([*result.conclusion, answer(result), *result.verdict])
    assert "does not double" not in whole and "now doubles" not in whole
    assert not re.search(r"\b(Yes|No):", whole)


@pytest.mark.parametrize(
    ("hits", "runs", "words"),
    [
        (20, 20, "doubles in all 20 runs"),
        (19, 20, "doubles in 19 of 20 runs (very likely)"),
        (14, 20, "doubles in 14 of 20 runs (likely)"),
        (10, 20, "doubles in 10 of 20 runs (as likely as not)"),
        (5, 20, "doubles in 5 of 20 runs (unlikely)"),
        (1, 20, "doubles in 1 of 20 runs (very unlikely)"),
        (0, 20, "doubles in none of 20 runs"),
        (3, 5, "doubles in 3 of 5 runs"),
        (2, 2, "doubles in both runs"),
        (0, 2, "doubles in neither run"),
        (1, 1, "doubles in the one run"),
        (0, 1, "does not double in the one run"),
        (0, 0, "cannot be judged"),
    ],
)
def test_words_for_counts(hits: int, runs: int, words: str) -> None:
    assert doubles(hits, runs) == words


def test_a_coin_toss_is_never_called_a_doubling() -> None:
    for runs in range(10, 60):
        for hits in range(1, runs):
            assert f"{hits} of {runs} runs" in counted(hits, runs) and named(hits, runs)
            fair = runs / 3 <= hits < 2 * runs / 3
            assert (named(hits, runs) == "as likely as not") == fair


def test_runs_without_purchases_in_2022_are_not_judged() -> None:
    found = doubling(np.array([[0.0, 5.0], [1.0, 3.0], [1.0, 1.5]]), [2022, 2030])
    assert (found.doubled, found.judged, found.runs) == (1, 2, 3)
    assert found.share_doubled == pytest.approx(found.doubled / found.judged)


def test_what_cannot_be_judged_is_unknown_in_every_row(result: Comparison) -> None:
    found = copy.copy(result)
    found.table = result.table.copy()
    lao = found.table["country"] == "LAO"
    found.table.loc[lao, ["ratio", "low", "high", "year_doubled"]] = pd.NA
    found.table.loc[lao, ["runs_doubled", "runs_judged"]] = 0
    place = PLACES.index("LAO")
    for rows in ratio_rows(found).values():
        assert [row.cells[place] for row in rows[1:]] == ["unknown"] * (len(rows) - 1)
        assert "unknown" not in [row.cells[place - 1] for row in rows]
