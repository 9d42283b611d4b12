"""Keyed draws: what they depend on, their range, and that the compiled forms give the same bits."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.model.model import MekongModel
from sim.rng import AgentRng, decision, scramble, stream_key, uniform, unit
from sim.scenario import Scenario
from tests.helpers.draws_in_bulk import compiled, uniforms

SIGNED = st.integers(-(2**63), 2**63 - 1)
ODD_KEYS = [0, 1, -1, 2, 2**31, 2**62, 2**63 - 1, -(2**63), -(2**63) + 1, 0x5555555555555555]
ODD_NUMBERS = [0, 1, 2, 3, 250_000_000, 2**31 - 1, 2**32, 2**52 - 1, 2**53 + 1, 2**63 - 1]
ONE_QUARTER = Scenario.from_dict(
    {"title": "One quarter", "horizon": {"end": "2015Q1"}}, name="one_quarter"
)


def _compiled_scramble(pairs: list[tuple[int, int]]) -> list[int]:
    keys = np.array([key for key, _ in pairs], dtype=np.int64)
    numbers = np.array([number for _, number in pairs], dtype=np.int64)
    out = np.empty(len(pairs), dtype=np.int64)
    compiled().scramble_all(keys, numbers, out)
    return [int(value) for value in out]


def _compiled_chance(pairs: list[tuple[int, int]], which: int) -> list[float]:
    keys = np.array([key for key, _ in pairs], dtype=np.int64)
    numbers = np.array([number for _, number in pairs], dtype=np.int64)
    out = np.empty(len(pairs))
    compiled().chance_all(keys, which, numbers, out)
    return [float(value) for value in out]


def test_compiled_form_is_equal_on_odd_keys() -> None:
    pairs = list(itertools.product(ODD_KEYS, ODD_NUMBERS))
    assert _compiled_scramble(pairs) == [scramble(*pair) for pair in pairs]
    for which in (0, decision("connect"), 2**63 - 1):
        assert _compiled_chance(pairs, which) == [uniform(AgentRng(*pair), which) for pair in pairs]


@given(st.lists(st.tuples(SIGNED, SIGNED), min_size=50, max_size=200), st.integers(0, 2**63 - 1))
def test_compiled_form_is_equal_on_any_keys(pairs: list[tuple[int, int]], which: int) -> None:
    assert _compiled_scramble(pairs) == [scramble(*pair) for pair in pairs]
    assert _compiled_chance(pairs, which) == [uniform(AgentRng(*pair), which) for pair in pairs]


def test_the_generator_is_the_published_one() -> None:
    """First values of SplitMix64 from seed 1234567, of which a draw keeps the upper 63 bits."""
    published = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert [scramble(1234567, n) for n in range(1, 6)] == [value >> 1 for value in published]


@given(SIGNED, SIGNED)
def test_a_scrambled_number_has_63_bits(key: int, number: int) -> None:
    assert 0 <= scramble(key, number) < 2**63
    assert 0.0 < unit(scramble(key, number)) < 1.0


def test_a_draw_never_is_zero_or_one() -> None:
    assert unit(0) == 2.0**-53
    assert unit(2**63 - 1) == 1.0 - 2.0**-53


def test_draws_depend_on_every_part_of_their_key() -> None:
    numbers = np.arange(1000)
    first = uniforms(numbers)
    others = [
        uniforms(numbers, seed=0),
        uniforms(numbers, seed=2),
        uniforms(numbers, place="VNM"),
        uniforms(numbers, step=8061),
        uniforms(numbers, name="disconnect"),
        uniforms(numbers + 1000),
    ]
    for one, other in itertools.combinations([first, *others], 2):
        assert not (one == other).any()


def test_no_two_streams_of_a_study_share_a_key() -> None:
    keys = [
        stream_key(seed, place, step)
        for seed in range(40)
        for place in ("KHM", "LAO", "MMR", "THA", "VNM")
        for step in range(8060, 8124)
    ]
    assert len(set(keys)) == len(keys)


def test_decisions_are_numbers_of_63_bits_and_all_different() -> None:
    numbers = [decision(f"decision {k}") for k in range(1000)]
    assert len(set(numbers)) == 1000
    assert all(0 <= number < 2**63 for number in numbers)


# ---- a rule that shows its draws ------------------------------------------------------------

FIRST, SECOND = decision("first"), decision("second")


def show_draw(person: Any, env: Any, params: Any, rng: Any) -> None:
    person.trust = uniform(rng, FIRST)


def show_draw_after_another(person: Any, env: Any, params: Any, rng: Any) -> None:
    if uniform(rng, SECOND) < 0.5:
        person.habit = uniform(rng, decision_of_one_person)
    person.trust = uniform(rng, FIRST)


decision_of_one_person = decision("of one person")


def _shown(rule: Any, seed: int = 1, scale: int = 100_000) -> dict[str, np.ndarray]:
    model = MekongModel(ONE_QUARTER, seed=seed, scale=scale, rules={"consumer": rule}).run()
    return {
        iso: model.people.rows["trust"][first : first + size].copy()
        for iso, first, size in zip(
            model.countries, model.people.places.first, model.people.places.size, strict=True
        )
    }


def test_an_added_decision_changes_nobodys_other_draws() -> None:
    plain, more = _shown(show_draw), _shown(show_draw_after_another)
    assert all((plain[iso] == more[iso]).all() for iso in plain)


def test_added_people_change_nobodys_draws() -> None:
    few, many = _shown(show_draw), _shown(show_draw, scale=20_000)
    assert all((few[iso] == many[iso][: len(few[iso])]).all() for iso in few)


def test_the_model_draws_what_the_plain_function_draws() -> None:
    for iso, shown in _shown(show_draw, seed=3).items():
        key = stream_key(3, iso, ONE_QUARTER.start)
        plain = [uniform(AgentRng(key, number), FIRST) for number in range(len(shown))]
        assert shown.tolist() == np.array(plain, dtype=np.float32).tolist()


def test_seed_zero_is_a_seed() -> None:
    zero, one = _shown(show_draw, seed=0), _shown(show_draw, seed=1)
    assert all((zero[iso] != one[iso]).mean() > 0.99 for iso in zero)
    again = _shown(show_draw, seed=0)
    assert all((zero[iso] == again[iso]).all() for iso in zero)


@pytest.mark.parametrize("seed", [-1, 2**31, 1.0, True, "1"])
def test_what_is_not_a_seed_is_refused(seed: Any) -> None:
    with pytest.raises(InputError, match="seed"):
        MekongModel(ONE_QUARTER, seed=seed, scale=1_000_000)
