"""Mixes to start from: found ones, shipped ones that doses can express, single levers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.emulation.doses import Dose, doses_of
from sim.analysis.emulation.estimates import shipped_estimates
from sim.errors import InputError
from sim.explorer.presets import ALONE, BEST, aim, as_doses, presets
from sim.policy.levers import LEVERS, PAIRS
from sim.scenario import Scenario, load_scenario
from tests.helpers.toy_optimum import toy_optimum

DOSES = doses_of([name for name, lever in LEVERS.items() if lever.grade in ("B", "C")])
MOST = np.full(len(DOSES), 10.0)


def levels(name: str | Scenario, most: np.ndarray = MOST) -> dict[Dose, float]:
    one = load_scenario(name) if isinstance(name, str) else name
    found = as_doses(one, DOSES, most)
    return {} if found is None else {DOSES[at]: level for at, level in found[0].items()}


def test_the_coordinated_programme_is_expressed_with_the_mean_of_its_agreements() -> None:
    found = levels("coordinated")
    assert found[Dose("regulatory_harmonization", "")] == pytest.approx((6 * 0.8 + 4 * 0.5) / 10)
    assert found[Dose("scam_coordination", "")] == pytest.approx(0.3)
    assert found[Dose("anti_scam_enforcement", "LAO")] == 0.02
    assert found[Dose("broadband_investment", "THA")] == 2.0
    coordinated = load_scenario("coordinated")
    found = as_doses(coordinated, DOSES, MOST)
    assert found is not None and found[1]
    at = DOSES.index(Dose("regulatory_harmonization", ""))
    trade = [1.0, *[0.0] * 9]  # of the first pair alone
    found = as_doses(coordinated, DOSES, MOST, trade)
    by_pair = {p: s.level for s in coordinated.levers["regulatory_harmonization"] for p in s.places}
    assert found is not None and found[0][at] == by_pair[PAIRS[0]]
    assert not as_doses(load_scenario("anti_scam"), DOSES, MOST)[1]  # type: ignore[index]


@pytest.mark.parametrize(
    "name", ["taxation", "illustrative", "everything", "money_mixed", "harmonization_clm", "nope"]
)
def test_what_doses_cannot_express_is_left_out(name: str) -> None:
    if name == "nope":  # begins later
        plain = load_scenario("anti_scam")
        late = {k: tuple(replace(s, start=s.start + 1) for s in v) for k, v in plain.levers.items()}
        assert levels(replace(plain, levers=late)) == {}
    elif name == "harmonization_clm":  # three pairs of ten: their share
        assert levels(name)[Dose("regulatory_harmonization", "")] < 0.8
    else:
        assert levels(name) == {}


def test_nothing_goes_beyond_the_design() -> None:
    assert levels("broadband", np.full(len(DOSES), 1.9)) == {}
    assert set(levels("broadband", np.full(len(DOSES), 1.999)).values()) == {1.999}


def test_what_the_search_found_is_there_and_single_levers_are(tmp_path: Path) -> None:
    designed = toy_optimum(tmp_path / "out")
    found = presets(designed)
    known = shipped_estimates()
    assert known is not None and sum(known.trade_of_pairs) == pytest.approx(1.0, rel=1e-6)
    best = {(one.name, one.of): one.levels for one in found if one.group == BEST}
    assert set(best) == {("best", "common"), ("best", "own")}
    paid = {at: 0.5 * designed.most[at] for at in range(5)}
    assert designed.doses[10] == Dose("regulatory_harmonization", "")
    assert best["best", "common"] == pytest.approx(paid)
    assert best["best", "own"] == pytest.approx({**paid, 10: 0.2 * designed.most[10]})
    alone = [one for one in found if one.group == ALONE]
    assert [one.name for one in alone] == list(designed.about["levers"])
    assert alone[0].levels == dict(enumerate(designed.most[:5]))
    assert all(level <= designed.most[at] for one in found for at, level in one.levels.items())
    assert aim(designed) == "value"
    (tmp_path / "out" / "optimum.csv").unlink()
    with pytest.raises(InputError, match="search was not finished"):
        presets(designed)
