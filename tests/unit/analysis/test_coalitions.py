"""Incentives to act together, and the sentences on who signs and where syndicates move."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.comparison.pairs import Pairs
from sim.analysis.policy_mixes.coalitions import coalitions, gain, incentives, judged, programme
from sim.analysis.text.agreements import signatures
from sim.analysis.text.cooperation import cooperation
from sim.analysis.text.displacement import displacement
from sim.errors import InputError
from sim.model.model import MekongModel
from sim.policy.levers import PAIRS
from sim.units import COUNTRIES, REGION
from tests.policy_signs.trial import block, national, trial

A, B, C = "KHM", "LAO", "MMR"


def made_up(gains: dict[tuple[str, ...], list[float]]) -> dict[tuple[str, ...], np.ndarray]:
    """Gains of the first countries in one run."""
    return {
        name: np.array([[*some, *[0.0] * (len(COUNTRIES) - len(some))]])
        for name, some in gains.items()
    }


def test_coalitions_are_all_sets_of_two_or_more() -> None:
    assert coalitions((A, B, C)) == [(A, B), (A, C), (B, C), (A, B, C)]
    assert len(coalitions(COUNTRIES)) == 26
    assert coalitions((A, B), 1) == [(A,), (B,), (A, B)]


def test_who_would_leave_and_who_would_join() -> None:
    """Three countries: two that gain by acting together, and a third who would rather watch."""
    gains = made_up(
        {
            (): [0.0, 0.0, 0.0],
            (A, B): [3.0, 2.0, 4.0],
            (A, C): [1.0, 1.0, -1.0],
            (B, C): [1.0, -2.0, 3.0],
            (A, B, C): [5.0, 4.0, 1.0],
        }
    )
    table = judged(gains, (A, B, C), 1).set_index(["coalition", "country"])
    wants = table["wants"].to_dict()
    assert [wants["KHM+LAO", iso] for iso in (A, B, C)] == ["stay", "stay", "watch"]
    assert [wants["KHM+MMR", iso] for iso in (A, B, C)] == ["stay", "join", "leave"]
    assert [wants["LAO+MMR", iso] for iso in (A, B, C)] == ["join", "leave", "stay"]
    assert [wants["KHM+LAO+MMR", iso] for iso in (A, B, C)] == ["stay", "stay", "leave"]
    whole = table.xs("KHM+LAO+MMR").iloc[0]
    assert whole["side_payment_usd"] == 4.0 - 1.0
    assert whole["coalition_gain_usd"] == 10.0
    assert whole["can_be_paid"]  # the others gain 4 and 3 by its staying
    assert not whole["deviation_proof"]
    assert table.xs("KHM+LAO")["deviation_proof"].all()
    assert not table.xs("LAO+MMR").iloc[0]["deviation_proof"]
    assert table.xs("LAO+MMR").iloc[0]["can_be_paid"]
    assert not table.xs("KHM+MMR").iloc[0]["deviation_proof"]
    assert table.xs("KHM+MMR").iloc[0]["can_be_paid"]  # 1 stays, 1 is missing: just enough


def test_a_coalition_uses_its_levers_in_its_members_and_between_them() -> None:
    agreement = programme("agreement", (A, C, "THA")).levers
    assert agreement.keys() == {"regulatory_harmonization"}
    assert agreement["regulatory_harmonization"][0].places == ("KHM-MMR", "KHM-THA", "MMR-THA")
    crackdown = programme("crackdown", (A, C)).levers
    assert crackdown["anti_scam_enforcement"][0].places == (A, C)
    assert crackdown["scam_coordination"][0].places == ("KHM-MMR",)
    assert programme("crackdown", (A,)).levers.keys() == {"anti_scam_enforcement"}


def test_governments_judge_by_the_mean_and_runs_that_agree_are_counted() -> None:
    """Leaving costs 3, 1 and -1: on average a member stays, in a third of the runs it would go."""
    free_ride = np.array([[0.0] * 5, [2.0, *[0.0] * 4], [4.0, *[0.0] * 4]])
    gains = {
        (): np.zeros((3, 5)),
        (A,): free_ride,
        (B,): free_ride,
        (A, B): np.array([[3.0, 1.0, 0.0, 0.0, 0.0]] * 3),
    }
    table = judged(gains, (A, B), 3).set_index(["coalition", "country"])
    mine = table.loc["KHM+LAO", A]
    assert (mine["wants"], mine["gain_otherwise_usd"]) == ("stay", 2.0)
    assert mine["wants_in"] == mine["deviation_proof_in"] == pytest.approx(2 / 3)
    assert mine["deviation_proof"]
    assert mine["runs"] == 3
    alone = table.loc["KHM", A]
    assert (alone["low"], alone["high"], alone["gain_usd"]) == (0.0, 4.0, 2.0)
    assert alone["wants"] == "stay"  # in the mean of its runs acting alone pays
    assert table.loc["KHM", B]["wants"] == "join"


def test_what_is_said_of_who_would_sign() -> None:
    gains = made_up(
        {
            (): [0.0, 0.0, 0.0],
            (A,): [-2e6, 1e6, 1e6],
            (B,): [0.0, 1e6, 0.0],
            (C,): [0.0, 0.0, 3e6],
            (A, B): [1e6, 2e6, 4e6],
            (A, C): [1e6, 1e6, 1e6],
            (B, C): [8e6, 2e6, 4e6],
            (A, B, C): [5e6, 4e6, 5e6],
        }
    )
    frame = judged(gains, (A, B, C), 1)
    frame.insert(0, "game", "crackdown")
    said = cooperation(frame)
    assert said[0].startswith("If neighbours do not act, a country that acts alone gains: Cambodia")
    assert "Cambodia -US$ 2.00 m" in said[0]
    assert "gain US$ 14.0 m over 2026-2030 together; every one of them gains" in said[1]
    assert "Cambodia (by US$ 3.00 m) would do better by leaving (in 0 % of 1 runs" in said[2]
    assert "takes US$ 3.00 m, which the others gain by it, so it can be paid" in said[2]
    assert "these coalitions last, with what members gain: LAO+MMR (US$ 6.00 m)" in said[3]
    assert said[4].startswith("Who stays out while all others act gains: Cambodia +US$ 8.00 m")
    costly = made_up({(): [0.0] * 2, (A,): [-1e6], (B,): [0.0, -1e6], (A, B): [-2e6, -2e6]})
    frame = judged(costly, (A, B), 1)
    frame.insert(0, "game", "crackdown")
    said = cooperation(frame)
    assert "they lose US$ 4.00 m over 2026-2030 together; every one of them loses." in said[1]
    assert said[3].endswith("each has a country that goes. Nobody would act.")
    pairs = {name: some for name, some in gains.items() if len(name) != 1}
    frame = judged(pairs, (A, B, C), 1)
    frame.insert(0, "game", "agreement")
    assert not any("alone" in sentence for sentence in cooperation(frame))


def test_gains_are_the_sum_of_their_parts() -> None:
    """Of a tax: revenue and dearer goods; of a crackdown in a host: also its lost takings."""
    plain = trial(end="2028Q4").run()
    assert not gain(plain, plain).any()
    raided = trial(block("anti_scam_enforcement", 1.0, [A], "2026Q1"), end="2028Q4").run()

    def more(model: MekongModel, name: str) -> np.ndarray:
        late = slice(44, None)
        return (national(model, name) - national(plain, name))[late].sum(axis=0)

    index = [
        np.log(national(model, "price_spending") / national(model, "spending_all"))[44:]
        for model in (plain, raided)
    ]
    cheaper = (national(plain, "spending_all")[44:] * (index[0] - index[1])).sum(axis=0)
    expected = cheaper - more(raided, "scam_losses_usd") - more(raided, "budget_spending_usd")
    for name in ("seller_profit_usd", "receipts_treasury_vat_usd", "receipts_treasury_tariff_usd"):
        expected = expected + more(raided, name)
    hosted = more(raided, "syndicate_takings_usd")
    assert hosted[0] < -1e8
    assert (hosted[1:] > 0.0).all()
    found = gain(raided, plain)
    assert found == pytest.approx(expected + plain.values[A]["host_income_share"] * hosted)
    assert found[0] < 0.0


def test_takings_are_those_of_the_reference_in_the_reference_year() -> None:
    """At rest and with demand of one the compounds of all hosts take `compound_revenue`."""
    calm = {
        "start_syndicate_capital": 1.0,
        "outside_demand_share": 1.0,
        "outside_demand_start": 1.0,
    }
    free = {"scam_history": "free"}
    model = trial(parameters=calm, paths=free, end="2016Q4", market=False).run()
    taken = national(model, "syndicate_takings_usd")
    revenue = model.values[A]["compound_revenue"]
    assert taken.sum(axis=1) * 4.0 == pytest.approx(np.full(8, revenue))
    assert taken[-1] * 4.0 == pytest.approx(revenue * np.array([0.31, 0.27, 0.38, 0.02, 0.02]))


@pytest.mark.parametrize(
    ("game", "among", "says"),
    [
        ("chess", (A, B), "there is no game 'chess'"),
        ("agreement", (A,), "a coalition has two members"),
        ("agreement", (A, A), "a coalition has two members"),
        ("crackdown", (A, "SGP"), "'SGP' is not a country here"),
    ],
)
def test_what_cannot_be_asked_is_refused(game: str, among: tuple[str, ...], says: str) -> None:
    with pytest.raises(InputError, match=says):
        incentives(game, among)


def _pairs(indicator: str, mine: dict[str, list[float]], theirs: dict[str, list[float]]) -> Pairs:
    rows = {(place, indicator, "all"): at for at, place in enumerate(mine)}
    count = len(next(iter(mine.values())))
    sides = [np.array([side[place] for place in mine])[:, None, :] for side in (mine, theirs)]
    return Pairs(rows, ["2030"], [(seed, 0) for seed in range(count)], *sides)


def test_where_syndicates_go_is_told() -> None:
    places = (*COUNTRIES, REGION)
    before = dict(zip(places, ([0.4], [0.2], [0.2], [0.1], [0.1], [1.0]), strict=True))
    after = dict(zip(places, ([0.1], [0.25], [0.2], [0.12], [0.11], [0.78]), strict=True))
    (sentence,) = displacement({"raid": _pairs("syndicate_capital", after, before)})
    assert "Cambodia -75 %, Lao PDR +25 %, Myanmar +0 %, Thailand +20 %, Viet Nam +10 %" in sentence
    assert "-22 % in the five countries together" in sentence
    assert sentence.endswith("Part of the capital moves to Lao PDR, Thailand and Viet Nam.")
    assert displacement({"calm": _pairs("syndicate_capital", before, before)}) == []


def test_who_signs_is_told_with_its_share_of_runs() -> None:
    before = {pair: [0.4, 0.4, 0.4, 0.4] for pair in PAIRS}
    closer = {
        "KHM-LAO": [0.3] * 4,
        "KHM-THA": [0.3, 0.4, 0.4, 0.4],
        "THA-VNM": [0.3, 0.3, 0.3, 0.4],
    }
    (sentence,) = signatures({"talks": _pairs("regulatory_distance", before | closer, before)})
    assert "KHM-LAO in all runs; THA-VNM in 75 % and KHM-THA in 25 % of runs" in sentence
    everybody = {pair: [0.3] * 4 for pair in PAIRS}
    (sentence,) = signatures({"all": _pairs("regulatory_distance", everybody, before)})
    assert "all ten country pairs" in sentence
    assert signatures({"none": _pairs("regulatory_distance", before, before)}) == []
