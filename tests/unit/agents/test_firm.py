"""What one small firm does in one quarter: odds of entering and leaving, and what moves them."""

from __future__ import annotations

from math import exp, log, sqrt
from types import SimpleNamespace

import numpy as np
import pytest

from sim.agents.firm import MARKETS, SME, Firm, sme_quarter
from sim.rng import AgentRng, stream_key
from sim.units import hazard_to_probability
from tests.verification.bazaar import SHARP, values

HOME, ABROAD = 3, 4
FIRMS = 3_000
SURE = 60.0  # a hazard with which what can happen in a quarter does


def _parameters(**changes: float) -> SimpleNamespace:
    chosen = {name: value for name, value in changes.items() if value != SURE}
    p = values(chosen)[HOME]
    return SimpleNamespace(**{**p, **changes})


def _firm(**state: object) -> SimpleNamespace:
    """A firm that memory and nature make, as the rule sees it."""
    nature = Firm(0.0, readiness=0.5, goods=True, woman_owned=False, urban=True, size=0)
    memory = {"skill": 0.0, "revenue": 0.0, "shift": 0.0, "online": False}
    assert {*memory, "sells_to"} == set(SME.names or ())
    sells = [0] * MARKETS
    return SimpleNamespace(**{**nature._asdict(), **memory, "sells_to": sells, **state})


def _online(*markets: int, **state: object) -> SimpleNamespace:
    sells = [int(market in (HOME, *markets)) for market in range(MARKETS)]
    return _firm(online=True, sells_to=sells, **state)


def _prospects(home: float = -5.0, abroad: float = 5.0, **seen: float) -> SimpleNamespace:
    """Break-even log productivities at home and in one market abroad; out of reach elsewhere."""
    break_even = np.full(MARKETS, 50.0)
    break_even[HOME], break_even[ABROAD] = home, abroad
    given = {"ready_share": 1.0, "training_offer": 0.0, "innovation": 0.0, **seen}
    return SimpleNamespace(home=HOME, break_even=break_even, sales=np.full(MARKETS, 10.0), **given)


def _after(firm: SimpleNamespace, here: SimpleNamespace, p: SimpleNamespace, number: int = 0):  # type: ignore[no-untyped-def]
    sme_quarter(firm, here, p, AgentRng(stream_key(1, "test", 0), number))
    return firm


def _share(make, here: SimpleNamespace, p: SimpleNamespace, read) -> float:  # type: ignore[no-untyped-def]
    """Share of many firms, each with its own luck, of which something is true afterwards."""
    return float(np.mean([read(_after(make(), here, p, number)) for number in range(FIRMS)]))


def _near(share: float, wanted: float) -> bool:
    return abs(share - wanted) < 4.0 * sqrt(wanted * (1.0 - wanted) / FIRMS) + 1e-9


@pytest.mark.parametrize("lead", [-0.5, 0.0, 0.2, 0.5, 2.0])
def test_odds_of_opening_a_shop(lead: float) -> None:
    """Half of the entry hazard where the firm leads break-even by the band."""
    p = _parameters(entry_hazard=2.0, entry_band=0.2, entry_spread=0.3)
    share = _share(_firm, _prospects(home=-lead), p, lambda firm: firm.online)
    assert _near(share, hazard_to_probability(2.0 / (1.0 + exp((0.2 - lead) / 0.3))))


@pytest.mark.parametrize("lead", [-2.0, -0.2, 0.0, 0.5])
def test_odds_of_closing_it(lead: float) -> None:
    p = _parameters(entry_hazard=2.0, closure_hazard=0.4, entry_band=0.2, entry_spread=0.3)
    here = _prospects(home=-lead)
    closed = _share(lambda: _online(ABROAD), here, p, lambda firm: not firm.online)
    assert _near(closed, hazard_to_probability(0.4 + 2.0 / (1.0 + exp((0.2 + lead) / 0.3))))


@pytest.mark.parametrize("lead", [-0.5, 0.2, 1.0])
def test_odds_of_entering_and_leaving_a_market(lead: float) -> None:
    """As for the shop, from the break-even of that market; at home all stay open."""
    p = _parameters(entry_hazard=2.0, closure_hazard=0.0, entry_band=0.2, entry_spread=0.3)
    here = _prospects(home=-50.0, abroad=-lead)
    entered = _share(_online, here, p, lambda firm: firm.sells_to[ABROAD])
    assert _near(entered, hazard_to_probability(2.0 / (1.0 + exp((0.2 - lead) / 0.3))))
    left = _share(lambda: _online(ABROAD), here, p, lambda firm: not firm.sells_to[ABROAD])
    assert _near(left, hazard_to_probability(2.0 / (1.0 + exp((0.2 + lead) / 0.3))))


def test_one_per_market_and_quarter() -> None:
    """Markets are entered independently of each other: with two open, a quarter enters both."""
    p = _parameters(entry_hazard=4.0 * log(2.0), entry_spread=1e-3, closure_hazard=0.0)
    here = _prospects(home=-50.0, abroad=-50.0)
    here.break_even[0] = -50.0
    both = _share(_online, here, p, lambda firm: firm.sells_to[0] and firm.sells_to[ABROAD])
    one = _share(_online, here, p, lambda firm: firm.sells_to[0])
    assert _near(one, 0.5)
    assert _near(both, 0.25)


def test_nobody_moves_within_the_band() -> None:
    """Hysteresis: a firm that would not enter does not leave either."""
    p = _parameters(**{**SHARP, "entry_band": 0.3, "entry_hazard": SURE})
    for lead in (-0.29, 0.0, 0.29):
        assert not _after(_firm(), _prospects(home=-lead), p).online
        assert _after(_online(), _prospects(home=-lead), p).online
    assert _after(_firm(), _prospects(home=-0.31), p).online
    assert not _after(_online(), _prospects(home=0.31), p).online


def test_better_prospects_never_keep_a_firm_out() -> None:
    """With the same luck those who enter are nested in the break-even; so are those who stay."""
    p = _parameters(entry_hazard=2.0, closure_hazard=0.4)
    entered, stayed = [], []
    for level in (1.0, 0.5, 0.0, -1.0):
        here = _prospects(home=level)
        numbers = range(500)
        entered.append([_after(_firm(), here, p, n).online for n in numbers])
        stayed.append([_after(_online(), here, p, n).online for n in numbers])
    for outcome in (entered, stayed):
        assert (np.diff(np.array(outcome, dtype=int), axis=0) >= 0).all()
        assert np.ptp(np.sum(outcome, axis=1)) > 50


def test_only_the_ready_open_a_shop() -> None:
    p = _parameters(**{**SHARP, "entry_hazard": SURE})
    assert not _after(_firm(), _prospects(ready_share=0.5), p).online
    assert _after(_firm(), _prospects(ready_share=0.51), p).online
    assert _after(_online(), _prospects(ready_share=0.0), p).online  # who has a shop keeps it


def test_only_goods_are_sold_abroad_and_only_by_shops_of_last_quarter() -> None:
    p = _parameters(**{**SHARP, "entry_hazard": SURE})
    here = _prospects(abroad=-5.0)
    assert _after(_online(), here, p).sells_to[ABROAD]
    assert not _after(_online(goods=False), here, p).sells_to[ABROAD]
    new = _after(_firm(), here, p)
    assert new.online
    assert sum(new.sells_to) == 1


def test_who_closes_sells_nowhere() -> None:
    p = _parameters(**{**SHARP, "closure_hazard": SURE})
    firm = _after(_online(ABROAD, 5), _prospects(), p)
    assert not firm.online
    assert not any(firm.sells_to)


@pytest.mark.parametrize("skill", [0.0, 0.5, 1.0])
def test_skill_saves_its_part_of_the_fixed_cost(skill: float) -> None:
    """In log productivity ln(1 / (1 - saving * skill)) / (sigma - 1), at home and abroad."""
    p = _parameters(
        **{**SHARP, "entry_hazard": SURE, "skill_cost_saving": 0.5, "variety_substitution": 4.0}
    )
    saved = -log(1.0 - 0.5 * skill) / 3.0
    for gap in (-0.01, 0.01):
        firm = _after(_firm(skill=skill), _prospects(home=saved + gap), p)
        assert firm.online == (gap < 0)
        seller = _online(skill=skill)
        seller = _after(seller, _prospects(home=-50.0, abroad=saved + gap), p)
        assert seller.sells_to[ABROAD] == (gap < 0)


def test_productivity_and_what_was_gained_since_count_alike() -> None:
    p = _parameters(**{**SHARP, "entry_hazard": SURE})
    for kind in ({"log_productivity": 1.0}, {"shift": 1.0}):
        assert _after(_firm(**kind), _prospects(home=0.99), p).online
        assert not _after(_firm(**kind), _prospects(home=1.01), p).online


def test_sales_follow_strength_and_markets() -> None:
    """Ten dollars a market and unit of strength, which is productivity to the power sigma - 1."""
    p = _parameters(**{**SHARP, "variety_substitution": 4.0})
    firm = _after(_online(ABROAD, log_productivity=0.2, shift=0.1), _prospects(), p)
    assert firm.revenue == pytest.approx(20.0 * exp(0.9))
    assert _after(_firm(revenue=5.0), _prospects(home=50.0), p).revenue == 0.0


def test_owners_learn_while_they_sell() -> None:
    """Skill closes its distance to one at the rate of learning by doing."""
    p = _parameters(**SHARP)
    firm = _after(_online(skill=0.2), _prospects(), p)
    assert firm.skill == pytest.approx(1.0 - 0.8 * exp(-p.learning_by_doing / 4.0))
    assert _after(_firm(skill=0.2), _prospects(home=50.0), p).skill == 0.2


def test_a_course_taken_lifts_sales_once() -> None:
    """Sales rise by the effect measured: productivity to the power sigma - 1."""
    p = _parameters(**SHARP)
    p.training_take_up, p.training_sales_effect = 0.4, 0.06
    power = p.variety_substitution - 1.0

    def shift(firm: SimpleNamespace) -> bool:
        assert firm.shift in (0.0, 0.06 / power)
        return firm.shift > 0.0

    assert _near(
        _share(_online, _prospects(training_offer=2.0), p, shift), 0.4 * hazard_to_probability(2.0)
    )
    assert _near(_share(_firm, _prospects(home=50.0, training_offer=2.0), p, shift), 0.0)


def test_grants_lift_every_firm_by_the_year() -> None:
    p = _parameters(**SHARP)
    for make in (_online, _firm):
        assert _after(make(), _prospects(home=50.0, innovation=0.08), p).shift == 0.02
