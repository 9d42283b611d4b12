"""Designed runs of `mekong mix optimum` in a made-up world of effects that curve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.emulation import optimum as optimising
from sim.analysis.emulation.designed_runs import DESIGN, KIND, DesignedRuns
from sim.analysis.emulation.doses import Dose
from sim.analysis.emulation.optimum import optimum_study
from sim.analysis.emulation.purses import BEST, COMMON, OWN
from sim.analysis.policy_mixes.mix_folder import conduct_parts
from sim.analysis.tables import write_csv
from sim.experiments.execution.options import RunOptions
from sim.experiments.run import Job
from sim.units import COUNTRIES, REGION
from tests.unit.analysis.test_optimum import ASKED, CUSTOMS, PAY, RULES, World, flat_prices

LEVERS = [PAY, CUSTOMS, RULES]
PLAIN = 1e9 / 4  # purchases of a quarter without policy
FULL = 5e7  # what so much more does for other outcomes in full


class CurvedWorld(World):
    """Purchases rise ever less with what the plain world adds; other outcomes follow them."""

    def __call__(self, job: Job, options: RunOptions) -> pd.DataFrame:
        frame = super().__call__(job, options)
        own = frame["country"] != "GMS5"
        buys = frame["indicator"] == "gmv_real_usd"
        gain = (frame[own & buys].set_index(["country", "quarter"])["value"] - PLAIN) / FULL
        found = pd.MultiIndex.from_frame(frame[["country", "quarter"]])
        part = 1.0 - np.exp(-gain.reindex(found).fillna(0.0).to_numpy())
        for name, whole in (("gmv_real_usd", 2e7), ("scam_losses_usd", -2e5), ("shoppers", 900.0)):
            mine = (own & (frame["indicator"] == name)).to_numpy()
            plain = PLAIN if name == "gmv_real_usd" else frame["value"].to_numpy()[mine]
            scale = whole * (1.0 + 0.2 * job.draw)
            frame.loc[mine, "value"] = plain + scale * part[mine]
        keys = ["quarter", "indicator", "group"]
        sums = frame[own].groupby(keys)["value"].sum()
        region = pd.MultiIndex.from_frame(frame.loc[~own, keys])
        frame.loc[~own, "value"] = sums.reindex(region).to_numpy()
        return frame


def toy_optimum(folder: Path, world: World | None = None) -> DesignedRuns:
    """The designed runs of a folder, with tables as if a search had been done.

    One purse puts payments at half of the design everywhere; with purses of their own each country
    does so, and common rules are agreed on at a fifth.
    """
    asked = {name: ASKED[name] for name in ("budget", "draws", "points", "scale", "threads")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimising, "prices", flat_prices)
        study, about = optimum_study(LEVERS, **asked)  # type: ignore[arg-type]
    how: dict[str, Any] = {"workers": 1, "threads": 1, "simulator": world or CurvedWorld()}
    conduct_parts(study, {DESIGN: study}, KIND, about, folder, **how)
    designed = DesignedRuns(folder)
    most = dict(zip(designed.doses, designed.most, strict=True))
    rows: list[tuple[object, ...]] = []
    for purse in (COMMON, OWN):
        rows += [(purse, BEST, PAY, REGION, float("nan"))]
        rows += [(purse, BEST, PAY, iso, 0.5 * most[Dose(PAY, iso)]) for iso in COUNTRIES]
    rows += [(OWN, BEST, RULES, iso, 0.2 * most[Dose(RULES, "")]) for iso in (REGION, *COUNTRIES)]
    columns = ["purse", "mix", "lever", "country", "level"]
    write_csv(folder / "optimum.csv", pd.DataFrame(rows, columns=columns))
    write_csv(folder / "emulator.csv", pd.DataFrame({"objective": ["value"]}))
    return designed
