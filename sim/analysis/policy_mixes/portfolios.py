"""Portfolios: one budget divided over levers in equal steps, all in ways that can be bought.

What a level costs is read off one short run of the baseline in which every lever is on a little, so
that no budget is short: cost is proportional to level. A lever has the same level everywhere; one
whose level is itself money is divided in proportion to incomes. A lever cannot take more than its
highest level costs: portfolios that ask for more are left out, as they would not spend the budget.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from sim.analysis.comparison.pairs import CUMULATIVE_FROM
from sim.errors import InputError, known_name
from sim.experiments.paired_runs import scenario
from sim.model.model import MekongModel
from sim.parameters.values import ParameterSet
from sim.policy.levers import LEVERS
from sim.scenario import Scenario
from sim.target import TARGET_YEAR
from sim.units import COUNTRIES, QUARTERS_PER_YEAR

GRADES = ("B", "C")  # A follows from accounts and brings money; D has no measured effect
DEFAULT_LEVERS = (
    "regulatory_harmonization",
    "broadband_investment",
    "anti_scam_enforcement",
    "paperless_customs",
    "sme_marketplace",
)
BUDGET = 130.0  # million constant 2022 US$ a year for the five: a hundredth of a per cent of GDP
STEPS = 8
MOST_STEPS = 100  # equal parts of a budget
SMALLEST_BUDGET = 0.001  # million US$ a year
LARGEST_BUDGET = 1_000_000.0  # million US$ a year, more than the income of the five
MOST = 1_000  # portfolios
START = f"{CUMULATIVE_FROM}Q1"
YEARS = TARGET_YEAR - CUMULATIVE_FROM + 1
_LITTLE = 1e-3  # of the highest level, in the run that tells what levels cost
SHORT = {
    "regulatory_harmonization": "rules",
    "broadband_investment": "networks",
    "satellite_coverage": "satellite",
    "delivery_networks": "delivery",
    "anti_scam_enforcement": "enforcement",
    "scam_coordination": "coordination",
    "payments_interoperability": "payments",
    "paperless_customs": "customs",
    "sme_marketplace": "marketplace",
    "data_flow_openness": "data",
    "data_safeguards": "safeguards",
}


@dataclass(frozen=True)
class Prices:
    """What one unit of level costs from 2026 to 2030 (US$), by lever and place, and incomes."""

    unit: dict[str, dict[str, float]]
    income: dict[str, float]

    def levels(self, lever: str, money: float) -> dict[str, float]:
        """The level in each place that so much money buys, whether it can be or not."""
        unit = self.unit[lever]
        if LEVERS[lever].is_money:
            whole = sum(self.income.values())
            return {iso: money * self.income[iso] / whole / unit[iso] for iso in unit}
        return dict.fromkeys(unit, money / sum(unit.values()))

    def room(self, lever: str) -> float:
        """How much money a lever takes until a place has its highest level, US$ in five years."""
        return LEVERS[lever].maximum / max(self.levels(lever, 1.0).values())

    def can_take(self, lever: str, money: float) -> bool:
        """True where so much money stays within the highest level."""
        return max(self.levels(lever, money).values()) <= LEVERS[lever].maximum


def check_levers(levers: Sequence[str], where: str = "--levers") -> None:
    """Refuse levers that a portfolio may not contain. Raises InputError."""
    allowed = [name for name, lever in LEVERS.items() if lever.grade in GRADES]
    for name in levers:
        if name not in LEVERS:
            known_name(name, allowed, where, "lever")
        if name not in allowed:
            why = (
                "no effect of it has been measured"
                if LEVERS[name].grade == "D"
                else "it is an accounting identity and not a programme that competes for funds"
            )
            raise InputError(
                f"'{name}' has grade {LEVERS[name].grade}: {why}, so no portfolio contains it",
                where=where,
                allowed=", ".join(allowed),
            )
    if len(set(levers)) < max(len(levers), 2):
        raise InputError(
            "a portfolio needs two or more different levers",
            where=where,
            allowed=", ".join(allowed),
        )


def prices(levers: Sequence[str], scale: int, threads: int | None = None, draw: int = 0) -> Prices:
    """What levers cost with the parameters of a draw, from one run of the model at this scale."""
    blocks = {
        name: [
            {
                LEVERS[name].scope: "all",
                "level": _LITTLE * min(LEVERS[name].maximum, 1.0),
                "start": START,
            }
        ]
        for name in levers
    }
    model = MekongModel(
        scenario("prices", blocks),
        seed=1,
        scale=scale,
        threads=threads,
        parameters=ParameterSet.draw(draw),
    ).run()
    late = slice(CUMULATIVE_FROM * QUARTERS_PER_YEAR - model.policy_scenario.start, None)
    sums = model.series().sums
    income = dict(zip(COUNTRIES, sums["income_usd"][late, :, 0].sum(axis=0).tolist(), strict=True))
    unit: dict[str, dict[str, float]] = {}
    for name in levers:
        spent = sums[f"spending_{name}_usd"][late, :, 0].sum(axis=0) / blocks[name][0]["level"]
        if LEVERS[name].scope == "countries":
            unit[name] = dict(zip(COUNTRIES, spent.tolist(), strict=True))
        else:
            places = LEVERS[name].places
            unit[name] = dict.fromkeys(places, float(spent.sum()) / len(places))
    return Prices(unit, income)


def divisions(parts: int, steps: int) -> Iterator[tuple[int, ...]]:
    """All ways to divide so many equal steps over parts, the first part with most first."""
    for cut in product(range(steps, -1, -1), repeat=parts - 1):
        if sum(cut) <= steps:
            yield (*cut, steps - sum(cut))


def check_budget(budget: float) -> None:
    """Refuse a budget that buys nothing, or more than there is. Raises InputError."""
    if not SMALLEST_BUDGET <= budget <= LARGEST_BUDGET:
        raise InputError(
            f"a budget of {budget:g} million US$ a year cannot be divided",
            where="--budget",
            allowed=f"{SMALLEST_BUDGET} to {LARGEST_BUDGET:,.0f} (million US$ a year)",
        )


def check_division(levers: int, budget: float, steps: int) -> None:
    """Refuse a budget or a number of steps before anything is priced. Raises InputError."""
    check_budget(budget)
    if not 1 <= steps <= MOST_STEPS:
        raise InputError(f"{steps} steps", where="--steps", allowed=f"1 to {MOST_STEPS}")


def portfolios(
    levers: Sequence[str], known: Prices, budget: float = BUDGET, steps: int = STEPS
) -> tuple[dict[str, dict[str, float]], int]:
    """The share of the budget by lever of each portfolio by name, and how many were left out.

    `budget` is in million constant 2022 US$ a year for all five countries. Raises InputError.
    """
    check_division(len(levers), budget, steps)
    made: dict[str, dict[str, float]] = {}
    left_out = 0
    for division in divisions(len(levers), steps):
        parts = {name: k / steps for name, k in zip(levers, division, strict=True) if k}
        if not all(known.can_take(name, share * money(budget)) for name, share in parts.items()):
            left_out += 1
            continue
        words = [f"{SHORT[lever]}{round(100 * share)}" for lever, share in parts.items()]
        made["-".join(words)] = parts
        if len(made) > MOST:
            raise InputError(
                f"more than {MOST} portfolios",
                where="--steps",
                todo="take fewer steps or fewer levers",
            )
    if len(made) < 2:
        raise InputError(
            f"{budget:g} million US$ a year cannot be divided over these levers in {steps} steps",
            where="--budget",
            todo="take more steps, a smaller budget, or levers that can take more",
        )
    return made, left_out


def money(budget: float) -> float:
    """A budget in million a year as US$ over the years of the policies."""
    return budget * 1e6 * YEARS


def portfolio(name: str, shares: Mapping[str, float], known: Prices, budget: float) -> Scenario:
    """The scenario of a portfolio at given prices; a level beyond the highest is the highest."""
    return scenario(
        name,
        {
            lever: _blocks(lever, known.levels(lever, share * money(budget)))
            for lever, share in shares.items()
        },
    )


def _blocks(lever: str, levels: Mapping[str, float]) -> list[dict[str, object]]:
    """One block for each different level."""
    scope = LEVERS[lever].scope
    by_level: dict[float, list[str]] = {}
    for place, level in levels.items():
        level = min(float(f"{level:.4g}"), LEVERS[lever].maximum)
        by_level.setdefault(level, []).append(place)
    return [{scope: places, "level": level, "start": START} for level, places in by_level.items()]


def is_national(mix: Scenario) -> bool:
    """True where every lever is one that a government can carry out by itself."""
    return all(LEVERS[name].scope == "countries" for name in mix.levers)
