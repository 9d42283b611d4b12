"""Parameters that studies say something about: their scores, and the values that these stand for.

A coordinate is the standard normal score of a parameter that has one value for all countries, as in
draws of the prior. Parameters that published figures of the five countries determine
(`posterior.prior.MODULES`) are not among them, and all others keep their prior.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.parameters.table import parameter_table
from sim.parameters.values import shared_score
from sim.units import REGION

Floats = NDArray[np.float64]

PARAMETERS = (
    *("interoperability_effect", "payment_spending", "payment_cost_cut"),
    *("regulatory_cost", "regulatory_fixed_cost", "data_cost", "customs_cost", "paperless_saving"),
    *("negotiable_distance", "agreement_compliance", "strictness_distance"),
    *("export_fixed_cost", "entry_hazard", "marketplace_saving", "ai_seller_gain"),
    *("variety_substitution", "host_crowding", "enforcement_in_force"),
    *("enforcement_effect", "displaced_share", "trust_recovery", "victim_trust_loss"),
    *("victim_shopping_drop", "trust_in_starting", "trust_in_spending", "safeguards_trust"),
    *("protection_trust", "protection_fraud_cut", "training_gain", "training_sales_effect"),
    *("adoption_skill_slope", "delivery_effect", "delivery_saving", "remoteness_penalty"),
    *("coverage_income", "quality_spending", "quality_cost", "price_elasticity"),
)
_GRID = np.linspace(-6.0, 6.0, 1201)


def scores_of(draws: Sequence[int]) -> Floats:
    """Scores in draws of the prior (draws, `PARAMETERS`)."""
    return np.array([[shared_score(name, draw) for name in PARAMETERS] for draw in draws])


def values_at(scores: Floats) -> Floats:
    """Values of the parameters at scores (points, `PARAMETERS`), in their own units."""
    columns = [
        np.interp(column, _GRID, _quantiles(name))
        for name, column in zip(PARAMETERS, scores.T, strict=True)
    ]
    return np.stack(columns, axis=1)


def features_at(scores: Floats) -> Floats:
    """Values of unit size about zero, in logarithms where the prior is: what emulators see."""
    values = values_at(scores)
    columns = []
    for name, column in zip(PARAMETERS, values.T, strict=True):
        parameter = parameter_table()[name]
        low, middle, high = parameter.low, parameter.central, parameter.high
        if parameter.prior == "log":
            columns.append(2.0 * np.log(column / middle) / np.log(high / low))
        else:
            columns.append(2.0 * (column - middle) / (high - low))
    return np.stack(columns, axis=1)


def overrides_at(scores: Floats) -> dict[str, float]:
    """One point as overrides of a `ParameterSet`."""
    return dict(zip(PARAMETERS, values_at(scores[None])[0].tolist(), strict=True))


def _quantiles(name: str) -> Floats:
    quantile = parameter_table()[name].quantile
    return np.array([quantile(REGION, float(z)) for z in _GRID])
