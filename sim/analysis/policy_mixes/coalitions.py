"""Who gains by acting together, who would rather stay out, and what it takes to keep them in.

A coalition is two or more countries that act together while the others do nothing. In the game
"agreement" every pair of members signs common rules; in "crackdown" members raid their hosts and
act together. What a country gains is, over 2026-2030 and against a world without any coalition:
cheaper online goods (equivalent variation), losses to scams avoided, profit of small firms and tax
on online purchases, less what its programmes cost and what its economy loses of the takings of scam
compounds that it hosts (the share `host_income_share` of them).

A coalition is deviation-proof when no member does better by leaving it alone. Where somebody does,
the side payment is what it takes to make all of them stay; it can be paid when the other members
gain more than that by their staying.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.comparison.pairs import CUMULATIVE_FROM
from sim.errors import InputError, known_name
from sim.experiments.execution.progress import Overall, Progress
from sim.experiments.paired_runs import Block, PairedRuns, scenario
from sim.experiments.run import seed_list
from sim.model.model import MekongModel
from sim.scenario import Scenario
from sim.units import COUNTRIES, QUARTERS_PER_YEAR

START = f"{CUMULATIVE_FROM}Q1"
GAMES = {
    "agreement": {"regulatory_harmonization": 0.8},
    "crackdown": {"anti_scam_enforcement": 0.5, "scam_coordination": 0.8},
}
SCALE = 20_000
SEEDS = 1
COLUMNS = [
    *("game", "coalition", "country", "member", "gain_usd", "gain_otherwise_usd", "wants"),
    *("coalition_gain_usd", "deviation_proof", "side_payment_usd", "can_be_paid"),
]

Coalition = tuple[str, ...]
Gains = Mapping[Coalition, Mapping[str, float]]


def incentives(
    game: str,
    among: Sequence[str] = COUNTRIES,
    scale: int = SCALE,
    seeds: int | Sequence[int] = SEEDS,
    threads: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Every coalition `among` some countries, one row a coalition and country, in `COLUMNS`.

    Gains are sums over 2026-2030 in constant 2022 US$ at central parameters, means over seeds.
    Raises InputError.
    """
    isos = checked(game, among)
    paired_runs = PairedRuns(scale, seed_list(seeds), threads)
    wanted = coalitions(isos)
    gains: dict[Coalition, Mapping[str, float]] = {(): dict.fromkeys(COUNTRIES, 0.0)}
    shown = Overall(progress, len(wanted))
    shown.add(0)
    for coalition in wanted:
        pairs = paired_runs.pairs(programme(game, coalition))
        found = np.mean([gain(after, before) for before, after in pairs], axis=0)
        gains[coalition] = dict(zip(COUNTRIES, found.tolist(), strict=True))
        shown.add()
    table = judged(gains, isos)
    table.insert(0, "game", game)
    return table


def checked(game: str, among: Sequence[str]) -> list[str]:
    """The countries of a game, each once and in order. Raises InputError."""
    known_name(game, GAMES, kind="game")
    unknown = [iso for iso in among if iso not in COUNTRIES]
    if unknown or len(set(among)) < 2:
        what = f"'{unknown[0]}' is not a country here" if unknown else "a coalition has two members"
        raise InputError(what, where="among", allowed=f"two or more of {', '.join(COUNTRIES)}")
    return sorted(set(among))


def coalitions(isos: Sequence[str]) -> list[Coalition]:
    """All sets of two or more, small ones first."""
    return [found for size in range(2, len(isos) + 1) for found in combinations(isos, size)]


def programme(game: str, coalition: Coalition) -> Scenario:
    """The levers of a coalition: in its members, and between them."""
    pairs = ["-".join(pair) for pair in combinations(coalition, 2)]
    levers: dict[str, list[Block]] = {}
    for name, level in GAMES[game].items():
        of_pairs = name in ("regulatory_harmonization", "scam_coordination")
        where = {"pairs": pairs} if of_pairs else {"countries": list(coalition)}
        levers[name] = [{**where, "level": level, "start": START}]
    return scenario("+".join(coalition), levers)


def gain(after: MekongModel, before: MekongModel) -> NDArray[np.float64]:
    """What each of the five countries gains from 2026 on, constant 2022 US$."""
    late = slice(CUMULATIVE_FROM * QUARTERS_PER_YEAR - after.policy_scenario.start, None)
    now, then = (
        {name: values[late] for name, values in model.series().sums.items()}
        for model in (after, before)
    )

    def more(*names: str) -> NDArray[np.float64]:
        return sum((now[n][:, :, 0] - then[n][:, :, 0]).sum(axis=0) for n in names)  # type: ignore[return-value]

    prices = [
        np.log(side["price_spending"] / side["spending_all"])[:, :, 0] for side in (then, now)
    ]
    cheaper = (then["spending_all"][:, :, 0] * (prices[0] - prices[1])).sum(axis=0)
    hosted = np.array([p["host_income_share"] for p in after.values.values()])
    return np.asarray(
        cheaper
        + more("seller_profit_usd", "receipts_treasury_vat_usd", "receipts_treasury_tariff_usd")
        - more("scam_losses_usd", "budget_spending_usd")
        + hosted * more("syndicate_takings_usd")
    )


def judged(gains: Gains, isos: Iterable[str]) -> pd.DataFrame:
    """What every country would rather do, from what it gains in each coalition and in none."""
    isos = list(isos)
    rows = []
    for coalition in sorted((c for c in gains if c), key=lambda c: (len(c), c)):
        here = gains[coalition]
        otherwise = {iso: gains[_changed(coalition, iso)][iso] for iso in isos}
        stays = {iso: here[iso] - otherwise[iso] for iso in coalition}
        missing = sum(max(-surplus, 0.0) for surplus in stays.values())
        for iso in isos:
            member, better = iso in coalition, otherwise[iso] > here[iso]
            wants = ("leave" if better else "stay") if member else ("join" if better else "watch")
            rows.append(
                (
                    *("+".join(coalition), iso, member, here[iso], otherwise[iso], wants),
                    *(sum(here[i] for i in coalition), missing == 0.0, missing),
                    sum(stays.values()) >= 0.0,
                )
            )
    return pd.DataFrame(rows, columns=COLUMNS[1:])


def _changed(coalition: Coalition, iso: str) -> Coalition:
    """The coalition that is left when a member leaves, or that is there when another joins."""
    if iso not in coalition:
        return tuple(sorted((*coalition, iso)))
    left = tuple(member for member in coalition if member != iso)
    return left if len(left) > 1 else ()
