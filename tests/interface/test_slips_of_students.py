"""What a beginner types first and wrong is answered with what to type instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.analysis.agent_history import trace
from sim.errors import InputError
from sim.experiments.own_rules.loading import load_rules
from sim.experiments.own_rules.template import new_rule
from sim.model.model import MekongModel


@pytest.mark.parametrize(
    ("given", "code"),
    [("Cambodia", "KHM"), ("vietnam", "VNM"), ("thailand", "THA"), ("laos", "LAO"), ("khm", "KHM")],
)
def test_a_country_by_its_name(given: str, code: str) -> None:
    with pytest.raises(InputError) as told:
        trace(country=given)
    assert code in (told.value.todo or "")


@pytest.mark.parametrize(
    ("kind", "right"), [("firm", "sme"), ("person", "consumer"), ("consumr", "consumer")]
)
def test_a_kind_of_rule_by_another_word(kind: str, right: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        new_rule(tmp_path / "mine", kind)
    assert f"'{right}'" in (told.value.todo or "")
    assert not list(tmp_path.iterdir())


def test_a_name_that_begins_with_a_digit(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not beginning with a digit"):
        new_rule(tmp_path / "2nd")


def test_a_new_rule_says_how_to_see_what_it_changes(tmp_path: Path) -> None:
    """The command that compares it with the shipped rule comes first."""
    text = new_rule(tmp_path / "mine", "sme").read_text(encoding="utf-8")
    assert "\n    mekong rule mine.py\n    mekong run baseline --rule mine.py\n" in text


@pytest.mark.parametrize(
    ("line", "use"),
    [("import random", "random.random()"), ("import numpy as np", "np.random.random()")],
)
def test_luck_from_elsewhere_is_sent_to_keyed_draws(line: str, use: str, tmp_path: Path) -> None:
    file = tmp_path / "lucky.py"
    file.write_text(
        f"{line}\ndef consumer_quarter(person, env, params, rng):\n    person.trust = {use}\n"
    )
    with pytest.raises(InputError) as told:
        MekongModel(scale=1_000_000, rules=load_rules(file), market=False)
    assert "uniform(rng" in (told.value.todo or "")
