"""The experiments that studies made, by name, and what each does inside the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sim.calibration.studies import market_experiments as markets
from sim.calibration.studies import people_experiments as people
from sim.experiments.paired_runs import PairedRuns


class Experiment(NamedTuple):
    """What is measured, in words, the unit of the answer, and the function that finds it."""

    what: str
    unit: str
    run: Callable[[PairedRuns], float]


EXPERIMENTS = {
    "payments_sales": Experiment(
        "sales of micro firms when any account reaches any other",
        "relative_change", markets.sales_of_micro_firms_after_payments),
    "payments_firms": Experiment(
        "shops opened when any account reaches any other",
        "relative_change", markets.shops_opened_after_payments),
    "interoperability_accounts": Experiment(
        "account holders when any account reaches any other",
        "relative_change", markets.accounts_after_payments),
    "paperless_exports": Experiment(
        "exports in the third and fourth year of paperless customs",
        "relative_change", markets.exports_with_paperless_customs),
    "paperless_cost": Experiment(
        "cost of trade when customs become paperless",
        "relative_change", markets.trade_cost_after_paperless),
    "heterogeneity": Experiment(
        "exports when the distance of rules falls by 0.05",
        "relative_change", markets.exports_after_smaller_distance),
    "agreement_trade": Experiment(
        "trade among the five countries under common rules on all that is negotiable",
        "relative_change", markets.trade_under_an_agreement),
    "open_safe_data": Experiment(
        "exports when data flow freely and are protected",
        "relative_change", markets.exports_with_open_and_safe_data),
    "data_adequacy": Experiment(
        "trade among the five countries when they recognise each other's protection of data",
        "relative_change", markets.trade_with_recognised_rules_on_data),
    "localization": Experiment(
        "Viet Nam's trade with its rules on data, after five years",
        "relative_change", markets.trade_under_data_localization),
    "safeguards_revenue": Experiment(
        "online purchases in the first year of full safeguards of data",
        "relative_change", markets.purchases_under_safeguards),
    "protection_purchases": Experiment(
        "online purchases in the first year of full protection of consumers",
        "relative_change", markets.purchases_under_protection),
    "tax_spending": Experiment(
        "response of purchases from abroad to a tax of 5 %",
        "elasticity", markets.response_to_a_tax),
    "marketplace_sellers": Experiment(
        "exports in the first two years of support on marketplaces",
        "relative_change", markets.exports_of_supported_sellers),
    "translation_exports": Experiment(
        "exports in the first year with language models for all",
        "relative_change", markets.exports_with_translation),
    "broadband_exports": Experiment(
        "exports in the third and fourth year of broadband of US$ 20 a person",
        "relative_change", markets.exports_after_broadband),
    "coverage_shoppers": Experiment(
        "shoppers in the third and fourth year of broadband of US$ 20 a person",
        "relative_change", markets.shoppers_after_broadband),
    "coverage_income": Experiment(
        "consumption of people a year after networks reach them",
        "relative_change", markets.consumption_of_people_reached),
    "delivery_spending": Experiment(
        "purchases of rural people in the first year of reliable delivery",
        "relative_change", markets.purchases_after_delivery),
    "delivery_removed": Experiment(
        "purchases of rural people when reliable delivery ends",
        "relative_change", markets.purchases_without_delivery),
    "delivery_shoppers": Experiment(
        "rural people who buy online two years after delivery became reliable",
        "share_points", markets.shoppers_after_delivery),
    "victims_shopping": Experiment(
        "shopping online a year after having been defrauded",
        "share_points", people.shopping_of_victims),
    "breach_purchases": Experiment(
        "purchases in the quarter after having been defrauded",
        "relative_change", people.purchases_of_victims),
    "training_sales": Experiment(
        "sales of sellers who took a course",
        "relative_change", people.sales_of_trained_sellers),
    "training_shops": Experiment(
        "firms that sell online after a course",
        "share_points", people.shops_of_trained_firms),
    "skills_use": Experiment(
        "people who buy online after a course",
        "share_points", people.shopping_of_trained_people),
    "cross_side": Experiment(
        "pull of sellers on buyers over pull of buyers on sellers",
        "ratio", people.sellers_pull_over_buyers_pull),
    "enforcement_losses": Experiment(
        "losses in the first year of a national anti-scam programme",
        "relative_change", people.losses_after_a_centre),
    "border_cut": Experiment(
        "Thai cases after power and internet of compounds are cut",
        "relative_change", people.victims_after_a_border_cut),
}  # fmt: skip
"""In the order of their first quarter, so that they share a past."""
