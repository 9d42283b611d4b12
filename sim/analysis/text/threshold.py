"""What `mekong required` found, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.target import FACTOR, MEASURES
from sim.units import REGION


def _goal(target: float) -> str:
    return "twice 2022" if target == FACTOR else f"{target:g} times 2022"


def sentences_of(row: Mapping[str, Any], about: Mapping[str, Any]) -> list[str]:
    """Sentences on a row of `required.csv`; `about` has what the row does not say."""
    place = "the five together" if row["country"] == REGION else row["country"]
    measure = MEASURES[row["measure"]]
    found = [
        f"'{row['scenario']}' with {row['what']} = {row['central']:.3g} gives "
        f"{row['ratio_central']:.2f} times 2022 in 2030 ({place}, {measure}), the baseline "
        f"{row['baseline_ratio_central']:.2f} times."
    ]
    name, goal = row["what"], _goal(row["target"])
    if row["verdict"] == "out_of_reach":
        found.append(
            f"No value of {name} from {row['minimum']:g} to {row['maximum']:g} ({row['unit']}) "
            f"reaches {goal}; the highest is {row['highest_ratio']:.2f} times at "
            f"{row['highest_at']:.3g}."
        )
    elif row["verdict"] == "met":
        found.append(f"It has {goal} already, with nothing added: not informative for policy.")
        if not math.isnan(row["value"]):
            found.append(f"It would be missed beyond {name} = {row['value']:.3g} ({row['unit']}).")
    else:
        where = (
            f", percentile {100 * row['percentile']:.0f} of the prior"
            if not math.isnan(row["percentile"])
            else f" (allowed: {row['minimum']:g} to {row['maximum']:g})"
        )
        error = "" if math.isnan(row["error"]) else f" ± {row['error']:.2g} from seeds"
        found.append(
            f"For {goal} it takes {name} = {row['value']:.3g}{error} ({row['unit']}){where}; the "
            f"baseline then reaches {row['baseline_ratio_there']:.2f} times."
        )
        if row["baseline_ratio_there"] >= row["target"]:
            found.append("The baseline reaches it there too, so it is not the levers that do it.")
    if about["several"]:
        found.append("The curve crosses the target more than once; the nearest crossing is given.")
    if not about["informative"]:
        found.append(
            f"Target not informative for policy: in 2025 nominal e-commerce is already "
            f"{about['past']:.2f} times that of 2022 ({place})."
        )
    return found
