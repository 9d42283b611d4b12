"""Experiments of studies on markets, repeated inside the model: payments, trade, rules, delivery.

Every function takes `PairedRuns` and returns what the study measured, in the unit in which it was
published, as a mean over seeds. Programmes begin at once and in full and cost the government
nothing: who paid is not what a study measured.
"""

from __future__ import annotations

import math

import numpy as np

from sim.calibration.studies.programmes import BEGIN, change, programme
from sim.data.trade import load_trade
from sim.experiments.paired_runs import PairedRuns, block
from sim.model.trade import outcome_of
from sim.scenario import Scenario
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, quarter_index

EXPORTS = ["exports_region_usd", "exports_row_usd"]
FROM_ABROAD = ["gmv_region_usd", "gmv_row_usd"]
ALL_PURCHASES = ["gmv_real_usd"]
FIRST_YEAR, TWO_YEARS = (2021, 2021), (2021, 2022)
THIRD_YEARS = (2023, 2024)  # two to four years after a programme began
LONG_RUN = (2028, 2030)
TAX = 0.05
BROADBAND_USD = 20.0  # a person and year


# ---- payments -------------------------------------------------------------------------------


def sales_of_micro_firms_after_payments(paired_runs: PairedRuns) -> float:
    """Sales of micro firms in the two years after every account reaches any other."""
    return change(
        paired_runs, "payments_interoperability", ["seller_revenue_usd"], TWO_YEARS, "micro"
    )


def shops_opened_after_payments(paired_runs: PairedRuns) -> float:
    """Shops opened in the same two years."""
    return change(paired_runs, "payments_interoperability", ["shops_opened"], TWO_YEARS)


def accounts_after_payments(paired_runs: PairedRuns) -> float:
    """Account holders in these years; a stock, summed over quarters like a flow."""
    return change(paired_runs, "payments_interoperability", ["account_holders"], TWO_YEARS)


# ---- trade and rules ------------------------------------------------------------------------


def exports_after_smaller_distance(paired_runs: PairedRuns) -> float:
    """Exports within the region when every pair's regulatory distance falls by 0.05."""
    trade = load_trade()
    model = paired_runs.model("baseline", paired_runs.seeds[0])
    strict = model.values["THA"]["strictness_distance"]
    blocks = []
    for i, one in enumerate(COUNTRIES):
        for other in COUNTRIES[i + 1 :]:
            whole = trade.heterogeneity(one, other, 2023) + strict
            blocks.append(block(min(0.05 / whole, 1.0), BEGIN, [f"{one}-{other}"], "pairs"))
    carried_out = {"negotiable_distance": 1.0, "agreement_compliance": 1.0}
    made = programme({"regulatory_harmonization": blocks}, carried_out)
    return paired_runs.change(made, ["exports_region_usd"], LONG_RUN)


def trade_under_an_agreement(paired_runs: PairedRuns) -> float:
    """Exports within the region seven years after all pairs agree on all that is negotiable."""
    return change(paired_runs, "regulatory_harmonization", ["exports_region_usd"], LONG_RUN)


def exports_with_open_and_safe_data(paired_runs: PairedRuns) -> float:
    """All exports when data flow freely and are protected, seven years on."""
    return paired_runs.change(_open_and_safe(), EXPORTS, LONG_RUN)


def trade_with_recognised_rules_on_data(paired_runs: PairedRuns) -> float:
    """Trade among the five countries when they recognise each other's protection of data."""
    return paired_runs.change(_open_and_safe(), ["exports_region_usd"], LONG_RUN)


def trade_under_data_localization(paired_runs: PairedRuns) -> float:
    """Viet Nam's online trade with its rules on data against none, five years on."""
    made = programme({"data_flow_openness": [block(1.0, BEGIN, ["VNM"])]})
    opened = paired_runs.change(made, [*EXPORTS, *FROM_ABROAD], (2025, 2027), "VNM")
    return 1.0 / (1.0 + opened) - 1.0


def exports_with_paperless_customs(paired_runs: PairedRuns) -> float:
    """Exports in the third and fourth year of paperless customs."""
    return change(paired_runs, "paperless_customs", EXPORTS, THIRD_YEARS)


def trade_cost_after_paperless(paired_runs: PairedRuns) -> float:
    """Ad-valorem cost of selling to a neighbour, all parts, when customs become paperless."""
    made = programme({"paperless_customs": [block(1.0, BEGIN)]})
    count = len(COUNTRIES)
    found = []
    for seed in paired_runs.seeds:
        costs = []
        for what in (programme({}), made):
            model = paired_runs.at(what, seed, quarter_index(BEGIN))
            model.step()
            model.step()
            added = outcome_of(model).costs
            whole = (added.shifter * added.ad_valorem)[:count, :count]
            costs.append(float((whole[~np.eye(count, dtype=bool)] - 1.0).mean()))
        found.append(costs[1] / costs[0] - 1.0)
    return paired_runs.mean(found)


def response_to_a_tax(paired_runs: PairedRuns) -> float:
    """Elasticity of purchases from abroad to their price, in the first year of a tax of 5 %."""
    fall = change(paired_runs, "digital_taxation", FROM_ABROAD, FIRST_YEAR, level=TAX)
    return math.log(1.0 + fall) / math.log(1.0 + TAX)


def exports_of_supported_sellers(paired_runs: PairedRuns) -> float:
    """Exports in the first two years in which every seller is supported on marketplaces."""
    return change(paired_runs, "sme_marketplace", EXPORTS, TWO_YEARS)


def exports_with_translation(paired_runs: PairedRuns) -> float:
    """Exports in the first year with language models for all."""
    return change(paired_runs, "ai_governance", EXPORTS, FIRST_YEAR)


# ---- networks and delivery ------------------------------------------------------------------


def exports_after_broadband(paired_runs: PairedRuns) -> float:
    """Exports in the third and fourth year of a programme of US$ 20 a person and year."""
    return change(paired_runs, "broadband_investment", EXPORTS, THIRD_YEARS, level=BROADBAND_USD)


def shoppers_after_broadband(paired_runs: PairedRuns) -> float:
    """Shoppers in the same years."""
    return change(
        paired_runs, "broadband_investment", ["shoppers"], THIRD_YEARS, level=BROADBAND_USD
    )


def consumption_of_people_reached(paired_runs: PairedRuns) -> float:
    """Rise of the consumption of people a year after networks reach them: a parameter as it is."""
    model = paired_runs.model("baseline", paired_runs.seeds[0])
    return float(np.mean([model.values[iso]["coverage_income"] for iso in COUNTRIES]))


def purchases_after_delivery(paired_runs: PairedRuns) -> float:
    """Online purchases of rural people in the first year of reliable delivery at town prices."""
    return change(paired_runs, "delivery_networks", ALL_PURCHASES, FIRST_YEAR, "rural")


def purchases_without_delivery(paired_runs: PairedRuns) -> float:
    """The same the other way round: what is lost where delivery ends."""
    return 1.0 / (1.0 + purchases_after_delivery(paired_runs)) - 1.0


def shoppers_after_delivery(paired_runs: PairedRuns) -> float:
    """Rural adults who buy online at the end of the second year, in share points."""
    made = programme({"delivery_networks": [block(1.0, BEGIN)]})
    found = []
    for before, after in paired_runs.pairs(made, TWO_YEARS[1]):
        last = (TWO_YEARS[1] + 1) * QUARTERS_PER_YEAR - before.policy_scenario.start - 1
        shares = []
        for model in (before, after):
            sums = model.series().sums
            shoppers, adults = (sums[name][last, :, 2].sum() for name in ("shoppers", "adults"))
            shares.append(float(shoppers / adults))
        found.append(shares[1] - shares[0])
    return paired_runs.mean(found)


# ---- safety of data and of buyers -----------------------------------------------------------


def purchases_under_safeguards(paired_runs: PairedRuns) -> float:
    """Online purchases in the first year of full safeguards of data."""
    return change(paired_runs, "data_safeguards", ALL_PURCHASES, FIRST_YEAR)


def purchases_under_protection(paired_runs: PairedRuns) -> float:
    """Online purchases in the first year of full protection of consumers."""
    return change(paired_runs, "consumer_protection", ALL_PURCHASES, FIRST_YEAR)


def _open_and_safe() -> Scenario:
    return programme(
        {"data_flow_openness": [block(1.0, BEGIN)], "data_safeguards": [block(1.0, BEGIN)]}
    )
