"""A `Country` that cannot be run is refused when it is made, and so is a list without any."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.data.load import chosen_countries, load_countries
from sim.errors import InputError

THA = load_countries()["THA"]
NOT_A_NUMBER = np.where(np.arange(17) == 4, np.nan, THA.gdp_per_head)
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nobody": ({"population": THA.population * 0.0}, "population of 2014 is 0"),
    "fewer than nobody": ({"population": -THA.population}, "population of 2014 is -"),
    "no number in one year": ({"gdp_per_head": NOT_A_NUMBER}, "gdp_per_head of 2018 is nan"),
    "no income": ({"gdp_per_head": THA.gdp_per_head * 0.0}, "gdp_per_head of 2014 is 0"),
    "no currency": ({"exchange_rate": THA.exchange_rate * np.inf}, "exchange_rate of 2014 is inf"),
    "consumes nothing": ({"consumption_share": THA.consumption_share * 0.0}, "consumption_share"),
    "never observed": ({"coverage_3g": THA.coverage_3g * np.nan}, "coverage_3g of 2014 is nan"),
    "covered twice": ({"fixed_lines": THA.fixed_lines * 0.0 + 2.0}, "fixed_lines of 2014 is 2"),
    "too few years": ({"deflator": THA.deflator[:5]}, "not one number a year"),
    "no adults": ({"adult_share": 0.0}, "adult_share is 0"),
    "more than all in towns": ({"urban_share": 1.2}, "urban_share is 1.2"),
    "one has everything": ({"gini": 1.0}, "gini is 1"),
    "text": ({"gini": "high"}, "gini is 'high'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_it_is_refused(name: str) -> None:
    changes, words = WRONG[name]
    with pytest.raises(InputError) as caught:
        replace(THA, **changes)
    assert words in caught.value.what
    assert caught.value.allowed and caught.value.where == "country THA"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "no country is given"),
        ([], "no country is given"),
        ({"THB": THA}, "'THB' is not a country of the model"),
        ({"THA": None}, "None is not a Country"),
        (["THA"], "is not a dictionary"),
    ],
    ids=str,
)
def test_a_list_without_countries_is_refused(given: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        chosen_countries(given)


def test_all_are_chosen_where_none_are_given() -> None:
    assert list(chosen_countries(None)) == list(load_countries())
    assert list(chosen_countries({"VNM": THA, "KHM": THA})) == ["KHM", "VNM"]
