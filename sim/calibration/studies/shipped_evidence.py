"""The evidence of studies that is shipped (`calibration/evidence/`), as others read it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from sim.calibration.studies.coordinates import PARAMETERS
from sim.errors import InputError
from sim.experiments.provenance.fingerprint import digest
from sim.resources import shipped

if TYPE_CHECKING:
    import pandas as pd

FOLDER = ("calibration", "evidence")


@functools.cache
def shipped_table(name: str) -> pd.DataFrame | None:
    """A table of the shipped evidence; None where there is none."""
    import pandas as pd

    path = shipped(*FOLDER, f"{name}.csv")
    return pd.read_csv(path) if path.is_file() else None


def studied_parameters(draw: int) -> dict[str, float]:
    """What studies say of policies in draw `draw`; 0 has the medians.

    Raises InputError where there are not so many draws.
    """
    draws, medians = shipped_table("draws"), shipped_table("parameters")
    if draws is None or medians is None or not 0 <= draw <= len(draws):
        raise InputError(
            f"the evidence of studies has no draw {draw}",
            where="/".join(FOLDER),
            allowed="0 to the last row of draws.csv",
            todo="make it with mekong evidence studies, or take the files from the repository",
        )
    if draw == 0:
        return dict(zip(medians["parameter"], medians["posterior_median"].tolist(), strict=True))
    values = draws[list(PARAMETERS)].to_numpy(float)[draw - 1].tolist()
    return dict(zip(PARAMETERS, values, strict=True))


def studied_digest() -> str:
    """What determines `studied_parameters`."""
    tables = (shipped_table("draws"), shipped_table("parameters"))
    return digest(["" if one is None else one.to_csv(index=False) for one in tables])
