"""The assumptions about the world outside that a scenario chooses among: its [paths] table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OutsidePath:
    """One assumption: its `choices` (name: meaning), of which the first is the default."""

    name: str
    meaning: str
    choices: dict[str, str]

    @property
    def default(self) -> str:
        """The choice made where a scenario says nothing."""
        return next(iter(self.choices))


_ALL = (
    OutsidePath(
        name="growth",
        meaning="income of the countries after the last observation",
        choices={
            "weo": "the projections of the IMF World Economic Outlook",
            "low": "a percentage point a year below them after 2025",
            "high": "a percentage point a year above them after 2025",
        },
    ),
    OutsidePath(
        name="income_feedback",
        meaning="incomes where programmes bring networks",
        choices={
            "on": "they consume more a year after networks reach them (coverage_income)",
            "off": "networks change no incomes",
        },
    ),
    OutsidePath(
        name="border",
        meaning="the border between Cambodia and Thailand, closed since July 2025",
        choices={
            "open": "treated as open, as if parcels found another way",
            "closed": "parcels between the two bear an added cost (border_closure_cost)",
        },
    ),
    OutsidePath(
        name="ai_scams",
        meaning="artificial intelligence in the hands of scammers",
        choices={
            "none": "as dangerous as scams were in 2023",
            "rising": "more dangerous every year from 2024 to 2028 (ai_scam_offence)",
        },
    ),
    OutsidePath(
        name="scam_history",
        meaning="the capital of scam syndicates up to 2025",
        choices={
            "matched": "as observed, on a path that outside demand is solved to "
            "(scam_path_2015 to scam_path_2025)",
            "free": "as syndicates grow from a start, outside demand given",
        },
    ),
    OutsidePath(
        name="outside_demand",
        meaning="demand for scams outside the five countries after 2025, on a matched history",
        choices={
            "level": "as it was at the end of 2025",
            "rising": "it grows every year (outside_demand_trend)",
            "falling": "it shrinks every year (outside_demand_trend)",
        },
    ),
    OutsidePath(
        name="agreements",
        meaning="how agreements between countries come about; may also stand at the top of a file",
        choices={
            "planned": "signed when the scenario says",
            "endogenous": "negotiated from then on; signed once both sides gain enough",
        },
    ),
    OutsidePath(
        name="treaty",
        meaning="whether negotiated agreements are signed by pairs or by all at once",
        choices={
            "pairs": "two countries at a time",
            "regional": "one treaty that needs every signatory",
        },
    ),
    OutsidePath(
        name="agreement_scope",
        meaning="whom an agreement on common rules is open to",
        choices={
            "region": "those who signed it",
            "asean": "the rest of ASEAN too, a part of the rest of the world (row_asean_share)",
            "open": "sellers of every country, who give nothing in return",
        },
    ),
    OutsidePath(
        name="governments",
        meaning="how governments decide; may also stand at the top of a file",
        choices={
            "planned": "they follow the scenario's plan",
            "reactive": "they also react to losses and gaps they see, a year later",
            "learning": "they react, and copy peers who do better",
            "task_force": "they learn, under a regional task force with a fund and published KPIs",
        },
    ),
    OutsidePath(
        name="shortfall",
        meaning="what governments do where the plan costs more than they have",
        choices={
            "in_order": "programmes are paid in the order in which the scenario lists their levers",
            "proportional": "every programme is cut in the same proportion",
        },
    ),
    OutsidePath(
        name="exchange",
        meaning="exchange rates after the last observation",
        choices={
            "weo": "as the IMF World Economic Outlook implies",
            "no_change": "each currency keeps its last observed rate while prices go on",
        },
    ),
    OutsidePath(
        name="conflict",
        meaning="the conflict in Myanmar",
        choices={
            "observed": "as far as it shows in the country's income",
            "worse": "incomes in Myanmar fall by another 3 per cent a year after 2025",
        },
    ),
    OutsidePath(
        name="row",
        meaning="sellers in China and the rest of the world from 2026 on",
        choices={
            "flat": "their prices stay where they are relative to those of the region",
            "cheaper": "their prices fall every year (parameter row_price_trend)",
            "taxed": "their sales bear a tariff or tax (parameter row_tariff)",
        },
    ),
    OutsidePath(
        name="commissions",
        meaning="what platforms keep of an order",
        choices={
            "published": "as published, by date, where figures were found; else as assumed",
            "assumed": "a share that rises from 2020 to 2025 (early_platform_fee, platform_fee)",
        },
    ),
    OutsidePath(
        name="covid",
        meaning="the pandemic",
        choices={
            "observed": "more online buying from 2020, fading afterwards",
            "none": "no pandemic, to see how much of the growth it explains",
        },
    ),
)

PATHS: dict[str, OutsidePath] = {path.name: path for path in _ALL}
TOP_PATHS = ("agreements", "governments")  # these may also stand at the top of a file
