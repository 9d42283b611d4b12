"""The evidence of studies as files, and what others read of them (`calibration/evidence/`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.studies.effects import COLUMNS
from sim.calibration.studies.evidence import (
    StudyEvidence,
    draws_table,
    emulators_table,
    parameters_table,
    policies_table,
    studies_table,
)
from sim.calibration.studies.left_out import summary
from sim.calibration.studies.shipped_evidence import FOLDER
from sim.calibration.tables import write_table
from sim.errors import InputError
from sim.experiments.provenance.environment import commit, environment
from sim.experiments.provenance.fingerprint import data_hash, digest, sources_hash
from sim.experiments.storage.atomic_write import write_text
from sim.experiments.storage.local_path import output_folder
from sim.resources import shipped

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
EFFECTS = "effects.csv"


def save(found: StudyEvidence, effects: Floats, folder: Path, scale: int) -> None:
    """Writes `manifest.json` and a CSV file a table."""
    folder = output_folder(folder)
    write_table(folder / EFFECTS, effects_table(effects))
    write_table(folder / "parameters.csv", parameters_table(found))
    write_table(folder / "studies.csv", studies_table(found))
    write_table(folder / "left_out.csv", found.left_out)
    write_table(folder / "policies.csv", policies_table(found))
    write_table(folder / "emulators.csv", emulators_table(found))
    write_table(folder / "draws.csv", draws_table(found), digits=10)
    about = json.dumps(manifest(found, effects, scale), indent=2, sort_keys=True) + "\n"
    write_text(folder / "manifest.json", about)


def effects_table(effects: Floats) -> pd.DataFrame:
    """Effects by draw of the prior, the first being 1."""
    import pandas as pd

    frame = pd.DataFrame(effects, columns=list(COLUMNS))
    frame.insert(0, "prior_draw", np.arange(1, len(effects) + 1))
    return frame


def kept_effects(path: Path | None = None) -> Floats:
    """The effects of an earlier computation, those of the repository without a path.

    Raises InputError where they are of other experiments.
    """
    import pandas as pd

    place = path or shipped(*FOLDER, EFFECTS)
    try:
        frame = pd.read_csv(place)
    except FileNotFoundError as error:
        raise InputError(
            "no effects of experiments are kept",
            where=str(place),
            todo="compute them: leave --kept out",
        ) from error
    if list(frame.columns) != ["prior_draw", *COLUMNS]:
        raise InputError(
            "the effects that are kept are of other experiments",
            where=str(place),
            todo="compute them again: leave --kept out",
        )
    return frame[list(COLUMNS)].to_numpy(float)


def diagnostics(found: StudyEvidence) -> dict[str, Any]:
    """What the weights and the predictions of studies are worth, as plain values."""
    return {
        "draws_of_the_prior": len(found.sample),
        "effective_sample_size": round(found.weights.effective, 1),
        "pareto_k": round(found.weights.pareto_k, 3),
        "transport_factor": round(float(found.weights.values @ found.sample.factor), 3),
        "studies": len(found.fitted),
        "papers": len({study.paper for study in found.fitted}),
        "left_out": {name: round(value, 4) for name, value in summary(found.left_out).items()},
    }


def manifest(found: StudyEvidence, effects: Floats, scale: int) -> dict[str, object]:
    """By what the evidence was made."""
    return {
        "seed": found.seed,
        "scale": scale,
        "prior_draws_with_experiments": len(effects),
        "studies": digest([list(map(str, study)) for study in found.studies]),
        "data": data_hash(),
        "model": sources_hash(),
        "environment": environment(),
        **commit(),
        "diagnostics": diagnostics(found),
    }
