"""The answer on policies, from pairs of runs that were made up."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.analysis.comparison.contrasts import ASSUMPTIONS, POLICY
from sim.analysis.comparison.pairs import Pairs
from sim.analysis.text.verdict import _avoids, _by_lever, _most, _moves, _paid, _where
from sim.units import COUNTRIES, REGION

YEARS = ["2025", "2026", "2027", "2028", "2029", "2030"]


def pairs_of(changes: dict[tuple[str, str], list[float]], theirs: float = 1000.0) -> Pairs:
    """Changes of each year from 2026 on by place and indicator, a number a run."""
    runs = [(1, draw) for draw in range(1, len(next(iter(changes.values()))) + 1)]
    base = np.full((len(changes), len(YEARS), len(runs)), theirs)
    mine = base.copy()
    for row, values in enumerate(changes.values()):
        mine[row, 1:] += np.array(values)
    keys = {(place, name, "all"): row for row, (place, name) in enumerate(changes)}
    return Pairs(keys, YEARS, runs, mine, base, "base")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ([10.0, 5.0, 20.0], "raises online purchases in 2030 by US$ 10.0 or 1.0 % (median; 0.50 % "
         "to 2.0 %)"),
        ([-1.0, 2.0, -4.0], "lowers online purchases in 2030 by US$ 1.00 or 0.10 % (median; "
         "-0.20 % to 0.40 %; not distinguishable from zero)"),
        ([7.0], "raises online purchases in 2030 by US$ 7.00 or 0.70 %"),
        ([0.0, 0.0], "does not change online purchases in 2030"),
    ],
)  # fmt: skip
def test_changes_in_words(change: list[float], says: str) -> None:
    assert _moves(pairs_of({(REGION, "gmv_real_usd"): change})) == says


def test_nothing_is_said_of_what_is_not_known() -> None:
    none = pairs_of({(REGION, "trust"): [0.0]})
    assert _moves(none) == "has an unknown effect"
    assert (_avoids(none), _where(none)) == ("", "")
    assert _paid(none) == "has an unknown cost"
    nothing = pairs_of({(REGION, "gmv_real_usd"): [1.0]}, theirs=0.0)
    assert _moves(nothing) == "has an unknown effect"


def test_losses_are_told_where_they_differ_from_nothing() -> None:
    fewer = pairs_of({(REGION, "scam_losses_usd"): [-2.0, -3.0, -1.0]})
    assert _avoids(fewer) == (
        ", avoids US$ 10.0 (US$ 5.00 to US$ 15.0) of losses to scams in 2026-2030"
    )
    assert _avoids(pairs_of({(REGION, "scam_losses_usd"): [-2.0, 3.0]})) == ""
    assert _avoids(pairs_of({(REGION, "scam_losses_usd"): [4.0]})).startswith(", adds US$ 20.0 of")


def test_a_country_with_most_of_the_gain_is_named() -> None:
    def gains(values: list[float]) -> Pairs:
        places = {(iso, "gmv_real_usd"): [v] for iso, v in zip(COUNTRIES, values, strict=True)}
        return pairs_of({**places, (REGION, "gmv_real_usd"): [sum(values)]})

    assert _where(gains([1.0, 1.0, 1.0, 6.0, 1.0])) == "Thailand has 60 % of the gain."
    assert _where(gains([2.0, 2.0, 2.0, 2.0, 2.0])) == ""
    assert _where(gains([-1.0, -1.0, -1.0, -1.0, -1.0])) == ""


PARTS = ["scenario", "country", "outcome", "part", "value", "mix", "pairs", "first_in"]


def parts(gains: dict[str, float], pairs: int = 10, alone: float = 0.0) -> pd.DataFrame:
    """What levers of a mix add, and each of them `alone`; each costs a dollar."""
    rows = [
        (
            *("mix", REGION, outcome, name, value if outcome == "gmv_real_usd" else 1.0),
            *(whole, pairs, alone),
        )
        for outcome, whole in (("gmv_real_usd", sum(gains.values())), ("cost_usd", len(gains)))
        for name, value in gains.items()
    ]
    return pd.DataFrame(rows, columns=PARTS)


def test_levers_that_bring_much_of_a_gain_are_named_with_their_share_of_the_cost() -> None:
    assert _by_lever("mix", parts({"a": 4.0, "b": 5.0, "c": 1.0})) == (
        "b brings 50 % of the gain for 33 % of the cost and a brings 40 % of the gain for 33 % of "
        "the cost."
    )
    assert _by_lever("mix", parts({"a": 3.0, "b": 1.0}, pairs=1)).startswith("a brings 75 %")
    assert _by_lever("mix", parts({"a": 3.0, "b": 1.0}, pairs=1)).endswith(" (in one run).")
    assert _by_lever("mix", parts(dict.fromkeys("abcde", 1.0))) == ""
    better = _by_lever("mix", parts({"a": 3.0, "b": 0.5}, alone=4.0))
    assert (
        better == "a brings 86 % of the gain for 50 % of the cost. a alone adds at least as much."
    )


def test_no_lever_is_named_where_nothing_is_gained() -> None:
    lost = parts({"a": -1.0, "b": -2.0})
    assert _by_lever("mix", lost) == ""
    assert _by_lever("mix", None) == ""
    assert _by_lever("other", lost) == ""


def test_of_several_policies_the_best_is_named_and_the_best_for_a_dollar() -> None:
    def policy(gain: float, cost: float) -> Pairs:
        paid = "spending_anti_scam_enforcement_usd"
        return pairs_of({(REGION, "gmv_real_usd"): [gain], (REGION, paid): [cost]})

    def contrasts(*names: str, other: str = POLICY) -> SimpleNamespace:
        every = [SimpleNamespace(scenario=n, effect_of=POLICY, against="base") for n in names]
        every.append(SimpleNamespace(scenario="world", effect_of=other, against="base"))
        return SimpleNamespace(all=every[: len(names) + (other != POLICY)], baseline="base")

    paired = {"large": policy(100.0, 40.0), "cheap": policy(50.0, 2.0), "none": policy(-1.0, 1.0)}
    (said,) = _most(paired, contrasts(*paired, other=ASSUMPTIONS))  # type: ignore[arg-type]
    assert str(said) == (
        "Of 3 policies 'large' adds most (+US$ 100); 'cheap' adds most for its cost (US$ 5.00 of "
        "purchases in 2030 for a dollar of public money)."
    )
    (said,) = _most(paired, contrasts("cheap", "none"))  # type: ignore[arg-type]
    assert str(said) == "Of 2 policies 'cheap' adds most (+US$ 50.0)."
    assert _most(paired, contrasts("large")) == []  # type: ignore[arg-type]
    assert _most({"a": policy(-1.0, 1.0), "b": policy(-2.0, 0.0)}, contrasts("a", "b")) == []  # type: ignore[arg-type]
    assert _most({}, contrasts()) == []  # type: ignore[arg-type]


def test_a_policy_that_cannot_be_distinguished_from_nothing_is_not_the_best() -> None:
    gains = {"unsure": [0.0, 5.0, 9.0], "nothing": [0.0, 0.0, 0.0]}
    paired = {name: pairs_of({(REGION, "gmv_real_usd"): gain}) for name, gain in gains.items()}
    every = [SimpleNamespace(scenario=n, effect_of=POLICY, against="base") for n in gains]
    known = SimpleNamespace(all=every, baseline="base")
    assert _most(paired, known) == []  # type: ignore[arg-type]
    paired["sure"] = pairs_of({(REGION, "gmv_real_usd"): [6.0, 7.0, 9.0]})
    every.append(SimpleNamespace(scenario="sure", effect_of=POLICY, against="base"))
    (said,) = _most(paired, known)  # type: ignore[arg-type]
    assert str(said).startswith("Of 2 policies 'sure' adds most")  # one changes nothing
