"""V22 and M11: governments that react to what they saw and learn from peers that do better."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.government_rules import (
    BROADBAND,
    ENFORCEMENT,
    MOST_BROADBAND,
    MOST_ENFORCEMENT,
    Seen,
    learned,
    reacted,
)
from sim.model.governments import GovernmentDecisions, what_was_seen
from sim.model.model import MekongModel
from sim.model.recording import Sums
from sim.model.reference_years import _buyers
from sim.units import COUNTRIES, FIRST_QUARTER
from tests.helpers.central import PRIOR_CENTRAL
from tests.policy_signs.trial import (
    at,
    block,
    books_close,
    differing,
    national,
    same_people_and_firms,
    sums,
    trial,
    untouched,
)

STILL = {"reaction_speed": 0.0, "learning_rate": 0.0}
TO = "2022Q4"
PLAN = block("anti_scam_enforcement", 0.3, ["THA", "VNM"], "2018Q1") | block(
    "broadband_investment", 0.4, ["KHM", "LAO"], "2017Q1"
)
P = PRIOR_CENTRAL.in_country("THA")
NOTHING = {ENFORCEMENT: 0.0, BROADBAND: 0.0}


def _run(
    governments: str, parameters: Mapping[str, float] | None = None, market: bool = True
) -> MekongModel:
    paths = {"governments": governments}
    return trial(PLAN, parameters, paths=paths, end=TO, market=market).run()


# V22


@pytest.mark.parametrize("governments", ["reactive", "learning"])
def test_with_speeds_of_zero_policy_is_the_plan(governments: str) -> None:
    """Bit for bit, every series, person and firm."""
    model, planned = _run(governments, STILL), _run("planned", STILL)
    assert differing(model, planned) == set()
    assert same_people_and_firms(model, planned)
    assert all(levels == NOTHING for levels in model.programmes.own.values())


def test_under_the_task_force_only_grants_are_added() -> None:
    model, planned = _run("task_force", STILL), _run("planned", STILL)
    changed = differing(model, planned)
    assert changed <= {"budget_grants_usd", "budget_returned_usd", "budget_carry_usd"}
    assert "budget_grants_usd" in changed
    assert same_people_and_firms(model, planned)


def test_learning_alone_has_nothing_to_learn() -> None:
    """Nobody does anything beyond the plan, so nobody can copy it."""
    never_react = {"reaction_speed": 0.0, "learning_rate": 1.0}
    model, planned = (_run(mode, never_react, False) for mode in ("learning", "planned"))
    assert differing(model, planned) == set()


@pytest.mark.parametrize("governments", ["reactive", "learning", "task_force"])
def test_at_central_speeds_governments_do_more_than_the_plan(governments: str) -> None:
    """From 2017 on, on what they saw of 2015; every programme of theirs is in the books.

    Thailand lost less than its target to the scams of those years and has hardly a gap.
    """
    model, planned = _run(governments, market=False), _run("planned", market=False)
    for name in (ENFORCEMENT, BROADBAND):
        series = f"spending_{name}_usd"
        extra = national(model, series) - national(planned, series)
        assert not extra[: at("2017Q1")].any()
    extra = national(model, "budget_spending_usd") - national(planned, "budget_spending_usd")
    added = extra[at("2018Q1") :].sum(axis=0)
    assert (added >= 0.0).all() and (np.delete(added, COUNTRIES.index("THA")) > 0.0).all()
    books_close(model)


def test_learning_differs_from_reacting() -> None:
    assert differing(_run("reactive", market=False), _run("learning", market=False))


@pytest.mark.parametrize("governments", ["reactive", "task_force"])
def test_the_reference_of_the_market_is_the_baseline_however_governments_decide(
    governments: str,
) -> None:
    """Preferences are solved once per draw and shared: whoever asks first, they are the same."""
    both = (governments, "planned")
    markets = [trial(end="2015Q4", paths={"governments": mode}).trade_sector for mode in both]
    buyers = [_buyers(market, market.parameters, MekongModel) for market in markets if market]
    assert (buyers[0].goods == buyers[1].goods).all()
    assert (buyers[0].ready == buyers[1].ready).all()


# what governments want


def _seen(**changes: float) -> Seen:
    usual = {"loss_share": 0.001, "coverage": 0.95, "adoption": 0.3, "gap": 0.1}
    return Seen(**{**usual, **changes})


def test_on_target_nothing_is_wanted() -> None:
    good = _seen(loss_share=P["loss_target"], coverage=P["coverage_target"])
    assert reacted(NOTHING, good, 1.0, P) == NOTHING
    best = _seen(loss_share=0.0, coverage=1.0)
    assert reacted(NOTHING, best, 1.0, P) == NOTHING


def test_losses_of_twice_the_target_call_for_the_response() -> None:
    levels = reacted(NOTHING, _seen(loss_share=2.0 * P["loss_target"]), 1.0, P)
    assert levels[ENFORCEMENT] == pytest.approx(P["enforcement_response"])
    assert levels[BROADBAND] == 0.0


def test_a_gap_in_coverage_calls_for_broadband() -> None:
    levels = reacted(NOTHING, _seen(coverage=P["coverage_target"] - 0.3), 1.0, P)
    assert levels[BROADBAND] == pytest.approx(0.3 * P["broadband_response"])
    assert levels[ENFORCEMENT] == 0.0


def test_responses_are_bounded() -> None:
    levels = reacted(NOTHING, _seen(loss_share=1e3, coverage=-1e3), 5.0, P)
    assert levels == {ENFORCEMENT: MOST_ENFORCEMENT, BROADBAND: MOST_BROADBAND}


def test_own_programmes_end_when_the_reason_is_gone() -> None:
    levels = {ENFORCEMENT: 1.0, BROADBAND: 8.0}
    for _ in range(3):
        levels = reacted(levels, _seen(loss_share=0.0, coverage=1.0), 0.5, P)
    assert levels == {ENFORCEMENT: 0.125, BROADBAND: 1.0}


SHARES = st.integers(0, 100).map(lambda k: k / 100.0)
FIGURES = st.builds(Seen, loss_share=SHARES, coverage=SHARES, adoption=SHARES, gap=SHARES)
LEVELS = st.fixed_dictionaries(
    {
        ENFORCEMENT: SHARES.map(lambda x: x * MOST_ENFORCEMENT),
        BROADBAND: SHARES.map(lambda x: x * MOST_BROADBAND),
    }
)


@given(LEVELS, FIGURES, SHARES)
def test_reaction_closes_a_share_of_the_distance(
    own: dict[str, float], seen: Seen, speed: float
) -> None:
    wanted = reacted(own, seen, 1.0, P)
    moved = reacted(own, seen, speed, P)
    for name, level in own.items():
        assert moved[name] == pytest.approx(level + speed * (wanted[name] - level))
        assert moved[name] >= 0.0
    assert reacted(own, seen, 0.0, P) == own


@given(st.lists(st.tuples(LEVELS, FIGURES), min_size=2, max_size=5), SHARES)
def test_learning_moves_towards_those_who_do_better(
    world: list[tuple[dict[str, float], Seen]], rate: float
) -> None:
    own, seen = [levels for levels, _ in world], [figures for _, figures in world]
    moved = learned(own, seen, rate)
    for c, (before, after) in enumerate(zip(own, moved, strict=True)):
        for name, merit in (
            (ENFORCEMENT, [-here.loss_share for here in seen]),
            (BROADBAND, [here.adoption for here in seen]),
        ):
            models = [own[d][name] for d in range(len(own)) if merit[d] > merit[c]]
            aim = sum(models) / len(models) if models else before[name]
            assert after[name] == pytest.approx(before[name] + rate * (aim - before[name]))
    assert learned(own, seen, 0.0) == own


# what they see, and when


def _history(model: MekongModel) -> list[Sums]:
    series = sums(model)
    quarters = len(series["population"])
    return [{name: values[k] for name, values in series.items()} for k in range(quarters)]


def test_governments_see_the_last_four_quarters_of_what_is_published() -> None:
    model = untouched(market=False)
    history = _history(model)
    seen = what_was_seen(history)
    assert [here.adoption for here in seen] == pytest.approx(
        (national(model, "shoppers")[-1] / national(model, "adults")[-1]).tolist()
    )
    losses = national(model, "scam_losses_usd")[-4:].sum(axis=0)
    income = national(model, "income_usd")[-4:].sum(axis=0)
    assert [here.loss_share for here in seen] == pytest.approx((losses / income).tolist())
    covered = national(model, "covered")[-1] / national(model, "population")[-1]
    assert [here.coverage for here in seen] == pytest.approx(covered.tolist())
    adults, shoppers = sums(model)["adults"][-1], sums(model)["shoppers"][-1]
    gap = shoppers[:, 1] / adults[:, 1] - shoppers[:, 2] / adults[:, 2]
    assert [here.gap for here in seen] == pytest.approx(gap.tolist())
    changed = [dict(history[0], shoppers=np.zeros_like(adults))] * 12 + history[-4:]
    assert what_was_seen(changed) == seen


def _deciding(mode: str) -> GovernmentDecisions:
    return trial(market=False, end="2015Q4", paths={"governments": mode}).decisions


@pytest.mark.parametrize("mode", ["reactive", "learning", "task_force"])
def test_they_decide_in_the_first_quarter_on_figures_of_a_year_ago(mode: str) -> None:
    """What happened in the last four quarters is not known yet; nothing is decided before 2017."""
    history = _history(untouched(market=False))
    known, one, two = history[:8], _deciding(mode), _deciding(mode)
    dark = {name: np.zeros_like(values) for name, values in history[0].items()}
    quarter = FIRST_QUARTER + 12
    one.decide(quarter, known + history[8:12])
    two.decide(quarter, known + [dark] * 4)
    assert one.programmes.own == two.programmes.own
    assert one.programmes.grants == two.programmes.grants
    assert any(levels != NOTHING for levels in one.programmes.own.values())

    three = _deciding(mode)
    for later in (13, 14, 15):
        three.decide(FIRST_QUARTER + later, history[:later])
    three.decide(FIRST_QUARTER + 4, history[:4])
    assert all(levels == NOTHING for levels in three.programmes.own.values())


def test_a_plan_decides_nothing() -> None:
    planned = _deciding("planned")
    planned.decide(FIRST_QUARTER + 12, _history(untouched(market=False))[:12])
    assert all(levels == NOTHING for levels in planned.programmes.own.values())
    assert not any(planned.programmes.grants.values())


def test_what_governments_add_works_after_its_lag_and_is_in_the_books() -> None:
    """Own broadband of 5 US$ on top of a plan of 2, own enforcement of 0.25, from 2016Q1 on."""
    model = trial(
        block("broadband_investment", 2.0, ["THA"], "2015Q1", lag_years=0, ramp_years=0),
        {"digital_budget_share": 0.2},
        market=False,
    )
    levels = []
    for quarter in range(12):
        if quarter == 4:  # the carry is full, so that what is free is free
            model.programmes.own["THA"][BROADBAND] = 5.0
            model.programmes.own["LAO"][ENFORCEMENT] = 0.25
        model.step()
        now = FIRST_QUARTER + quarter
        levels.append(
            [
                model.programmes.level(*place, now)
                for place in ((BROADBAND, "THA"), (ENFORCEMENT, "LAO"))
            ]
        )
    assert [level for level, _ in levels] == [2.0] * 8 + [7.0] * 4
    assert [level for _, level in levels] == [0.0] * 6 + [0.25] * 6
    people = model.outlooks["THA"].population[:12]
    level = np.array([2.0] * 4 + [7.0] * 8)
    spent = national(model, f"spending_{BROADBAND}_usd")[:, 3]
    assert spent == pytest.approx(level * people / 4.0)
    p, here = model.values["LAO"], model.outlooks["LAO"]
    gdp = (here.income * here.population)[4:12]
    takings = national(model, "syndicate_takings_usd")[3:11, 1]
    assert national(model, f"spending_{ENFORCEMENT}_usd")[4:, 1] == pytest.approx(
        0.25 * (p["enforcement_unit_cost"] * gdp / 4.0 + p["enforcement_takings_cost"] * takings)
    )
    books_close(model)


@pytest.mark.parametrize("governments", ["reactive", "learning"])
def test_wishes_leave_the_plan_its_money(governments: str) -> None:
    """A plan that is too dear for some is bought to the same share, whoever reacts to what."""
    dear = block("broadband_investment", 2.0, "all", "2017Q1") | block("paperless_customs", 1.0)
    eager = {"broadband_response": 60.0, "reaction_speed": 1.0}
    reacting, planned = (
        trial(dear, eager, paths={"governments": mode}, end=TO, market=False).run()
        for mode in (governments, "planned")
    )
    for name in ("lever_shortfall_usd", "budget_carry_usd", "spending_paperless_customs_usd"):
        assert (national(reacting, name) == national(planned, name)).all()
    assert national(planned, "lever_shortfall_usd").any()
    more = national(reacting, "budget_spending_usd") - national(planned, "budget_spending_usd")
    assert (more >= 0.0).all()
    assert more.sum() > 5e7
    returned = [national(model, "budget_returned_usd") for model in (reacting, planned)]
    assert (returned[1] - returned[0] == more).all()
    books_close(reacting)


def test_what_cannot_be_paid_is_not_done() -> None:
    """Governments without any money react to nothing, whatever they see."""
    penniless = {"digital_budget_share": 0.0, "reaction_speed": 1.0}
    models = [
        trial(None, penniless, paths={"governments": mode}, end=TO, market=False).run()
        for mode in ("reactive", "planned")
    ]
    assert any(any(levels.values()) for levels in models[0].programmes.own.values())
    assert differing(*models) == set()
    assert same_people_and_firms(*models)
