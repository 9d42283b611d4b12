"""The first edition of the mechanisms: values at which those added since do nothing."""

from __future__ import annotations

FIRST_EDITION = {
    "abroad_entry_elasticity": 0.0,
    "adoption_spread": 0.0,
    "brand_entry_elasticity": 0.0,
    "cash_from_abroad": 1.0,
    "coverage_gate": 0.0,
    "coverage_income": 0.0,
    "covid_accounts": 0.0,
    "data_price_response": 0.0,
    "delivery_effect": 0.0,
    "delivery_saving": 0.0,
    "enforcement_takings_cost": 0.0,
    "home_simplification": 0.0,
    "largest_trust_sensitivity": 30.0,
    "never_online_buyers": 0.0,
    "one_side_share": 0.0,
    "pandemic_lapse": 0.0,
    "payment_cost_cut": 0.0,
    "payment_spending": 0.0,
    "quality_cost": 0.0,
    "quality_money_share": 0.0,
    "quality_spending": 0.0,
    "spending_cap": 1.0,
    "spending_spread": 0.0,
    "trust_in_lapse": 1.0,
    "trust_in_spending": 0.5,
    "trust_in_starting": 1.0,
    "victim_return": 0.0,
}
FIRST_PATHS = {"commissions": "assumed", "scam_history": "free", "shortfall": "proportional"}
