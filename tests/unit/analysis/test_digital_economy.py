"""The account on a comparison: it adds up, changes nothing else, says its limits, refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.accounts import DIGITAL_ECONOMY
from sim.accounts import ECOMMERCE as DEFAULT
from sim.analysis.comparison.account import NOMINAL, PLACES, REAL, THREE, TWO, indicator
from sim.analysis.comparison.account_classes import account_class, refuse_account
from sim.analysis.comparison.compare import compare, conduct
from sim.analysis.comparison.digital_economy import DigitalEconomy
from sim.analysis.comparison.result import Comparison
from sim.analysis.comparison.tables.digital_economy import ALL_SECTORS
from sim.analysis.comparison.years import select
from sim.analysis.preview import AccountPreview, panel_of
from sim.analysis.text.digital_economy import about_account, limits, needed_of_others
from sim.errors import InputError
from sim.experiments.execution.options import RunOptions
from sim.experiments.study import build_study
from sim.model.model import MekongModel
from sim.report.page import tables
from sim.report.pictures import pictures
from sim.report.text import HEADINGS, TABLES
from sim.sectors.rule import ECOMMERCE, EVERY, SECTORS, TRAVEL, WITHOUT_TRAVEL
from sim.units import COUNTRIES, REGION
from tests.helpers.made_up import made_up, policy, scenario

COARSE = 200_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison that was kept without any thought of the account."""
    out = tmp_path_factory.mktemp("kept") / "result"
    compare("baseline", "broadband", seeds=[1], draws=0, scale=COARSE, out=out)
    return out


@pytest.fixture(scope="module")
def result(folder: Path) -> DigitalEconomy:
    return DigitalEconomy(folder)


def values(result: Comparison, place: str, name: str, scenario: str = "baseline") -> np.ndarray:
    found = select(result.years, scenario, place, name)
    return found[[year for year in found.columns if int(year) >= 2019]].to_numpy(float)


@pytest.mark.parametrize("measure", [NOMINAL, REAL])
def test_sectors_add_up_to_the_account_and_countries_to_the_region(
    result: DigitalEconomy, measure: str
) -> None:
    for place in PLACES:
        parts = [values(result, place, indicator(one, measure)) for one in (ECOMMERCE, *SECTORS)]
        whole = values(result, place, indicator(EVERY, measure))
        assert np.isfinite(whole).all() and (whole > 0.0).all()
        np.testing.assert_allclose(sum(parts), whole, rtol=1e-9)
        less = values(result, place, indicator(WITHOUT_TRAVEL, measure))
        travel = values(result, place, indicator(TRAVEL, measure))
        np.testing.assert_allclose(less + travel, whole, rtol=1e-12)
    for sector in ALL_SECTORS:
        of = {place: values(result, place, indicator(sector, measure)) for place in PLACES}
        np.testing.assert_allclose(sum(of[iso] for iso in COUNTRIES), of[REGION], rtol=1e-9)
        np.testing.assert_allclose(of[TWO] + of[THREE], of[REGION], rtol=1e-9)


def test_all_online_spending_of_a_country_is_within_the_cap(result: DigitalEconomy) -> None:
    for iso in COUNTRIES:
        cap = result.settings.value("baseline", 0, iso, "spending_cap")
        spent = values(result, iso, indicator(EVERY, NOMINAL))
        assert (spent <= cap * values(result, iso, "consumption_nominal_usd")).all()


def test_the_account_changes_no_row_and_no_table_of_the_comparison(
    result: DigitalEconomy, folder: Path
) -> None:
    plain = Comparison(folder)
    kept = result.years.loc[plain.years.index]
    pd.testing.assert_frame_equal(kept, plain.years, check_exact=True)
    for name, table in plain.tables.items():
        pd.testing.assert_frame_equal(result.tables[name], table, check_exact=True)
    assert set(result.tables) - set(plain.tables) == set(result.account_tables)
    assert result.conclusion[-len(plain.conclusion) :] == plain.conclusion
    assert result.verdict[-len(plain.verdict) :] == plain.verdict


def test_policies_move_the_other_sectors_with_people_online(result: DigitalEconomy) -> None:
    effects = result.account.effects
    whole = effects[(effects["country"] == REGION) & (effects["sector"] == EVERY)]
    parts = effects[(effects["country"] == REGION) & effects["sector"].isin((ECOMMERCE, *SECTORS))]
    assert len(whole) == 1 and len(parts) == 4
    assert parts["effect"].sum() == pytest.approx(float(whole["effect"].iloc[0]))
    levers = result.account.levers
    assert (levers["direct_effect"] == 0.0).all() and levers["reason"].str.len().min() > 20


def test_a_lever_without_new_users_moves_no_other_sector() -> None:
    found = compare(
        *("baseline", "harmonization"),
        **{"seeds": [1], "draws": 0, "scale": COARSE, "account": DIGITAL_ECONOMY},
    )
    assert isinstance(found, DigitalEconomy)
    effects = found.account.effects
    others = effects[effects["sector"].isin(SECTORS)]
    assert (others["effect"] == 0.0).all()


def test_the_sentence_of_the_documents_is_answered_with_its_limits(result: DigitalEconomy) -> None:
    text = " ".join(about_account(result.account))
    for words in ("six markets", "US$ 102 bn in 2019", "US$ 200 bn in 2022", "1.96 times"):
        assert words in text, words
    assert "28 % of it" in text  # (31 + 25) of 200
    told = " ".join(limits(result.account))
    for words in ("ranges from income and use", "no study measured", "lending has no figure"):
        assert words in told, words
    assert result.verdict[0].startswith("'broadband' ")
    assert "digital economy of the five countries" in result.verdict[0]


@pytest.mark.parametrize(("share", "ratio", "needed"), [(0.5, 3.0, 1.0), (0.25, 2.0, 2.0)])
def test_what_the_other_markets_need(share: float, ratio: float, needed: float) -> None:
    assert needed_of_others(share, ratio) == pytest.approx(needed)
    assert share * ratio + (1 - share) * needed == pytest.approx(2.0)


def test_six_markets_are_published_and_the_account_stands_next_to_them(
    result: DigitalEconomy,
) -> None:
    markets = result.account.markets.set_index("year")
    assert markets.loc[2022, "six_markets_usd"] == 200e9
    assert markets.loc[2022, "two_share"] == pytest.approx(0.28)
    assert markets.loc[2030, ["six_markets_usd", "two_usd"]].isna().all()
    assert (markets["three_median"] > 0.0).all()
    assert (markets["three_median"] < markets["two_median"]).all()


def test_a_preview_has_the_same_account(result: DigitalEconomy) -> None:
    study = build_study(["baseline"], seeds=[1], draws=0, scale=COARSE)
    model = MekongModel("baseline", seed=1, scale=COARSE)
    panel = panel_of(model.run().indicators(), 1)
    preview = AccountPreview(study, {"baseline": [panel]})
    mine = preview.account.row(EVERY, REGION)
    assert mine["ratio"] == result.account.row(EVERY, REGION)["ratio"]


def test_an_unknown_account_is_refused() -> None:
    with pytest.raises(InputError, match="no account 'digital'") as refused:
        compare("baseline", seeds=[1], draws=0, account="digital")
    assert "e-commerce, digital-economy" in str(refused.value)
    assert account_class(DEFAULT) is Comparison


def test_draws_without_estimates_are_refused_before_anything_runs() -> None:
    with pytest.raises(InputError, match="no draw 9999"):
        refuse_account(DIGITAL_ECONOMY, [0, 9999])
    refuse_account(DEFAULT, [9999])


def test_a_result_without_the_data_of_the_account_is_refused(tmp_path: Path) -> None:
    study = build_study([scenario("plain"), policy()], seeds=1, draws=0)
    conduct(study, RunOptions(), tmp_path / "out", simulator=made_up)
    with pytest.raises(InputError, match="cannot be read for the account") as refused:
        DigitalEconomy(tmp_path / "out")
    assert "population of KHM of group q1" in str(refused.value)
    assert "leave --account out" in str(refused.value)


def test_a_report_has_the_tables_and_headings_of_the_account(result: DigitalEconomy) -> None:
    assert set(result.account_tables) <= set(tables(result)) & set(TABLES)
    drawn = list(pictures(result))
    assert drawn[:2] == ["digital_economy", "digital_economy_trajectory"]
    assert set(drawn) <= set(HEADINGS)
    assert not set(result.account_tables) & set(tables(Comparison(result.folder)))


def test_pictures_of_the_account_are_drawn_and_saved(
    result: DigitalEconomy, tmp_path: Path
) -> None:
    sim.save(result, tmp_path / "copy")
    written = {path.name for path in (tmp_path / "copy" / "figures").iterdir()}
    assert {"digital_economy.png", "digital_economy_trajectory.svg", "difference.png"} <= written
    svg = (tmp_path / "copy" / "figures" / "digital_economy.svg").read_text(encoding="utf-8")
    for words in ("Online travel", "Cambodia, Lao PDR, Myanmar", "published", "doubling"):
        assert words in svg
    panels = sim.plot(result, "digital_economy").axes
    assert len(panels) == 4 * (len(SECTORS) + 2)
    for panel in panels:
        lines = {line.get_label(): line for line in panel.get_lines()}
        assert list(lines["doubling"].get_xdata()) == list(range(2022, 2031))
        doubled = lines["doubling"].get_ydata()
        assert doubled[-1] == pytest.approx(2.0 * doubled[0])
    with pytest.raises(InputError, match="no figure 'digital_economy'"):
        sim.plot(Comparison(result.folder), "digital_economy")
