"""What levers do to sectors other than e-commerce beyond who is online and what people consume.

A direct effect enters only where a study measured it for that sector. None was found, so every
coefficient is zero, and the reason is shown with the result.
"""

from __future__ import annotations

_CONNECTION = "acts on the sectors through who is online and what people consume; nothing more"
_ECOMMERCE = "studies measured sales of shops, not"
REASONS: dict[str, str] = {
    "regulatory_harmonization": "studies measured trade of goods and services, not these sectors",
    "broadband_investment": f"{_CONNECTION} was measured",
    "satellite_coverage": f"{_CONNECTION} was measured",
    "delivery_networks": "studies measured parcels to villages, not rides or delivered food",
    "anti_scam_enforcement": "studies measured shopping and banking online, not these sectors",
    "scam_coordination": "no study of these sectors was found",
    "payments_interoperability": f"{_ECOMMERCE} rides, travel or media",
    "digital_skills": f"{_CONNECTION} was measured",
    "paperless_customs": "these sectors send no parcels across borders",
    "sme_marketplace": f"{_ECOMMERCE} rides, travel or media",
    "data_flow_openness": "studies measured gross domestic product and trade, mostly by simulation",
    "data_safeguards": "studies measured visits to web sites elsewhere, not spending here",
    "ai_governance": "the study of machine translation measured exports of a marketplace",
    "remittance_links": "no study of these sectors was found",
    "innovation_fund": "no study of these sectors was found",
    "talent_mobility": "no study of these sectors was found",
    "consumer_protection": "studies measured marketplaces, not these sectors",
    "digital_taxation": "studies measured purchases of goods, not these sectors",
}
