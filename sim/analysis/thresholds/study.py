"""What `mekong mix threshold` varies, within which range and scenario; checked before it runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from scipy.special import ndtr

from sim.analysis.comparison.tables.summary import PLACES
from sim.analysis.policy_mixes.eligible_levers import UNMEASURED
from sim.errors import InputError, did_you_mean, known_name
from sim.experiments.inputs import LEVEL, Input
from sim.experiments.paired_runs import scenario as made_scenario
from sim.experiments.study import Study, build_study
from sim.parameters.table import _Z95, Parameter, parameter_table
from sim.policy.levers import LEVERS
from sim.scenario import Scenario, load_scenario
from sim.scenario.assumptions import counterfactual
from sim.target import MEASURES
from sim.units import REGION

SCAN_Z = (-2.326, -1.645, 0.0, 1.645, 2.326)  # normal scores: percentiles 1, 5, 50, 95, 99
SCAN_LEVELS = (0.0, 0.125, 0.25, 0.5, 0.75, 1.0)


def checked_study(
    what: str,
    scenario: str | Path | Scenario | None,
    baseline: str | None,
    country: str,
    measure: str,
    seeds: int | Sequence[int],
    scale: int,
) -> tuple[Study, Input]:
    """The study and what it varies. Raises InputError."""
    for name, allowed, where in (
        (country, PLACES, "--country"),
        (measure, tuple(MEASURES), "--measure"),
    ):
        known_name(name, allowed, where)
    is_lever = what in LEVERS
    if not is_lever and what not in parameter_table():
        names = [*LEVERS, *parameter_table()]
        raise InputError(
            f"'{what}' is neither a lever nor a parameter",
            allowed="names that `mekong list levers` and `mekong list parameters` list",
            todo=did_you_mean(what, names) or None,
        )
    if is_lever and LEVERS[what].grade == UNMEASURED:
        raise InputError(
            f"'{what}' has grade D: no effect of it has been measured, so no level of it says "
            "anything",
            todo="name the parameter with its effect instead, see `mekong list levers`",
        )
    if not is_lever and parameter_table()[what].status == "fixed":
        raise InputError(f"'{what}' is fixed and has no prior", todo="name one that is not")
    mix = _mix(what if is_lever else "", scenario)
    if what in mix.overrides or any(key.endswith(f".{what}") for key in mix.overrides):
        raise InputError(f"'{mix.name}' sets {what} itself", todo="take it out of the scenario")
    named = load_scenario(baseline or mix.baseline)
    base = counterfactual(mix, named, [mix.name, named.name])
    study = build_study([base, mix], seeds=seeds, scale=scale)
    if len(study.scenarios) < 2:
        raise InputError(f"'{mix.name}' is its own baseline", todo="name another with --baseline")
    varied = (
        Input(f"levers.{what}.level", LEVEL, what)
        if is_lever
        else Input(f"parameters.{what}", "parameter", what)
    )
    if not is_lever and parameter_table()[what].by_country:
        varied = Input(f"parameters.{what}.quantile", "quantile", what)
    return study, varied


def _mix(lever: str, scenario: str | Path | Scenario | None) -> Scenario:
    if scenario is not None:
        mix = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
        if lever and lever not in mix.levers:
            raise InputError(
                f"'{mix.name}' does not use '{lever}'",
                where="--scenario",
                allowed="a scenario that uses it, or none: then it is used everywhere from 2026 on",
            )
        return mix
    if not lever:
        return load_scenario("coordinated")
    where = "all" if LEVERS[lever].scope != "region" else REGION
    block = {LEVERS[lever].scope: where, "level": LEVERS[lever].maximum, "start": "2026Q1"}
    return made_scenario(lever, {lever: [block]})


def scan_of(varied: Input) -> list[float]:
    """Places over the whole allowed range, in rising order."""
    if varied.kind == LEVEL:
        lever = LEVERS[varied.target]
        span = lever.maximum - lever.minimum
        return [lever.minimum + part * span for part in SCAN_LEVELS]
    if varied.kind == "quantile":
        return [float(ndtr(z)) for z in SCAN_Z]
    parameter = parameter_table()[varied.target]
    inner = [parameter.quantile("", z) for z in SCAN_Z]
    return sorted({parameter.minimum, *inner, parameter.maximum})


def central_of(varied: Input, mix: Scenario) -> float:
    """The value as things are."""
    if varied.kind == LEVEL:
        return max(schedule.level for schedule in mix.levers[varied.target])
    return 0.5 if varied.kind == "quantile" else parameter_table()[varied.target].central


def unit_of(varied: Input) -> str:
    """The unit of what is varied."""
    if varied.kind == LEVEL:
        return LEVERS[varied.target].unit
    return "quantile of each country's prior" if varied.kind == "quantile" else (
        parameter_table()[varied.target].unit
    )  # fmt: skip


def percentile_of(varied: Input, value: float) -> float:
    """The percentile of a value in the prior, 0 to 1; nan for a level."""
    if varied.kind == LEVEL or math.isnan(value):
        return math.nan
    if varied.kind == "quantile":
        return value
    return percentile(parameter_table()[varied.target], value)


def percentile(parameter: Parameter, value: float, country: str = "") -> float:
    """The percentile of a value in a prior, 0 to 1 (the inverse of `Parameter.quantile`).

    Of a value on which a prior has a spike, that of its upper end.
    """
    if parameter.spike > 0.0 and value < 0.0:
        return 0.0
    below = _percentile_without_spike(parameter, value, country)
    return parameter.spike + (1.0 - parameter.spike) * below


def _percentile_without_spike(parameter: Parameter, value: float, country: str) -> float:
    centre = parameter.central_in(country)
    side = parameter.high if value > centre else parameter.low
    if parameter.prior == "log":
        if not value > 0.0 or side == parameter.central:
            return 0.0 if value < centre else (0.5 if value == centre else 1.0)
        steps = math.log(value / centre) / math.log(side / parameter.central)
    else:
        if side == parameter.central:
            return 0.0 if value < centre else (0.5 if value == centre else 1.0)
        steps = (value - centre) / (side - parameter.central)
    score = _Z95 * steps * (1.0 if value > centre else -1.0)
    return float(ndtr(score))
