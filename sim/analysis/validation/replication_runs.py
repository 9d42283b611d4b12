"""Studies rerun inside the model: paired runs under common random numbers, one number each.

Every function takes a `PairedRuns` and returns what the study measured, in the unit in which it was
published, as a mean over seeds. `replication.py` compares them with the studies.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.analysis.validation.paired_runs import PairedRuns, block, scenario, total
from sim.data.trade import load_trade
from sim.model.model import MekongModel
from sim.model.trade import outcome_of, sector_of
from sim.scenario import Scenario
from sim.units import COUNTRIES, QUARTERS_PER_YEAR, quarter_index

ONE_IN = 10  # of those to whom something is done, where only some may be


# ---- payments -------------------------------------------------------------------------------


def _payments() -> Scenario:
    return scenario("payments", {"payments_interoperability": [block(1.0, "2017Q1")]}, "2018Q4")


def sales_of_micro_firms_after_payments(paired_runs: PairedRuns) -> float:
    """Sales of micro firms in the two years after accounts reach any other."""
    return paired_runs.change(_payments(), ["seller_revenue_usd"], (2017, 2018), "micro")


def shops_opened_after_payments(paired_runs: PairedRuns) -> float:
    """Shops opened in the same two years."""
    return paired_runs.change(_payments(), ["shops_opened"], (2017, 2018))


# ---- trade ----------------------------------------------------------------------------------


def distance_effect(paired_runs: PairedRuns) -> float:
    """Elasticity of flows to distance (2019-21, exporter and importer fixed effects) against -1.

    Countries in which nobody bought online in those years, at a coarse scale, have no row.
    """
    trade = load_trade()
    found = []
    for seed in paired_runs.seeds:
        series = paired_runs.plain(seed).series()
        years = slice(*((y * QUARTERS_PER_YEAR - series.first) for y in (2019, 2022)))
        flows = series.sums["flow_usd"][years].sum(axis=0)
        buying = [j for j in range(len(COUNTRIES)) if flows[:, j].sum() > 0.0]
        pairs = [(i, j) for i in range(len(COUNTRIES)) for j in buying if i != j]
        columns = np.zeros((len(pairs), 2 * len(COUNTRIES) + 1))
        for row, (i, j) in enumerate(pairs):
            columns[row, i] = columns[row, len(COUNTRIES) + j] = 1.0
            columns[row, -1] = np.log(trade.distances_km[i, j])
        values = np.log([flows[i, j] for i, j in pairs])
        found.append(float(np.linalg.lstsq(columns, values, rcond=None)[0][-1]))
    return -paired_runs.mean(found) - 1.0


def exports_after_smaller_distance(paired_runs: PairedRuns) -> float:
    """Exports within the region when every pair's regulatory distance falls by 0.05."""
    trade = load_trade()
    model = paired_runs.model("baseline", paired_runs.seeds[0])
    strict = model.values["THA"]["strictness_distance"]
    blocks = []
    for i, one in enumerate(COUNTRIES):
        for other in COUNTRIES[i + 1 :]:
            whole = trade.heterogeneity(one, other, 2023) + strict
            blocks.append(block(min(0.05 / whole, 1.0), "2019Q1", [f"{one}-{other}"], "pairs"))
    kept = {"negotiable_distance": 1.0, "agreement_compliance": 1.0, "harmonization_unit_cost": 0.0}
    made = scenario("distance", {"regulatory_harmonization": blocks}, parameters=kept)
    return paired_runs.change(made, ["exports_region_usd"], (2028, 2030))


def exports_with_open_and_safe_data(paired_runs: PairedRuns) -> float:
    """All exports when data flow freely and are protected, ten years on."""
    levers = {
        "data_flow_openness": [block(1.0, "2019Q1")],
        "data_safeguards": [block(1.0, "2019Q1")],
    }
    names = ["exports_region_usd", "exports_row_usd"]
    return paired_runs.change(scenario("data", levers), names, (2028, 2030))


def trade_under_data_localization(paired_runs: PairedRuns) -> float:
    """Viet Nam's online trade with its rules on data against none, five years on."""
    levers = {"data_flow_openness": [block(1.0, "2020Q1", ["VNM"])]}
    names = ["exports_region_usd", "exports_row_usd", "gmv_region_usd", "gmv_row_usd"]
    opened = paired_runs.change(scenario("open", levers), names, (2025, 2027), "VNM")
    return 1.0 / (1.0 + opened) - 1.0


def trade_cost_after_paperless(paired_runs: PairedRuns) -> float:
    """Ad-valorem cost of selling to a neighbour, all parts, when customs become paperless."""
    made = scenario("paperless", {"paperless_customs": [block(1.0, "2019Q1")]}, "2019Q4")
    count = len(COUNTRIES)
    found = []
    for seed in paired_runs.seeds:
        costs = []
        for what in ("baseline", made):
            model = paired_runs.model(what, seed)
            while model.next_quarter <= quarter_index("2019Q2"):
                model.step()
            added = outcome_of(model).costs
            whole = (added.shifter * added.ad_valorem)[:count, :count]
            costs.append(float((whole[~np.eye(count, dtype=bool)] - 1.0).mean()))
        found.append(costs[1] / costs[0] - 1.0)
    return paired_runs.mean(found)


# ---- scams and trust ------------------------------------------------------------------------


def losses_after_a_centre(paired_runs: PairedRuns) -> float:
    """Thai losses in the year after enforcement of 0.5 a year begins at once."""
    levers = {"anti_scam_enforcement": [block(0.5, "2023Q1", ["THA"])]}
    made = scenario("centre", levers, "2023Q4")
    return paired_runs.change(made, ["scam_losses_usd"], (2023, 2023), "THA")


def losses_avoided_per_dollar(paired_runs: PairedRuns) -> float:
    """Thai losses avoided over public money in the first three years of the same programme."""
    levers = {"anti_scam_enforcement": [block(0.5, "2023Q1", ["THA"])]}
    years, thai = (2023, 2025), ["THA"]
    found = []
    for before, after in paired_runs.pairs(scenario("centre3", levers, "2025Q4")):
        losses = [
            total(m.series(), ["scam_losses_usd"], years, thai, "all") for m in (before, after)
        ]
        cost = total(after.series(), ["budget_spending_usd"], years, thai, "all")
        found.append((losses[0] - losses[1]) / cost)
    return paired_runs.mean(found)


def victims_after_a_border_cut(paired_runs: PairedRuns) -> float:
    """Thai victims in the half year after compounds in Myanmar are all but shut for a quarter."""
    cut = {**block(5.0, "2025Q1", ["MMR"]), "end": "2025Q1"}
    made = scenario(
        "cut", {"anti_scam_enforcement": [cut]}, "2025Q4", {"enforcement_unit_cost": 0.0}
    )
    found = []
    for before, after in paired_runs.pairs(made):
        first = quarter_index("2025Q2") - before.policy_scenario.start
        sums = [
            m.series().sums["victims"][first : first + 2, COUNTRIES.index("THA"), 0].sum()
            for m in (before, after)
        ]
        found.append(float(sums[1] / sums[0] - 1.0))
    return paired_runs.mean(found)


def shopping_of_victims(paired_runs: PairedRuns) -> float:
    """Probability of shopping a year after being defrauded once, in share points."""

    def cheat(model: MekongModel) -> NDArray[np.intp]:
        rows = model.people.rows
        chosen = np.flatnonzero(rows["shopper"])[::ONE_IN]
        rows["trust"][chosen] *= 1.0 - model.values["THA"]["victim_trust_loss"]
        return chosen

    found = []
    for seed in paired_runs.seeds:
        plain, cheated, chosen = _disturbed(paired_runs, seed, "2021Q4", cheat)
        still = [m.people.rows["shopper"][chosen].mean() for m in (plain, cheated)]
        found.append(float(still[1] - still[0]))
    return paired_runs.mean(found)


# ---- firms ----------------------------------------------------------------------------------


def sales_of_trained_sellers(paired_runs: PairedRuns) -> float:
    """Sales of those who took a course in four years, against the same firms without courses."""
    levers = {"digital_skills": [block(20.0, "2018Q1")]}
    made = scenario("courses", levers, "2021Q4", {"training_unit_cost": 0.0})
    found = []
    for seed in paired_runs.seeds:
        plain, taught = paired_runs.model("baseline", seed), paired_runs.model(made, seed)
        for model in (plain, taught):
            while model.next_quarter <= made.end:
                model.step()
        trained = taught.smes.rows["shift"] > 0.0
        sales = [(m.smes.rows["revenue"] * _weights(m))[trained].sum() for m in (plain, taught)]
        found.append(float(sales[1] / sales[0] - 1.0))
    return paired_runs.mean(found)


def _weights(model: MekongModel) -> NDArray[np.float32]:
    return sector_of(model).sellers.weights


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
            plain, other, _ = _disturbed(paired_runs, seed, "2018Q4", act)
            values = [
                m.series().sums[flow][-QUARTERS_PER_YEAR:, :, 0].sum() for m in (plain, other)
            ]
            into.append(float(values[1] / values[0] - 1.0))
    return paired_runs.mean(sellers) / paired_runs.mean(buyers)


def _disturbed(
    paired_runs: PairedRuns, seed: int, when: str, act: Callable[[MekongModel], NDArray[np.intp]]
) -> tuple[MekongModel, MekongModel, NDArray[np.intp]]:
    """Two runs of the baseline, one disturbed at the end of a quarter, a year after it."""
    plain, other = paired_runs.model("baseline", seed), paired_runs.model("baseline", seed)
    chosen = np.zeros(0, dtype=np.intp)
    last = quarter_index(when)
    for model in (plain, other):
        while model.next_quarter <= last + QUARTERS_PER_YEAR:
            model.step()
            if model is other and model.next_quarter == last + 1:
                chosen = act(model)
    return plain, other, chosen
