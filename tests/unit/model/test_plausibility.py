"""Accounts that cannot be are found before a cast, and told with place, time and parameters."""

from __future__ import annotations

import numpy as np
import pytest

from sim.errors import MekongError
from sim.model.plausibility import (
    MOST_UNITS,
    Implausible,
    check,
    far_from_prior,
    guarded,
    stopping,
    whole_units,
)
from sim.parameters.values import PRIOR_DRAWS, ParameterSet
from sim.scenario import load_scenario
from sim.units import COUNTRIES

RIGHT = np.array([0.0, 1.0, 2.0, 3.0, 4.0])


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, -1.0, MOST_UNITS * 1.01, 1e300])
@pytest.mark.parametrize("place", [0, 3])
def test_what_cannot_be_counted_is_not_cast(wrong: float, place: int) -> None:
    values = RIGHT.copy()
    values[place] = wrong
    with pytest.raises(Implausible) as caught:
        whole_units("spending", values)
    assert caught.value.place == place and caught.value.account == "spending"


def test_what_can_be_counted_is_cast_as_it_stands() -> None:
    assert whole_units("spending", RIGHT * 1.5).tolist() == [0, 1, 3, 4, 6]
    assert whole_units("spending", np.array([MOST_UNITS]))[0] == 2**62


@pytest.mark.parametrize("bad", [np.nan, 1.1, -0.1])
def test_a_share_stays_between_nothing_and_all(bad: float) -> None:
    check("share", RIGHT / 4.0, most=1.0)
    with pytest.raises(Implausible, match="share"):
        check("share", np.array([0.5, bad]), most=1.0)


@pytest.mark.filterwarnings("error")
def test_numpy_outside_of_its_range_is_no_warning() -> None:
    one, none = np.array([1.0]), np.array([0.0])
    for act in (
        lambda: one / none,
        lambda: none / none,
        lambda: np.log(-one),
        lambda: (-one) ** 0.5,
        lambda: np.exp(one * 1e4),
    ):
        with pytest.raises(Implausible, match="prices"), guarded("prices"):
            act()


def test_a_person_is_told_where_when_and_why() -> None:
    parameters = ParameterSet.draw(PRIOR_DRAWS).with_overrides({"ai_seller_gain": 0.2})
    with (
        pytest.raises(MekongError) as caught,
        stopping("2027Q3", load_scenario("baseline"), 7, COUNTRIES, parameters),
    ):
        check("sales", np.array([1.0, 2.0, 3.0, -4.0, 5.0]), cause="they fall")
    text = str(caught.value)
    for words in ("sales of Thailand is -4 in 2027Q3 (they fall)", "seed 7", "prior draw 0",
                  "ai_seller_gain = 0.2", "scenario 'baseline'", "0 to 7.037e+13"):  # fmt: skip
        assert words in text, text


def test_parameters_far_from_their_priors_are_named_the_furthest_first() -> None:
    central = ParameterSet.draw(PRIOR_DRAWS)
    assert far_from_prior(central) == []
    changed = central.with_overrides({"trust_recovery": 19.0, "THA.imitation": 0.71})
    assert far_from_prior(changed) == ["trust_recovery = 19", "THA.imitation = 0.71"]
    assert far_from_prior(changed, ("adoption",)) == ["THA.imitation = 0.71"]
