"""The account of who gains on a comparison: it adds up, changes nothing else, says its limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.accounts import WHO_GAINS
from sim.analysis.comparison.account_classes import account_class
from sim.analysis.comparison.changes import changes_of
from sim.analysis.comparison.compare import compare, conduct
from sim.analysis.comparison.contrasts import Contrast
from sim.analysis.comparison.pairs import Pairs
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.comparison.tables.who_gains import (
    FEWEST_AGENTS,
    OUTCOMES,
    SPLITS,
    coefficient_table,
    group_table,
)
from sim.analysis.comparison.who_gains import WhoGains
from sim.analysis.text.gain_rows import gain_columns, gain_group_rows, gain_range_rows
from sim.analysis.text.who_gains import GainTables, gain_answers, gain_limits
from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.study import build_study
from sim.gains.rule import JOBS_NET, MEASURES
from sim.report.page import render, tables
from sim.report.pictures import pictures
from sim.report.text import HEADINGS, TABLES
from sim.rows import row_where, rows_where
from sim.units import COUNTRIES, REGION
from tests.helpers.made_up import made_up, policy, scenario

COARSE = 200_000
POLICIES = ("harmonization", "payments")  # single levers: no parts are run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison that was kept without any thought of the account."""
    out = tmp_path_factory.mktemp("kept") / "result"
    compare("baseline", *POLICIES, "stagnation", seeds=[1, 2], scale=COARSE, out=out)
    return out


@pytest.fixture(scope="module")
def result(folder: Path) -> WhoGains:
    return WhoGains(folder)


def test_groups_of_a_split_add_up_to_everybody(result: WhoGains) -> None:
    for pairs in result.paired.values():
        for place in PLACES:
            for name, splits in OUTCOMES.items():
                whole = pairs.change(place, name)
                for split in splits:
                    parts = [pairs.change(place, name, group) for group in SPLITS[split]]
                    scale = np.abs(pairs.both(place, name)[1]).max()
                    np.testing.assert_allclose(sum(parts), whole, atol=1e-9 * scale)


def test_shares_of_a_split_add_up_to_one(result: WhoGains) -> None:
    groups = result.gains.groups
    keys = ["scenario", "effect_of", "country", "indicator", "split"]
    for column in ("share_of_effect", "share_before"):
        known = groups[groups[column].notna()].groupby(keys)[column].sum()
        assert len(known) > 20
        np.testing.assert_allclose(known, 1.0, rtol=1e-6)


def test_the_region_is_the_sum_of_countries(result: WhoGains) -> None:
    ranges = result.gains.ranges
    assert set(ranges["country"]) == set(PLACES) and set(ranges["measure"]) == set(MEASURES)
    one = WhoGains(result.folder)
    one.paired["payments"] = one_pair(one, "payments")
    found = rows_where(one.gains.ranges, scenario="payments")
    for keys, own in found.groupby(["measure", "period"]):
        by_place = own.set_index("country")[["low", "central", "high"]]
        parts = by_place.loc[list(COUNTRIES)].sum()
        np.testing.assert_allclose(parts, by_place.loc[REGION], rtol=1e-9, err_msg=str(keys))


def one_pair(result: WhoGains, name: str) -> Pairs:
    """The first pair of runs of a policy alone, of which sums are exact."""
    pairs = result.paired[name]
    return replace(
        pairs, runs=pairs.runs[:1], mine=pairs.mine[..., :1], theirs=pairs.theirs[..., :1]
    )


def test_bounds_hold_the_centre(result: WhoGains) -> None:
    ranges = result.gains.ranges
    for low, high in (("low", "high"), ("runs_low", "runs_high")):
        assert (ranges[low] <= ranges["central"]).all()
        assert (ranges["central"] <= ranges[high]).all()
    assert (ranges["low"] <= ranges["runs_low"]).all()
    assert (ranges["runs_high"] <= ranges["high"]).all()


def test_what_the_account_reads_is_what_the_run_has(result: WhoGains) -> None:
    for iso in COUNTRIES:
        pairs = result.paired["payments"]
        found = changes_of(pairs, "payments", result.settings, iso)
        fraud = pairs.change(iso, "purchase_fraud_usd")
        bought = (found.home + found.abroad)[:, -1] + fraud
        np.testing.assert_allclose(bought, found.purchases[:, -1], rtol=1e-6, atol=1e3)
        taxed = pairs.change(iso, "receipts_treasury_vat_usd")
        np.testing.assert_allclose((found.home_tax + found.import_tax)[:, -1], taxed, rtol=1e-9)
        exports = pairs.change(iso, "exports_region_usd") + pairs.change(iso, "exports_row_usd")
        sold = sum(found.sales.values())[:, -1]
        np.testing.assert_allclose(sold, found.home[:, -1] + exports, rtol=1e-6, atol=1e3)
    # where small parcels are not taxed, the run collects nothing on purchases from abroad
    for iso in ("KHM", "LAO", "MMR"):
        found = changes_of(result.paired["payments"], "payments", result.settings, iso)
        assert np.abs(found.import_tax).max() < 1e-3 * np.abs(found.abroad).max() + 1.0


def test_a_policy_that_does_nothing_gives_zero_everywhere() -> None:
    still = scenario("still", anti_scam_enforcement={
        "countries": ["THA"], "level": 0.0, "start": "2026Q1",
    })  # fmt: skip
    found = compare(
        *("baseline", still),
        **{"seeds": [1], "draws": 0, "scale": COARSE, "account": WHO_GAINS},
    )
    assert isinstance(found, WhoGains)
    numbers = ["low", "central", "high", "runs_low", "runs_high"]
    assert not found.gains.ranges[numbers].to_numpy().any()
    assert not found.gains.groups[["effect", "low", "high"]].to_numpy().any()
    assert found.gains.groups["share_of_effect"].isna().all()
    told = " ".join(found.verdict)
    assert "online buyers do not change in any run; purchases do not change in any run" in told
    assert "net none" in told and "open whether" not in told


def test_the_account_changes_no_row_and_no_table_of_the_comparison(
    result: WhoGains, folder: Path
) -> None:
    plain = Comparison(folder)
    pd.testing.assert_frame_equal(result.years, plain.years, check_exact=True)
    for name, table in plain.tables.items():
        pd.testing.assert_frame_equal(result.tables[name], table, check_exact=True)
    assert set(result.tables) - set(plain.tables) == set(result.account_tables)
    assert plain.account_tables == {}
    assert result.conclusion[: len(plain.conclusion)] == plain.conclusion
    assert result.verdict[: len(plain.verdict)] == plain.verdict
    assert len(result.verdict) == len(plain.verdict) + 2 * len(result.paired)


def test_the_same_inputs_give_the_same_bytes(result: WhoGains, folder: Path) -> None:
    again = WhoGains(folder)
    for name, table in result.account_tables.items():
        assert table.to_csv() == again.account_tables[name].to_csv(), name
    assert again.verdict == result.verdict


def test_assumptions_are_in_the_tables_and_no_policy_in_the_sentences(result: WhoGains) -> None:
    assert "assumptions" in set(result.gains.ranges["effect_of"])
    assert gain_columns(result.gains) == list(POLICIES)
    assert not any("'stagnation'" in str(one) for one in gain_answers(result.gains))


def groups(shares: dict[str, float | None], effect: float = 6.0) -> pd.DataFrame:
    """Rows of one policy; every group has the same effect, and a tenth of all before."""
    about, effects = ("mine", "base", "policy", REGION), (effect, effect, effect)
    rows = [
        (*about, name, split, group, *effects, "US$", shares.get(name), None, None, 0.1)
        for name, splits in OUTCOMES.items()
        for split in splits
        for group in SPLITS[split]
    ]
    columns = ["scenario", "baseline", "effect_of", "country", "indicator", "split", "group"]
    columns += ["effect", "low", "high", "unit"]
    columns += ["share_of_effect", "share_low", "share_high", "share_before"]
    return pd.DataFrame(rows, columns=columns)


def ranges(net: tuple[float, float]) -> pd.DataFrame:
    rows = [
        ("mine", "base", "policy", REGION, measure, period)
        + ((net[0], 0.0, net[1]) if measure == JOBS_NET else (1200.0, 1500.0, 3400.0))
        for measure in MEASURES
        for period in ("2030", "2026-2030")
    ]
    columns = ["scenario", "baseline", "effect_of", "country", "measure", "period"]
    return pd.DataFrame(rows, columns=[*columns, "low", "central", "high"])


def answers(shares: dict[str, float | None], net: tuple[float, float], effect: float = 6.0) -> str:
    made = GainTables(groups(shares, effect), ranges(net), coefficient_table())
    return " ".join(map(str, gain_answers(made)))


def test_sentences_say_who_has_the_gain_and_what_is_open() -> None:
    known = dict.fromkeys(OUTCOMES, 0.25)
    told = answers(known, (-300.0, 700.0))
    assert "added online buyers 50 %, 25 % and 25 % (without the policy 20 %, 10 % and 10 %" in told
    assert "added purchases 50 %, 25 % and 25 %" in told
    assert "Micro firms have 25 % of the added online sales" in told
    assert "net -300 to 700 (so it is open whether they are gained or lost)" in told
    assert "offline sales replaced in 2026-2030 US$ 1.20 thousand to US$ 3.40 thousand" in told
    assert "net 200 to 700;" in answers(known, (200.0, 700.0))
    assert "lost purchases 50 %" in answers(known, (1.0, 2.0), effect=-6.0)


def test_shares_that_are_not_known_are_not_told() -> None:
    told = answers({"gmv_real_usd": 0.25}, (1.0, 2.0))
    assert "online buyers: not known" in told and "nan" not in told
    assert "Micro firms" not in told


def pair(changes: dict[str, list[float]]) -> Pairs:
    """Buyers of the five countries in 2030 by pair: 1000 in each group, and what is added."""
    rows = {(REGION, "shoppers", group): at for at, group in enumerate(changes)}
    theirs = np.full((len(rows), 1, 2), 1000.0)
    added = np.array(list(changes.values()))[:, None, :]
    return Pairs(rows, ["2030"], [(1, 1), (1, 2)], theirs + added, theirs, "base")


def shares(changes: dict[str, list[float]], scale: int) -> dict[str, tuple[float, ...]]:
    contrast = Contrast("mine", "policy", "mine", "base")
    table = group_table([(contrast, pair(changes))], scale).set_index("group")
    columns = ["share_of_effect", "share_low", "share_high"]
    return {str(group): tuple(row) for group, row in table[columns].iterrows()}


def test_a_share_is_the_groups_part_of_all_that_is_added() -> None:
    known = {"all": [300.0, 100.0], "women": [200.0, 80.0], "men": [100.0, 20.0]}
    found = shares(known, scale=1)
    assert found["women"] == pytest.approx((280.0 / 400.0, 2.0 / 3.0, 0.8))
    assert found["men"] == pytest.approx((120.0 / 400.0, 0.2, 1.0 / 3.0))


def test_few_agents_and_no_clear_sign_give_no_shares() -> None:
    known = {"all": [300.0, 100.0], "women": [200.0, 80.0], "men": [100.0, 20.0]}
    assert np.isnan(shares(known, scale=5)["women"]).all()  # 80 agents over both pairs
    assert not np.isnan(shares(known, scale=4)["women"]).any()
    assert FEWEST_AGENTS == 100
    both_ways = {"all": [900.0, -100.0], "women": [700.0, -50.0], "men": [200.0, -50.0]}
    assert np.isnan(shares(both_ways, scale=1)["men"]).all()
    once = {"all": [400.0, 0.0], "women": [100.0, 0.0], "men": [300.0, 0.0]}
    assert shares(once, scale=1)["men"] == pytest.approx((0.75, 0.75, 0.75))


def test_limits_name_what_cannot_move(result: WhoGains) -> None:
    (told,) = gain_limits(result.gains)
    for words in (
        "By construction",
        "8 coefficients",
        "no best estimate",
        "do not close",
        "wages do not respond",
    ):
        assert words in told
    judged = sum(s.startswith("judgement") for s in result.gains.coefficients["source"])
    assert f"of which {judged} are judgements" in told and judged >= 4


def test_rows_for_console_report_and_dashboard(result: WhoGains) -> None:
    shown = gain_group_rows(result.gains, "THA")
    assert [len(rows) for rows in shown.values()] == [9, 9, 3]
    every = [*shown.values(), *gain_range_rows(result.gains).values()]
    assert all(len(row.cells) == len(POLICIES) for rows in every for row in rows)
    text = " ".join(cell for rows in every for row in rows for cell in row.cells)
    assert "nan" not in text and " to " in text


def test_a_report_has_the_tables_and_the_picture_of_the_account(result: WhoGains) -> None:
    assert set(result.account_tables) <= set(tables(result)) & set(TABLES)
    assert set(pictures(result)) <= set(HEADINGS) and "who_gains" in pictures(result)
    assert "who_gains" not in pictures(Comparison(result.folder))
    page = render(result)
    for words in (
        "Limits of who gains",
        "Who gains, and ranges of jobs and tax",
        "lost in offline shops",
        "poorest fifth",
    ):
        assert words in page


def test_the_picture_shows_every_policy(result: WhoGains) -> None:
    axes = sim.plot(result, "who_gains").axes
    assert len(axes) == 1 + 2 * len(POLICIES)
    shares = {line.get_label(): line.get_xdata() for line in axes[0].get_lines()}
    assert set(shares) == {"without the policy", *POLICIES}
    row = row_where(
        *(result.gains.groups,),
        **{"scenario": "payments", "country": REGION, "indicator": "gmv_real_usd"},
        **{"group": "q1"},
    )
    assert 100.0 * float(row["share_of_effect"]) in list(shares["payments"])


def test_a_result_without_what_the_account_reads_is_refused(tmp_path: Path) -> None:
    study = build_study([scenario("plain"), policy()], seeds=1, draws=0)
    conduct(study, RunOptions(), tmp_path / "out", simulator=made_up)
    with pytest.raises(InputError, match="cannot be read for the account 'who-gains'") as refused:
        WhoGains(tmp_path / "out")
    assert "exports_region_usd of KHM" in str(refused.value)
    assert "leave --account out" in str(refused.value)


def test_one_scenario_has_nothing_to_share_out() -> None:
    found = sim.run("baseline", scale=COARSE, account=WHO_GAINS)
    assert account_class(WHO_GAINS) is WhoGains and isinstance(found, WhoGains)
    assert found.gains.ranges.empty and found.verdict == []
    assert not any("Limits of who gains" in one for one in found.conclusion)
