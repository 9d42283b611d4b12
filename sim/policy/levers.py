"""What governments can do: one entry per lever, and nothing about any lever anywhere else.

The validator of scenarios, the command line, the documentation and the sliders read this table.
A lever never writes state: its schedule (`sim/policy/schedule.py`) says how much of it is in effect
in a quarter, the rules of the model use that number, and its cost goes through a budget.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.units import COUNTRIES, REGION

SCOPES = ("countries", "pairs", "region")
PAIRS = tuple(f"{a}-{b}" for i, a in enumerate(COUNTRIES) for b in COUNTRIES[i + 1 :])
PLACES = {"countries": COUNTRIES, "pairs": PAIRS, "region": (REGION,)}


@dataclass(frozen=True)
class Lever:
    """One policy instrument.

    `level` runs from `minimum` to `maximum` in `unit`; at `neutral` the lever changes nothing.
    `moves` names what it acts on, `unit_cost` the parameter that holds the cost of one unit of
    level (empty where the level is itself money). `lag_years` and `ramp_years` stand where a
    scenario gives none. `grade` says how well the size of the effect is known, from A (follows from
    an accounting identity) to D (no measured effect). `seeds` names the programmes that ask for it.
    """

    name: str
    number: int
    title: str
    unit: str
    minimum: float
    maximum: float
    neutral: float
    scope: str
    moves: tuple[str, ...]
    unit_cost: str
    lag_years: float
    ramp_years: float
    grade: str
    seeds: tuple[str, ...]
    meaning: str
    source: str

    @property
    def is_money(self) -> bool:
        """Whether the level is an amount of money, spent as it stands."""
        return not self.unit_cost

    @property
    def places(self) -> tuple[str, ...]:
        """Every place for which this lever can be set."""
        return PLACES[self.scope]

    @property
    def range_text(self) -> str:
        """The allowed levels in words, e.g. `0 to 5 (1/year)`."""
        return f"{self.minimum:g} to {self.maximum:g} ({self.unit})"


_ALL = (
    Lever(
        name="regulatory_harmonization",
        number=1,
        title="Regulatory harmonization",
        unit="share of the negotiable distance removed",
        minimum=0.0,
        maximum=1.0,
        neutral=0.0,
        scope="pairs",
        moves=("regulatory_distance", "regulatory_cost", "regulatory_fixed_cost"),
        unit_cost="harmonization_unit_cost",
        lag_years=1.0,
        ramp_years=6.0,
        grade="C",
        seeds=(
            "Mekong-US Partnership Track 1.5 dialogue",
            "Greater Mekong strategy",
            "GMS Digital Economy Cooperation Initiative",
        ),
        meaning=(
            "An agreement of two countries on common e-commerce rules and mutual recognition. It "
            "is signed at the start and phased in over the ramp; level 1 removes all that can be "
            "negotiated, never the whole distance. Both budgets pay half."
        ),
        source="Nordas 2016, Services Trade Restrictiveness Index heterogeneity",
    ),
    Lever(
        name="broadband_investment",
        number=2,
        title="Broadband investment",
        unit="constant 2022 US$ per person and year",
        minimum=0.0,
        maximum=200.0,
        neutral=0.0,
        scope="countries",
        moves=("network_capital", "coverage"),
        unit_cost="",
        lag_years=1.0,
        ramp_years=0.0,
        grade="B",
        seeds=("Greater Mekong strategy", "GMS Digital Economy Cooperation Initiative"),
        meaning=(
            "Public money for networks, above what operators and governments already spend. "
            "It builds a stock of capital that outlasts the programme and wears out."
        ),
        source="ITU 2020, Connecting Humanity (cost per person connected)",
    ),
    Lever(
        name="anti_scam_enforcement",
        number=3,
        title="Anti-scam enforcement",
        unit="1/year",
        minimum=0.0,
        maximum=5.0,
        neutral=0.0,
        scope="countries",
        moves=("scam_hazard",),
        unit_cost="enforcement_unit_cost",
        lag_years=0.5,
        ramp_years=1.0,
        grade="B",
        seeds=("Mekong-US Partnership Track 1.5 dialogue", "Greater Mekong strategy"),
        meaning=(
            "Yearly hazard, added to the present one, that a scam operation is shut down. "
            "Fewer scams leave more trust, and trust keeps people buying."
        ),
        source="losses after coordinated action in Thailand, Australia and China, 2023-25",
    ),
)

LEVERS: dict[str, Lever] = {lever.name: lever for lever in _ALL}
