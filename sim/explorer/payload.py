"""All that the page calculates with, as plain records: kernels, errors, prices, mixes, checks.

Arrays are little-endian floats in base64: of 8 bytes, or of 4 where the page would be too large.
What is linear in a dose is added up beforehand, so that the page stores one slope for each dose and
draw, one weight for each point and draw, and the lengths of the smooth part.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.emulation.designed_runs import DesignedRuns
from sim.analysis.emulation.gaussian_process import Fit
from sim.analysis.emulation.outcome_emulators import FITTED, PLACES, SHOWN, OutcomeEmulators
from sim.analysis.validation.prior_share import known_studies
from sim.errors import InputError
from sim.explorer.presets import Preset
from sim.policy.levers import LEVERS
from sim.quantile_bands import is_range
from sim.scenario import load_scenario
from sim.units import COUNTRIES

LARGEST = 3_000_000  # bytes of a page that still goes by e-mail
TEXT = 500_000  # bytes of it that are kept for words, style and scripts
WIDTHS = (8, 4)  # bytes of a number, the first that fits
PERCENT, MONEY, HAZARD = "percent", "money", "hazard"
Floats = NDArray[np.float64]


def payload(
    designed: DesignedRuns,
    emulators: OutcomeEmulators,
    mixes: list[Preset],
    checks: pd.DataFrame | None,
) -> dict[str, Any]:
    """The records of a page. Raises InputError where they would be larger than a page may be."""
    found = emulators.found
    for width in WIDTHS:
        record = {
            "width": width,
            "inputs": len(found.doses),
            "draws": len(found.draws),
            "range": is_range(len(found.draws)),
            "points": encoded(_points(emulators), width),
            "fits": {
                name: {iso: _fit(one, width) for iso, one in emulator.fits.items()}
                for name, emulator in emulators.emulators.items()
            },
            "price": encoded(found.price, width),
        }
        if len(json.dumps(record)) <= LARGEST - TEXT:
            break
    else:
        raise InputError(
            f"{len(found.shares)} mixes in {len(found.draws)} draws are more than a page of "
            f"{LARGEST / 1e6:g} MB can hold",
            where=str(designed.folder),
            todo="make the page of a folder of `mekong mix optimum` with fewer draws or points",
        )
    base = designed.baseline()
    return record | {
        "countries": list(COUNTRIES),
        "outcomes": list(FITTED),
        "doses": [{"lever": dose.lever, "place": dose.place} for dose in found.doses],
        "most": designed.most.tolist(),
        "levers": {name: lever_record(name) for name in designed.about["levers"]},
        "errors": {
            name: {place: emulators.error(name, place) for place in PLACES} for name in SHOWN
        },
        "base": {name: {iso: base[name, iso] for iso in COUNTRIES} for name in FITTED},
        "budgets": {iso: designed.about["own_budgets"][iso] * 1e6 for iso in COUNTRIES},
        "presets": [mix.as_record() for mix in mixes],
        "check": [] if checks is None else _rows(checks),
    }


def _rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Rows as records, with None for what is not known."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


def encoded(values: Floats, width: int) -> str:
    """Numbers row by row, each of so many bytes, in base64."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=f"<f{width}").tobytes()).decode()


def _points(emulators: OutcomeEmulators) -> Floats:
    """The points of all fits, which have the same."""
    first = next(iter(emulators.emulators.values()))
    return next(iter(first.fits.values())).points


def _fit(one: Fit, width: int) -> dict[str, Any]:
    linear = one.slopes[:, None] ** 2 * (one.points.T @ one.weights)
    return {
        "linear": encoded(linear, width),
        "weights": encoded(one.weights, width),
        "smooth": np.flatnonzero(one.smooth).tolist(),
        "lengths": one.lengths.tolist(),
        "size": one.size,
    }


def lever_record(name: str) -> dict[str, Any]:
    """What the page says of a lever: how its dose is put, its grade, its studies, its unit."""
    about = LEVERS[name]
    form = PERCENT if about.unit.startswith("share") else MONEY if about.is_money else HAZARD
    return {
        "form": form,
        "unit": about.unit,
        "grade": about.grade,
        "scope": about.scope,
        "studies": _studies(about.usual),
    }


def _studies(scenario: str) -> int:
    """How many published studies bear on the effect of the scenario that stands for a lever."""
    names = ("baseline", scenario)
    prints = {name: load_scenario(name).fingerprint() for name in names if name}
    known = known_studies({"baseline": "baseline", "rules_hash": "", "scenarios": prints})
    return known[scenario].papers if scenario in known else 0
