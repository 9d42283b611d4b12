"""Estimates of what a mix changes, at once and for every draw, from fits that travel with us.

The fits are those of a designed set of runs (`estimate_fits.py` writes them). Budgets are applied
first: what a treasury cannot pay is not bought, in the same proportion for all that it pays in a
quarter, as in the model. Reading and evaluating need NumPy alone, so that a page has an answer
before the model is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from sim.analysis.emulation.dose_levels import POLICIES_BEGIN, POLICIES_END, dose_levels
from sim.errors import InputError
from sim.policy.levers import LEVERS, PAIRS
from sim.quantile_bands import interval
from sim.resources import shipped
from sim.scenario import Scenario
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, REGION

FILE = ("calibration", "estimates.npz")
PURCHASES, LOSSES, COST = "purchases", "losses_avoided_usd", "cost_usd"
YEARS = tuple(range(2026, 2031))
PLACES = (REGION, *COUNTRIES)
BEYOND = 1.25  # of the largest dose that was tried, up to which the median dose may be
QUARTERS = POLICIES_END - POLICIES_BEGIN + 1
Floats = NDArray[np.float64]


class Estimates:
    """Fits of effects by outcome and country, read from a file of `write_estimates`.

    Outcomes are purchases by year ("purchases_2030", constant 2022 US$), losses to scams avoided
    from 2026 to 2030 and counts of 2030. Raises InputError for another file.
    """

    def __init__(self, path: Path | IO[bytes]) -> None:
        try:
            with np.load(path, allow_pickle=False) as found:
                self._parts: dict[str, Floats] = {
                    name: found[name] if name == "about" else found[name].astype(np.float64)
                    for name in found.files
                }
            about: dict[str, Any] = json.loads(str(self._parts.pop("about")))
            self.outcomes: tuple[str, ...] = tuple(about["outcomes"])
            self.doses = tuple((str(lever), str(place)) for lever, place in about["doses"])
            self.most = self._parts["most"]
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            raise InputError(
                f"the estimates cannot be read: {error}",
                where="/".join(FILE),
                todo="make the file with `mekong mix estimates RESULT`",
            ) from error
        self.about = about
        self.draws = len(about["draw_numbers"])

    def error(self, outcome: str, place: str = REGION) -> float:
        """Root mean square error of the mean over draws, of designed mixes left out.

        Or of the mixes that were run to check the fits, where these are further off.
        """
        at = self.outcomes.index(outcome), PLACES.index(place)
        kept = (self._parts.get(name) for name in ("errors", "errors_checked"))
        return float(np.nanmax([errors[at] for errors in kept if errors is not None]))

    @property
    def ratios(self) -> Floats:
        """Nominal purchases of 2030 over 2022 in the baseline (places, draws)."""
        return self._parts["ratios"]

    @property
    def trade_of_pairs(self) -> list[float]:
        """Shares of the pairs of countries in sales between them in 2030, central baseline."""
        return [float(share) for share in self._parts["pairs"]]

    def base(self, outcome: str, place: str = REGION) -> Floats:
        """The baseline's value of an outcome by draw."""
        return self._of(self._parts["base"][self.outcomes.index(outcome)], place)

    def estimate(self, mix: Scenario) -> Estimate | str:
        """What a mix changes, or why these fits cannot say it."""
        found = dose_levels(mix, self.doses, self.trade_of_pairs)
        if isinstance(found, str):
            return found
        asked = np.zeros(len(self.doses))
        for at, level in found.levels.items():
            asked[at] = level / self.most[at]
        price = self._parts["price"] * asked  # (draws, countries, doses), US$ of five years
        bought, gaps = self._bought(price)
        shares = asked * self._in_effect(bought)
        far = np.median(shares, axis=0) > BEYOND
        if far.any():
            lever, place = self.doses[int(np.argmax(far))]
            return f"{LEVERS[lever].title} in {place or 'all pairs'} is beyond the doses tried"
        return Estimate(self, shares, (price * bought).sum(axis=2), gaps, found.averaged)

    def effect(self, outcome: str, place: str, shares: Floats) -> Floats:
        """The effect by draw where draw d has the doses `shares[d]`, as shares of the largest."""
        isos = COUNTRIES if place == REGION else (place,)
        return np.sum([self._one(outcome, iso, shares) for iso in isos], axis=0)

    def _one(self, outcome: str, iso: str, x: Floats) -> Floats:
        at = self.outcomes.index(outcome) * len(COUNTRIES) + COUNTRIES.index(iso)
        parts = self._parts
        lengths = parts["lengths"][at]
        smooth = ~np.isnan(lengths)
        scaled, points = x[:, smooth] / lengths[smooth], parts["points"][:, smooth]
        points = points / lengths[smooth]
        far = (scaled**2).sum(axis=1)[:, None] + (points**2).sum(axis=1) - 2.0 * scaled @ points.T
        kernel = parts["sizes"][at] ** 2 * np.exp(-0.5 * np.maximum(far, 0.0))
        linear = (x * parts["linear"][at].T).sum(axis=1)
        return np.asarray(linear + (kernel * parts["weights"][at].T).sum(axis=1))

    def _bought(self, price: Floats) -> tuple[Floats, Floats]:
        """The share of each programme that each treasury can pay (draws, countries, doses), and

        what it cannot, US$ of five years (draws, countries). Treasuries begin with all that they
        may carry on, as they have no programmes before.
        """
        profiles = np.array([_profile(lever) for lever, _ in self.doses])
        income = self._parts["budgets"] / QUARTERS
        limit = income * QUARTERS_PER_YEAR * self.about["carry_limit_years"]
        carry, gaps = limit.copy(), np.zeros_like(income)
        paid = np.zeros_like(price)
        for quarter in range(QUARTERS):
            due = price * profiles[:, quarter]
            need, means = due.sum(axis=2), carry + income
            share = np.where(need > means, means / np.where(need > 0.0, need, 1.0), 1.0)
            paid += due * share[:, :, None]
            gaps += need * (1.0 - share)
            carry = np.minimum(means - need * share, limit)
        return np.divide(paid, price, out=np.ones_like(price), where=price > 0.0), gaps

    def _in_effect(self, bought: Floats) -> Floats:
        """The share of each dose in effect (draws, doses): of a pair what the poorer one paid."""
        pairs = [[COUNTRIES.index(iso) for iso in pair.split("-")] for pair in PAIRS]
        found = np.ones((len(bought), len(self.doses)))
        for at, (_, place) in enumerate(self.doses):
            if place:
                found[:, at] = bought[:, COUNTRIES.index(place), at]
            else:
                paid = np.array([bought[:, two, at].min(axis=1) for two in pairs])
                found[:, at] = self._parts["pairs"] @ paid
        return found

    @staticmethod
    def _of(by_country: Floats, place: str) -> Floats:
        whole = by_country.sum(axis=0)
        return np.asarray(whole if place == REGION else by_country[COUNTRIES.index(place)])


@dataclass(frozen=True)
class Estimate:
    """What a mix changes: doses in effect (draws, doses), money by treasury (draws, countries).

    `averaged` where agreements that differ between pairs were taken as one, by trade.
    """

    fits: Estimates
    shares: Floats
    spent: Floats
    gaps: Floats
    averaged: bool

    def effect(self, outcome: str, place: str = REGION) -> Floats:
        """The effect by draw; of `COST`, what is spent from 2026 to 2030."""
        if outcome == COST:
            return Estimates._of(self.spent.T, place)
        return self.fits.effect(outcome, place, self.shares)

    def summary(self, outcome: str, place: str = REGION) -> tuple[float, float, float]:
        """Low, median and high over draws."""
        values = self.effect(outcome, place)
        low, high = interval(values)
        return low, float(np.median(values)), high

    @cached_property
    def by_year(self) -> dict[int, tuple[float, float, float]]:
        """Low, median and high of purchases added in the five countries, by year."""
        return {year: self.summary(f"{PURCHASES}_{year}") for year in YEARS}

    @cached_property
    def unpaid(self) -> dict[str, tuple[float, float]]:
        """By country that cannot pay all: US$ not paid (median over draws), share of the plan."""
        found = {}
        for at, iso in enumerate(COUNTRIES):
            gap, spent = (float(np.median(part[:, at])) for part in (self.gaps, self.spent))
            if gap > 0.0:
                found[iso] = (gap, gap / (gap + spent))
        return found


def _profile(lever: str) -> Floats:
    """How the cost of a programme of five years is spread over its quarters."""
    ramp = max(LEVERS[lever].ramp_years * QUARTERS_PER_YEAR, 1.0)
    built = np.minimum(np.arange(1, QUARTERS + 1) / ramp, 1.0)
    return np.asarray(built / built.sum())


def shipped_estimates() -> Estimates | None:
    """The estimates that travel with the program; None where there are none."""
    path = shipped(*FILE)
    return Estimates(path) if path.is_file() else None


def same_model(about: Mapping[str, Any]) -> bool:
    """Whether the program has the rules, data and parameter draws of the runs that were fitted."""
    from sim.experiments.provenance.fingerprint import data_hash, sources_hash

    now = {
        "sources_hash": sources_hash(),
        "data_hash": data_hash(),
        "parameters_hash": parameters_hash(about["draw_numbers"]),
    }
    return all(about[name] == value for name, value in now.items())


def parameters_hash(draws: Sequence[int]) -> str:
    """Hash of the parameters of draws, as in the manifest of a study."""
    from sim.experiments.provenance.fingerprint import digest
    from sim.experiments.run import parameters_of

    return digest({str(draw): parameters_of(draw).fingerprint() for draw in draws})
