"""Estimates read back what was fitted, apply budgets as treasuries do, and say what they cannot."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.emulation import estimate_fits
from sim.analysis.emulation.designed_runs import DesignedRuns
from sim.analysis.emulation.doses import mix_of
from sim.analysis.emulation.estimate_fits import write_estimates
from sim.analysis.emulation.estimates import (
    COST,
    LOSSES,
    Estimate,
    Estimates,
    same_model,
    shipped_estimates,
)
from sim.analysis.emulation.objectives import MixObjective
from sim.analysis.emulation.purses import EffectEmulator
from sim.analysis.policy_mixes.portfolios import Prices
from sim.dashboard.previews import DRAWS
from sim.errors import InputError
from sim.experiments.execution.branching import new_model
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.policy.levers import PAIRS
from sim.rows import rows_where
from sim.scenario import Scenario, load_scenario
from sim.units import COUNTRIES, REGION
from tests.helpers.toy_optimum import toy_optimum
from tests.unit.analysis.test_optimum import PAY, RULES, flat_prices

POOR = "LAO"  # its treasury has half of what the test asks it to pay
HALF = 0.5


@pytest.fixture(scope="module")
def designed(tmp_path_factory: pytest.TempPathFactory) -> DesignedRuns:
    return toy_optimum(tmp_path_factory.mktemp("estimates") / "out")


@pytest.fixture(scope="module")
def fits(designed: DesignedRuns) -> Estimates:
    def rich(levers: object, scale: int, threads: int | None = None) -> Prices:
        known = flat_prices(levers, scale, threads)
        return Prices(known.unit, dict.fromkeys(known.income, 1e15))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate_fits, "prices", rich)
        path, errors = write_estimates(designed.folder)
    assert errors["explained"].dropna().min() > 0.99
    return Estimates(path)


def estimated(fits: Estimates, mix: Scenario) -> Estimate:
    found = fits.estimate(mix)
    assert isinstance(found, Estimate), found
    return found


def test_the_file_says_what_the_fits_say(fits: Estimates, designed: DesignedRuns) -> None:
    found = designed.responses
    emulator = EffectEmulator(found, MixObjective(LOSSES, {LOSSES: 1.0}, "US$", LOSSES))
    x = np.random.default_rng(1).random((len(found.draws), len(found.doses)))
    wanted = emulator.effect(x)
    assert fits.effect(LOSSES, REGION, x) == pytest.approx(wanted, rel=1e-4, abs=1.0)
    assert fits.error(LOSSES) == pytest.approx(emulator.error(), rel=1e-3)
    five = sum(fits.effect(f"purchases_{year}", REGION, x) for year in range(2026, 2031))
    whole = EffectEmulator(
        found, MixObjective("value", {"purchases_usd": 1.0}, "US$", "purchases")
    ).effect(x)
    assert five == pytest.approx(whole, rel=1e-2)


def test_what_can_be_paid_is_bought_as_asked(fits: Estimates, designed: DesignedRuns) -> None:
    levels = HALF * designed.most
    one = estimated(fits, mix_of("half", designed.doses, levels))
    assert one.shares == pytest.approx(np.full_like(one.shares, HALF), rel=1e-3)
    assert one.unpaid == {} and not one.gaps.any()
    price = HALF * designed.responses.price.sum(axis=(1, 2))
    assert one.effect(COST) == pytest.approx(price, rel=1e-3)
    low, middle, high = one.by_year[2030]
    assert low <= middle <= high and middle > 0.0


def test_a_treasury_that_cannot_pay_all_buys_less_of_everything_there_alone(
    fits: Estimates, designed: DesignedRuns
) -> None:
    mix = mix_of("half", designed.doses, HALF * designed.most)
    rich = estimated(fits, mix)
    at = COUNTRIES.index(POOR)
    poor = Estimates(designed.folder / "estimates.npz")
    # What it carries into 2026 is a year of its money, so that it has six in five.
    poor._parts["budgets"][:, at] = HALF * rich.spent[:, at] * 5 / 6
    one = estimated(poor, mix)
    assert list(one.unpaid) == [POOR]
    gap, share = one.unpaid[POOR]
    assert share == pytest.approx(HALF, abs=0.06) and gap > 0
    assert (one.spent + one.gaps) == pytest.approx(rich.spent, rel=1e-6)
    for dose, mine, before in zip(poor.doses, one.shares.T, rich.shares.T, strict=True):
        if dose == (PAY, POOR):
            assert (mine < 0.6 * before).all()
        elif dose == (RULES, ""):  # a pair goes as far as the poorer one of the two pays
            trade = zip(PAIRS, poor._parts["pairs"], strict=True)
            partners = sum(part for pair, part in trade if POOR in pair)
            assert mine == pytest.approx(before * (1 - partners * share), rel=0.1)
        elif dose[1] != POOR:
            assert mine == pytest.approx(before)
    assert (one.effect("purchases_2030", POOR) < rich.effect("purchases_2030", POOR)).all()


def test_what_the_fits_cannot_say_is_said(fits: Estimates, designed: DesignedRuns) -> None:
    broadband = fits.estimate(load_scenario("broadband"))
    assert "not among the levers" in str(broadband)
    pay = [dose.lever == PAY for dose in designed.doses]
    far = mix_of("far", designed.doses, np.where(pay, 1.0, 0.0))
    table = far.as_dict()
    table["levers"][PAY][0]["start"] = "2027Q1"
    assert "dates or delays" in str(fits.estimate(Scenario.from_dict(table, name="late")))
    small = Estimates(designed.folder / "estimates.npz")
    small.most[:] = 0.1 * small.most
    assert "beyond the doses tried" in str(small.estimate(far))


def test_another_file_and_another_model_are_recognised(fits: Estimates, tmp_path: Path) -> None:
    assert same_model(fits.about)
    assert not same_model({**fits.about, "sources_hash": "0" * 64})
    assert not same_model({**fits.about, "draw_numbers": fits.about["draw_numbers"][1:]})
    bad = tmp_path / "estimates.npz"
    bad.write_text("no fits")
    with pytest.raises(InputError, match="cannot be read"):
        Estimates(bad)
    np.savez(bad, about=np.array(json.dumps({"outcomes": []})))
    with pytest.raises(InputError, match="cannot be read"):
        Estimates(bad)


def test_the_shipped_estimates_are_those_of_this_model() -> None:
    """Otherwise make them anew, as docs/policy_mixes.md says."""
    shipped = shipped_estimates()
    assert shipped is not None and shipped.draws == DRAWS and len(shipped.about["checked"]) > 10
    scenario, scale = load_scenario("baseline"), shipped.about["scale"]
    job = Job(scenario, scenario.baseline, seed=1, draw=1, scale=scale)
    series = new_model(job, RunOptions(threads=1)).run().indicators(yearly=True)
    mine = rows_where(series, indicator="gmv_real_usd", group="all", year=2030)
    known = mine.set_index("country")["value"]
    for iso in COUNTRIES:
        assert shipped.base("purchases_2030", iso)[0] == pytest.approx(known[iso], rel=1e-6)
    mix = shipped.estimate(load_scenario("payments"))
    assert isinstance(mix, Estimate)
    assert mix.summary("purchases_2030")[1] > 10 * shipped.error("purchases_2030")
