"""A whole calibration, small: its worlds, what agents add, and a stop on the way."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from sim.calibration import calibrate as room
from sim.calibration.calibrate import Calibration, calibrate
from sim.calibration.outputs import draws_table
from sim.calibration.posterior import all_worlds, importance_weights
from sim.calibration.posterior.cut_posterior import SamplingPlan
from sim.calibration.posterior.prior import MODULES
from sim.calibration.studies.coordinates import PARAMETERS
from sim.calibration.studies.shipped_evidence import studied_parameters
from sim.errors import MekongError
from sim.parameters.values import ParameterSet

pytest.importorskip("emcee")

STOPPED = 1.3  # spending_level of Thailand above which a made-up run stops
PLAN = SamplingPlan(
    ensembles=1, walkers=(16, 18, 60), steps=(6, 6, 6), worlds=3, chains=2, copies=20,
    again=(10, 10, 20), settling=(0, 0, 10), each=1, draws=30,
)  # fmt: skip


@pytest.fixture(scope="module")
def coarse() -> object:
    """Few steps a segment; runs of the agents are made up, and some of them stop."""

    def made_up(values: ParameterSet, seed: int, threads: int | None) -> tuple[np.ndarray, ...]:
        level = values.get("THA", "spending_level")
        if level > STOPPED:
            raise MekongError("the run stopped")
        series = np.random.default_rng(seed).normal(size=(4, 5, 16))
        series[3] += 20.0 + np.log(level)
        return series, np.array(0.1), np.full((2, 3), level)

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(all_worlds, "SEGMENT", 10)
        changed.setattr(importance_weights, "_judged", made_up)
        yield


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("calibration")


@pytest.fixture(scope="module")
def found(coarse: object, work: Path) -> Calibration:
    return calibrate(2023, PLAN, work=work, workers=1)


def test_every_world_has_its_points(found: Calibration) -> None:
    posterior = found.posterior
    assert PLAN.points == 120 > len(posterior) == len(found.weights) > 60
    assert set(posterior.worlds.tolist()) == {1, 2, 3}
    for module in MODULES:
        assert len(posterior.points[module]) == len(posterior)
        assert posterior.chains[module].points.shape[:3] == (2, 2, 60)
    assert found.weights.sum() == pytest.approx(1.0)


def test_points_at_which_the_run_stopped_are_left_out(found: Calibration) -> None:
    space = found.estimation.spaces["shoppers"]
    levels = space.values(found.posterior.points["shoppers"])["THA.spending_level"]
    assert levels.max() <= STOPPED
    assert found.agents is not None and np.isfinite(found.agents).all()
    assert found.groups is not None and found.groups[:, 0, 0] == pytest.approx(levels)
    assert 0 < len(levels) < PLAN.points


def test_draws_say_of_what_they_are_made(found: Calibration) -> None:
    table = draws_table(found)
    assert len(table) == 31 and table["prior_draw"].tolist()[0] == 0
    for row in table.iloc[[0, 1, 30]].to_dict("records"):
        told = studied_parameters(int(row["prior_draw"]))
        assert {name: row[f"studied.{name}"] for name in PARAMETERS} == told


def test_a_calibration_that_was_stopped_goes_on(
    found: Calibration, coarse: object, work: Path, tmp_path: Path
) -> None:
    """Without its last stages, one of them torn, it comes to the same bytes."""
    again = tmp_path / "work"
    shutil.copytree(work, again)
    for name in ("shoppers_00010", *(f"runs_{first:04d}" for first in range(30, 120, 10))):
        (again / f"{name}.npz").unlink()
    torn = again / "correction_0000.npz"
    torn.write_bytes(torn.read_bytes()[:500])
    made = calibrate(2023, PLAN, work=again, workers=1)
    assert 0 < made.stages_found < found.stages_found + 30
    assert made.weights.tobytes() == found.weights.tobytes()
    for module in MODULES:
        assert made.posterior.points[module].tobytes() == found.posterior.points[module].tobytes()


def test_origins_that_see_only_what_was_published_take_policies_from_the_prior() -> None:
    seen = room.setting_of(found_figures(), 2020, 1, {}, studied=False)
    assert not seen.studied


def found_figures() -> object:
    from sim.calibration.data.targets import as_known, load_targets

    return as_known(load_targets(), 2020, "published")
