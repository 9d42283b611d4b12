"""Can the estimation find what is known? Figures made up from known parameters, estimated again.

Parameters are drawn from the prior, the mean-field model is run, model errors and errors of
measurement are added, and the figures replace the real ones. If the estimation is right, the rank
of the truth among the draws is uniform (simulation-based calibration, Talts et al. 2018) and bands
hold the truth as often as they say. Contraction on such figures says what the design of the data
can tell at best.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.calibration.data.observables import VALUE
from sim.calibration.posterior.cut_posterior import (
    SOURCES,
    Estimation,
    SamplingPlan,
    Setting,
    central_chains,
)
from sim.calibration.posterior.likelihood import DRIFT_OF, OFFSET, Known, expected, walk
from sim.calibration.posterior.prior import MODULES
from sim.experiments.execution.progress import Stages, unheard
from sim.experiments.storage.checkpoints import Arrays, Checkpoints
from sim.units import REGION

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
PLAN = SamplingPlan(ensembles=1, steps=(80, 80, 160))
_KEPT = 99  # draws among which the truth is ranked


@dataclass(frozen=True)
class Truth:
    """A made-up world: points by module, and the figures that it would have left."""

    points: dict[str, Floats]
    known: tuple[Known, ...]


def made_up(setting: Setting, seed: int) -> Truth:
    """Parameters from the prior, in the central world, with figures where `setting` has them.

    Draws in which hardly anybody or nearly everybody shops in 2021 are left out, as no such country
    would be asked about e-commerce; ranks are of what is left, for which the prior is a little too
    wide.
    """
    rng = np.random.default_rng([seed, 31])
    estimation = Estimation(setting)
    here, place = estimation.worlds([0]), np.zeros(1, np.int64)
    while True:
        points = {module: space.prior(1, rng) for module, space in estimation.spaces.items()}
        seen = here.observables(place, estimation.rows(here, place, points))
        shoppers = seen[0, 2, :, 2021 - here.years.start]
        if (np.abs(shoppers) < _FARTHEST).all():
            break
    numbers = {
        name: space.extra(name, points[module])
        for module, space in estimation.spaces.items()
        for name in space.extras
    }
    known = []
    for series in setting.known:
        none = np.zeros(1)
        step = numbers["coverage_step"] if series.observable == VALUE else none
        mean = expected(series, seen, here.years, step)[0]
        drift = float(numbers[DRIFT_OF[series.observable]][0])
        covariance = drift**2 * walk(series.years, series.years) + OFFSET**2
        covariance += np.diag(series.variances)
        noise = np.linalg.cholesky(covariance) @ rng.standard_normal(len(mean))
        known.append(replace(series, values=mean + noise))
    return Truth(points, tuple(known))


_FARTHEST = 5.0  # log odds of the share of shoppers


def recover(
    setting: Setting,
    work: Path,
    times: int,
    plan: SamplingPlan = PLAN,
    told: Stages = unheard,
) -> pd.DataFrame:
    """Estimates `times` made-up worlds; a row a world and dimension.

    Columns replicate, module, parameter, country, truth, mean, sd (scores of the prior), rank (0 to
    1), inside_50, inside_90, contraction.
    """
    import pandas as pd

    asked = {"plan": plan.as_dict(), "seed": setting.seed, "figures": _where(setting)}
    checkpoints = Checkpoints(work, asked, SOURCES)
    rows: list[dict[str, object]] = []
    for number in range(times):
        truth = made_up(setting, 1000 * setting.seed + number)
        again = Estimation(replace(setting, known=truth.known, seed=setting.seed + number))
        before: dict[str, Floats] = {}
        for module in MODULES:

            def make(
                module: str = module,
                again: Estimation = again,
                before: dict[str, Floats] = dict(before),  # noqa: B006
            ) -> Arrays:
                chains = central_chains(again, module, plan, before, unheard)
                return {"points": chains.flat()}

            points = checkpoints.stage(f"recovery_{number:03d}_{module}", make)["points"]
            before[module] = truth.points[module]  # modules are judged one by one
            rows += _judged(number, again, module, points, truth.points[module][0])
        told("recovery", number + 1, times)
    return pd.DataFrame(rows)


def _where(setting: Setting) -> list[object]:
    return [
        [one.observable, one.country, one.years.tolist(), one.variances.tolist()]
        for one in setting.known
    ]


def _judged(
    number: int, estimation: Estimation, module: str, points: Floats, truth: Floats
) -> list[dict[str, object]]:
    thinned = points[np.linspace(0, len(points) - 1, _KEPT).astype(int)]
    rows: list[dict[str, object]] = []
    for column, dimension in enumerate(estimation.spaces[module].dimensions):
        z, true = points[:, column], float(truth[column])
        low90, low50, high50, high90 = np.quantile(z, [0.05, 0.25, 0.75, 0.95])
        rows.append(
            {
                "replicate": number,
                "module": module,
                "parameter": dimension.name,
                "country": "" if dimension.country == REGION else dimension.country,
                "truth": true,
                "mean": float(z.mean()),
                "sd": float(z.std()),
                "rank": float((thinned[:, column] < true).mean()),
                "inside_50": bool(low50 <= true <= high50),
                "inside_90": bool(low90 <= true <= high90),
                "contraction": 1.0 - float(z.std()) / dimension.widened,
            }
        )
    return rows


def summary(recovered: pd.DataFrame) -> pd.DataFrame:
    """By module and parameter: coverage of bands, mean contraction, and a test of the ranks.

    `p_uniform` is the probability of ranks this far from uniform by chance (Kolmogorov-Smirnov);
    countries of one replicate are not independent, so it is a little too small.
    """
    from scipy.stats import kstest

    found = recovered.groupby(["module", "parameter"], sort=False).agg(
        worlds=("rank", "size"),
        inside_50=("inside_50", "mean"),
        inside_90=("inside_90", "mean"),
        contraction=("contraction", "mean"),
    )
    ranks = recovered.groupby(["module", "parameter"], sort=False)["rank"]
    found["p_uniform"] = ranks.apply(lambda one: float(kstest(one, "uniform").pvalue))
    return found.reset_index()
