"""Purses: who pays for what, and what each does best with its money.

With purses of their own, each government spends its budget for its own country; agreements are
signed at the dose that the least willing of the five countries wants. With a common purse, all of
their money is spent wherever it adds most to the five countries together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.emulation.allocation import BudgetProblem, best, even, least_regret
from sim.analysis.emulation.doses import Responses
from sim.analysis.emulation.gaussian_process import Fit, fit
from sim.analysis.emulation.objectives import MixObjective
from sim.analysis.policy_mixes.portfolios import money as in_five_years
from sim.units import COUNTRIES, REGION

OWN, COMMON = "own", "common"
PURSES = {COMMON: "one purse for the five countries", OWN: "each treasury for its own country"}
BEST, SECOND, REGRET, EVEN = "best", "second", "least_regret", "even"
MIXES = {
    BEST: "best in expectation",
    SECOND: "best without one of its levers",
    REGRET: "least regret",
    EVEN: "the same sum for every lever",
}
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BestUse:
    """What the search found for one purse; money is in US$ of five years.

    `shares` are doses as shares of the largest (draws, doses) by mix, `money` what each of the
    `payers` gives (payers, doses), `effects` what the emulator says (draws). `tops` are the effects
    of who knows the draw, `chosen` says where such a mix has a dose (draws, payers, doses), and
    `marginal` is the effect of the next US$ at the best mix. `lost` is by lever what is lost
    where the best mix does without it and its money is spent again.
    """

    purse: str
    payers: tuple[str, ...]
    shares: dict[str, Floats]
    money: dict[str, Floats]
    effects: dict[str, Floats]
    tops: Floats
    chosen: NDArray[np.bool_]
    marginal: Floats
    lost: dict[str, float]

    @property
    def left_out(self) -> str:
        """The lever that the second mix does without."""
        return min(self.lost, key=lambda lever: self.lost[lever]) if self.lost else ""


class EffectEmulator:
    """Fitted effects of one objective by country, and the error of their sum."""

    def __init__(self, found: Responses, wanted: MixObjective) -> None:
        self.found, self.wanted = found, wanted
        self.fits: dict[str, Fit] = {}
        actual, errors = [], []
        for iso in COUNTRIES:
            effect = sum(w * found.effects[name, iso] for name, w in wanted.weights.items())
            near = np.array([dose.place in (iso, "") for dose in found.doses])
            self.fits[iso] = fit(found.shares, np.asarray(effect), near)
            actual.append(effect)
            errors.append(self.fits[iso].left_out)
        self.actual, self.errors = np.stack(actual), np.stack(errors)

    def explained(self, iso: str | None = None) -> float:
        """Share of the variance of effects over points, within draws, of points left out."""
        at = slice(None) if iso is None else [COUNTRIES.index(iso)]
        actual, errors = self.actual[at].sum(axis=0), self.errors[at].sum(axis=0)
        around = actual - actual.mean(axis=0)
        whole = float((around**2).sum())
        return 1.0 - float((errors**2).sum()) / whole if whole > 0.0 else 1.0

    def error(self, iso: str | None = None) -> float:
        """Root mean square error of the mean effect over draws, of points left out."""
        at = slice(None) if iso is None else [COUNTRIES.index(iso)]
        return float(np.sqrt(np.mean(self.errors[at].sum(axis=0).mean(axis=1) ** 2)))

    def effect(self, shares: Floats, draw: int | None = None) -> Floats:
        """Effect on the five countries together by draw, with doses by draw; or in one draw."""
        if draw is None:
            return np.sum([one.each(shares)[0] for one in self.fits.values()], axis=0)
        return np.sum([one.one(shares, draw)[0] for one in self.fits.values()], axis=0)


Search = Callable[[str, BudgetProblem], Floats]


class Treasuries:
    """The problems of those who pay: five governments, or one purse."""

    def __init__(self, emulator: EffectEmulator, purse: str, budgets: Mapping[str, float]) -> None:
        found = emulator.found
        self.emulator, self.doses = emulator, found.doses
        self.agreements = np.array([not dose.place for dose in found.doses])
        own = purse == OWN
        self.payers = COUNTRIES if own else (REGION,)
        self.problems: dict[str, BudgetProblem] = {}
        for payer in self.payers:
            price = found.price[:, COUNTRIES.index(payer)] if own else found.price.sum(axis=1)
            isos = (payer,) if own else COUNTRIES
            mine = np.array([not own or dose.place in (payer, "") for dose in found.doses])
            self.problems[payer] = BudgetProblem(
                fits=tuple(emulator.fits[iso] for iso in isos),
                price=np.where(mine, price, 0.0),
                budget=in_five_years(sum(budgets[iso] for iso in isos)),
                most=np.where(mine, price.max(axis=0), 0.0),
                least=np.zeros(len(found.doses)),
            )

    def settle(self, search: Search, draw: int | None = None, without: str = "") -> Floats:
        """What each payer gives (payers, doses), agreements as far as the least willing wants."""
        kept = np.array([dose.lever != without for dose in self.doses])
        problems = {
            payer: (one if draw is None else one.in_draw(draw)).only(kept)
            for payer, one in self.problems.items()
        }
        given = {payer: search(payer, one) for payer, one in problems.items()}
        if len(problems) > 1 and self.agreements.any():
            whole = {payer: one.price.mean(axis=0) for payer, one in problems.items()}
            agreed = np.min(
                [given[p] / np.where(whole[p] > 0.0, whole[p], np.inf) for p in problems], axis=0
            )
            for payer, one in problems.items():
                fixed = one.fixed(self.agreements, agreed * whole[payer])
                given[payer] = search(payer, fixed)
        return np.stack(list(given.values()))

    def levers(self, given: Floats) -> tuple[str, ...]:
        """The levers that get any money."""
        paid = given.sum(axis=0)
        return tuple(dict.fromkeys(self.doses[at].lever for at in np.flatnonzero(paid > 0.0)))

    def least_regret(self, first: Floats, known: Sequence[Floats]) -> Floats:
        """What each gives whose largest regret is least; the first where none is better.

        `known` is what each gives who knows the draw.
        """
        tops, starts = {}, dict(zip(self.payers, first, strict=True))
        for at, (payer, one) in enumerate(self.problems.items()):
            values = [one.in_draw(d).value(given[at])[0][0] for d, given in enumerate(known)]
            tops[payer] = np.array(values)
        found = self.settle(
            lambda payer, one: least_regret(one, tops[payer], one.fits_in(starts[payer]))
        )
        by_draw = self.who_knew(known)

        def regret(given: Floats) -> float:
            return float(np.max(by_draw - self.emulator.effect(self.shares(given))))

        return min((first, found), key=regret)

    def who_knew(self, known: Sequence[Floats]) -> Floats:
        """Effects by draw of what is given by those who know the draw."""
        found = [self.emulator.effect(self.shares(given, d), d) for d, given in enumerate(known)]
        return np.concatenate(found)

    def shares(self, given: Floats, draw: int | None = None) -> Floats:
        """Doses that so much money buys, by draw; of an agreement what all can pay."""
        at = slice(None) if draw is None else [draw]
        found = np.zeros_like(self.emulator.found.price[at, 0])
        bought = [
            one.shares(money)[at] for one, money in zip(self.problems.values(), given, strict=True)
        ]
        least = np.min(bought, axis=0)
        for one, mine in zip(self.problems.values(), bought, strict=True):
            found = np.where(one.most > 0.0, mine, found)
        return np.where(self.agreements, least, found)


def answer(emulator: EffectEmulator, purse: str, budgets: Mapping[str, float]) -> BestUse:
    """The best use of one purse, with its runners-up. Budgets are in million a year."""
    who = Treasuries(emulator, purse, budgets)
    draws = range(len(emulator.found.draws))

    def mean(given: Floats) -> float:
        return float(emulator.effect(who.shares(given)).mean())

    def from_one(first: Floats, without: str = "") -> Floats:
        start = dict(zip(who.payers, first, strict=True))
        return who.settle(lambda name, one: best(one, [one.fits_in(start[name])]), without=without)

    top = who.settle(lambda _, one: best(one))
    others = {lever: from_one(top, lever) for lever in who.levers(top)}
    for found in others.values():  # a search from elsewhere may have come further
        top = max((top, from_one(found)), key=mean) if mean(found) > mean(top) else top
    known = [who.settle(lambda _, one: best(one), draw) for draw in draws]
    money = {BEST: top}
    if len(others) > 1:
        money[SECOND] = max(others.values(), key=mean)
    money[REGRET] = who.least_regret(top, known)
    top = money[BEST] = max((top, money[REGRET]), key=mean)
    lost = {lever: mean(top) - mean(found) for lever, found in others.items()}
    money[EVEN] = who.settle(lambda _, one: even(one))
    shares = {name: who.shares(given) for name, given in money.items()}
    effects = {name: emulator.effect(x) for name, x in shares.items()}
    by_draw = who.who_knew(known)
    slopes = [one.value(given)[1] for one, given in zip(who.problems.values(), top, strict=True)]
    return BestUse(
        purse=purse,
        payers=who.payers,
        shares=shares,
        money=money,
        effects=effects,
        tops=np.max(np.stack([by_draw, *effects.values()]), axis=0),
        chosen=np.stack(known) > 0.0,
        marginal=np.stack(slopes, axis=1),
        lost=lost,
    )
