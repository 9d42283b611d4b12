"""The first edition of the mechanisms: values at which those added since do nothing."""

from __future__ import annotations

FIRST_EDITION = {
    "adoption_spread": 0.0,
    "coverage_gate": 0.0,
    "coverage_income": 0.0,
    "covid_accounts": 0.0,
    "data_price_response": 0.0,
    "never_online_buyers": 0.0,
    "pandemic_lapse": 0.0,
    "payment_spending": 0.0,
    "quality_money_share": 0.0,
    "quality_spending": 0.0,
    "spending_cap": 1.0,
    "spending_spread": 0.0,
    "trust_in_lapse": 1.0,
    "trust_in_spending": 0.5,
    "trust_in_starting": 1.0,
}
