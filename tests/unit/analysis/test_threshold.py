"""What would have to be true: crossings, percentiles, and the three conclusions."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from scipy.special import ndtr

from sim.analysis.thresholds.root_finding import crossing
from sim.analysis.thresholds.study import percentile
from sim.analysis.thresholds.threshold import Threshold, threshold
from sim.errors import InputError
from sim.parameters.table import parameter_table
from sim.report.writer import save
from tests.helpers.toy import RULES, SCAMS, mix, toy


def test_the_nearest_crossing_is_found() -> None:
    found = crossing(lambda x: x * x, 2.0, [-3.0, -1.0, 0.0, 1.0, 3.0], 0.5)
    assert found.at == pytest.approx(math.sqrt(2.0), abs=0.01)
    assert found.several
    nowhere = crossing(lambda x: -x * x, 1.0, [-1.0, 0.0, 1.0], 0.0)
    assert math.isnan(nowhere.at)
    assert nowhere.best == 0.0
    gaps = crossing(lambda x: math.nan if x == 0.0 else x, 0.5, [-1.0, 0.0, 1.0], 0.0)
    assert gaps.at == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("z", [-1.9, -0.7, 0.0, 0.4, 2.2])
def test_a_percentile_is_the_inverse_of_a_quantile(z: float) -> None:
    checked = 0
    for parameter in parameter_table().values():
        if parameter.status == "fixed" or parameter.low == parameter.high:
            continue
        value = parameter.quantile("", z)
        if parameter.minimum < value < parameter.maximum and value != parameter.central:
            assert percentile(parameter, value) == pytest.approx(float(ndtr(z)), abs=1e-9)
            checked += 1
    assert checked > 50 or z == 0.0


def test_a_value_under_a_spike_counts_the_spike() -> None:
    """A quarter of the prior is zero; the median of the rest is at 0.25 + 0.75 / 2."""
    parameter = parameter_table()["trust_in_starting"]
    assert parameter.spike == 0.25
    assert percentile(parameter, 0.5) == pytest.approx(0.25 + 0.75 * 0.5)
    assert percentile(parameter, 0.0) == pytest.approx(0.25 + 0.75 * 0.05)
    assert percentile(parameter, -0.1) == 0.0


def find(tmp_path: Path, what: str, name: str = "mix", target: float = 2.0) -> Threshold:
    made = mix(name, SCAMS, RULES)
    found = threshold(
        what, made, target=target, seeds=2, out=tmp_path, simulator=toy, threads=1, scale=100_000
    )
    save(found)
    return found


def test_the_value_of_a_parameter(tmp_path: Path) -> None:
    """1.5 + value + 0.36 + 0.0015 is 2.5 at 0.6385."""
    found = find(tmp_path, "shopper_scam_exposure", target=2.5)
    row = found.row
    assert row["conclusion"] == "reached"
    assert row["value"] == pytest.approx(0.6385, abs=0.005)
    parameter = parameter_table()["shopper_scam_exposure"]
    assert row["percentile"] == pytest.approx(percentile(parameter, row["value"]))
    assert 0.5 < row["percentile"] < 0.8
    assert row["baseline_ratio_there"] == pytest.approx(2.5 - 0.36, abs=0.005)
    assert row["error"] < 0.02
    said = " ".join(found.sentences)
    assert "Reaching 2.5 times the 2022 value requires shopper_scam_exposure = 0.639" in said
    assert "says little about policy" not in said  # 2025 is 1.2 times 2022
    for name in ("required.csv", "required_points.csv", "figures/required.png"):
        assert (tmp_path / name).is_file(), name


def test_the_level_of_a_lever(tmp_path: Path) -> None:
    """Enforcement at level x adds 0.2 x + 0.06, rules 0.1: 2.4 at 1.195; none is met already."""
    found = find(tmp_path / "a", SCAMS, target=2.4)
    assert found.row["value"] == pytest.approx((2.4 - 2.0015 - 0.16) / 0.2, abs=0.02)
    assert math.isnan(found.row["percentile"])
    met = find(tmp_path / "b", SCAMS, target=1.9)
    assert met.row["conclusion"] == "met"
    assert "says little about policy" in " ".join(met.sentences)
    never = find(tmp_path / "c", SCAMS, target=9.0)
    assert never.row["conclusion"] == "out_of_reach"
    assert never.row["highest_at"] == 5.0
    assert "No value of anti_scam_enforcement from 0 to 5" in " ".join(never.sentences)


def test_what_cannot_be_required(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="grade D"):
        threshold("digital_skills", out=tmp_path)
    with pytest.raises(InputError, match="did you mean 'trust_recovery'"):
        threshold("trust_recoverry", out=tmp_path)
    with pytest.raises(InputError, match="has no prior"):
        threshold("women_share", out=tmp_path)
    with pytest.raises(InputError, match="does not use"):
        threshold("sme_marketplace", "coordinated", out=tmp_path)
    with pytest.raises(InputError, match="there is no 'XXX' here"):
        threshold(SCAMS, country="XXX", out=tmp_path)
