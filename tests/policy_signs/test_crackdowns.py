"""One country alone against syndicates, and five together: where scam capital goes."""

from __future__ import annotations

import pytest

from sim.model.model import MekongModel
from tests.policy_signs.trial import Levers, at, block, national, trial

FIRST, TO = "2022Q1", "2026Q4"
RICH_AND_MOBILE = {"digital_budget_share": 0.2, "displaced_share": 0.6}
OTHERS = [1, 2, 3, 4]


def _run(levers: Levers | None = None) -> MekongModel:
    return trial(levers, RICH_AND_MOBILE, end=TO, market=False).run()


def _raids(places: object) -> Levers:
    return block("anti_scam_enforcement", 0.7, places, FIRST, lag_years=0, ramp_years=0)


def _together(level: float) -> Levers:
    return block("scam_coordination", level, "all", FIRST, lag_years=0, ramp_years=0)


@pytest.fixture(scope="module")
def runs() -> dict[str, MekongModel]:
    alone, everywhere, pacts = _raids(["KHM"]), _raids("all"), _together(0.8)
    return {
        "nobody": _run(),
        "alone": _run(alone),
        "alone, coordinated": _run({**alone, **pacts}),
        "all": _run(everywhere),
        "all, coordinated": _run({**everywhere, **pacts}),
    }


def _fall(runs: dict[str, MekongModel], name: str, year: str) -> float:
    """Fall of the capital of all hosts against the run without any raids."""
    now, before = (national(runs[run], "syndicate_capital")[at(year)] for run in (name, "nobody"))
    return float(1.0 - now.sum() / before.sum())


def test_alone_the_raided_host_loses_and_every_other_gains(runs: dict[str, MekongModel]) -> None:
    for year in ("2022Q4", "2024Q4", "2026Q4"):
        alone, nobody = (
            national(runs[run], "syndicate_capital")[at(year)] for run in ("alone", "nobody")
        )
        assert alone[0] < 0.75 * nobody[0]
        assert (alone[OTHERS] > nobody[OTHERS]).all()


def test_what_leaves_one_host_arrives_in_the_others(runs: dict[str, MekongModel]) -> None:
    left, arrived = (
        national(runs["alone"], f"syndicate_{name}")[at(FIRST) :] for name in ("left", "arrived")
    )
    assert left.sum(axis=1) == pytest.approx(arrived.sum(axis=1), rel=1e-12)
    gained = arrived - national(runs["nobody"], "syndicate_arrived")[at(FIRST) :]
    assert (gained[0, OTHERS] > 0.0).all()
    assert gained[0, 0] <= 0.0


@pytest.mark.parametrize("year", ["2022Q4", "2024Q4", "2026Q4"])
def test_the_total_falls_less_alone_than_with_coordination(
    runs: dict[str, MekongModel], year: str
) -> None:
    alone, coordinated = _fall(runs, "alone", year), _fall(runs, "alone, coordinated", year)
    everywhere, all_together = _fall(runs, "all", year), _fall(runs, "all, coordinated", year)
    assert 0.0 < alone < 0.6 * coordinated
    assert alone < 0.6 * everywhere
    assert max(coordinated, everywhere) < all_together


def test_the_displaced_share_decides_how_much_is_gained_alone() -> None:
    """Without relocation a raid gains most; with full relocation next to nothing at once."""
    falls = []
    for d in (0.0, 0.5, 1.0):
        values = {"digital_budget_share": 0.2, "displaced_share": d}
        now, before = (
            national(trial(levers, values, end="2022Q4", market=False).run(), "syndicate_capital")
            for levers in (_raids(["KHM"]), None)
        )
        falls.append(1.0 - now[-1].sum() / before[-1].sum())
    assert falls[0] > falls[1] > falls[2]
    assert falls[2] < 0.35 * falls[0]


def test_losses_of_residents_follow_the_scams_that_are_left(runs: dict[str, MekongModel]) -> None:
    """Protection at home helps most; coordination helps everybody, also those who do nothing."""
    late = slice(at("2024Q1"), None)
    losses = {name: national(run, "scam_losses_usd")[late].sum() for name, run in runs.items()}
    assert losses["alone"] > losses["alone, coordinated"] > losses["all, coordinated"]
    assert losses["nobody"] > losses["all"] > losses["all, coordinated"]
