"""What the levers in effect do in a quarter, by country.

Levers never write state. Each function here turns levels (zero where a lever is absent) into
numbers that people, firms and the market read; at level zero every one of them is exactly neutral.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Protocol

from sim.agents.consumer import CountryEnvironment

_PER_THOUSAND = 1000.0


class Levels(Protocol):
    """Whatever knows the level in effect of a lever: a run's programmes, or a record of them."""

    def level(self, lever: str, place: str, quarter: int) -> float:
        """The level at a country in a quarter, as far as it was paid for."""


@dataclass(frozen=True)
class PolicyEffects:
    """Effective conditions of one country in one quarter."""

    income_factor: float
    satellite: float  # share of the uncovered countryside reached
    delivery: float  # share of rural people with reliable delivery
    interoperability: float
    training_offer: float  # hazard, 1/year
    trust_support: float
    scam_protection: float
    innovation: float  # log productivity of firms, 1/year
    fraud_factor: float
    enforcement: float  # added hazard against syndicates, 1/year
    paperless: float
    marketplace: float
    openness: float
    import_tax: float

    def seen_by_people(self) -> dict[str, float]:
        """What people see of it: the fields that `CountryEnvironment` has too, by name."""
        return {name: getattr(self, name) for name in SEEN_BY_PEOPLE}


SEEN_BY_PEOPLE = tuple(
    field.name for field in fields(PolicyEffects) if field.name in CountryEnvironment._fields
)


def policy_effects_of(
    programmes: Levels, iso: str, quarter: int, params: Mapping[str, float], protected: float = 0.0
) -> PolicyEffects:
    """The conditions of one country, from the levels that were paid for.

    `protected` is the share of a standard of data protection that is in the law already.
    """

    def level(lever: str) -> float:
        return programmes.level(lever, iso, quarter)

    saved = params["remittance_fee"] - params["remittance_fee_linked"]
    enforcement = level("anti_scam_enforcement")
    governance = level("ai_governance")
    unprotected = 1.0 - protected * params["agreement_compliance"]
    protection = level("consumer_protection")
    return PolicyEffects(
        income_factor=1.0 + level("remittance_links") * saved * params["remittance_share"],
        satellite=level("satellite_coverage"),
        delivery=level("delivery_networks"),
        interoperability=level("payments_interoperability"),
        training_offer=level("digital_skills") / _PER_THOUSAND,
        trust_support=level("data_safeguards") * unprotected * params["safeguards_trust"]
        + protection * params["protection_trust"],
        scam_protection=enforcement * params["enforcement_effect"]
        + governance * params["ai_scam_reduction"],
        innovation=level("innovation_fund") * params["innovation_effect"]
        + level("talent_mobility") * params["talent_effect"]
        + governance * params["ai_seller_gain"],
        fraud_factor=1.0 - protection * params["protection_fraud_cut"],
        enforcement=enforcement,
        paperless=level("paperless_customs"),
        marketplace=level("sme_marketplace"),
        openness=level("data_flow_openness"),
        import_tax=level("digital_taxation"),
    )
