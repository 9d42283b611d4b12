"""What every lever does in its first quarter, person by person, firm by firm and pair by pair.

Two runs are the same until the quarter in which one of them begins a lever, at once and in full. In
that quarter no person, firm, host or pair moves the wrong way and some move the right way (a sign
in later years is only conditional: more trust makes more shoppers, and so more victims). Whoever
does not use the lever does not notice it yet.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pytest

from sim.model.model import MekongModel
from sim.policy.levers import LEVERS
from sim.units import COUNTRIES
from tests.policy_signs.trial import EFFECTS, RICH, Floats, at, block, national, trial

FIRST = "2021Q1"
SCALE = 20_000
# Many victims, courses and openings of accounts in a quarter, so that there is much to compare.
WORLD = {
    **RICH,
    **EFFECTS,
    **{"scam_hazard": 5.0, "connection_hazard": 3.0, "account_hazard": 1.0},
    **{"training_take_up": 0.4, "interoperability_effect": 0.6},
}
COST_PARTS = ("logistics", "customs", "rules", "data", "payment", "tariff", "vat", "platform")


class Felt(NamedTuple):
    """What a lever moves in its first quarter, and which way."""

    sign: int
    look: Callable[[MekongModel], Floats]


def _people(field: str) -> Callable[[MekongModel], Floats]:
    return lambda model: np.asarray(model.people.rows[field], dtype=float)


def _firms(field: str) -> Callable[[MekongModel], Floats]:
    return lambda model: np.asarray(model.smes.rows[field], dtype=float)


def _cost(part: str) -> Callable[[MekongModel], Floats]:
    def look(model: MekongModel) -> Floats:
        assert model.trade_outcome is not None
        return np.asarray(getattr(model.trade_outcome.costs, part))

    return look


def _series(name: str) -> Callable[[MekongModel], Floats]:
    return lambda model: national(model, name)[-1]


def _fixed_costs(model: MekongModel) -> Floats:
    assert model.trade_outcome is not None
    return model.trade_outcome.log_fixed_cost


FELT: Mapping[str, tuple[Felt, ...]] = {
    "regulatory_harmonization": (Felt(-1, _cost("rules")), Felt(-1, _fixed_costs)),
    "broadband_investment": (Felt(1, _people("connected")), Felt(1, _series("covered"))),
    "satellite_coverage": (Felt(1, _people("connected")), Felt(1, _series("covered"))),
    "delivery_networks": (Felt(1, _people("spending")),),
    "anti_scam_enforcement": (
        Felt(-1, _people("victim")),
        Felt(1, _people("trust")),
        Felt(1, _series("syndicate_removed")),
    ),
    "scam_coordination": (
        Felt(-1, _series("syndicate_left")),
        Felt(-1, _series("syndicate_capital")),
    ),
    "payments_interoperability": (Felt(1, _people("account")), Felt(-1, _cost("payment"))),
    "digital_skills": (Felt(1, _people("skill")), Felt(1, _firms("shift"))),
    "paperless_customs": (Felt(-1, _cost("customs")),),
    "sme_marketplace": (Felt(-1, _fixed_costs),),
    "data_flow_openness": (Felt(-1, _cost("data")),),
    "data_safeguards": (Felt(1, _people("trust")), Felt(1, _people("spending"))),
    "ai_governance": (Felt(-1, _people("victim")), Felt(1, _firms("shift"))),
    "remittance_links": (Felt(1, _people("spending")), Felt(1, _series("income_usd"))),
    "innovation_fund": (Felt(1, _firms("shift")),),
    "talent_mobility": (Felt(1, _firms("shift")),),
    "consumer_protection": (Felt(-1, _series("purchase_fraud_usd")), Felt(1, _people("trust"))),
    "digital_taxation": (Felt(1, _cost("vat")), Felt(1, _series("receipts_treasury_vat_usd"))),
}


def _one_quarter(name: str | None, places: object = "all") -> MekongModel:
    levers = block(name, None, places, FIRST, lag_years=0, ramp_years=0) if name else None
    model = trial(levers, WORLD, end="2021Q4", scale=SCALE)
    for _ in range(at(FIRST) + 1):
        model.step()
    return model


@pytest.fixture(scope="module")
def plain() -> MekongModel:
    return _one_quarter(None)


@functools.cache
def _with(name: str) -> MekongModel:
    return _one_quarter(name)


def test_every_lever_is_felt() -> None:
    assert FELT.keys() == LEVERS.keys()


@pytest.mark.parametrize("name", LEVERS)
def test_in_its_first_quarter_nothing_moves_the_wrong_way(name: str, plain: MekongModel) -> None:
    model = _with(name)
    assert not national(model, "lever_shortfall_usd").any()
    for felt in FELT[name]:
        moved = felt.sign * (felt.look(model) - felt.look(plain))
        assert moved.min() >= 0.0
        assert moved.max() > 0.0


@pytest.mark.parametrize("name", LEVERS)
def test_costs_of_trade_move_only_where_they_should(name: str, plain: MekongModel) -> None:
    """Each part of the wedge belongs to one lever at most."""
    parts = {
        "regulatory_harmonization": "rules",
        "payments_interoperability": "payment",
        "paperless_customs": "customs",
        "data_flow_openness": "data",
        "digital_taxation": "vat",
    }
    changed = {
        part for part in COST_PARTS if (_cost(part)(_with(name)) != _cost(part)(plain)).any()
    }
    assert changed == ({parts[name]} if name in parts else set())


@pytest.mark.parametrize("name", [n for n, lever in LEVERS.items() if lever.scope == "countries"])
def test_people_and_firms_elsewhere_do_not_notice_it_yet(name: str, plain: MekongModel) -> None:
    """Only Viet Nam uses it: in that quarter nobody in the other four lives differently."""
    model = _one_quarter(name, ["VNM"])
    place = COUNTRIES.index("VNM")
    first = model.people.places.first[place]
    assert first + model.people.places.size[place] == len(model.people.rows)
    assert model.people.rows[:first].tobytes() == plain.people.rows[:first].tobytes()
    each = len(model.smes.rows) // len(COUNTRIES)
    assert model.smes.rows[: place * each].tobytes() == plain.smes.rows[: place * each].tobytes()


def test_safeguards_add_what_the_law_lacks() -> None:
    """In 2021 Lao PDR has its law, Cambodia and Myanmar have clauses, the other two nothing."""
    model = _with("data_safeguards")
    kept = model.values["KHM"]["agreement_compliance"]
    law = {"KHM": 0.5, "LAO": 1.0, "MMR": 0.5, "THA": 0.0, "VNM": 0.0}
    for iso, here in zip(COUNTRIES, model.conditions, strict=True):
        missing = 1.0 - law[iso] * kept
        assert here.trust_support == pytest.approx(model.values[iso]["safeguards_trust"] * missing)


def test_paperless_trade_starts_from_what_is_in_place(plain: MekongModel) -> None:
    """The saving is that of the less prepared side; the lever takes the rest of it."""
    trade_sector, p = plain.trade_sector, plain.values["KHM"]
    assert trade_sector is not None and plain.trade_outcome is not None
    before, after = _cost("customs")(plain), _cost("customs")(_with("paperless_customs"))
    full = p["customs_cost"] * p["formal_share"]
    for i, one in enumerate(COUNTRIES):
        for j, other in enumerate(COUNTRIES):
            if i != j:
                done = min(trade_sector.data.paperless(iso, 2021) for iso in (one, other))
                assert before[i, j] == pytest.approx(full * (1.0 - p["paperless_saving"] * done))
                assert after[i, j] == pytest.approx(full * (1.0 - p["paperless_saving"]))
