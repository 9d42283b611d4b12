"""What the best use of a budget is, in sentences, with how far it can be believed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.analysis.emulation.optimum import Optimum
from sim.analysis.emulation.purses import BEST, COMMON, EVEN, OWN, REGRET, SECOND
from sim.analysis.policy_mixes.portfolios import YEARS
from sim.analysis.text.formatting import amount, listed, rounded, small_percent
from sim.quantile_bands import interval

ALWAYS, NEVER = 0.9, 0.1  # shares of draws
MOST_NAMED = 4
Floats = NDArray[np.float64]


def sentences(result: Optimum) -> list[str]:
    """The answer, what it rests on, and what cannot be distinguished."""
    return [
        _value(result, COMMON, "One purse for the five countries"),
        _value(result, OWN, "Each treasury for its own country"),
        _levers(result),
        _regret(result),
        _emulator(result),
        *(
            _second(result, purse)
            for purse in (COMMON, OWN)
            if SECOND in result.answers[purse].money
        ),
        *result.notes,
    ]


def _amount(result: Optimum, value: float) -> str:
    unit = result.objective.unit
    return f"US$ {amount(value)}" if unit == "US$" else f"{amount(value)} {unit}"


def _value(result: Optimum, purse: str, words: str) -> str:
    found = result.goal(purse, BEST)
    low, high = interval(found)
    budget = result.about["budget"]
    plain = float(result.goal(purse, EVEN).mean())
    spent = float(result.effects[purse, BEST]["cost_usd", "GMS5"].mean())
    text = (
        f"{words}: US$ {budget:,.4g} m a year, best spent, add "
        f"{_amount(result, float(found.mean()))} ({amount(low)} to {amount(high)}, {result.band}); "
        f"the same sum for every lever {_amount(result, plain)}. On average "
        f"{100 * spent / (budget * 1e6 * YEARS):.0f} % of the budget is spent (no dose goes "
        "beyond the end of the design, so a draw with low prices leaves some)"
    )
    if result.objective.unit == "US$" and spent > 0.0:
        text += f", and each dollar spent brings US$ {rounded(float(found.mean()) / spent)}"
    return text + "."


def _levers(result: Optimum) -> str:
    frame = result.table
    mine = frame[(frame["purse"] == COMMON) & (frame["mix"] == BEST) & (frame["country"] == "GMS5")]
    share = dict(zip(mine["lever"], mine["share_of_draws"], strict=True))
    always = [name for name, value in share.items() if value >= ALWAYS]
    never = [name for name, value in share.items() if value <= NEVER]
    lost = mine.dropna(subset=["lost_without"]).sort_values("lost_without", ascending=False)
    text = (
        f"With one purse, in the best mix of at least nine draws in ten: {_names(always)}; of at "
    )
    text += f"most one in ten: {_names(never)}."
    if len(lost):
        first = lost.iloc[0]
        text += (
            f" Most depends on {_plain(str(first['lever']))}: without it the best mix loses "
            f"{_amount(result, float(first['lost_without']))}."
        )
    return text


def _plain(lever: str) -> str:
    return lever.replace("_", " ")


def _names(levers: list[str]) -> str:
    return listed([_plain(name) for name in levers]) or "none"


def _regret(result: Optimum) -> str:
    parts = []
    for purse, words in ((COMMON, "one purse"), (OWN, "own purses")):
        found = result.answers[purse]
        best, least = (found.tops - found.effects[mix] for mix in (BEST, REGRET))
        text = (
            f"{words}: mean {_amount(result, float(best.mean()))}, largest "
            f"{_amount(result, float(best.max()))}"
        )
        if best.max() - least.max() > result.emulator.error():
            text += f" ({_amount(result, float(least.max()))} with the mix of least regret)"
        parts.append(text)
    return (
        "What the best mix lacks of the mix that would be best if the parameters were known "
        f"(regret) - {'; '.join(parts)}."
    )


def _emulator(result: Optimum) -> str:
    error = result.emulator.error()
    misses = {
        (purse, mix): float(result.answers[purse].effects[mix].mean())
        / float(result.goal(purse, mix).mean())
        - 1.0
        for purse, mix in result.effects
        if result.goal(purse, mix).mean() != 0.0
    }
    worst = max((abs(miss) for miss in misses.values()), default=0.0)
    return (
        f"The search used an emulator fitted to {len(result.emulator.found.shares)} mixes in "
        f"{result.draws} draws: it explains {100 * result.emulator.explained():.1f} % of the "
        f"variance of effects at points left out, with an error of {_amount(result, error)} in the "
        f"mean over draws. Full runs of the {len(misses)} mixes differ from it by at most "
        f"{small_percent(worst)}."
    )


def _second(result: Optimum, purse: str) -> str:
    words = {COMMON: "One purse", OWN: "Own purses"}[purse]
    gap = result.goal(purse, BEST) - result.goal(purse, SECOND)
    lacking = _lacking(result, purse)
    mean, error = float(gap.mean()), result.emulator.error()
    margin = float(gap.std(ddof=1)) / np.sqrt(len(gap)) if len(gap) > 1 else 0.0
    text = (
        f"{words}: in full runs the best mix and the best one without {lacking} differ by "
        f"{_amount(result, mean)}"
    )
    errors = (
        f"the error of the emulator ({_amount(result, error)}) and two standard errors over draws "
        f"({_amount(result, 2.0 * margin)})"
    )
    if abs(mean) <= max(error, 2.0 * margin):
        return f"{text}, no more than the larger of {errors}: the two cannot be distinguished."
    return f"{text}, more than both {errors}."


def _lacking(result: Optimum, purse: str) -> str:
    """The levers that are in the best mix and not in the second."""
    used = []
    for mix in (BEST, SECOND):
        paid = result.answers[purse].money[mix].sum(axis=0)
        doses = result.emulator.found.doses
        used.append([doses[at].lever for at in np.flatnonzero(paid > 0.0)])
    return _names([name for name in dict.fromkeys(used[0]) if name not in used[1]])
