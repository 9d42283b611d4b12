"""Sentences on the value of a parameter or lever at which the target is reached."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.target import FACTOR, MEASURES
from sim.units import REGION


def _goal(target: float) -> str:
    return "twice the 2022 value" if target == FACTOR else f"{target:g} times the 2022 value"


def sentences_of(row: Mapping[str, Any], about: Mapping[str, Any]) -> list[str]:
    """Sentences on a row of `required.csv`; `about` has what the row does not say."""
    place = "five countries together" if row["country"] == REGION else row["country"]
    measure = MEASURES[row["measure"]]
    found = [
        f"With {row['what']} = {row['central']:.3g}, '{row['scenario']}' reaches "
        f"{row['ratio_central']:.2f} times the 2022 value in 2030 ({place}, {measure}), the "
        f"baseline {row['baseline_ratio_central']:.2f} times."
    ]
    name, goal = row["what"], _goal(row["target"])
    if row["conclusion"] == "out_of_reach":
        found.append(
            f"No value of {name} from {row['minimum']:g} to {row['maximum']:g} ({row['unit']}) "
            f"reaches {goal}; the highest is {row['highest_ratio']:.2f} times at "
            f"{row['highest_at']:.3g}."
        )
    elif row["conclusion"] == "met":
        found.append(
            f"It reaches {goal} without any change, so the target says little about policy."
        )
        if not math.isnan(row["value"]):
            found.append(f"It is missed beyond {name} = {row['value']:.3g} ({row['unit']}).")
    else:
        where = (
            f", percentile {100 * row['percentile']:.0f} of the prior"
            if not math.isnan(row["percentile"])
            else f" (allowed: {row['minimum']:g} to {row['maximum']:g})"
        )
        error = "" if math.isnan(row["error"]) else f" ± {row['error']:.2g} from seeds"
        found.append(
            f"Reaching {goal} requires {name} = {row['value']:.3g}{error} ({row['unit']}){where}; "
            f"the baseline then reaches {row['baseline_ratio_there']:.2f} times."
        )
        if row["baseline_ratio_there"] >= row["target"]:
            found.append(
                "The baseline also reaches the target there, so the levers are not the cause."
            )
    if about["several"]:
        found.append("The curve crosses the target more than once; the nearest crossing is given.")
    if not about["informative"]:
        found.append(
            f"The target says little about policy: by 2025 nominal e-commerce has already reached "
            f"{about['past']:.2f} times the 2022 value ({place})."
        )
    return found
