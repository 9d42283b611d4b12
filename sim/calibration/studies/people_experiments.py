"""Experiments of studies on people and sellers: scams, trust, courses, the pull of a market.

As in `market_experiments`, every function takes `PairedRuns` and returns what a study measured.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.calibration.studies.programmes import BEGIN, programme
from sim.experiments.paired_runs import PairedRuns, block
from sim.model.model import MekongModel
from sim.model.trade import sector_of
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, quarter_index

ONE_IN = 10  # of those to whom something is done, where only some may be
PLACES_OFFERED = 300.0  # trainees per 1,000 people and year
THAI_HAZARD = 0.5  # of the national programme, 1/year
CRACKDOWN_HAZARD = 5.0


# ---- scams and trust ------------------------------------------------------------------------


def losses_after_a_centre(paired_runs: PairedRuns) -> float:
    """Thai losses in the year after enforcement of 0.5 a year begins at once."""
    made = programme({"anti_scam_enforcement": [block(THAI_HAZARD, "2023Q1", ["THA"])]})
    return paired_runs.change(made, ["scam_losses_usd"], (2023, 2023), "THA")


def victims_after_a_border_cut(paired_runs: PairedRuns) -> float:
    """Thai victims in the half year after compounds in Myanmar are all but shut for a quarter."""
    cut = {**block(CRACKDOWN_HAZARD, "2025Q1", ["MMR"]), "end": "2025Q1"}
    found = []
    for before, after in paired_runs.pairs(programme({"anti_scam_enforcement": [cut]}), 2025):
        first = quarter_index("2025Q2") - before.policy_scenario.start
        sums = [
            m.series().sums["victims"][first : first + 2, COUNTRIES.index("THA"), 0].sum()
            for m in (before, after)
        ]
        found.append(float(sums[1] / sums[0] - 1.0))
    return paired_runs.mean(found)


def shopping_of_victims(paired_runs: PairedRuns) -> float:
    """Probability of shopping a year after being defrauded once, in share points."""
    found = []
    for seed in paired_runs.seeds:
        plain, cheated, chosen = _disturbed(paired_runs, seed, _cheat, QUARTERS_PER_YEAR)
        still = [_share(m.people.rows["shopper"][chosen]) for m in (plain, cheated)]
        found.append(still[1] - still[0])
    return paired_runs.mean(found)


def purchases_of_victims(paired_runs: PairedRuns) -> float:
    """Purchases in the quarter after being defrauded, against the same people untouched."""
    found = []
    for seed in paired_runs.seeds:
        plain, cheated, chosen = _disturbed(paired_runs, seed, _cheat, 1)
        spent = [
            float(m.people.rows["spending"][chosen].sum(dtype=np.float64)) for m in (plain, cheated)
        ]
        found.append(spent[1] / spent[0] - 1.0)
    return paired_runs.mean(found)


def _share(flags: NDArray[np.bool_]) -> float:
    """Raises ZeroDivisionError where nobody is concerned."""
    return float(flags.sum()) / len(flags)


def _cheat(model: MekongModel) -> NDArray[np.intp]:
    rows = model.people.rows
    chosen = np.flatnonzero(rows["shopper"])[::ONE_IN]
    rows["trust"][chosen] *= 1.0 - model.values["THA"]["victim_trust_loss"]
    return chosen


# ---- courses --------------------------------------------------------------------------------


def sales_of_trained_sellers(paired_runs: PairedRuns) -> float:
    """Sales of those who took a course within two years, against the same firms without."""

    def sales(model: MekongModel, trained: NDArray[np.bool_]) -> float:
        rows, weights = model.smes.rows, sector_of(model).sellers.weights
        return float((rows["revenue"] * weights)[trained].sum())

    found = []
    for plain, taught in _courses(paired_runs):
        trained = taught.smes.rows["shift"] > plain.smes.rows["shift"]
        found.append(sales(taught, trained) / sales(plain, trained) - 1.0)
    return paired_runs.mean(found)


def shops_of_trained_firms(paired_runs: PairedRuns) -> float:
    """Share of trained firms that sell online, against the same firms without, in share points."""
    found = []
    for plain, taught in _courses(paired_runs):
        trained = taught.smes.rows["shift"] > plain.smes.rows["shift"]
        shares = [_share(m.smes.rows["online"][trained]) for m in (plain, taught)]
        found.append(shares[1] - shares[0])
    return paired_runs.mean(found)


def shopping_of_trained_people(paired_runs: PairedRuns) -> float:
    """Share of people who took a course within two years and buy online, against without."""
    found = []
    for plain, taught in _courses(paired_runs):
        learned = taught.people.rows["skill"] - plain.people.rows["skill"]
        trained = learned > _NOTICED
        shares = [_share(m.people.rows["shopper"][trained]) for m in (plain, taught)]
        found.append(shares[1] - shares[0])
    return paired_runs.mean(found)


_NOTICED = 0.01  # skill gained by a course, not by shopping a little more


def _courses(paired_runs: PairedRuns) -> list[tuple[MekongModel, MekongModel]]:
    """Both models two years after courses begin."""
    found = []
    for seed in paired_runs.seeds:
        pair = []
        for levers in ({}, {"digital_skills": [block(PLACES_OFFERED, BEGIN)]}):
            model = paired_runs.at(programme(levers), seed, quarter_index(BEGIN))
            while model.next_quarter < quarter_index(BEGIN) + 2 * QUARTERS_PER_YEAR:
                model.step()
            pair.append(model)
        found.append((pair[0], pair[1]))
    return found


# ---- two sides of a market ------------------------------------------------------------------


def sellers_pull_over_buyers_pull(paired_runs: PairedRuns) -> float:
    """Missing new shoppers when a tenth of the shops close, over missing new shops when a tenth
    of the shoppers stop; both in the year after."""

    def close(model: MekongModel) -> NDArray[np.intp]:
        rows = model.smes.rows
        chosen = np.flatnonzero(rows["online"])[::ONE_IN]
        rows["online"][chosen] = False
        rows["sells_to"][chosen] = 0
        return chosen

    def stop(model: MekongModel) -> NDArray[np.intp]:
        chosen = np.flatnonzero(model.people.rows["shopper"])[::ONE_IN]
        model.people.rows["shopper"][chosen] = False
        return chosen

    sellers: list[float] = []
    buyers: list[float] = []
    for seed in paired_runs.seeds:
        for act, flow, into in ((close, "new_shoppers", sellers), (stop, "shops_opened", buyers)):
            plain, other, _ = _disturbed(paired_runs, seed, act, QUARTERS_PER_YEAR)
            values = [
                m.series().sums[flow][-QUARTERS_PER_YEAR:, :, 0].sum() for m in (plain, other)
            ]
            into.append(float(values[1] / values[0] - 1.0))
    return paired_runs.mean(sellers) / paired_runs.mean(buyers)


def _disturbed(
    paired_runs: PairedRuns,
    seed: int,
    act: Callable[[MekongModel], NDArray[np.intp]],
    quarters: int,
) -> tuple[MekongModel, MekongModel, NDArray[np.intp]]:
    """Two runs without a programme, one disturbed before `BEGIN`, so many quarters after it."""
    begin = quarter_index(BEGIN)
    plain, other = (paired_runs.at(programme({}), seed, begin) for _ in range(2))
    chosen = act(other)
    for model in (plain, other):
        while model.next_quarter < begin + quarters:
            model.step()
    return plain, other, chosen
