"""Who gains by acting together, who would rather stay out, and what it takes to keep them in.

A coalition is a set of countries that act together while the others do nothing. In the game
"agreement" every pair of members signs common rules, so it has two members or more; in "crackdown"
members raid their hosts and act together, and one country may act alone. What a country gains is,
over 2026-2030 and against a world in which nobody acts: cheaper online goods (equivalent
variation), losses to scams avoided, profit of small firms and tax on online purchases, less what
its programmes cost (raids are priced by the takings of what they raid) and what its economy loses
of the takings of scam compounds that it hosts (the share `host_income_share` of them).

Governments judge by the mean over parameter draws; the share of draws that agree is given too. A
coalition is deviation-proof when no member does better by leaving it alone. Where somebody does,
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
from sim.experiments.run import draw_list, seed_list
from sim.model.model import MekongModel
from sim.quantile_bands import interval
from sim.scenario import Scenario
from sim.units import COUNTRIES, QUARTERS_PER_YEAR

START = f"{CUMULATIVE_FROM}Q1"
GAMES = {
    "agreement": {"regulatory_harmonization": 0.8},
    "crackdown": {"anti_scam_enforcement": 0.5, "scam_coordination": 0.8},
}
FEWEST_MEMBERS = {"agreement": 2, "crackdown": 1}
SCALE = 20_000
SEEDS = 1
DRAWS = 10
COLUMNS = [
    *("game", "coalition", "country", "member", "gain_usd", "low", "high", "gain_otherwise_usd"),
    *("wants", "wants_in", "coalition_gain_usd", "deviation_proof", "deviation_proof_in"),
    *("side_payment_usd", "can_be_paid", "runs"),
]

Floats = NDArray[np.float64]
Coalition = tuple[str, ...]
Gains = Mapping[Coalition, Floats]
"""What every country gains (runs, countries) by coalition; in () nobody acts."""


def incentives(
    game: str,
    among: Sequence[str] = COUNTRIES,
    scale: int = SCALE,
    seeds: int | Sequence[int] = SEEDS,
    draws: int = DRAWS,
    threads: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Every coalition `among` some countries, one row a coalition and country, in `COLUMNS`.

    Gains are sums over 2026-2030 in constant 2022 US$: means over seeds and parameter draws (the
    central values if there are none), with the ends of their band. Raises InputError.
    """
    isos = checked(game, among)
    numbers, seed_numbers = draw_list(draws), seed_list(seeds)
    wanted = coalitions(isos, FEWEST_MEMBERS[game])
    found: dict[Coalition, list[Floats]] = {coalition: [] for coalition in wanted}
    shown = Overall(progress, len(wanted) * len(numbers))
    shown.add(0)
    for draw in numbers:
        paired_runs = PairedRuns(scale, seed_numbers, threads, draw)
        for coalition in wanted:
            pairs = paired_runs.pairs(programme(game, coalition))
            found[coalition] += [gain(after, before) for before, after in pairs]
            shown.add()
    gains = {coalition: np.array(rows) for coalition, rows in found.items()}
    gains[()] = np.zeros((len(numbers) * len(seed_numbers), len(COUNTRIES)))
    table = judged(gains, isos, len(numbers) if len(numbers) > 1 else len(seed_numbers))
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


def coalitions(isos: Sequence[str], fewest: int = 2) -> list[Coalition]:
    """All sets of at least so many, small ones first."""
    return [found for size in range(fewest, len(isos) + 1) for found in combinations(isos, size)]


def programme(game: str, coalition: Coalition) -> Scenario:
    """The levers of a coalition: in its members, and between them."""
    pairs = ["-".join(pair) for pair in combinations(coalition, 2)]
    levers: dict[str, list[Block]] = {}
    for name, level in GAMES[game].items():
        of_pairs = name in ("regulatory_harmonization", "scam_coordination")
        where = {"pairs": pairs} if of_pairs else {"countries": list(coalition)}
        if pairs or not of_pairs:  # who acts alone has nobody to act with
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


def judged(gains: Gains, isos: Iterable[str], draws: int) -> pd.DataFrame:
    """What every country would rather do, from what it gains in each coalition and in none.

    `draws` says from how many independent draws the runs come. `wants_in` and `deviation_proof_in`
    are shares of runs.
    """
    isos = list(isos)
    rows = []
    for coalition in sorted((c for c in gains if c), key=lambda c: (len(c), c)):
        here = {iso: gains[coalition][:, COUNTRIES.index(iso)] for iso in isos}
        surplus = {
            iso: here[iso] - gains[_changed(coalition, iso, gains)][:, COUNTRIES.index(iso)]
            for iso in isos
        }
        gained, better = (
            {iso: float(np.mean(side[iso])) for iso in isos} for side in (here, surplus)
        )
        whole = sum(gained[iso] for iso in coalition)
        stays = {iso: better[iso] for iso in coalition}
        proof = np.all([surplus[iso] >= 0.0 for iso in coalition], axis=0)
        missing = sum(max(-mean, 0.0) for mean in stays.values())
        for iso in isos:
            member, content = iso in coalition, better[iso] >= 0.0
            wants = ("stay" if content else "leave") if member else "watch" if content else "join"
            rows.append(
                (
                    *("+".join(coalition), iso, member, gained[iso], *interval(here[iso], draws)),
                    *(gained[iso] - better[iso], wants),
                    float(np.mean((surplus[iso] >= 0.0) == content)),
                    *(whole, missing == 0.0, float(np.mean(proof)), missing),
                    *(sum(stays.values()) >= 0.0, len(here[iso])),
                )
            )
    return pd.DataFrame(rows, columns=COLUMNS[1:])


def _changed(coalition: Coalition, iso: str, gains: Gains) -> Coalition:
    """The coalition that is left when a member leaves, or that is there when another joins."""
    if iso not in coalition:
        return tuple(sorted((*coalition, iso)))
    left = tuple(member for member in coalition if member != iso)
    return left if left in gains else ()
