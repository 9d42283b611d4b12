"""What programmes cost: every dollar in the books, and nothing that was not paid for.

The expected cost is worked out here from the schedule, the price and what it is paid for; books are
whole numbers of 2**-16 US$, so they agree to one unit.
"""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.model import MekongModel
from sim.parameters.table import parameter_table
from sim.policy.levers import LEVERS, MONEY
from sim.units import COUNTRIES, USD_SCALE
from tests.policy_signs.trial import (
    BOOKS,
    MODEST,
    RICH,
    Floats,
    at,
    block,
    books_close,
    differing,
    national,
    same_people_and_firms,
    trial,
    untouched,
)

UNIT = 1.0 / USD_SCALE
POOR = {"digital_budget_share": 1e-7}
FIRST, LAST = "2017Q2", "2019Q3"
RAMP = 1.0  # years


def _built(quarters: int) -> Floats:
    """Share of the level that is paid for, by quarter: a quarter more of it in each of four."""
    since = np.arange(quarters) - at(FIRST) + 1.0
    share = np.clip(since / 4.0, 0.0, 1.0)
    share[at(LAST) + 1 :] = 0.0
    return share


def _units(model: MekongModel, base: str) -> Floats:
    """What one unit of level is paid for, quarters by countries."""
    towns = np.array([here.urban_share for here in model.countries.values()])
    outlooks = model.outlooks.values()
    people = np.array([here.population for here in outlooks]).T
    gdp = people * np.array([here.income for here in outlooks]).T
    assert model.trade_sector is not None
    firms = np.array([model.trade_sector.data.firms[iso] for iso in model.countries])
    online, takings = (national(model, n) for n in ("smes_online", "syndicate_takings_usd"))
    known = {
        "person": people,
        "rural person": people * (1.0 - towns),
        "1000 people": people / 1000.0,
        "gdp": gdp,
        "country": np.ones_like(people),
        "pair": np.ones_like(people),
        "firm": np.broadcast_to(firms, people.shape),
        "online firm": np.vstack([np.zeros(5), online[:-1]]),  # as counted a quarter ago
        "takings": np.vstack([np.zeros(5), takings[:-1]]) * 4.0,
    }
    return known[base]


def _price(model: MekongModel, parameter: str) -> Floats:
    return np.array([p[parameter] if parameter != MONEY else 1.0 for p in model.values.values()])


@pytest.mark.parametrize("name", LEVERS)
def test_every_programme_costs_what_it_should(name: str) -> None:
    lever = LEVERS[name]
    levers = block(name, MODEST[name], start=FIRST, end=LAST, lag_years=0.5, ramp_years=RAMP)
    model = trial(levers).run()
    spent = national(model, f"spending_{name}_usd")
    level = MODEST[name] * _built(len(spent))[:, None]
    if lever.scope == "pairs":  # each country is in four pairs and pays half of each
        level = level * 4 / 2
    parts = [_price(model, name) * _units(model, base) for base, name in lever.prices.items()]
    expected = level * sum(parts) / 4.0
    assert expected == pytest.approx(spent, rel=1e-12, abs=2 * UNIT)
    assert (spent[at(FIRST) : at(LAST) + 1].sum(axis=0) > 0.0).all()
    assert not spent[: at(FIRST)].any()
    assert not spent[at(LAST) + 1 :].any()
    assert (national(model, "budget_spending_usd") == spent).all()
    assert not national(model, "lever_shortfall_usd").any()
    books_close(model)


@pytest.mark.parametrize("name", [name for name, lever in LEVERS.items() if lever.scope == "pairs"])
def test_the_two_countries_of_a_pair_pay_half_each(name: str) -> None:
    model = trial(block(name, MODEST[name], ["KHM-VNM"], "2015Q1", ramp_years=0)).run()
    spent = national(model, f"spending_{name}_usd")
    price = model.values["KHM"][LEVERS[name].prices["pair"]]
    assert not spent[:, [1, 2, 3]].any()
    assert spent[:, [0, 4]] == pytest.approx(MODEST[name] * price / 4.0 / 2.0)


@pytest.mark.parametrize("name", LEVERS)
def test_a_tiny_budget_buys_little_and_says_so(name: str) -> None:
    """All the money goes, no debt is made, what is missing is reported, and little of it works."""
    model = trial(block(name, lag_years=0, ramp_years=0), POOR).run()
    spent = national(model, f"spending_{name}_usd")
    missing = national(model, "lever_shortfall_usd")
    assert (missing[-4:] > 0.0).all()
    assert (spent[-4:] > 0.0).all()
    assert (national(model, "budget_carry_usd")[missing > 0.0] <= UNIT).all()
    assert not national(model, "budget_returned_usd")[missing > 0.0].any()
    books_close(model)
    place = LEVERS[name].places[-1]
    bought = spent[-1] / (spent[-1] + missing[-1])
    pays = [COUNTRIES.index(iso) for iso in place.split("-")]
    assert model.programmes.level(name, place, model.next_quarter - 1) == pytest.approx(
        LEVERS[name].maximum * bought[pays].min(), rel=1e-6
    )


def test_programmes_share_a_shortfall_in_proportion() -> None:
    """Of four programmes each is bought to the same share, whatever it costs."""
    names = ("broadband_investment", "paperless_customs", "ai_governance", "scam_coordination")
    levers = {name: block(name, start="2015Q1", ramp_years=0)[name] for name in names}
    paths = {"shortfall": "proportional"}
    model = trial(levers, POOR, paths=paths, market=False).run()
    alone = [trial({name: levers[name]}, RICH, market=False).run() for name in names]
    shares = [
        national(model, f"spending_{name}_usd") / national(full, f"spending_{name}_usd")
        for name, full in zip(names, alone, strict=True)
    ]
    for share in shares[1:]:
        assert share == pytest.approx(shares[0], rel=1e-4)
    wanted = sum(national(full, "budget_spending_usd") for full in alone)
    missing = national(model, "lever_shortfall_usd") + national(model, "budget_spending_usd")
    assert missing == pytest.approx(wanted, abs=8 * UNIT)


def test_enforcement_is_also_paid_for_what_syndicates_take() -> None:
    """Level x (GDP x its price + takings of the last quarter x theirs), host by host."""
    own = {"enforcement_unit_cost": 0.0, "enforcement_takings_cost": 0.05, **RICH}
    model = trial(block("anti_scam_enforcement", 0.5, ramp_years=0), own).run()
    spent = national(model, "spending_anti_scam_enforcement_usd")
    last = national(model, "syndicate_takings_usd")[:-1]
    assert spent[-1] == pytest.approx(0.5 * 0.05 * last[-1], rel=1e-9)
    assert spent[-1, 2] > 10.0 * spent[-1, 3] > 0.0  # Myanmar hosts more than Thailand


def test_what_was_not_bought_does_not_work() -> None:
    """A programme for which there is no money at all changes nothing.

    Without a market no firms are counted: what is priced by the firm costs nothing, and is bought.
    """
    penniless = {"digital_budget_share": 0.0}
    levers = {name: block(name)[name] for name in LEVERS}
    model = trial(levers, penniless, market=False).run()
    idle = untouched(tuple(penniless.items()), market=False)
    assert same_people_and_firms(model, idle)
    assert differing(model, idle) == {"lever_shortfall_usd"}
    last = model.next_quarter - 1
    for name, lever in LEVERS.items():
        if not {"firm", "online firm"} & set(lever.prices):
            assert [model.programmes.level(name, place, last) for place in lever.places] == [
                0.0 for _ in lever.places
            ]


def test_money_that_is_not_spent_is_carried_for_a_year_and_then_returned() -> None:
    """Books of governments without any programme."""
    model = untouched()
    revenue, carry = (national(model, f"budget_{name}_usd") for name in ("revenue", "carry"))
    limit = model.values["THA"]["budget_carry_limit"]
    assert carry[3:] == pytest.approx(4.0 * limit * revenue[3:], rel=0.03)
    assert (carry <= 4.0 * limit * revenue + UNIT).all()
    assert (national(model, "budget_returned_usd")[5:] > 0.0).all()
    books_close(model)


def test_all_levers_at_once_keep_the_books() -> None:
    """With too little money for all, and grants on top."""
    levers = {name: block(name)[name] for name in LEVERS}
    for governments in ("planned", "reactive", "learning", "task_force"):
        model = trial(levers, paths={"governments": governments}).run()
        books_close(model)
        assert national(model, "lever_shortfall_usd").max() > 0.0
        granted = national(model, "budget_grants_usd").sum()
        assert (granted > 0.0) == (governments == "task_force")


def test_the_books_are_those_of_the_governments() -> None:
    """In whole units, by government and quarter, as kept by each of them."""
    levers = {name: block(name)[name] for name in LEVERS}
    model = trial(levers, paths={"governments": "task_force"}, market=False)
    carried = dict.fromkeys(model.countries, 0)
    while model.next_quarter <= model.policy_scenario.end:
        model.step()
        for iso, government in model.governments.items():
            books = government.books
            assert books.opening == carried[iso]
            spent = sum(books.spending.values())
            incoming = books.opening + books.revenue + books.grants
            assert incoming == spent + books.returned + books.closing
            assert min(books.closing, books.returned, books.shortfall) >= 0
            carried[iso] = books.closing
    shown = {name: national(model, f"budget_{name}_usd")[-1] for name in BOOKS}
    kept = [government.books for government in model.governments.values()]
    assert [books.closing / USD_SCALE for books in kept] == shown["carry"].tolist()
    assert [books.grants / USD_SCALE for books in kept] == shown["grants"].tolist()


@pytest.mark.parametrize("name", [n for one in LEVERS.values() for n in one.price_parameters])
def test_prices_can_be_swept_by_a_factor_of_three_either_way(name: str) -> None:
    price = parameter_table()[name]
    assert price.minimum <= price.central / 3.0
    assert price.maximum >= price.central * 3.0
