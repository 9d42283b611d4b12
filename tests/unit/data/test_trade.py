"""Firms, trade and rules: distances by hand, steps in the right years, the cut, refusals."""

from __future__ import annotations

import csv
import pickle
import shutil
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sim.data.country import year_index
from sim.data.dates import first_quarter, start_day
from sim.data.effects import EFFECT_LEVERS, load_effects
from sim.data.load import data_folder, load_countries
from sim.data.regulation import DATA_AREAS, DATED_AREAS
from sim.data.schema import YEARS, Row
from sim.data.trade import TradeData, load_trade, trade_gaps
from sim.errors import InputError
from sim.units import COUNTRIES, quarter_index


def lines(table: str) -> list[dict[str, str]]:
    with (data_folder() / f"{table}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def trade() -> TradeData:
    return load_trade()


# Distance of the rules.


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        # KHM lacks a cybercrime law (1) and lets parcels in (1): 2 over 8 areas.
        ("KHM", "THA", 2 / 8),
        # No parcel rule known of LAO. Foreign platforms (.5), regional agreement (1), links (.75).
        ("LAO", "MMR", 2.25 / 7),
        ("KHM", "LAO", 1.5 / 7),
        ("KHM", "MMR", 2.75 / 7),
        ("LAO", "VNM", 0.5 / 7),
        ("THA", "VNM", 0.0),
    ],
)
def test_distance_of_2026_by_hand(trade, one, other, distance):
    assert trade.heterogeneity(one, other, 2026) == pytest.approx(distance, abs=1e-12)


def test_distance_of_2026_is_the_published_one_without_the_rules_on_data(trade):
    published = {
        line["country"]: float(line["value"])
        for line in lines("regulation")
        if line["indicator"] == "regulatory_distance"
    }
    coded: dict[str, dict[str, float]] = {}
    for line in lines("regulation"):
        if line["indicator"].startswith("position_"):
            area = line["indicator"].removeprefix("position_")
            coded.setdefault(area, {})[line["country"]] = float(line["value"])
    assert len(coded) == 11
    assert len(published) == 10
    data_areas = {*DATA_AREAS, "data_protection"}
    for one, other in combinations(COUNTRIES, 2):
        gaps = {a: abs(c[one] - c[other]) for a, c in coded.items() if one in c and other in c}
        assert published[f"{one}-{other}"] == pytest.approx(
            sum(gaps.values()) / len(gaps), abs=5e-5
        )
        left = published[f"{one}-{other}"] * len(gaps) - sum(gaps[area] for area in data_areas)
        expected = left / (len(gaps) - len(data_areas))
        assert trade.heterogeneity(one, other, 2026) == pytest.approx(expected, abs=1e-4)


def test_no_rule_on_data_is_in_the_distance():
    assert not {*DATED_AREAS} & {*DATA_AREAS, "data_protection"}


def test_distance_is_symmetric_and_nothing_lies_between_a_country_and_itself(trade):
    path = trade.heterogeneity_path
    assert path.shape == (len(YEARS), len(COUNTRIES), len(COUNTRIES))
    assert np.array_equal(path, path.transpose(0, 2, 1))
    assert np.all(path[:, range(5), range(5)] == 0)
    assert np.all((path >= 0) & (path <= 1))


@pytest.mark.parametrize(
    ("one", "other", "year", "change"),
    [
        # Two systems join the single window in 2018, the other three a year later.
        ("THA", "KHM", 2018, 1 / 8),
        # In 2019 KHM joins the single window and gets its law on consumers.
        ("THA", "KHM", 2019, -2 / 8),
        # In 2020 KHM gets laws on electronic transactions, which THA has, and on platforms; both
        # link their payments.
        ("THA", "KHM", 2020, 0.0),
        # The Vietnamese cybersecurity law.
        ("THA", "VNM", 2019, -1 / 8),
        # The Thai rule on platforms, and a second Vietnamese link: THA .5 and VNM .5.
        ("THA", "VNM", 2023, 1 / 8 - 0.25 / 8),
        # Viet Nam protects consumers (1), THA taxes parcels (.5) and links with LAO (.25).
        ("THA", "VNM", 2024, (-1 + 0.5 + 0.25) / 8),
        # The Vietnamese rule on platforms; Thai duty on parcels (VNM has none spared since 2025).
        ("THA", "VNM", 2026, -1.5 / 8),
        # The regional agreement, without Myanmar.
        ("LAO", "MMR", 2022, 1 / 7),
        # The Lao law of 2012 comes before the amended one of 2023.
        ("LAO", "VNM", 2023, 0.0),
    ],
)
def test_steps_of_the_distance_come_in_the_right_years(trade, one, other, year, change):
    step = trade.heterogeneity(one, other, year) - trade.heterogeneity(one, other, year - 1)
    assert step == pytest.approx(change, abs=1e-12)


def test_laws_that_were_replaced_count_from_the_first_one(trade):
    # In 2014 LAO and VNM have the same rules: the law on electronic transactions and no other.
    assert trade.heterogeneity("LAO", "VNM", 2014) == 0
    # KHM has none and spares parcels, as VNM does: 1 over 8 areas.
    assert trade.heterogeneity("KHM", "VNM", 2014) == pytest.approx(1 / 8)


def test_nothing_changes_after_2026(trade):
    for year in range(2027, 2031):
        assert np.array_equal(
            trade.heterogeneity_path[year_index(year)], trade.heterogeneity_path[year_index(2026)]
        )


@pytest.mark.parametrize(
    ("iso", "year", "level"),
    [
        ("KHM", 2030, 0.0),
        ("MMR", 2030, 0.0),
        ("LAO", 2016, 0.0),
        ("LAO", 2017, 0.5),
        ("THA", 2023, 0.25),
        ("THA", 2024, 0.75),
        ("VNM", 2021, 0.0),
        ("VNM", 2022, 0.5),
        ("VNM", 2023, 1.0),
    ],
)
def test_restrictions_on_data(trade, iso, year, level):
    assert trade.data_restriction(iso, year) == level


# Dates.


def test_small_parcels_pay_vat_from_the_first_quarter_that_is_mostly_under_the_rule(trade):
    expected = {"THA": quarter_index("2024Q3"), "VNM": quarter_index("2025Q2")}
    assert trade.low_value_vat_from == {iso: expected.get(iso) for iso in COUNTRIES}


def dated(value: float, unit: str) -> Row:
    return Row("x", "VNM", 2020, value, unit, "reported", 2020, "a", "", "input", "law", "t")


@pytest.mark.parametrize(
    ("value", "unit", "quarter"),
    [
        (20240101, "date_yyyymmdd", "2024Q1"),
        (20240215, "date_yyyymmdd", "2024Q1"),  # 46 of 91 days
        (20240217, "date_yyyymmdd", "2024Q2"),  # 44 of 91 days
        (20241231, "date_yyyymmdd", "2025Q1"),
        (202308, "date_yyyymm", "2023Q3"),
        (202312, "date_yyyymm", "2024Q1"),
    ],
)
def test_quarter_of_a_date(value, unit, quarter):
    assert first_quarter(start_day(dated(value, unit))) == quarter_index(quarter)


@pytest.mark.parametrize(
    ("value", "unit"), [(20230230, "date_yyyymmdd"), (202313, "date_yyyymm"), (2023, "year")]
)
def test_days_that_no_calendar_has_are_refused(value, unit):
    with pytest.raises(InputError, match="is not the date"):
        start_day(dated(value, unit))


# Firms, taxes, geography.


def test_numbers_of_firms(trade):
    assert trade.firms["KHM"] == 753_670
    assert trade.firms["LAO"] == 133_997
    assert trade.firms["THA"] == 3_187_604
    assert trade.firms["VNM"] == 683_600 + 5_200_000
    people = {iso: c.population[year_index(2022)] for iso, c in load_countries().items()}
    per_head = (753_670 / people["KHM"] + 133_997 / people["LAO"]) / 2
    assert trade.firms["MMR"] == pytest.approx(per_head * people["MMR"])


def test_shares_of_firms(trade):
    for iso in COUNTRIES:
        assert sum(trade.size_shares[iso]) == pytest.approx(1)
        assert sum(trade.sector_shares[iso]) == pytest.approx(1)
        assert min(*trade.size_shares[iso], *trade.sector_shares[iso]) > 0
        assert 0 < trade.women_owned_share[iso] < 1
    assert trade.women_owned_share["KHM"] == 0.691
    assert trade.urban_share_of_firms["KHM"] == 0.525
    assert trade.urban_share_of_firms["THA"] == load_countries()["THA"].urban_share
    assert trade.size_shares["LAO"].micro == pytest.approx(0.94157 / (1 - 0.00206), abs=1e-4)
    vnm = (0.74389 * 683_600 + 5_200_000) / (0.98061 * 683_600 + 5_200_000)
    assert trade.size_shares["VNM"].micro == pytest.approx(vnm, abs=1e-6)
    assert trade.sector_shares["THA"].trade == pytest.approx(1_198_062 / 2_750_750)
    assert trade.sector_shares["LAO"].manufacturing == 0.147


def test_taxes(trade):
    rates = {"KHM": 0.10, "LAO": 0.10, "MMR": 0.05, "THA": 0.07, "VNM": 0.10}
    assert trade.vat_rate == rates
    memory = {item.country for item in trade_gaps() if item.indicator == "vat_rate"}
    assert memory == {"KHM", "LAO", "MMR"}


def test_geography(trade):
    assert trade.distance_km("KHM", "VNM") == 533.878
    assert trade.distance_km("VNM", "KHM") == trade.distance_km("KHM", "VNM")
    assert trade.distance_km("THA", "THA") == 0
    apart = {("THA", "VNM"), ("KHM", "MMR"), ("MMR", "VNM")}
    for one, other in combinations(COUNTRIES, 2):
        assert trade.shared_border(one, other) == ((one, other) not in apart)
        assert trade.common_language(other, one) == ((one, other) == ("LAO", "THA"))
        assert 400 < trade.distance_km(one, other) < 1400


def test_origins_weigh_by_size_and_distance(trade):
    weights = trade.origin_weights("LAO")
    assert list(weights) == ["KHM", "MMR", "THA", "VNM"]
    assert sum(weights.values()) == pytest.approx(1)
    nominal = {"THA": 495_691_837_308, "VNM": trade.gdp_2022["VNM"]}
    assert trade.gdp_2022["THA"] == pytest.approx(nominal["THA"])
    expected = nominal["THA"] / nominal["VNM"] * (636.1273 / 736.8181) ** -0.35
    assert weights["THA"] / weights["VNM"] == pytest.approx(expected)
    flat = trade.origin_weights("LAO", distance_elasticity=0.0)
    assert flat["THA"] / flat["VNM"] == pytest.approx(nominal["THA"] / nominal["VNM"])


def test_paperless_trade(trade):
    assert trade.paperless("LAO", 2015) == 0.5054
    assert trade.paperless("LAO", 2030) == 0.7527
    assert trade.paperless("MMR", 2016) == pytest.approx((0.26 + 0.41) / 2)
    assert trade.paperless("VNM", 2023) == trade.paperless("THA", 2023) == 0.766


def test_one_country_and_unknown_ones(trade):
    view = trade.of("VNM")
    assert (view.firms, view.vat_rate) == (trade.firms["VNM"], 0.10)
    assert view.online_sellers == {2022: 566_000, 2024: 650_070}
    assert trade.of("THA").online_seller_share == {2020: 0.386}
    assert trade.of("MMR").online_sellers == {}
    with pytest.raises(InputError, match="not one of the five"):
        trade.of("TH")
    with pytest.raises(InputError, match="no data for 2031"):
        trade.heterogeneity("KHM", "LAO", 2031)


def test_every_stand_in_is_on_record_once(trade):
    filled = {(item.country, item.indicator, item.year): item for item in trade_gaps()}
    assert len(filled) == len(trade_gaps())
    assert filled["MMR", "firms", 2022].value == trade.firms["MMR"]
    assert filled["VNM", "enterprise_count", 2022].value == 683_600
    assert ("KHM", "enterprise_count", 2022) not in filled
    for iso in ("LAO", "MMR", "THA", "VNM"):
        assert filled[iso, "women_owned_share", 2022].value == trade.women_owned_share[iso]
    assert filled["THA", "un_tf_survey_score_total", 2020].value == trade.paperless("THA", 2020)
    assert ("LAO", "un_tf_survey_score_total", 2021) not in filled


def test_data_can_be_pickled_and_not_changed(trade):
    copy = pickle.loads(pickle.dumps(trade))
    assert np.array_equal(copy.heterogeneity_path, trade.heterogeneity_path)
    assert load_trade() is trade
    with pytest.raises(ValueError, match="read-only"):
        trade.heterogeneity_path[0, 0, 1] = 1.0


# The cut, read from the files.

OUTCOMES = ("seller", "marketplace", "website", "online", "email", "electronic", "parcel")
OUTCOMES += ("exporter", "exported", "express", "e_payment", "ecom", "gmv", "shopper")
RULES = ("online_consumer_protection", "egdi_online_service_index")


def test_sellers_and_small_trade_across_borders_end_in_2024(trade):
    checked = 0
    for table in ("firms", "sellers", "trade", "regulation"):
        for line in lines(table):
            name = line["indicator"]
            outcome = any(word in name for word in OUTCOMES) and not any(r in name for r in RULES)
            assert outcome == (table == "sellers"), line
            if outcome:
                checked += 1
                assert int(line["year"]) <= 2024, line
                assert line["kind"] != "forecast", line
    assert checked >= 40
    for observed in (trade.online_sellers, trade.online_seller_share, trade.exporter_share):
        assert observed
        assert max(year for years in observed.values() for year in years) <= 2024


# Effects.


def test_effects():
    effects = load_effects()
    assert {effect.lever for effect in effects} <= set(EFFECT_LEVERS)
    found = {(e.lever, e.outcome, e.source_id): e for e in effects}
    victim = found["anti_scam_enforcement", "buying_or_banking_online", "bohme_moore_2012"]
    assert victim.unit == "share_points"
    assert found["sme_marketplace", "distance_effect_on_trade", "lendle_res"].value == -0.65
    codes = found["payments_interoperability", "small_merchant_card_sales", "nus_paylah"]
    assert codes.value == 0.07
    assert np.isnan(codes.low)
    for effect in effects:
        if effect.unit in ("relative_change", "share_points", "fraction"):
            assert abs(effect.value) <= 1.5, effect
        if effect.unit == "sign":
            assert effect.value in (-1, 0, 1), effect


# Refusals.


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(data_folder(), tmp_path / "data")
    return tmp_path / "data"


def spoil(folder: Path, table: str, old: str, new: str) -> None:
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("regulation", "position_cybercrime_law,LAO,2026,1,", "position_cybercrime_law,LAO,2026,2,",
         "not a value in index_0_1"),
        ("regulation", "cybercrime_law_effective_year,LAO,2015,2015",
         "cybercrime_law_effective_year,LAO,2015,201", "not a value in year"),
        ("regulation", "cybercrime_law_effective_year,LAO", "cybercrime_law_effective_year,LAO-VNM",
         "nothing says since when"),
        ("regulation", "position_cybercrime_law,LAO", "position_cybercrime_law,LAO-VNM",
         "no position_cybercrime_law of LAO"),
        ("regulation", "position_qr_links_with_other_four,KHM,2026,0.75",
         "position_qr_links_with_other_four,KHM,2026,0.5", "dates of its rules make 0.75"),
        ("regulation", "low_value_duty_threshold,THA,2026,1,",
         "low_value_duty_threshold,THA,2026,1500,", "dates of its rules make 0.5"),
        ("regulation", "20240705", "20240732", "is not the date of low_value_vat_start_date"),
        ("regulation", "qr_link_start_date,KHM-THA", "qr_link_start_date,KHM-TH",
         "not an allowed country"),
        ("regulation", "vat_rate,MMR", "vat_rate,SGP", "no vat_rate of MMR"),
        ("trade", "distance_weighted_km,LAO-THA", "distance_weighted_km,THA-LAO",
         "no distance_weighted_km of LAO-THA"),
        ("trade", "distance_weighted_km,LAO-THA,2011,636.1273",
         "distance_weighted_km,LAO-THA,2011,0", "not a value in km"),
        ("firms", "household_business_count,VNM,2020,5200000",
         "household_business_count,VNM,2020,-1", "not a value in count"),
        ("sellers", "marketplace_active_sellers,VNM,2022", "marketplace_active_sellers,VNM,2025",
         "the model predicts"),
    ],
)  # fmt: skip
def test_a_broken_table_is_refused(copy, table, old, new, message):
    spoil(copy, table, old, new)
    with pytest.raises(InputError, match=message):
        load_trade(copy)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("digital_skills,take_up,0.241", "digital_skils,take_up,0.241", "not an allowed lever"),
        ("digital_skills,take_up,0.241", "digital_skills,take_up,many", "not a size"),
        ("elasticity", "elastic", "not an allowed unit"),
        (",nus_paylah,", ",nus_payla,", "not an allowed source_id"),
        ("0.025,,,", "0.025,0.03,,", "outside its own band"),
        ("from memory; must be checked before quoting; ", "", "must say so"),
    ],
)
def test_a_broken_table_of_effects_is_refused(copy, old, new, message):
    spoil(copy, "effects", old, new)
    with pytest.raises(InputError, match=message):
        load_effects(copy)


def test_another_folder_gives_other_data(copy):
    spoil(copy, "regulation", "cybercrime_law_effective_year,VNM,2019,2019,",
          "cybercrime_law_effective_year,VNM,2019,2016,")  # fmt: skip
    changed = load_trade(copy)
    assert changed.heterogeneity("THA", "VNM", 2016) == pytest.approx(1 / 8)
    assert load_trade().heterogeneity("THA", "VNM", 2016) == pytest.approx(2 / 8)
